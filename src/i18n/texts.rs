//! Every fixed text, in both languages side by side.

use super::Lang;

/// A fixed text: its words in each language, in the order of [`Lang`].
///
/// Each is a constant apart, not a row of a table, so that the words of the later screens come with those.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text(pub(super) &'static [&'static str; 2]);

impl Text {
    /// Its words in a language.
    #[must_use]
    pub fn in_language(self, lang: Lang) -> &'static str {
        self.0[lang as usize]
    }
}

macro_rules! texts {
    ($($name:ident = $zh:literal, $en:literal;)+) => {
        #[expect(missing_docs, reason = "the list below says what each is")]
        impl Text {
            $(pub const $name: Text = Text(&[$zh, $en]);)+

            /// Every text.
            #[cfg(test)]
            pub(super) const ALL: &'static [Text] = &[$(Text::$name),+];
        }
    };
}

texts! {
    // The frame.
    TAB_RECHARGE = "在线充值", "Top up";
    TAB_USAGE = "流量查询", "Usage";
    TAB_REALNAME = "实名认证", "ID check";
    TAB_NOTICES = "公告", "Notices";
    NEW_NOTICE = "有新公告", "new";
    MAIN_NAVIGATION = "主导航", "Main";
    MY_ORDERS = "我的订单", "My orders";
    BACK = "返回", "Back";
    SWITCH_LANGUAGE = "English", "中文";
    HINT = "提示", "Note";
    DEMO_BANNER = "演示环境，不会产生真实扣款", "Demo: no real money is charged";
    OFFLINE = "网络已断开，恢复后会自动继续", "You are offline. This page continues once you are back.";
    RETRY = "重试", "Try again";
    CANCEL = "取消", "Cancel";
    COPY = "复制", "Copy";
    COPIED = "已复制", "Copied";
    COPY_FAILED = "复制失败，请长按选择", "Could not copy. Select it by hand.";
    LOADING = "加载中", "Loading";
    SUPPORT = "客服电话", "Support";
    TERMS = "用户协议", "Terms";
    PRIVACY = "隐私政策", "Privacy";
    SKIP_TO_CONTENT = "跳到主要内容", "Skip to content";
    SEPARATOR = " · ", " · ";

    // The recharge screen.
    CARD_NUMBER = "流量卡号", "Data SIM";
    CARD_HINT = "请输入 ICCID 或接入号", "ICCID or SIM number";
    CLEAR_NUMBER = "清空卡号", "Clear the card number";
    SCAN = "扫码输入卡号", "Scan the card's code";
    SCAN_HINT = "对准卡片上的条形码或二维码，会自动识别", "Point the camera at the barcode or QR code on the card";
    SCAN_FAILED = "没有扫到卡号，请再试一次或手动输入", "No code was read. Try again, or type the number.";
    CAMERA_REFUSED = "没有使用相机的权限，请在设置中允许，或手动输入卡号", "The camera is not allowed. Allow it in the settings, or type the number.";
    RECENT_CARDS = "最近使用", "Recent cards";
    REMOVE_RECENT = "删除记录", "Remove";
    GHOST_CARD = "输入卡号，查看卡片状态与余量", "Enter a number to see the card and its data";
    CHECK_DIGIT = "校验位不符，请核对卡号", "The check digit differs: please check the number";
    CARRIER = "运营商", "Carrier";
    ORDER_ACTIONS = "订单操作", "Order actions";
    CARD_KIND = "物联卡", "IoT card";
    USED = "已用", "Used";
    REMAINING = "剩余", "Left";
    TOTAL = "总量", "Total";
    USAGE_UNKNOWN = "暂无用量数据", "No usage reported yet";
    NO_EXPIRY = "长期有效", "No end date";
    ENDED = "已到期", "Ended";
    MOBILE = "中国移动", "China Mobile";
    UNICOM = "中国联通", "China Unicom";
    TELECOM = "中国电信", "China Telecom";
    STATE_USABLE = "正常", "Active";
    STATE_ACTIVATABLE = "待激活", "Not activated";
    STATE_SUSPENDED = "停机", "Suspended";
    STATE_TERMINATED = "已销户", "Terminated";
    STATE_TESTING = "测试期", "Testing";
    STATE_UNKNOWN = "未知", "Unknown";
    CARD_TERMINATED_NOTE = "这张卡已销户，不能再充值", "This card is closed for good and cannot be topped up";
    CARD_UNKNOWN_NOTE = "运营商没有这张卡的有效状态，暂不能充值", "The carrier reports no usable state, so it cannot be topped up now";
    CARD_SUSPENDED_NOTE = "卡片已停机，充值后一般会自动复机", "The card is suspended; a top-up usually brings it back";
    CATEGORIES = "套餐类型", "Package type";
    PACKAGES = "套餐", "Package";
    NO_PACKAGES = "这张卡暂无可购买的套餐", "There is nothing on sale for this card";
    NO_CATALOG = "暂无在售套餐", "Nothing is on sale right now";
    CATALOG_FAILED = "套餐加载失败", "The packages could not be loaded";
    SOLD_OUT = "售罄", "Sold out";
    FORMER_PRICE = "原价", "was";
    SUM = "合计", "Total";
    CHOOSE_PACKAGE = "请选择套餐", "Choose a package";
    PAY_NOW = "立即充值", "Top up now";
    STALE_CATALOG = "卡平台暂时无法连接，价格可能已变动，暂不能购买", "The card platform cannot be reached. Prices may have changed and nothing can be bought for now";

    // Paying.
    CHOOSE_METHOD = "选择支付方式", "How would you like to pay?";
    ALIPAY = "支付宝", "Alipay";
    WECHAT = "微信支付", "WeChat Pay";
    RECHARGE_CARD = "充值卡", "Prepaid card";
    TURINGCAT = "图灵猫", "Turingcat";
    CRYPTO = "数字货币", "Crypto";
    METHOD_REDIRECT = "跳转完成付款", "Continue in the app";
    METHOD_QR = "扫码付款", "Scan a code to pay";
    ANY_WALLET = "手机扫码", "Scan with a phone";
    ANY_WALLET_HINT = "微信、支付宝或手机浏览器都能打开", "WeChat, Alipay or the phone's browser opens it";
    METHOD_HERE = "在当前应用内付款", "Pay right here";
    METHOD_BROWSER = "需在浏览器中打开", "Opens in your browser";
    NO_METHODS = "当前环境没有可用的支付方式，请复制链接到浏览器打开", "No way to pay works here. Copy the link and open it in a browser.";
    OPEN_IN_BROWSER = "请在浏览器中打开", "Open this page in a browser";
    OPEN_IN_BROWSER_WHY = "微信内无法使用支付宝。点右上角 “…”，选择 “在浏览器打开”，或复制链接后到浏览器粘贴。", "Alipay does not work inside WeChat. Tap “…” at the top right and choose “Open in browser”, or copy the link.";
    OPEN_ELSEWHERE_WHY = "这里无法用这种方式付款。请复制链接，到手机自带的浏览器粘贴打开。", "This way to pay does not work here. Copy the link and open it in your phone's own browser.";
    COPY_LINK = "复制链接", "Copy link";
    LINK = "本页链接", "This page's link";
    OTHER_METHODS = "其他支付方式", "Other ways to pay";
    CREATING_ORDER = "正在创建订单…", "Creating your order…";
    STARTING_PAYMENT = "正在发起支付…", "Starting the payment…";
    PRICE_CHANGED = "价格已变动", "The price has changed";
    CONFIRM_NEW_PRICE = "按新价格购买", "Buy at the new price";
    RECENTLY_BOUGHT = "刚刚买过同一套餐", "You have just bought this";
    RECENTLY_BOUGHT_WHY = "这张卡几分钟前已购买过同一套餐。确定再买一份吗？", "This package was bought for this card minutes ago. Do you want another one?";
    BUY_AGAIN = "再买一份", "Buy another";
    OPEN_ORDER = "有一笔未付款的订单", "You have an unpaid order";
    OPEN_ORDER_WHY = "这张卡的同一套餐已有订单等待付款。", "An order for this card and package is waiting to be paid.";
    CONTINUE_ORDER = "继续付款", "Continue";
    NEW_ORDER = "重新下单", "Start a new order";
    REALNAME_FIRST = "需要先实名认证", "Registration is needed first";
    GO_REALNAME = "去实名认证", "Register now";
    CANNOT_CONTINUE = "暂时无法继续", "This did not work";

    // The order.
    ORDER = "订单", "Order";
    SCAN_TO_PAY = "扫码付款", "Scan to pay";
    AWAIT_PAYMENT = "等待付款", "Waiting for payment";
    PAID_FULFILLING = "支付成功，充值处理中", "Paid. Topping up your card";
    CREDITED = "充值成功", "Top-up complete";
    PAY_ORDER_PAID = "支付成功", "Paid";
    ORDER_EXPIRED = "订单已过期", "Order expired";
    ORDER_CANCELLED = "订单已取消", "Order cancelled";
    REFUNDING = "充值失败，退款处理中", "Top-up failed. Refund under way";
    REFUNDED = "已退款", "Refunded";
    MANUAL = "人工处理中", "We are looking into it";
    NOTE_AWAIT = "付款结果以支付平台通知为准，本页会自动更新。", "This page updates by itself once the payment is confirmed.";
    NOTE_PAID = "一般几秒钟内到账，您可以离开本页。", "This usually takes a few seconds. You may leave this page.";
    NOTE_CREDITED = "流量已到账，可以继续使用了。", "The data is on your card.";
    NOTE_PAY_ORDER_PAID = "商家已收到付款结果。", "The seller has been told.";
    NOTE_EXPIRED = "如果您已付款，款项不会丢失，到账后会自动充值或退回。", "If you did pay, nothing is lost: it is topped up or refunded by itself.";
    NOTE_CANCELLED = "如果您已付款，款项不会丢失，到账后会自动充值或退回。", "If you did pay, nothing is lost: it is topped up or refunded by itself.";
    NOTE_REFUNDING = "款项会原路退回，到账时间以支付平台为准。", "The money goes back the way it came. How long it takes is up to your wallet.";
    NOTE_REFUNDED = "款项已原路退回。", "The money went back the way it came.";
    NOTE_MANUAL = "客服会尽快处理，您的款项是安全的。", "Support will handle it soon. Your money is safe.";
    SCAN_HINT_ALIPAY = "请用支付宝扫码", "Scan with Alipay";
    SCAN_HINT_WECHAT = "请用微信扫码", "Scan with WeChat";
    SCAN_HINT_ANY = "请用手机扫码", "Scan with your phone";
    QR_CODE = "付款二维码", "Payment QR code";
    QR_SAVE = "只有这一部手机时：长按二维码保存图片，再在钱包的 “扫一扫” 里从相册选取。", "With only this phone: hold the code to save the picture, then choose it from the album in your wallet's scanner.";
    QR_EXPIRED = "二维码已失效", "The code has expired";
    REFRESH_QR = "刷新二维码", "Get a new code";
    TIME_LEFT = "剩余时间", "Time left";
    I_HAVE_PAID = "我已完成支付", "I have paid";
    ASKING = "正在确认…", "Checking…";
    NOT_PAID_YET = "还没有收到付款结果。如已付款，请稍等片刻。", "No payment has been confirmed yet. If you have paid, please wait a moment.";
    PAY = "去支付", "Pay now";
    PAY_AGAIN = "重新支付", "Pay again";
    CHANGE_METHOD = "更换支付方式", "Change how to pay";
    CANCEL_ORDER = "取消订单", "Cancel order";
    CANCEL_CONFIRM = "取消这笔订单？", "Cancel this order?";
    CANCEL_CONFIRM_WHY = "取消后不能恢复。如果您已付款，请不要取消。", "This cannot be undone. Do not cancel if you have already paid.";
    CANCEL_YES = "确定取消", "Cancel the order";
    CANCEL_NO = "先不取消", "Keep it";
    PROGRESS = "订单进度", "Progress";
    DETAILS = "订单详情", "Details";
    DETAIL_PACKAGE = "套餐", "Package";
    DETAIL_ITEM = "商品", "Item";
    DETAIL_CARD = "流量卡", "Card";
    DETAIL_PAID = "实付", "Paid";
    DETAIL_DUE = "应付", "Amount";
    DETAIL_NUMBER = "订单号", "Order no.";
    DETAIL_CREATED = "下单时间", "Placed";
    DONE = "完成", "Done";
    BUY_MORE = "再充一次", "Top up again";
    ORDER_AGAIN = "重新下单", "Order again";
    BACK_TO_SHOP = "回到充值", "Back to the shop";
    CAN_BE_CLOSED = "现在可以关闭本页了", "You can close this page now";
    CAN_BE_CLOSED_HOW = "本页无法自己关闭，请点屏幕上方的 “×” 或返回键。订单会照常处理。", "It cannot close itself: use the × or the back button at the top. Your order goes on.";
    BACK_TO_PARTNER = "返回商家", "Back to the seller";
    STEP_CREATED = "已下单", "Ordered";
    STEP_PAYING = "发起付款", "Payment started";
    SHORT_UNPAID = "待付款", "Unpaid";
    STEP_PAID = "已付款", "Paid";
    STEP_FULFILLING = "充值处理中", "Topping up";
    STEP_CREDITED = "已到账", "Data is there";
    STEP_FULFIL_FAILED = "充值失败", "Top-up failed";
    STEP_REFUNDING = "退款中", "Refunding";
    STEP_REFUNDED = "已退款", "Refunded";
    STEP_REFUND_FAILED = "退款转人工", "Refund by hand";
    STEP_EXPIRED = "已过期", "Expired";
    STEP_CANCELLED = "已取消", "Cancelled";
    LAUNCH_UNSUPPORTED = "当前环境无法发起这种支付。请更换支付方式，或复制链接到浏览器打开", "This way to pay does not work here. Choose another, or copy the link and open it in your browser.";
    LAUNCH_KEPT = "钱包没有打开？请再试一次，或复制链接到浏览器打开", "Did the wallet not open? Try again, or copy the link and open it in your browser.";
    LAUNCH_CANCELLED = "支付已取消，可以重新支付", "The payment was cancelled. You can try again.";
    LAUNCH_FAILED = "支付没有成功，请重新支付或更换支付方式", "The payment failed. Try again or choose another way.";
    LAUNCH_NETWORK = "网络连接出错，支付没有完成。请检查网络后重新支付", "The network failed, so the payment was not finished. Check it and try again.";

    // Usage.
    USAGE_TITLE = "流量查询", "Data usage";
    USAGE_PROMPT = "输入卡号查询用量、状态和套餐", "Enter a card number to see its usage, state and plan";
    STATE = "状态", "State";
    PLAN = "当前套餐", "Plan";
    NO_PLAN = "暂无套餐", "None";
    EXPIRES_AT = "有效期至", "Valid until";
    COUNTED_AT = "统计于", "Counted at";
    REALNAME_ROW = "实名认证", "Registration";
    REALNAME_NOT_NEEDED = "无需认证", "Not needed";
    REALNAME_NONE = "未认证", "Not registered";
    REALNAME_PENDING = "审核中", "Under review";
    REALNAME_PASSED = "已认证", "Registered";
    REALNAME_REJECTED = "未通过", "Refused";
    RECHARGE_THIS = "给这张卡充值", "Top up this card";

    // Registration.
    REALNAME_TITLE = "实名认证", "Registration";
    REALNAME_WHY = "按国家规定，部分物联卡需实名后使用。信息只用于提交运营商审核，本站不保存。", "Some IoT cards must be registered by law. What you enter goes to the carrier and is not kept here.";
    NAME = "姓名", "Name";
    NAME_HINT = "与身份证一致", "As on the identity card";
    ID_NUMBER = "身份证号", "Identity number";
    ID_HINT = "18 位身份证号", "18 characters";
    PHONE = "手机号", "Mobile number";
    PHONE_HINT = "本人 11 位手机号", "Your own, 11 digits";
    SUBMIT = "提交认证", "Submit";
    SUBMITTING = "正在提交…", "Submitting…";
    REALNAME_DONE = "已提交，等待审核", "Submitted. It is under review.";
    REALNAME_DONE_WHY = "一般几分钟内完成审核，通过后即可充值。", "This usually takes a few minutes. Then you can top up.";
    REALNAME_PASSED_NOTE = "这张卡已完成实名认证。", "This card is registered.";
    REALNAME_PENDING_NOTE = "这张卡的实名信息正在审核，请稍后再看。", "This card's registration is under review. Please look again later.";
    REALNAME_REJECTED_NOTE = "上次提交未通过审核，请核对后重新提交。", "The last submission was refused. Please check and submit again.";
    REALNAME_OPTIONAL_NOTE = "这张卡无需实名认证。", "This card needs no registration.";
    REALNAME_OFF = "本店暂未开通在线实名，请联系客服。", "Online registration is not available here. Please contact support.";
    WRONG_NAME = "请填写 2 至 40 个字的姓名", "Enter a name of 2 to 40 characters";
    WRONG_ID = "身份证号不正确，请核对", "This identity number is not right";
    WRONG_PHONE = "请填写 11 位手机号", "Enter an 11-digit mobile number";

    // Notices and orders.
    NOTICES_TITLE = "公告", "Notices";
    NO_NOTICES = "暂无公告", "There are no notices";
    ORDERS_TITLE = "订单", "Orders";
    THIS_DEVICE = "本机订单", "On this device";
    NO_ORDERS = "本机还没有订单", "No orders on this device yet";
    NO_ORDERS_WHY = "在这台设备上下的订单会显示在这里。", "Orders placed on this device are listed here.";
    SEARCH_ORDERS = "按卡号查订单", "Find by SIM number";
    SEARCH = "查询", "Search";
    SEARCH_EMPTY = "这张卡还没有订单", "This card has no orders";
    MORE = "加载更多", "Show more";
    REMOVE_ORDER = "移除记录", "Remove from the list";
    MASKED_NOTE = "为保护隐私，只显示部分信息。", "Only part of it is shown, for privacy.";

    // Nothing here.
    NOT_FOUND_TITLE = "页面不存在", "Page not found";
    NOT_FOUND_WHY = "链接可能已失效，请检查地址。", "The link may be old. Please check the address.";
    ORDER_NOT_FOUND_TITLE = "没有这笔订单", "There is no such order";
    ORDER_NOT_FOUND_WHY = "链接可能不完整。请从 “订单” 页按卡号查找，或联系客服。", "The link may be incomplete. Look for it by card number under “Orders”, or contact support.";
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
        assert_eq!(Text::PAY_NOW.in_language(Lang::Zh), "立即充值");
        assert_eq!(Text::CHOOSE_METHOD.in_language(Lang::Zh), "选择支付方式");
    }

    #[test]
    fn english_texts_hold_no_chinese() {
        for &text in Text::ALL
            .iter()
            .filter(|&&text| text != Text::SWITCH_LANGUAGE)
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
