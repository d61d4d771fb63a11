//! The table: one row per operation, in the document's order of services.

use reqwest::Method;

use super::{Operation, Service, Source};

/// A constant for each row, documented by its name and title, and all of them in one list.
macro_rules! operations {
    ($($constant:ident: $service:ident, $name:literal, $title:literal, $verb:ident ($verb_source:ident),
        $address:literal ($address_source:ident), $permission:expr, $documented:expr;)*) => {
        $(
            #[doc = concat!("`", $name, "` ", $title)]
            pub const $constant: Operation = Operation {
                service: Service::$service,
                name: $name,
                title: $title,
                verb: Method::$verb,
                verb_source: Source::$verb_source,
                address: $address,
                address_source: Source::$address_source,
                permission: $permission,
                documented_permission: $documented,
            };
        )*

        /// Every operation that the document names.
        pub const ALL: &[Operation] = &[$($constant),*];
    };
}

operations! {
    // 支付网关: orders, payments, packages.
    ORDER_GET: Payments, "order-get", "列表", GET (Shown), "payment/Order" (Guessed), Some("iot.paymentservice.order.get"), Some("iot.paymentservice.order.get");
    ORDER_STATISTIC: Payments, "order-statistic", "统计", GET (Shown), "payment/Order/Statistic" (Guessed), Some("iot.paymentservice.order.statistic"), Some("iot.paymentservice.order.statistic");
    ORDER_CODES: Payments, "order-codes", "错误码表", GET (Shown), "payment/Order/Codes" (Guessed), None, None;
    PAYMENT_CODES: Payments, "payment-codes", "错误码表", GET (Shown), "payment/Payment/Codes" (Guessed), None, None;
    PAYMENT_POST: Payments, "payment-post", "创建支付请求", POST (Shown), "payment/Payment" (Guessed), None, None;
    PRODUCT_GET: Payments, "product-get", "列表", GET (Shown), "payment/Product" (Guessed), None, None;
    PRODUCT_CATEGORIES: Payments, "product-categories", "分类", GET (Shown), "payment/Product/Categories" (Shown), None, None;
    // 支付网关 v2: the wallets, with merchants of the operator's at the platform.
    ALIPAY_WEBPAY: Wallets, "alipay-webpay", "电脑网站支付", POST (Guessed), "gateway/Alipay/WebPay" (Guessed), Some("iot.payment.alipay.webpay"), Some("iot.payment.alipay.webpay");
    ALIPAY_WAPPAY: Wallets, "alipay-wappay", "手机网站支付", POST (Guessed), "gateway/Alipay/WapPay" (Guessed), Some("iot.payment.alipay.wappay"), Some("iot.payment.alipay.wappay");
    ALIPAY_APPPAY: Wallets, "alipay-apppay", "APP支付", POST (Guessed), "gateway/Alipay/AppPay" (Guessed), Some("iot.payment.alipay.apppay"), Some("iot.payment.alipay.apppay");
    ALIPAY_SCANPAY: Wallets, "alipay-scanpay", "扫码支付", POST (Guessed), "gateway/Alipay/ScanPay" (Guessed), Some("iot.payment.alipay.scanpay"), Some("iot.payment.alipay.scanpay");
    ALIPAY_BARCODEPAY: Wallets, "alipay-barcodepay", "条码支付", POST (Guessed), "gateway/Alipay/BarcodePay" (Guessed), Some("iot.payment.alipay.barcodepay"), Some("iot.payment.alipay.barcodepay");
    ALIPAY_QUERY: Wallets, "alipay-query", "交易查询", GET (Guessed), "gateway/Alipay/Query" (Guessed), Some("iot.payment.alipay.query"), Some("iot.payment.alipay.query");
    ALIPAY_REFUND: Wallets, "alipay-refund", "交易退款", POST (Guessed), "gateway/Alipay/Refund" (Guessed), Some("iot.payment.alipay.refund"), Some("iot.payment.alipay.refund");
    ALIPAY_REFUNDQUERY: Wallets, "alipay-refundquery", "退款查询", GET (Guessed), "gateway/Alipay/RefundQuery" (Guessed), Some("iot.payment.alipay.refundquery"), Some("iot.payment.alipay.refundquery");
    ALIPAY_CANCEL: Wallets, "alipay-cancel", "交易撤销", POST (Guessed), "gateway/Alipay/Cancel" (Guessed), Some("iot.payment.alipay.cancel"), Some("iot.payment.alipay.cancel");
    ALIPAY_CLOSE: Wallets, "alipay-close", "交易关闭", POST (Guessed), "gateway/Alipay/Close" (Guessed), Some("iot.payment.alipay.close"), Some("iot.payment.alipay.close");
    ALIPAY_TRANSFER: Wallets, "alipay-transfer", "单笔转账", POST (Guessed), "gateway/Alipay/Transfer" (Guessed), Some("iot.payment.alipay.transfer"), Some("iot.payment.alipay.transfer");
    ALIPAY_TRANSFERQUERY: Wallets, "alipay-transferquery", "转账查询", GET (Guessed), "gateway/Alipay/TransferQuery" (Guessed), Some("iot.payment.alipay.transferquery"), Some("iot.payment.alipay.transferquery");
    ALIPAY_BILLDOWNLOAD: Wallets, "alipay-billdownload", "下载对账单", GET (Guessed), "gateway/Alipay/BillDownload" (Guessed), Some("iot.payment.alipay.billdownload"), Some("iot.payment.alipay.billdownload");
    ALIPAY_MERCHANTS: Wallets, "alipay-merchants", "商户列表", GET (Guessed), "gateway/Alipay/Merchants" (Guessed), Some("iot.payment.alipay.merchants"), Some("iot.payment.alipay.merchants");
    ALIPAY_PUTMERCHANT: Wallets, "alipay-putmerchant", "更新商户", PUT (Guessed), "gateway/Alipay/Merchants" (Guessed), Some("iot.payment.alipay.putmerchant"), Some("iot.payment.alipay.putmerchant");
    ALIPAY_POSTMERCHANT: Wallets, "alipay-postmerchant", "添加商户", POST (Guessed), "gateway/Alipay/Merchants" (Guessed), Some("iot.payment.alipay.postmerchant"), Some("iot.payment.alipay.postmerchant");
    ALIPAY_DELETEMERCHANT: Wallets, "alipay-deletemerchant", "删除商户", DELETE (Guessed), "gateway/Alipay/Merchants" (Guessed), Some("iot.payment.alipay.deletemerchant"), Some("iot.payment.alipay.deletemerchant");
    WECHATPAY_PUBLICPAY: Wallets, "wechatpay-publicpay", "公众号支付", POST (Guessed), "gateway/WechatPay/PublicPay" (Guessed), Some("iot.payment.wechatpay.publicpay"), Some("iot.payment.wechatpay.publicpay");
    WECHATPAY_APPPAY: Wallets, "wechatpay-apppay", "APP支付", POST (Guessed), "gateway/WechatPay/AppPay" (Guessed), Some("iot.payment.wechatpay.apppay"), Some("iot.payment.wechatpay.apppay");
    WECHATPAY_APPLETPAY: Wallets, "wechatpay-appletpay", "小程序支付", POST (Guessed), "gateway/WechatPay/AppletPay" (Guessed), Some("iot.payment.wechatpay.appletpay"), Some("iot.payment.wechatpay.appletpay");
    WECHATPAY_WAPPAY: Wallets, "wechatpay-wappay", "H5支付", POST (Guessed), "gateway/WechatPay/WapPay" (Guessed), Some("iot.payment.wechatpay.wappay"), Some("iot.payment.wechatpay.wappay");
    WECHATPAY_SCANPAY: Wallets, "wechatpay-scanpay", "扫码支付", POST (Guessed), "gateway/WechatPay/ScanPay" (Guessed), Some("iot.payment.wechatpay.scanpay"), Some("iot.payment.wechatpay.scanpay");
    WECHATPAY_BARCODEPAY: Wallets, "wechatpay-barcodepay", "条码支付", POST (Guessed), "gateway/WechatPay/BarcodePay" (Guessed), Some("iot.payment.wechatpay.barcodepay"), Some("iot.payment.wechatpay.barcodepay");
    WECHATPAY_QUERY: Wallets, "wechatpay-query", "查询订单", GET (Guessed), "gateway/WechatPay/Query" (Guessed), Some("iot.payment.wechatpay.query"), Some("iot.payment.wechatpay.query");
    WECHATPAY_REFUND: Wallets, "wechatpay-refund", "申请退款", POST (Guessed), "gateway/WechatPay/Refund" (Guessed), Some("iot.payment.wechatpay.refund"), Some("iot.payment.wechatpay.refund");
    WECHATPAY_REFUNDQUERY: Wallets, "wechatpay-refundquery", "查询退款", GET (Guessed), "gateway/WechatPay/RefundQuery" (Guessed), Some("iot.payment.wechatpay.refundquery"), Some("iot.payment.wechatpay.refundquery");
    WECHATPAY_CLOSE: Wallets, "wechatpay-close", "关闭订单", POST (Guessed), "gateway/WechatPay/Close" (Guessed), Some("iot.payment.wechatpay.close"), Some("iot.payment.wechatpay.close");
    WECHATPAY_CANCEL: Wallets, "wechatpay-cancel", "撤销订单", POST (Guessed), "gateway/WechatPay/Cancel" (Guessed), Some("iot.payment.wechatpay.cancel"), Some("iot.payment.wechatpay.cancel");
    WECHATPAY_TRANSFER: Wallets, "wechatpay-transfer", "企业付款到零钱", POST (Guessed), "gateway/WechatPay/Transfer" (Guessed), Some("iot.payment.wechatpay.transfer"), Some("iot.payment.wechatpay.transfer");
    WECHATPAY_TRANSFERQUERY: Wallets, "wechatpay-transferquery", "查询企业付款零钱", GET (Guessed), "gateway/WechatPay/TransferQuery" (Guessed), Some("iot.payment.wechatpay.transferquery"), Some("iot.payment.wechatpay.transferquery");
    WECHATPAY_PUBLICKEY: Wallets, "wechatpay-publickey", "获取RSA公钥", GET (Guessed), "gateway/WechatPay/PublicKey" (Guessed), Some("iot.payment.wechatpay.publickey"), Some("iot.payment.wechatpay.publickey");
    WECHATPAY_TRANSFERTOBANK: Wallets, "wechatpay-transfertobank", "企业付款到银行卡", POST (Guessed), "gateway/WechatPay/TransferToBank" (Guessed), Some("iot.payment.wechatpay.transfertobank"), Some("iot.payment.wechatpay.transfertobank");
    WECHATPAY_TRANSFERTOBANKQUERY: Wallets, "wechatpay-transfertobankquery", "查询企业付款银行卡", GET (Guessed), "gateway/WechatPay/TransferToBankQuery" (Guessed), Some("iot.payment.wechatpay.transfertobankquery"), Some("iot.payment.wechatpay.transfertobankquery");
    WECHATPAY_BILLDOWNLOAD: Wallets, "wechatpay-billdownload", "下载对账单", GET (Guessed), "gateway/WechatPay/BillDownload" (Guessed), Some("iot.payment.wechatpay.billdownload"), Some("iot.payment.wechatpay.billdownload");
    WECHATPAY_FUNDFLOWDOWNLOAD: Wallets, "wechatpay-fundflowdownload", "下载资金账单", GET (Guessed), "gateway/WechatPay/FundFlowDownload" (Guessed), Some("iot.payment.wechatpay.fundflowdownload"), Some("iot.payment.wechatpay.fundflowdownload");
    WECHATPAY_OAUTH: Wallets, "wechatpay-oauth", "获取OpenId", GET (Guessed), "gateway/WechatPay/OAuth" (Guessed), None, None;
    WECHATPAY_CODE2SESSION: Wallets, "wechatpay-code2session", "小程序登录", GET (Guessed), "gateway/WechatPay/Code2Session" (Guessed), None, None;
    WECHATPAY_MERCHANTS: Wallets, "wechatpay-merchants", "商户列表", GET (Guessed), "gateway/WechatPay/Merchants" (Guessed), Some("iot.payment.wechatpay.merchants"), Some("iot.payment.wechatpay.merchants");
    WECHATPAY_PUTMERCHANT: Wallets, "wechatpay-putmerchant", "更新商户", PUT (Guessed), "gateway/WechatPay/Merchants" (Guessed), Some("iot.payment.wechatpay.putmerchant"), Some("iot.payment.wechatpay.putmerchant");
    WECHATPAY_POSTMERCHANT: Wallets, "wechatpay-postmerchant", "添加商户", POST (Guessed), "gateway/WechatPay/Merchants" (Guessed), Some("iot.payment.wechatpay.postmerchant"), Some("iot.payment.wechatpay.postmerchant");
    WECHATPAY_UPLOADCERT: Wallets, "wechatpay-uploadcert", "上传支付证书", POST (Guessed), "gateway/WechatPay/UploadCert" (Guessed), Some("iot.payment.wechatpay.uploadcert"), Some("iot.payment.wechatpay.uploadcert");
    WECHATPAY_DELETEMERCHANT: Wallets, "wechatpay-deletemerchant", "删除商户", DELETE (Guessed), "gateway/WechatPay/Merchants" (Guessed), Some("iot.payment.wechatpay.deletemerchant"), Some("iot.payment.wechatpay.deletemerchant");
    // 物联卡: recharge cards and data cards.
    DATACARD_GET: Cards, "datacard-get", "列表", GET (Shown), "cards/DataCard" (Guessed), Some("iot.cardservice.datacard.get"), Some("iot.cardservice.datacard.get");
    DATACARD_HISTORY: Cards, "datacard-history", "充值记录", GET (Shown), "cards/DataCard/History" (Guessed), Some("iot.cardservice.datacard.history"), Some("iot.cardservice.datacard.history");
    DATACARD_TRANSFER: Cards, "datacard-transfer", "批量划卡", POST (Shown), "cards/DataCard/Transfer" (Guessed), Some("iot.cardservice.datacard.transfer"), Some("iot.cardservice.datacard.transfer");
    DATACARD_GENERATE: Cards, "datacard-generate", "制卡", POST (Shown), "cards/DataCard/Generate" (Guessed), Some("iot.cardservice.datacard.generate"), Some("iot.cardservice.datacard.get");
    DATACARD_CODES: Cards, "datacard-codes", "错误码表", GET (Shown), "cards/DataCard/Codes" (Guessed), None, None;
    FLOWCARD_GET: Cards, "flowcard-get", "列表", GET (Guessed), "cards/FlowCard" (Guessed), Some("iot.cardservice.flowcard.get"), Some("iot.cardservice.flowcard.get");
    FLOWCARD_DETAIL: Cards, "flowcard-detail", "详情", GET (Guessed), "cards/FlowCard/Detail" (Guessed), Some("iot.cardservice.flowcard.detail"), Some("iot.cardservice.flowcard.get");
    FLOWCARD_PUT: Cards, "flowcard-put", "更新", PUT (Guessed), "cards/FlowCard" (Guessed), Some("iot.cardservice.flowcard.put"), Some("iot.cardservice.flowcard.get");
    FLOWCARD_PATCH: Cards, "flowcard-patch", "批量更新", PATCH (Guessed), "cards/FlowCard" (Guessed), Some("iot.cardservice.flowcard.patch"), Some("iot.cardservice.flowcard.get");
    FLOWCARD_DATA: Cards, "flowcard-data", "查流量", GET (Shown), "cards/FlowCard/Data" (Guessed), Some("iot.cardservice.flowcard.data"), Some("iot.cardservice.flowcard.get");
    FLOWCARD_STATUS: Cards, "flowcard-status", "查状态", GET (Shown), "cards/FlowCard/Status" (Guessed), Some("iot.cardservice.flowcard.status"), Some("iot.cardservice.flowcard.get");
    FLOWCARD_NETWORK: Cards, "flowcard-network", "停复机", PUT (Guessed), "cards/FlowCard/Network" (Guessed), Some("iot.cardservice.flowcard.network"), Some("iot.cardservice.flowcard.get");
    FLOWCARD_TRANSFERHISTORY: Cards, "flowcard-transferhistory", "划卡记录", GET (Guessed), "cards/FlowCard/TransferHistory" (Guessed), Some("iot.cardservice.flowcard.transferhistory"), Some("iot.cardservice.flowcard.get");
    FLOWCARD_TRANSFER: Cards, "flowcard-transfer", "划卡", POST (Guessed), "cards/FlowCard/Transfer" (Guessed), Some("iot.cardservice.flowcard.transfer"), Some("iot.cardservice.flowcard.get");
    FLOWCARD_IMPORTHISTORY: Cards, "flowcard-importhistory", "导卡记录", GET (Shown), "cards/FlowCard/ImportHistory" (Guessed), Some("iot.cardservice.flowcard.importhistory"), Some("iot.cardservice.flowcard.get");
    FLOWCARD_IMPORT: Cards, "flowcard-import", "导卡", POST (Shown), "cards/FlowCard/Import" (Guessed), Some("iot.cardservice.flowcard.import"), Some("iot.cardservice.flowcard.get");
    FLOWCARD_REALITY: Cards, "flowcard-reality", "实名认证", POST (Guessed), "cards/FlowCard/Reality" (Guessed), Some("iot.cardservice.flowcard.reality"), Some("iot.cardservice.flowcard.get");
    FLOWCARD_TYPES: Cards, "flowcard-types", "类目", GET (Guessed), "cards/FlowCard/Types" (Guessed), Some("iot.cardservice.flowcard.types"), Some("iot.cardservice.flowcard.get");
    FLOWCARD_CATEGORIES: Cards, "flowcard-categories", "分类", GET (Guessed), "cards/FlowCard/Categories" (Guessed), Some("iot.cardservice.flowcard.categories"), Some("iot.cardservice.flowcard.get");
    FLOWCARD_TAGS: Cards, "flowcard-tags", "标签", GET (Shown), "cards/FlowCard/Tags" (Guessed), Some("iot.cardservice.flowcard.tags"), Some("iot.cardservice.flowcard.get");
    FLOWCARD_CODES: Cards, "flowcard-codes", "错误码表", GET (Shown), "cards/FlowCard/Codes" (Guessed), None, None;
    FLOWCARD_LOCATION: Cards, "flowcard-location", "定位", GET (Shown), "cards/FlowCard/Location" (Shown), Some("iot.cardservice.flowcard.location"), Some("iot.cardservice.flowcard.location");
}
