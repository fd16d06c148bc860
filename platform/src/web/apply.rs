//! The way into a form: the notice of consent, a draft, and what all pages of the form need.

use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use jiff::civil::Date;
use maud::{Markup, html};
use protocol::{Applicant, Consent, ConsentNotice, IdKind, ServiceItem, Sex};
use uuid::Uuid;

use super::{
    Web,
    page::{Fault, Notice, Page, notice, token},
    session::{Posted, SignedIn, Visit},
    words,
};
use crate::{
    clock::china_date,
    store::{
        drafts::{self, Draft},
        own,
        residents::Resident,
    },
};

/// A draft with the item in the version that its owner saw.
pub(super) struct Opened {
    pub(super) draft: Draft,
    pub(super) item: ServiceItem,
    pub(super) applicant: Applicant,
    pub(super) today: Date,
}

/// Opens a draft, or leads to the case that it has become.
pub(super) async fn open(
    web: &Web,
    resident: &Resident,
    key: &str,
) -> Result<Result<Opened, Response>, Fault> {
    let key: Uuid = key.parse().map_err(|_| Fault::NotFound)?;
    let owner = resident.id_number.clone();
    let found = web
        .app
        .store
        .read(move |view| Ok((drafts::one(view, &owner, key)?, own::filed(view, key, &owner)?)))
        .await?;
    match found {
        (_, Some(case_no)) => Ok(Err(Redirect::to(&format!("/my/{case_no}")).into_response())),
        (None, None) => Err(Fault::NotFound),
        (Some(draft), None) => {
            let offer = web.app.offer_with(&draft.item, draft.version).await?;
            let item = offer.version(&draft.item, draft.version).cloned().ok_or(Fault::NotFound)?;
            let applicant = applicant(resident).ok_or(Fault::Broken)?;
            Ok(Ok(Opened { draft, item, applicant, today: china_date(web.app.clock.now()) }))
        }
    }
}

/// The item in the version of a draft.
fn item(web: &Web, draft: &Draft) -> Option<ServiceItem> {
    web.app.offer().version(&draft.item, draft.version).cloned()
}

/// What the number of a document tells, next to the name that belongs to it.
pub(super) fn applicant(resident: &Resident) -> Option<Applicant> {
    let number = resident.id_number.as_str();
    let birth = format!("{}-{}-{}", number.get(6..10)?, number.get(10..12)?, number.get(12..14)?);
    let odd = number.as_bytes().get(16)? % 2 == 1;
    Some(Applicant {
        name: resident.name.clone(),
        id_kind: kind(number),
        id_number: number.to_owned(),
        sex: if odd { Sex::Male } else { Sex::Female },
        birth: birth.parse().ok()?,
        nation: None,
        address: None,
    })
}

/// The kind of document: region codes of 81 to 83 are residence permits, a 9 in front is a foreign resident's card.
fn kind(number: &str) -> IdKind {
    match number.as_bytes() {
        [b'8', b'1'..=b'3', ..] => IdKind::HkMoTwResidencePermit,
        [b'9', ..] => IdKind::ForeignPermanentResident2023,
        _ => IdKind::ResidentIdCard,
    }
}

pub(super) async fn consent(
    State(web): State<Web>,
    SignedIn { visit, resident }: SignedIn,
    Path(id): Path<String>,
) -> Result<Response, Fault> {
    let offer = web.app.offer();
    let item = offer.item(&id).ok_or(Fault::NotFound)?;
    let owner = resident.id_number.clone();
    let begun = web.app.store.read(move |view| drafts::of(view, &owner)).await?;
    let begun = begun.into_iter().find(|draft| draft.item == id);
    let body = html! {
        @if let Some(draft) = &begun {
            (notice(Notice::Info, "上次没有填完", &html! {
                p { a href={ "/drafts/" (draft.key) "/check" } { "接着上次的填" } "，或者在下面重新开始。" }
            }))
        }
        p.lead { "同意后才开始填写。不同意也可以到窗口办理。" }
        (points(&web.app.shipped.web_consent))
        form.actions method="post" action={ "/apply/" (id) } {
            (token(&visit))
            input type="hidden" name="key" value=(Uuid::new_v4());
            input type="hidden" name="notice" value=(web.app.shipped.web_consent.version);
            button { "同意，开始填写" }
            a.button.second href={ "/items/" (id) } { "不同意" }
        }
    };
    let name = &item.name.simplified;
    Ok(Page::new("用您的信息，先请您同意").up(format!("/items/{id}"), name).show(&web, &visit, body))
}

