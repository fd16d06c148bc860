//! Every way in which a request can be refused: one table, so that no two places word the same problem differently.

use protocol::Problem;

use crate::catalogue::Fault;

pub(crate) fn not_found() -> Problem {
    Problem::new("not-found", 404, "没有这个地址")
}

pub(crate) fn method_not_allowed() -> Problem {
    Problem::new("method-not-allowed", 405, "这个地址不支持这种请求")
}

pub(crate) fn timed_out() -> Problem {
    Problem::new("timeout", 503, "平台忙").detail("平台没有及时答复，请用同一个 Idempotency-Key 重试")
}

pub(crate) fn too_many() -> Problem {
    Problem::new("too-many-requests", 429, "请求太多").detail("请按 Retry-After 过一会儿再试")
}

pub(crate) fn stopping() -> Problem {
    Problem::new("stopping", 503, "平台正在停止").detail("正在处理的请求会办完，请找别的节点")
}

pub(crate) fn cursor_malformed() -> Problem {
    Problem::new("cursor-malformed", 400, "翻页标记不对").detail("cursor 要原样取自上一页").at("cursor")
}

pub(crate) fn limit_malformed() -> Problem {
    Problem::new("limit-malformed", 400, "每页条数不对").detail("limit 是 1 到 100 的整数").at("limit")
}

pub(crate) fn internal() -> Problem {
    Problem::new("internal", 500, "平台内部错误").detail("平台出错了，请稍后重试")
}

pub(crate) fn unwell() -> Problem {
    Problem::new("unavailable", 503, "平台暂时不能服务").detail("数据库没有应答")
}

pub(crate) fn storage_full() -> Problem {
    Problem::new("storage-full", 503, "平台存储已满").detail("平台磁盘已满，办件没有保存，请稍后重试")
}

pub(crate) fn payload_too_large() -> Problem {
    Problem::new("payload-too-large", 413, "内容太大").detail("一次请求最多 256 KiB")
}

pub(crate) fn page_too_large() -> Problem {
    let mib = protocol::material::PAGE_BYTES >> 20;
    Problem::new("payload-too-large", 413, "内容太大").detail(format!("一页的文件最多 {mib} MiB"))
}

pub(crate) fn body_unreadable() -> Problem {
    Problem::new("body-unreadable", 400, "内容没有收全").detail("请求正文中断，请重试")
}

pub(crate) fn unsupported_media_type(accepted: &str) -> Problem {
    Problem::new("unsupported-media-type", 415, "不支持的内容类型")
        .detail(format!("Content-Type 应为 {accepted}"))
}

pub(crate) fn malformed_json(line: usize, column: usize) -> Problem {
    Problem::new("malformed-json", 400, "内容不是 JSON")
        .detail(format!("第 {line} 行第 {column} 列附近无法识别"))
}

pub(crate) fn missing_key() -> Problem {
    Problem::new("idempotency-key-missing", 400, "缺少 Idempotency-Key")
        .detail("请求头 Idempotency-Key 应为一个 UUID，每个办件一个")
}

pub(crate) fn malformed_key() -> Problem {
    Problem::new("idempotency-key-malformed", 400, "Idempotency-Key 不正确")
        .detail("请求头 Idempotency-Key 应为一个 UUID，例如 123e4567-e89b-42d3-a456-426614174000")
}

pub(crate) fn reused_key() -> Problem {
    Problem::new("idempotency-key-reused", 422, "Idempotency-Key 已用于另一个请求")
        .detail("这个 Idempotency-Key 已经用于内容不同的请求，新的办件要用新的 UUID")
}

pub(crate) fn still_running() -> Problem {
    Problem::new("still-running", 409, "同一请求正在处理")
        .detail("同一 Idempotency-Key 的请求还没有办完，请稍后重试")
}

pub(crate) fn missing_terminal() -> Problem {
    Problem::new("terminal-id-missing", 400, "缺少 Terminal-Id")
        .detail("要在请求头 Terminal-Id 里写明终端编号")
}

pub(crate) fn sealing_key_unknown() -> Problem {
    Problem::new("sealing-key-unknown", 422, "不是用本平台的密钥密封的")
        .detail("key_id 或 algorithm 不是本平台公布的，请重新取密钥")
}

pub(crate) fn sealed_unreadable() -> Problem {
    Problem::new("sealed-unreadable", 422, "密封的内容打不开")
        .detail("内容被改动过，或不属于这个终端和这个 Idempotency-Key")
}

pub(crate) fn invalid_field(pointer: impl Into<String>, detail: impl Into<String>) -> Problem {
    Problem::new("invalid-field", 422, "填写的内容有误").detail(detail).at(pointer)
}

pub(crate) fn item_unknown() -> Problem {
    Problem::new("item-unknown", 422, "没有这个事项").detail("这个事项没有发布过").at("/item")
}

