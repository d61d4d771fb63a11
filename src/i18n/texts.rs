//! Every fixed text, in both languages side by side.

use super::Lang;

macro_rules! texts {
    ($($name:ident = $zh:literal, $en:literal;)+) => {
        /// The name of a fixed text.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[expect(missing_docs, reason = "the table below says what each is")]
        pub enum Text { $($name,)+ }

        const TABLE: &[[&str; 2]] = &[$([$zh, $en],)+];

        impl Text {
            /// Every text.
            #[cfg(test)]
            pub(super) const ALL: &'static [Text] = &[$(Text::$name),+];

            /// Its words in a language.
            #[must_use]
            pub fn in_language(self, lang: Lang) -> &'static str {
                TABLE[self as usize][lang as usize]
            }
        }
    };
}

texts! {
    // The frame.
    TabRecharge = "在线充值", "Top up";
    TabUsage = "流量查询", "Usage";
    TabRealname = "实名认证", "ID check";
    TabNotices = "公告", "Notices";
    NewNotice = "有新公告", "new";
    MainNavigation = "主导航", "Main";
    MyOrders = "我的订单", "My orders";
    Back = "返回", "Back";
    SwitchLanguage = "English", "中文";
    Hint = "提示", "Note";
    DemoBanner = "演示环境，不会产生真实扣款", "Demo: no real money is charged";
    Offline = "网络已断开，恢复后会自动继续", "You are offline. This page continues once you are back.";
    Retry = "重试", "Try again";
    Cancel = "取消", "Cancel";
    Close = "关闭", "Close";
    Copy = "复制", "Copy";
    Copied = "已复制", "Copied";
    CopyFailed = "复制失败，请长按选择", "Could not copy. Select it by hand.";
    Loading = "加载中", "Loading";
    Support = "客服电话", "Support";
    Terms = "用户协议", "Terms";
    Privacy = "隐私政策", "Privacy";
    SkipToContent = "跳到主要内容", "Skip to content";
    Separator = " · ", " · ";

    // The recharge screen.
    CardNumber = "流量卡号", "Card number";
    CardHint = "请输入 ICCID 或接入号", "ICCID or SIM number";
    ClearNumber = "清空卡号", "Clear the card number";
    Scan = "扫码输入卡号", "Scan the card's code";
    ScanHint = "对准卡片上的条形码或二维码，会自动识别", "Point the camera at the barcode or QR code on the card";
    ScanFailed = "没有扫到卡号，请再试一次或手动输入", "No code was read. Try again, or type the number.";
    CameraRefused = "没有使用相机的权限，请在设置中允许，或手动输入卡号", "The camera is not allowed. Allow it in the settings, or type the number.";
    RecentCards = "最近使用", "Recent cards";
    RemoveRecent = "删除记录", "Remove";
    GhostCard = "输入卡号，查看卡片状态与余量", "Enter a number to see the card and its data";
    CheckDigit = "校验位不符，请核对卡号", "The check digit differs: please check the number";
    Carrier = "运营商", "Carrier";
    OrderActions = "订单操作", "Order actions";
    CardKind = "物联卡", "IoT card";
    Used = "已用", "Used";
    Remaining = "剩余", "Left";
    Total = "总量", "Total";
    UsageUnknown = "暂无用量数据", "No usage reported yet";
    NoExpiry = "长期有效", "No end date";
    Ended = "已到期", "Ended";
    Mobile = "中国移动", "China Mobile";
    Unicom = "中国联通", "China Unicom";
    Telecom = "中国电信", "China Telecom";
    StateUsable = "正常", "Active";
    StateActivatable = "待激活", "Not activated";
    StateSuspended = "停机", "Suspended";
    StateTerminated = "已销户", "Terminated";
    StateTesting = "测试期", "Testing";
    StateUnknown = "未知", "Unknown";
    CardTerminatedNote = "这张卡已销户，不能再充值", "This card is closed for good and cannot be topped up";
    CardUnknownNote = "运营商没有这张卡的有效状态，暂不能充值", "The carrier reports no usable state, so it cannot be topped up now";
    CardSuspendedNote = "卡片已停机，充值后一般会自动复机", "The card is suspended; a top-up usually brings it back";
    Categories = "套餐类型", "Package type";
    Packages = "套餐", "Package";
    NoPackages = "这张卡暂无可购买的套餐", "There is nothing on sale for this card";
    NoCatalog = "暂无在售套餐", "Nothing is on sale right now";
    CatalogFailed = "套餐加载失败", "The packages could not be loaded";
    RuleMonthly = "月清零", "Monthly";
    RuleCumulative = "累计", "Rollover";
    ValidMonth = "当月有效", "This month";
    ValidLong = "长期有效，用完为止", "Until used up";
    Recommended = "推荐", "Popular";
    SoldOut = "售罄", "Sold out";
    FormerPrice = "原价", "was";
    Sum = "合计", "Total";
    ChoosePackage = "请选择套餐", "Choose a package";
    PayNow = "立即充值", "Top up now";
    StaleCatalog = "卡平台暂时无法连接，价格可能已变动，暂不能购买", "The card platform cannot be reached. Prices may have changed and nothing can be bought for now";

    // Paying.
    ChooseMethod = "选择支付方式", "How would you like to pay?";
    Alipay = "支付宝", "Alipay";
    Wechat = "微信支付", "WeChat Pay";
    RechargeCard = "充值卡", "Prepaid card";
    Turingcat = "图灵猫", "Turingcat";
    Crypto = "数字货币", "Crypto";
    MethodRedirect = "跳转完成付款", "Continue in the app";
    MethodQr = "扫码付款", "Scan a code to pay";
    AnyWallet = "手机扫码", "Scan with a phone";
    AnyWalletHint = "微信、支付宝或手机浏览器都能打开", "WeChat, Alipay or the phone's browser opens it";
    MethodHere = "在当前应用内付款", "Pay right here";
    MethodBrowser = "需在浏览器中打开", "Opens in your browser";
    NoMethods = "当前环境没有可用的支付方式，请复制链接到浏览器打开", "No way to pay works here. Copy the link and open it in a browser.";
    OpenInBrowser = "请在浏览器中打开", "Open this page in a browser";
    OpenInBrowserWhy = "微信内无法使用支付宝。点右上角 “…”，选择 “在浏览器打开”，或复制链接后到浏览器粘贴。", "Alipay does not work inside WeChat. Tap “…” at the top right and choose “Open in browser”, or copy the link.";
    CopyLink = "复制链接", "Copy link";
    OtherMethods = "其他支付方式", "Other ways to pay";
    CreatingOrder = "正在创建订单…", "Creating your order…";
    StartingPayment = "正在发起支付…", "Starting the payment…";
    PriceChanged = "价格已变动", "The price has changed";
    ConfirmNewPrice = "按新价格购买", "Buy at the new price";
    RecentlyBought = "刚刚买过同一套餐", "You have just bought this";
    RecentlyBoughtWhy = "这张卡几分钟前已购买过同一套餐。确定再买一份吗？", "This package was bought for this card minutes ago. Do you want another one?";
    BuyAgain = "再买一份", "Buy another";
    OpenOrder = "有一笔未付款的订单", "You have an unpaid order";
    OpenOrderWhy = "这张卡的同一套餐已有订单等待付款。", "An order for this card and package is waiting to be paid.";
    ContinueOrder = "继续付款", "Continue";
    NewOrder = "重新下单", "Start a new order";
    RealnameFirst = "需要先实名认证", "Registration is needed first";
    GoRealname = "去实名认证", "Register now";
    CannotContinue = "暂时无法继续", "This did not work";

    // The order.
    Order = "订单", "Order";
    ScanToPay = "扫码付款", "Scan to pay";
    AwaitPayment = "等待付款", "Waiting for payment";
    PaidFulfilling = "支付成功，充值处理中", "Paid. Topping up your card";
    Credited = "充值成功", "Top-up complete";
    PayOrderPaid = "支付成功", "Paid";
    OrderExpired = "订单已过期", "Order expired";
    OrderCancelled = "订单已取消", "Order cancelled";
    Refunding = "充值失败，退款处理中", "Top-up failed. Refund under way";
    Refunded = "已退款", "Refunded";
    Manual = "人工处理中", "We are looking into it";
    NoteAwait = "付款结果以支付平台通知为准，本页会自动更新。", "This page updates by itself once the payment is confirmed.";
    NotePaid = "一般几秒钟内到账，您可以离开本页。", "This usually takes a few seconds. You may leave this page.";
    NoteCredited = "流量已到账，可以继续使用了。", "The data is on your card.";
    NotePayOrderPaid = "商家已收到付款结果。", "The seller has been told.";
    NoteExpired = "如果您已付款，款项不会丢失，到账后会自动充值或退回。", "If you did pay, nothing is lost: it is topped up or refunded by itself.";
    NoteCancelled = "如果您已付款，款项不会丢失，到账后会自动充值或退回。", "If you did pay, nothing is lost: it is topped up or refunded by itself.";
    NoteRefunding = "款项会原路退回，到账时间以支付平台为准。", "The money goes back the way it came. How long it takes is up to your wallet.";
    NoteRefunded = "款项已原路退回。", "The money went back the way it came.";
    NoteManual = "客服会尽快处理，您的款项是安全的。", "Support will handle it soon. Your money is safe.";
    ScanHintAlipay = "请用支付宝扫码", "Scan with Alipay";
    ScanHintWechat = "请用微信扫码", "Scan with WeChat";
    ScanHintAny = "请用手机扫码", "Scan with your phone";
    QrCode = "付款二维码", "Payment QR code";
    QrExpired = "二维码已失效", "The code has expired";
    RefreshQr = "刷新二维码", "Get a new code";
    TimeLeft = "剩余时间", "Time left";
    IHavePaid = "我已完成支付", "I have paid";
    Asking = "正在确认…", "Checking…";
    NotPaidYet = "还没有收到付款结果。如已付款，请稍等片刻。", "No payment has been confirmed yet. If you have paid, please wait a moment.";
    Pay = "去支付", "Pay now";
    PayAgain = "重新支付", "Pay again";
    ChangeMethod = "更换支付方式", "Change how to pay";
    CancelOrder = "取消订单", "Cancel order";
    CancelConfirm = "取消这笔订单？", "Cancel this order?";
    CancelConfirmWhy = "取消后不能恢复。如果您已付款，请不要取消。", "This cannot be undone. Do not cancel if you have already paid.";
    CancelYes = "确定取消", "Cancel the order";
    CancelNo = "先不取消", "Keep it";
    Progress = "订单进度", "Progress";
    Details = "订单详情", "Details";
    DetailPackage = "套餐", "Package";
    DetailItem = "商品", "Item";
    DetailCard = "流量卡", "Card";
    DetailPaid = "实付", "Paid";
    DetailDue = "应付", "Amount";
    DetailNumber = "订单号", "Order no.";
    DetailCreated = "下单时间", "Placed";
    Done = "完成", "Done";
    BuyMore = "再充一次", "Top up again";
    OrderAgain = "重新下单", "Order again";
    BackToShop = "回到充值", "Back to the shop";
    CanBeClosed = "现在可以关闭本页了", "You can close this page now";
    CanBeClosedHow = "本页无法自己关闭，请点屏幕上方的 “×” 或返回键。订单会照常处理。", "It cannot close itself: use the × or the back button at the top. Your order goes on.";
    BackToPartner = "返回商家", "Back to the seller";
    StepCreated = "已下单", "Ordered";
    StepPaying = "发起付款", "Payment started";
    ShortUnpaid = "待付款", "Unpaid";
    StepPaid = "已付款", "Paid";
    StepFulfilling = "充值处理中", "Topping up";
    StepCredited = "已到账", "Data is there";
    StepFulfilFailed = "充值失败", "Top-up failed";
    StepRefunding = "退款中", "Refunding";
    StepRefunded = "已退款", "Refunded";
    StepRefundFailed = "退款转人工", "Refund by hand";
    StepExpired = "已过期", "Expired";
    StepCancelled = "已取消", "Cancelled";
    LaunchUnsupported = "当前环境无法发起这种支付，请更换支付方式", "This way to pay does not work here. Please choose another.";
    LaunchCancelled = "支付已取消，可以重新支付", "The payment was cancelled. You can try again.";
    LaunchFailed = "支付没有成功，请重新支付或更换支付方式", "The payment failed. Try again or choose another way.";
    LaunchNetwork = "网络连接出错，支付没有完成。请检查网络后重新支付", "The network failed, so the payment was not finished. Check it and try again.";

    // Usage.
    UsageTitle = "流量查询", "Data usage";
    UsagePrompt = "输入卡号查询用量、状态和套餐", "Enter a card number to see its usage, state and plan";
    State = "状态", "State";
    Plan = "当前套餐", "Plan";
    NoPlan = "暂无套餐", "None";
    ExpiresAt = "有效期至", "Valid until";
    CountedAt = "统计于", "Counted at";
    RealnameRow = "实名认证", "Registration";
    RealnameNotNeeded = "无需认证", "Not needed";
    RealnameNone = "未认证", "Not registered";
    RealnamePending = "审核中", "Under review";
    RealnamePassed = "已认证", "Registered";
    RealnameRejected = "未通过", "Refused";
    RechargeThis = "给这张卡充值", "Top up this card";

    // Registration.
    RealnameTitle = "实名认证", "Registration";
    RealnameWhy = "按国家规定，部分物联卡需实名后使用。信息只用于提交运营商审核，本站不保存。", "Some IoT cards must be registered by law. What you enter goes to the carrier and is not kept here.";
    Name = "姓名", "Name";
    NameHint = "与身份证一致", "As on the identity card";
    IdNumber = "身份证号", "Identity number";
    IdHint = "18 位身份证号", "18 characters";
    Phone = "手机号", "Mobile number";
    PhoneHint = "本人 11 位手机号", "Your own, 11 digits";
    Submit = "提交认证", "Submit";
    Submitting = "正在提交…", "Submitting…";
    RealnameDone = "已提交，等待审核", "Submitted. It is under review.";
    RealnameDoneWhy = "一般几分钟内完成审核，通过后即可充值。", "This usually takes a few minutes. Then you can top up.";
    RealnamePassedNote = "这张卡已完成实名认证。", "This card is registered.";
    RealnamePendingNote = "这张卡的实名信息正在审核，请稍后再看。", "This card's registration is under review. Please look again later.";
    RealnameRejectedNote = "上次提交未通过审核，请核对后重新提交。", "The last submission was refused. Please check and submit again.";
    RealnameOptionalNote = "这张卡无需实名认证。", "This card needs no registration.";
    RealnameOff = "本店暂未开通在线实名，请联系客服。", "Online registration is not available here. Please contact support.";
    WrongName = "请填写 2 至 40 个字的姓名", "Enter a name of 2 to 40 characters";
    WrongId = "身份证号不正确，请核对", "This identity number is not right";
    WrongPhone = "请填写 11 位手机号", "Enter an 11-digit mobile number";

    // Notices and orders.
    NoticesTitle = "公告", "Notices";
    NoNotices = "暂无公告", "There are no notices";
    OrdersTitle = "订单", "Orders";
    ThisDevice = "本机订单", "On this device";
    NoOrders = "本机还没有订单", "No orders on this device yet";
    NoOrdersWhy = "在这台设备上下的订单会显示在这里。", "Orders placed on this device are listed here.";
    SearchOrders = "按卡号查订单", "Find by card number";
    Search = "查询", "Search";
    SearchEmpty = "这张卡还没有订单", "This card has no orders";
    More = "加载更多", "Show more";
    RemoveOrder = "移除记录", "Remove from the list";
    MaskedNote = "为保护隐私，只显示部分信息。", "Only part of it is shown, for privacy.";

    // Nothing here.
    NotFoundTitle = "页面不存在", "Page not found";
    NotFoundWhy = "链接可能已失效，请检查地址。", "The link may be old. Please check the address.";
    OrderNotFoundTitle = "没有这笔订单", "There is no such order";
    OrderNotFoundWhy = "链接可能不完整。请从 “订单” 页按卡号查找，或联系客服。", "The link may be incomplete. Look for it by card number under “Orders”, or contact support.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_has_words_in_both_languages() {
        for &text in Text::ALL {
            for lang in [Lang::Zh, Lang::En] {
                assert!(!text.in_language(lang).trim().is_empty(), "{text:?}");
            }
        }
        assert_eq!(TABLE.len(), Text::ALL.len());
        assert_eq!(Text::PayNow.in_language(Lang::Zh), "立即充值");
        assert_eq!(Text::ChooseMethod.in_language(Lang::Zh), "选择支付方式");
    }

    #[test]
    fn english_texts_hold_no_chinese() {
        for &text in Text::ALL
            .iter()
            .filter(|&&text| text != Text::SwitchLanguage)
        {
            let words = text.in_language(Lang::En);
            assert!(
                !words
                    .chars()
                    .any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)),
                "{words}"
            );
        }
    }
}
