//! 公示栏: anybody may read it, nobody can search it by name, and each notice is gone after its last day.

use std::sync::Arc;

use axum::{extract::State, response::Response};
use maud::html;

use super::layout::{day, open_page, refusal};
use crate::{app::App, clock::china_date, store::casework::board};

pub(super) async fn page(State(app): State<Arc<App>>) -> Response {
    let today = china_date(app.clock.now());
    let notices = match app.store.read(move |view| board::hanging(view, None, today)).await {
        Ok(notices) => notices,
        Err(error) => return refusal(error.into(), "/board"),
    };
    let phones = &app.shipped.phones;
    let content = html! {
        p class="sub" { a href="/" { "‹ 网上办事" } }
        div class="head" { div {
            h1 { "社区公示栏" }
            p class="sub" { "对公示内容有异议，请在公示期内向社区反映，或拨打监督电话 " (phones.complain) "。" }
        } }
        @if notices.is_empty() {
            div class="card empty" { b { "现在没有公示" } "有公示时会在这里和社区公告栏同时张贴。" }
        } @else {
            div class="card table" {
                table {
                    thead { tr { th { "社区" } th { "事项" } th { "申请人" } th { "金额档次" } th { "公示期" } } }
                    tbody {
                        @for notice in &notices {
                            tr {
                                td { (notice.community) }
                                td data-label="事项" { (notice.item) }
                                td data-label="申请人" { (notice.applicant) }
                                td data-label="金额档次" { (notice.amount) }
                                td data-label="公示期" { (day(notice.opened_on)) " 至 " (day(notice.closes_on)) }
                            }
                        }
                    }
                }
            }
        }
        p class="sub" { "只公示姓氏、事项、社区、金额档次和期限；期满自动撤下。" }
    };
    open_page("社区公示栏", &content)
}