pub(crate) fn item_not_found() -> Problem {
    Problem::new("item-not-found", 404, "没有这个事项").detail("这个事项没有发布过")
}

pub(crate) fn item_version_unknown() -> Problem {
    Problem::new("item-version-unknown", 422, "没有这个事项版本")
        .detail("这个事项的这个版本没有发布过，请更新事项后再办")
        .at("/item_version")
}

pub(crate) fn bundle_unknown() -> Problem {
    Problem::new("bundle-unknown", 422, "没有这个一件事")
        .detail("这个一件事没有发布，或现在不办理")
        .at("/bundle")
}

pub(crate) fn bundle_not_found() -> Problem {
    Problem::new("bundle-not-found", 404, "没有这个一件事").detail("这个一件事没有发布，或现在不办理")
}

pub(crate) fn bundle_version_unknown() -> Problem {
    Problem::new("bundle-version-unknown", 422, "一件事或其中的事项有了新版本")
        .detail("请重新取一次这个一件事，核对后再办")
        .at("/bundle_version")
}

pub(crate) fn bundle_case_not_found() -> Problem {
    Problem::new("bundle-case-not-found", 404, "没有查到这个一件事").detail("请核对一件事编号")
}

pub(crate) fn consent_unknown() -> Problem {
    Problem::new("consent-version-unknown", 422, "没有这个版本的告知书")
        .detail("这个版本的个人信息告知书没有发布过")
        .at("/consent/notice_version")
}

pub(crate) fn case_not_found() -> Problem {
    Problem::new("case-not-found", 404, "没有查到这个办件").detail("请核对办件编号")
}

pub(crate) fn rated_case_not_found() -> Problem {
    Problem::new("case-not-found", 404, "没有查到这个办件").detail("要评价的办件还没有上传").at("/case_key")
}

/// The same for a case that is not there and for one of another machine: nobody finds out by trying.
pub(crate) fn page_case_not_found() -> Problem {
    Problem::new("case-not-found", 404, "没有查到这个办件")
        .detail("这台终端没有上传过这个办件或一件事")
        .at("/case_key")
}

pub(crate) fn paper_unknown() -> Problem {
    Problem::new("material-unknown", 422, "没有这份材料")
        .detail("这个办件或一件事没有这个序号的材料，或这份材料不收图片")
        .at("/material")
}

pub(crate) fn page_not_found() -> Problem {
    Problem::new("page-not-found", 404, "没有这一页").detail("这一页不在这个办件里，或归档时已经不留")
}

pub(crate) fn draft_key_malformed() -> Problem {
    Problem::new("draft-key-malformed", 400, "草稿的编号不正确").detail("地址里应为一个 UUID")
}

pub(crate) fn drafts_full() -> Problem {
    Problem::new("drafts-full", 409, "没填完的太多了").detail("您没填完的已经很多，请先办完或在网上删除几份")
}

pub(crate) fn draft_filed() -> Problem {
    Problem::new("draft-filed", 409, "这份已经提交过了").detail("这份已经提交，可以查进度，不用再存")
}

pub(crate) fn draft_of_another() -> Problem {
    Problem::new("draft-of-another", 409, "这个编号是另一份草稿的").detail("这次要存的和上次存的不是同一份")
}

pub(crate) fn case_archived() -> Problem {
    Problem::new("case-archived", 409, "办件已经归档").detail("归档以后不再收材料")
}

pub(crate) fn pages_full() -> Problem {
    Problem::new("too-many-pages", 409, "材料页数太多").detail("这个办件的图片已经到了上限")
}

pub(crate) fn already_rated() -> Problem {
    Problem::new("already-rated", 409, "已经评价过了").detail("一个办件只能评价一次")
}

pub(crate) fn pickup_code_missing() -> Problem {
    Problem::new("pickup-code-missing", 400, "缺少取件码").detail("请填写 9 位取件码").at("pickup_code")
}

pub(crate) fn pickup_code_malformed() -> Problem {
    Problem::new("pickup-code-malformed", 400, "取件码不对")
        .detail("取件码是 9 位数字，请对照回执再输一遍")
        .at("pickup_code")
}

pub(crate) fn sign_in_required() -> Problem {
    Problem::new("sign-in-required", 401, "请先登录").detail("没有登录，或登录已过期")
}

pub(crate) fn sign_in_wrong() -> Problem {
    Problem::new("sign-in-wrong", 401, "登录没有成功")
        .detail("账号、密码或动态口令不对；动态口令每个只能用一次")
}

pub(crate) fn sign_in_locked() -> Problem {
    Problem::new("sign-in-locked", 429, "登录已暂时锁定")
        .detail("错误次数太多，请过一会儿再试，或联系安全管理员")
}

pub(crate) fn password_change_required() -> Problem {
    Problem::new("password-change-required", 403, "请先修改初始密码").detail("初始密码只能用来改密码")
}

