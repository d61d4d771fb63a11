//! Announcements of the card platform.

/// One announcement.
pub(crate) struct Seed {
    pub(crate) id: &'static str,
    pub(crate) title: &'static str,
    pub(crate) content: &'static str,
    /// How long before the start it was published.
    pub(crate) days_ago: i64,
}

/// The newest first.
pub(crate) const ALL: &[Seed] = &[
    Seed {
        id: "n3",
        title: "月底充值请留意到账时间",
        content: "每月最后一天 22:00 起，运营商会集中结算，充值到账可能比平时慢 10 分钟左右。\
                  月清零套餐的流量当月有效，临近月底时建议下月 1 日再购买。",
        days_ago: 2,
    },
    Seed {
        id: "n2",
        title: "电信卡需完成实名后使用",
        content: "按照运营商要求，新发放的电信物联卡须先完成实名认证。\
                  请在“实名认证”中填写使用人的姓名、身份证号和手机号，一般几分钟内审核完毕。",
        days_ago: 16,
    },
    Seed {
        id: "n1",
        title: "累计套餐上线",
        content: "三家运营商的卡现已支持累计套餐：流量不清零，用完为止，适合用量时多时少的设备。\
                  已在用的月清零套餐不受影响，两种套餐可以同时购买。",
        days_ago: 41,
    },
];
