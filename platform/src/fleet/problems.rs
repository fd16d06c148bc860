//! How the fleet says no.

use protocol::Problem;

pub(super) fn no_fleet() -> Problem {
    Problem::new("fleet-not-configured", 404, "本平台没有启用终端接入").detail("platform.toml 没有 [tls]")
}

pub(super) fn certificate_missing() -> Problem {
    Problem::new("client-certificate-missing", 401, "缺少终端证书").detail("这个地址只对已入网的终端开放")
}

pub(super) fn certificate_unknown() -> Problem {
    Problem::new("client-certificate-unknown", 403, "没有这个终端证书").detail("这个证书不是本平台登记过的")
}

pub(super) fn certificate_of_another() -> Problem {
    Problem::new("client-certificate-of-another", 403, "证书是另一台终端的")
        .detail("请求头 Terminal-Id 与证书不一致")
}

pub(super) fn certificate_expired() -> Problem {
    Problem::new("client-certificate-expired", 403, "终端证书已过期").detail("过期的证书只能用来换新")
}

pub(super) fn revoked() -> Problem {
    Problem::new("kiosk-revoked", 403, "这台终端已注销")
        .detail("这台终端不再属于本平台，应清除本机的密钥和配置")
}

pub(super) fn not_revoked() -> Problem {
    Problem::new("kiosk-not-revoked", 409, "这台终端没有注销").detail("只有注销的终端才报告清除结果")
}

pub(super) fn audit_malformed() -> Problem {
    Problem::new("audit-report-malformed", 422, "审计记录无法识别")
        .detail("应为一段连续的记录，最多 500 条，带前一条的哈希和签名")
}

pub(super) fn audit_signature() -> Problem {
    Problem::new("audit-signature-wrong", 422, "审计记录的签名不对").detail("最后一条应由这台终端的密钥签名")
}

pub(super) fn versions_malformed() -> Problem {
    Problem::new("trust-versions-malformed", 400, "版本无法识别")
        .detail("root 和 targets 应为已有文件的版本号")
}

pub(super) fn no_file() -> Problem {
    Problem::new("trust-file-not-found", 404, "没有这个文件").detail("签名的配置里没有这个文件")
}

pub(super) fn credentials_missing() -> Problem {
    Problem::new("enrolment-code-missing", 401, "缺少入网码")
        .detail("Authorization 应为 Basic 终端编号:入网码")
}

pub(super) fn code_wrong() -> Problem {
    Problem::new("enrolment-code-wrong", 401, "入网码不对").detail("请核对终端编号和入网码；错五次后作废")
}

pub(super) fn code_spent() -> Problem {
    Problem::new("enrolment-code-spent", 403, "入网码已用过").detail("请在平台重新生成")
}

pub(super) fn code_expired() -> Problem {
    Problem::new("enrolment-code-expired", 403, "入网码已过期")
        .detail("入网码十五分钟内有效，请在平台重新生成")
}

pub(super) fn request_unreadable() -> Problem {
    Problem::new("certificate-request-unreadable", 400, "证书申请无法识别")
        .detail("内容应为 base64 的 PKCS #10，由申请的密钥自己签名")
}

pub(super) fn request_algorithm() -> Problem {
    Problem::new("certificate-request-algorithm", 422, "不支持的密钥类型").detail("终端的密钥应为 Ed25519")
}

pub(super) fn request_other_key() -> Problem {
    Problem::new("certificate-request-other-key", 422, "换新用的不是原来的密钥")
        .detail("换新证书不换密钥；换密钥要重新入网")
}