pub(crate) fn password_refused(detail: &str) -> Problem {
    Problem::new("password-refused", 422, "密码没有改").detail(detail)
}

pub(crate) fn csrf_missing() -> Problem {
    Problem::new("csrf-token-wrong", 403, "请求没有被接受").detail("页面已过期，请刷新后再试")
}

pub(crate) fn forbidden() -> Problem {
    Problem::new("forbidden", 403, "没有权限").detail("您的角色不能做这件事")
}

pub(crate) fn case_has_moved() -> Problem {
    Problem::new("case-has-moved", 409, "办件已有变化").detail("别人刚办过这个办件，请刷新后再办")
}

pub(crate) fn act_not_now() -> Problem {
    Problem::new("act-not-now", 409, "现在不能这样办").detail("办件的状态不允许这个动作")
}

pub(crate) fn act_refused(detail: &str) -> Problem {
    Problem::new("act-refused", 422, "没有办成").detail(detail)
}

pub(crate) fn order_not_found() -> Problem {
    Problem::new("order-not-found", 404, "没有这个督办单")
}

pub(crate) fn order_has_moved() -> Problem {
    Problem::new("order-has-moved", 409, "督办单已有变化").detail("已经回复或办结，或者还没有回复")
}

pub(crate) fn confirmation_wrong() -> Problem {
    Problem::new("confirmation-wrong", 422, "没有办").detail("再输一遍的编号和这台终端的不一样").at("/again")
}

pub(crate) fn account_not_found() -> Problem {
    Problem::new("account-not-found", 404, "没有这个账号")
}

pub(crate) fn account_refused(detail: impl Into<String>) -> Problem {
    Problem::new("account-refused", 422, "账号没有改").detail(detail)
}

pub(crate) fn purpose_missing() -> Problem {
    Problem::new("purpose-missing", 422, "请写明查阅目的")
        .detail("查阅个人信息要先写明目的，4 到 100 个字")
        .at("/purpose")
}

pub(crate) fn calendar_refused(detail: impl Into<String>) -> Problem {
    Problem::new("calendar-refused", 422, "日历没有导入").detail(detail)
}

pub(crate) fn call_back_not_found() -> Problem {
    Problem::new("call-back-not-found", 404, "没有这个回访")
}

pub(crate) fn call_back_has_moved() -> Problem {
    Problem::new("call-back-has-moved", 409, "回访已有变化").detail("已经联系或办结，或者还没有联系")
}

pub(crate) fn export_not_found() -> Problem {
    Problem::new("export-not-found", 404, "没有这个导出")
}

pub(crate) fn export_refused(detail: impl Into<String>) -> Problem {
    Problem::new("export-refused", 422, "没有申请成").detail(detail)
}

pub(crate) fn export_has_moved(detail: &str) -> Problem {
    Problem::new("export-has-moved", 409, "这个导出现在不能这样办").detail(detail)
}

pub(crate) fn four_eyes() -> Problem {
    Problem::new("four-eyes", 403, "要由另一个人办").detail("不能批准自己提出的")
}

pub(crate) fn item_draft_has_moved(detail: impl Into<String>) -> Problem {
    Problem::new("item-draft-has-moved", 409, "草稿已有变化").detail(detail)
}

pub(crate) fn item_invalid(faults: &[Fault]) -> Problem {
    invalid(Problem::new("item-invalid", 422, "事项自相矛盾或不完整"), "/item", faults)
}

pub(crate) fn item_exists(detail: impl Into<String>) -> Problem {
    Problem::new("item-exists", 409, "已经有这个事项").detail(detail).at("/id")
}

pub(crate) fn bundle_exists(detail: impl Into<String>) -> Problem {
    Problem::new("bundle-exists", 409, "已经有这个一件事").detail(detail).at("/id")
}

/// What is to be new cannot be begun so: `at` in the body.
pub(crate) fn not_begun(at: &str, detail: impl Into<String>) -> Problem {
    Problem::new("not-begun", 422, "没有新建").detail(detail).at(at)
}

pub(crate) fn bundle_invalid(faults: &[Fault]) -> Problem {
    invalid(Problem::new("bundle-invalid", 422, "一件事自相矛盾或不完整"), "/bundle", faults)
}

/// Names item or bundle and field of everything that is wrong; nothing in them is about a person.
fn invalid(problem: Problem, at: &str, faults: &[Fault]) -> Problem {
    let line = |Fault { item, field, problem }: &Fault| format!("{item}：{field}：{problem}");
    let first = faults.first().map_or("", |fault| fault.field.as_str()).replace('.', "/");
    problem.detail(faults.iter().map(line).collect::<Vec<_>>().join("；")).at(format!("{at}/{first}"))
}

pub(crate) fn cursor_unknown() -> Problem {
    Problem::new("cursor-unknown", 400, "翻页标记不对").at("cursor")
}
