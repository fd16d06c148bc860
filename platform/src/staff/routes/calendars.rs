use std::sync::Arc;

use axum::{extract::State, http::HeaderMap, response::Response};
use jiff::civil::Date;
use protocol::Problem;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{body, private};
use crate::{
    app::App,
    error::Refusal,
    routes::{Body, refused},
    staff::{
        access::{Ask, require},
        auth::Signed,
        calendars::{self, Imported},
    },
};

/// The years that are published here.
#[derive(Serialize, ToSchema)]
pub(crate) struct Years {
    years: Vec<YearView>,
}

/// One year.
#[derive(Serialize, ToSchema)]
pub(crate) struct YearView {
    year: i16,
    /// 放假: days off that their weekday would not tell.
    #[schema(value_type = Vec<String>)]
    off: Vec<Date>,
    /// 调休上班: weekends that are worked.
    #[schema(value_type = Vec<String>)]
    worked: Vec<Date>,
}

/// 工作日历.
#[utoipa::path(get, path = "/api/v1/staff/calendars", tag = "staff", responses(
    (status = 200, body = Years, description = "已公布的年份"),
    refused::NotSignedIn,
    refused::NotAllowed,
))]
pub(crate) async fn years(State(app): State<Arc<App>>, Signed(session): Signed) -> Result<Response, Refusal> {
    require(&session, Ask::Common)?;
    let calendar = app.calendar();
    let days = |days: &[(Date, bool)], worked: bool| {
        days.iter().filter(|(_, is)| *is == worked).map(|(day, _)| *day).collect()
    };
    let view = |(year, of): (i16, Vec<(Date, bool)>)| YearView {
        year,
        off: days(&of, false),
        worked: days(&of, true),
    };
    Ok(private(&Years { years: calendar.years().map(view).collect() })?)
}

/// A year in the JSON shape of `holiday-cn`, as text.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Import {
    text: String,
}

/// Imports a year. It is verified first; open cases that leaned on a guess are reckoned again in the same step.
#[utoipa::path(post, path = "/api/v1/staff/calendars", tag = "staff",
    params(("X-CSRF-Token" = String, Header, description = "登录时得到的令牌")),
    request_body(content = Import, content_type = "application/json"),
    responses(
        (status = 200, body = Imported, description = "已导入"),
        refused::NotJson,
        refused::NotSignedIn,
        refused::NotAllowed,
        refused::NotThisType,
        (status = 422, body = Problem, content_type = "application/problem+json", description = "日历不对（detail 说明）"),
    ))]
pub(crate) async fn import(
    State(app): State<Arc<App>>,
    Signed(session): Signed,
    headers: HeaderMap,
    bytes: Body,
) -> Result<Response, Refusal> {
    require(&session, Ask::Administer)?;
    let Import { text } = body(&headers, bytes)?;
    Ok(private(&calendars::import(&app, &session, text).await?)?)
}
