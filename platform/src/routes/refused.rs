//! What many routes refuse with, as the document of the API says it.

use std::collections::BTreeMap;

use utoipa::{
    IntoResponses,
    openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder},
};

type Responses = BTreeMap<String, RefOr<Response>>;

fn problem(status: u16, description: &str) -> Responses {
    let problem = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    let response =
        ResponseBuilder::new().description(description).content("application/problem+json", problem).build();
    BTreeMap::from([(status.to_string(), response.into())])
}

/// Nobody has signed in.
pub(crate) struct NotSignedIn;

impl IntoResponses for NotSignedIn {
    fn responses() -> Responses {
        problem(401, "没有登录")
    }
}

/// Whoever has signed in may not.
pub(crate) struct NotAllowed;

impl IntoResponses for NotAllowed {
    fn responses() -> Responses {
        problem(403, "没有权限")
    }
}

/// The machine has no certificate.
pub(crate) struct NoCertificate;

impl IntoResponses for NoCertificate {
    fn responses() -> Responses {
        problem(401, "缺少终端证书")
    }
}

/// The body is none that can be read.
pub(crate) struct NotJson;

impl IntoResponses for NotJson {
    fn responses() -> Responses {
        problem(400, "不是 JSON")
    }
}

/// The body is of another type.
pub(crate) struct NotThisType;

impl IntoResponses for NotThisType {
    fn responses() -> Responses {
        problem(415, "不支持的内容类型")
    }
}