fn points(notice: &ConsentNotice) -> Markup {
    let points = [
        ("为什么用", &notice.purpose),
        ("用哪些信息", &notice.data),
        ("保存多久", &notice.retention),
        ("谁能看到", &notice.access),
        ("不同意会怎样", &notice.refusal),
    ];
    html! {
        dl.points {
            @for (question, answer) in points { dt { (question) } dd { (answer.simplified) } }
        }
    }
}

/// Begins a draft. Sent twice it is the same draft.
pub(super) async fn begin(
    State(web): State<Web>,
    SignedIn { visit, resident }: SignedIn,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, Fault> {
    let offer = web.app.offer();
    let item = offer.item(&id).ok_or(Fault::NotFound)?;
    let now = web.app.clock.now();
    let key: Uuid = posted.get("key").parse().map_err(|_| Fault::Unreadable)?;
    if posted.get("notice") != web.app.shipped.web_consent.version.to_string() {
        return Err(Fault::Strange);
    }
    let consent = Consent { notice_version: web.app.shipped.web_consent.version, given_at: now };
    let fields = protocol::Answers::new();
    let draft = Draft { key, item: id.clone(), version: item.version, consent, fields };
    let owner = resident.id_number.clone();
    let begun =
        web.app.store.write(move |transaction| drafts::begin(transaction, &owner, &draft, now)).await?;
    if begun {
        return Ok(Redirect::to(&format!("/drafts/{key}/1")).into_response());
    }
    let body = notice(
        Notice::Warn,
        "没填完的太多了",
        &html! { p { "请先在“我的办件”里填完或删除几份，再开始新的。" } p { a href="/my" { "去我的办件" } } },
    );
    Ok(Page::new(&item.name.simplified).show(&web, &visit, body))
}

/// Forgets a draft that is not wanted any more.
pub(super) async fn discard(
    State(web): State<Web>,
    SignedIn { resident, .. }: SignedIn,
    Path(key): Path<String>,
    _: Posted,
) -> Result<Response, Fault> {
    let key: Uuid = key.parse().map_err(|_| Fault::NotFound)?;
    let owner = resident.id_number.clone();
    web.app.store.write(move |transaction| drafts::discard(transaction, &owner, key)).await?;
    Ok(Redirect::to("/my").into_response())
}

/// The drafts of a list, each with a way on and a way out.
pub(super) fn unfinished(web: &Web, visit: &Visit, drafts: &[Draft]) -> Markup {
    html! {
        @if !drafts.is_empty() {
            h2 { "没填完的" }
            ul.cards {
                @for draft in drafts {
                    @if let Some(item) = item(web, draft) {
                        li.card {
                            strong { (item.name.simplified) }
                            p.quiet { (words::promise(&item)) "。没填完的保留 30 天。" }
                            div.actions {
                                a.button href={ "/drafts/" (draft.key) "/check" } { "接着填" }
                                form method="post" action={ "/drafts/" (draft.key) "/discard" } {
                                    (token(visit))
                                    button.second { "删除" }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_tells_birth_sex_and_kind() {
        let told = |id_number: &str| {
            let resident =
                Resident { name: "示例".to_owned(), id_number: id_number.to_owned(), phone: String::new() };
            applicant(&resident)
        };
        let man = told("519999195201010013").unwrap();
        assert_eq!((man.sex, man.birth), (Sex::Male, "1952-01-01".parse().unwrap()));
        assert_eq!(told("519999199003074022").unwrap().sex, Sex::Female);
        assert_eq!(kind("810000199001010019"), IdKind::HkMoTwResidencePermit);
        assert_eq!(kind("931586198001010028"), IdKind::ForeignPermanentResident2023);
        assert!(told("示例").is_none() && told("519999195213010013").is_none());
    }
}
