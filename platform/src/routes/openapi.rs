use axum::{Extension, body::Bytes, http::header, response::IntoResponse};
use utoipa::{
    OpenApi,
    openapi::{InfoBuilder, OpenApiBuilder},
};

/// The document, written once.
#[derive(Clone)]
pub(crate) struct Document(Bytes);

impl Document {
    pub(crate) fn new(document: &utoipa::openapi::OpenApi) -> Self {
        // It is made of our own types, and all of them can be written.
        Self(document.to_json().unwrap_or_default().into())
    }
}

#[derive(OpenApi)]
#[openapi(
    components(schemas(protocol::Problem)),
    tags(
        (name = "platform", description = "平台自身"),
        (name = "catalogue", description = "社区、事项和应用"),
        (name = "cases", description = "办件"),
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

/// This document.
#[utoipa::path(get, path = "/openapi.json", tag = "platform", responses(
    (status = 200, body = serde_json::Value, description = "OpenAPI 3.1"),
))]
pub(crate) async fn openapi(Extension(Document(body)): Extension<Document>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], body)
}
