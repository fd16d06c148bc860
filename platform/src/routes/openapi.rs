use std::sync::LazyLock;

use axum::{body::Bytes, http::header, response::IntoResponse};
use protocol::Problem;
use utoipa::{
    OpenApi,
    openapi::{ContentBuilder, InfoBuilder, OpenApiBuilder, Ref, ResponseBuilder},
};

use crate::router;

/// The document, written once.
static DOCUMENT: LazyLock<Bytes> = LazyLock::new(|| router::document().to_json().unwrap_or_default().into());

#[derive(OpenApi)]
#[openapi(
    components(schemas(protocol::Problem)),
    tags(
        (name = "platform", description = "平台自身"),
        (name = "catalogue", description = "社区、事项和应用"),
        (name = "cases", description = "办件"),
        (name = "drafts", description = "没填完的表：在一个屏幕上存，在另一个屏幕上接着填"),
        (name = "fleet", description = "终端"),
        (name = "staff", description = "工作人员：登录后使用，Cookie 加 X-CSRF-Token"),
    )
)]
struct Base;

/// What the document says before any route is in it.
pub(crate) fn base() -> utoipa::openapi::OpenApi {
    let info = InfoBuilder::new()
        .title("community-kiosk platform")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "社区自助一体机的中心平台。错误一律是 RFC 9457 问题文档（application/problem+json）。\
             改变数据的请求都要带 Idempotency-Key。",
        ))
        .build();
    OpenApiBuilder::from(Base::openapi()).info(info).build()
}

/// What every call may answer, whatever it is about.
const ALWAYS: [(&str, &str); 4] = [
    ("405", "不支持这种请求"),
    ("429", "请求太多，请按 Retry-After 重试"),
    ("500", "平台出错"),
    ("503", "平台忙或正在停止，请重试"),
];

/// Adds what goes without saying to every call of the document.
pub(crate) fn complete(document: &mut utoipa::openapi::OpenApi) {
    for item in document.paths.paths.values_mut() {
        if let Some(fetched) = &mut item.get {
            let same = ResponseBuilder::new().description("没有变化（If-None-Match 与 ETag 相同）").build();
            fetched.responses.responses.entry("304".to_owned()).or_insert(same.into());
        }
        let operations = [&mut item.get, &mut item.post, &mut item.put, &mut item.delete];
        for operation in operations.into_iter().flatten() {
            for (status, words) in ALWAYS {
                let problem = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
                let response =
                    ResponseBuilder::new().description(words).content(Problem::MEDIA_TYPE, problem).build();
                operation.responses.responses.entry(status.to_owned()).or_insert(response.into());
            }
        }
    }
}

/// This document.
#[utoipa::path(get, path = "/openapi.json", tag = "platform", responses(
    (status = 200, body = serde_json::Value, description = "OpenAPI 3.1"),
))]
pub(crate) async fn openapi() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], DOCUMENT.clone())
}
