//! How the fleet says no.

use protocol::Problem;
use voice::Unfit;

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

pub(super) fn no_kiosk() -> Problem {
    Problem::new("kiosk-not-found", 404, "没有这台终端").detail("没有邀请过，或不在您的辖区")
}

pub(super) fn name_wrong() -> Problem {
    Problem::new("kiosk-name-wrong", 422, "终端编号不对")
        .detail("终端编号是 1 到 64 个字母、数字、点、横线或下划线，例如 LZ-0001")
        .at("/name")
}

pub(super) fn elsewhere(name: &str) -> Problem {
    Problem::new("kiosk-elsewhere", 403, "不在您的辖区").detail(format!("{name} 不在您的辖区"))
}

pub(super) fn is_revoked() -> Problem {
    Problem::new("kiosk-already-revoked", 409, "这台终端已经注销").detail("不用再注销一次")
}

pub(super) fn reason_missing() -> Problem {
    Problem::new("reason-missing", 422, "请写明原因")
        .detail("原因要 4 到 100 个字，会记入访问审计")
        .at("/reason")
}

pub(super) fn second_factor_wrong() -> Problem {
    Problem::new("second-factor-wrong", 422, "动态口令不对")
        .detail("请输入验证器上新的 6 位数字，每个只能用一次；错多了会暂时锁定")
        .at("/code")
}

pub(super) fn settings_refused(refused: &settings::Refused) -> Problem {
    let said = |problem: &settings::Problem| match problem.key.as_str() {
        "" => problem.reason.chinese().to_owned(),
        key => format!("{key}：{}", problem.reason.chinese()),
    };
    let all: Vec<String> = refused.0.iter().map(said).collect();
    let first = refused.0.first().map_or("", |problem| problem.key.as_str());
    Problem::new("settings-refused", 422, "配置有误，没有起草")
        .detail(all.join("；"))
        .at(format!("/settings/{}", first.replace('.', "/")))
}

pub(super) fn content_missing(sha256: &str) -> Problem {
    Problem::new("content-missing", 422, "平台上没有配置里写的文件，没有起草")
        .detail(format!(
            "平台上没有 {sha256}，或大小不符。海报请从“待机海报”里选，录音请从“语音”里选，办事目录请勾选"
        ))
        .at("/settings")
}

pub(super) fn poster_title() -> Problem {
    Problem::new("poster-title", 422, "请写标题").detail("标题是 1 到 40 个字").at("/title")
}

pub(super) fn poster_unreadable() -> Problem {
    Problem::new("poster-unreadable", 422, "图片打不开")
        .detail("应为完整的 PNG 或 JPEG，每边不超过 8000 像素")
        .at("/file")
}

pub(super) fn poster_too_small() -> Problem {
    Problem::new("poster-too-small", 422, "图片太小")
        .detail("短边不小于 400 像素，否则在屏幕上是糊的")
        .at("/file")
}

pub(super) fn recording_title() -> Problem {
    Problem::new("recording-title", 422, "请写标题").detail("标题是 1 到 40 个字").at("/title")
}

pub(super) fn no_prompt() -> Problem {
    Problem::new("no-prompt", 422, "没有这一句").detail("请选终端会说的一句话，和它的语言").at("/prompt")
}

pub(super) fn unfit_recording(unfit: Unfit) -> Problem {
    let why = match unfit {
        Unfit::Large => "文件太大：最大 256 KB",
        Unfit::Unreadable => "不是完整的 Ogg Vorbis 录音",
        Unfit::Format => "应为单声道或立体声，采样率 8 到 48 kHz",
        Unfit::Short => "太短，听不出一句话",
        Unfit::Long => "太长：最长 15 秒",
        Unfit::Silent => "没有声音",
    };
    Problem::new("recording-unfit", 422, "录音不能用").detail(why).at("/file")
}

pub(super) fn nobody_chosen() -> Problem {
    Problem::new("nobody-chosen", 422, "没有选终端").detail("请至少选一台终端").at("/kiosks")
}

pub(super) fn draft_has_moved(name: &str, newest: u64) -> Problem {
    Problem::new("draft-has-moved", 409, "别人刚改过这台终端的配置").detail(format!(
        "{name} 已有第 {newest} 版，不是您打开页面时的那一版。请刷新，看过别人的改动再起草；这次一台也没有改"
    ))
}

pub(super) fn rolling_out() -> Problem {
    Problem::new("rolling-out", 409, "正在发布").detail("上一次发布还没有结束，请等它完成，或先放弃它")
}

pub(super) fn nothing_to_sign() -> Problem {
    Problem::new("nothing-to-sign", 409, "没有要签名的").detail("没有新起草的配置，已有的签名也都还有效")
}

pub(super) fn no_root() -> Problem {
    Problem::new("no-root-of-trust", 409, "还没有签名的人")
        .detail("先在平台主机上用 platform sign root 和 platform configure root 定下谁来签名")
}

pub(super) fn batch_refused(detail: String) -> Problem {
    Problem::new("batch-refused", 422, "签名文件没有被接受").detail(detail).at("/batch")
}

pub(super) fn batch_has_moved(role: &str) -> Problem {
    Problem::new("batch-has-moved", 409, "签名文件已经过时")
        .detail(format!("下载之后别人发布过（{role}），请重新下载签名"))
}

pub(super) fn canary_refused(detail: impl Into<String>) -> Problem {
    Problem::new("canary-refused", 409, "不能开始发布").detail(detail)
}

pub(super) fn soak_wrong() -> Problem {
    Problem::new("soak-wrong", 422, "观察时间不对").detail("观察时间是 1 分钟到 7 天").at("/soak_minutes")
}

pub(super) fn no_rollout() -> Problem {
    Problem::new("no-rollout", 409, "没有正在进行的发布").detail("它可能刚结束，请刷新")
}

pub(super) fn rollout_has_moved() -> Problem {
    Problem::new("rollout-has-moved", 409, "这已经是另一次发布").detail("您看的那次已经结束，请刷新后再办")
}

pub(super) fn rollout_not_now() -> Problem {
    Problem::new("rollout-not-now", 409, "现在不能这样做").detail("发布的状态已经变了，请刷新")
}

pub(super) fn rollout_elsewhere() -> Problem {
    Problem::new("rollout-elsewhere", 403, "不在您的辖区")
        .detail("这次发布包括您辖区外的终端；您只能暂停涉及自己辖区的发布")
}

pub(super) fn second_person() -> Problem {
    Problem::new("second-person-required", 409, "要另一个人同意")
        .detail("提前放开下一批要两个人：您已经申请过，请另一位同意")
}

pub(super) fn readiness_untrue(why: &str) -> Problem {
    Problem::new("readiness-untrue", 422, "这份报告不能采信").detail(why).at("/report")
}
