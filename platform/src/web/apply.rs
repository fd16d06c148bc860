//! The way into a form of an item or a bundle: the notice of consent, a draft, and what all pages of the form need.

use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use jiff::civil::Date;
use maud::{Markup, html};
use protocol::{Applicant, Consent, ConsentNotice, Field, IdKind, PickupCode, ServiceItem, Sex};
use uuid::Uuid;

use super::{
    Web, browse,
    page::{Fault, Notice, Page, notice, token},
    session::{Posted, SignedIn, Visit},
    steps, words,
};
use crate::{
    catalogue::bundle::{MergedForm, section},
    clock::china_date,
    offer::{Named, Offer},
    store::{
        drafts::{self, Draft},
        own::{self, Filed},
        residents::Resident,
    },
};

/// What is filled in: an item, or several of them as one form.
pub(super) enum Subject {
    Item(Box<ServiceItem>),
    Bundle(Box<MergedForm>),
}

impl Subject {
    /// What is offered under a name today.
    fn offered(offer: &Offer, named: Named<'_>) -> Option<Self> {
        match named {
            Named::Item(id) => offer.item(id).map(|item| Self::Item(Box::new(item.clone()))),
            Named::Bundle(id) => offer.bundle(id).map(|form| Self::Bundle(Box::new(form))),
        }
    }

    /// In the versions of a draft. A bundle of which that version is not known goes on as it is today.
    fn of(offer: &Offer, draft: &Draft) -> Option<Self> {
        match &draft.subject {
            drafts::Subject::Item { id, version } => {
                offer.version(id, *version).map(|item| Self::Item(Box::new(item.clone())))
            }
            drafts::Subject::Bundle { id, version, items } => {
                let form = offer.bundle_of((id, *version), items).or_else(|| offer.bundle(id))?;
                Some(Self::Bundle(Box::new(form)))
            }
        }
    }

    /// Whether machines offer it today: nobody goes on there with what they do not.
    fn is_offered(&self, offer: &Offer) -> bool {
        offer.offers(match self {
            Self::Item(item) => Named::Item(&item.id),
            Self::Bundle(form) => Named::Bundle(&form.bundle.id),
        })
    }

    pub(super) fn name(&self) -> &str {
        match self {
            Self::Item(item) => &item.name.simplified,
            Self::Bundle(form) => &form.bundle.name.simplified,
        }
    }

    pub(super) fn fields(&self) -> &[Field] {
        match self {
            Self::Item(item) => &item.fields,
            Self::Bundle(form) => &form.fields,
        }
    }

    /// Where one reads about it.
    pub(super) fn guide(&self) -> String {
        match self {
            Self::Item(item) => format!("/items/{}", item.id),
            Self::Bundle(form) => format!("/bundles/{}", form.bundle.id),
        }
    }

    /// The item that a question of its form is for, where it is not for all of it.
    pub(super) fn section(&self, field: &Field) -> Option<&str> {
        let Self::Bundle(form) = self else { return None };
        let item = form.items.iter().find(|item| Some(item.id.as_str()) == section(&field.id))?;
        Some(&item.name.simplified)
    }

    fn of_draft(&self) -> drafts::Subject {
        match self {
            Self::Item(item) => drafts::Subject::Item { id: item.id.clone(), version: item.version },
            Self::Bundle(form) => drafts::Subject::Bundle {
                id: form.bundle.id.clone(),
                version: form.bundle.version,
                items: form.versions(),
            },
        }
    }

    /// What residents are told of it in a list.
    fn promise(&self) -> String {
        match self {
            Self::Item(item) => words::promise(item),
            Self::Bundle(_) => "几件事一张表".to_owned(),
        }
    }
}

/// A draft with its subject in the versions that its owner saw.
pub(super) struct Opened {
    pub(super) draft: Draft,
    pub(super) subject: Subject,
    pub(super) applicant: Applicant,
    pub(super) today: Date,
}

/// The page of what a draft has become.
pub(super) fn page_of(filed: &Filed) -> String {
    match filed {
        Filed::Case(case_no) => format!("/my/{case_no}"),
        Filed::Bundle(bundle_no) => format!("/my/bundles/{bundle_no}"),
    }
}

/// Opens a draft, or leads to what it has become.
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
        (_, Some(filed)) => Ok(Err(Redirect::to(&page_of(&filed)).into_response())),
        (None, None) => Err(Fault::NotFound),
        (Some(mut draft), None) => {
            let offer = web.app.offer_with_drafts(std::slice::from_ref(&draft)).await?;
            let subject = Subject::of(&offer, &draft).ok_or(Fault::NotFound)?;
            let applicant = applicant(resident).ok_or(Fault::Broken)?;
            if subject.of_draft() != draft.subject {
                draft.subject = subject.of_draft();
                steps::prune(subject.fields(), &mut draft.fields, &applicant);
            }
            Ok(Ok(Opened { draft, subject, applicant, today: china_date(web.app.clock.now()) }))
        }
    }
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
    signed: SignedIn,
    Path(id): Path<String>,
) -> Result<Response, Fault> {
    consent_page(&web, &signed, Named::Item(&id)).await
}

pub(super) async fn bundle_consent(
    State(web): State<Web>,
    signed: SignedIn,
    Path(id): Path<String>,
) -> Result<Response, Fault> {
    consent_page(&web, &signed, Named::Bundle(&id)).await
}

async fn consent_page(
    web: &Web,
    SignedIn { visit, resident }: &SignedIn,
    named: Named<'_>,
) -> Result<Response, Fault> {
    let offer = web.app.offer_that(|offer| offer.offers(named)).await?;
    let Some(subject) = Subject::offered(&offer, named) else {
        return browse::not_offered(web, visit, &offer, named);
    };
    let owner = resident.id_number.clone();
    let begun = web.app.store.read(move |view| drafts::of(view, &owner)).await?;
    let begun = begun.into_iter().find(|draft| draft.subject.is_of(&subject.of_draft()));
    let guide = subject.guide();
    let body = html! {
        @if let Some(draft) = &begun {
            (notice(Notice::Info, "上次没有填完", &html! {
                p { a href={ "/drafts/" (draft.key) "/check" } { "接着上次的填" } "，或者在下面重新开始。" }
            }))
        }
        p.lead { "同意后才开始填写。不同意也可以到窗口办理。" }
        (points(&web.app.shipped.web_consent))
        form.actions method="post" action=(begin_path(&subject)) {
            (token(visit))
            input type="hidden" name="key" value=(Uuid::new_v4());
            input type="hidden" name="notice" value=(web.app.shipped.web_consent.version);
            button { "同意，开始填写" }
            a.button.second href=(guide) { "不同意" }
        }
    };
    Ok(Page::new("用您的信息，先请您同意").up(guide.clone(), subject.name()).show(web, visit, body))
}

/// Where a form is begun.
fn begin_path(subject: &Subject) -> String {
    match subject {
        Subject::Item(item) => format!("/apply/{}", item.id),
        Subject::Bundle(form) => format!("/bundles/{}/apply", form.bundle.id),
    }
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

pub(super) async fn begin(
    State(web): State<Web>,
    signed: SignedIn,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, Fault> {
    begin_draft(&web, &signed, Named::Item(&id), &posted).await
}

pub(super) async fn begin_bundle(
    State(web): State<Web>,
    signed: SignedIn,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, Fault> {
    begin_draft(&web, &signed, Named::Bundle(&id), &posted).await
}

/// Begins a draft. Sent twice it is the same draft.
async fn begin_draft(
    web: &Web,
    SignedIn { visit, resident }: &SignedIn,
    named: Named<'_>,
    posted: &Posted,
) -> Result<Response, Fault> {
    let offer = web.app.offer_that(|offer| offer.offers(named)).await?;
    let Some(subject) = Subject::offered(&offer, named) else {
        return browse::not_offered(web, visit, &offer, named);
    };
    let now = web.app.clock.now();
    let key: Uuid = posted.get("key").parse().map_err(|_| Fault::Unreadable)?;
    if posted.get("notice") != web.app.shipped.web_consent.version.to_string() {
        return Err(Fault::Strange);
    }
    let consent = Consent { notice_version: web.app.shipped.web_consent.version, given_at: now };
    let fields = protocol::Answers::new();
    let draft = Draft { key, subject: subject.of_draft(), consent, fields, changed_at: now };
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
    Ok(Page::new(subject.name()).show(web, visit, body))
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

/// Leads whoever holds the code of an own draft to it, and says plainly where there is none.
pub(super) async fn continue_draft(
    State(web): State<Web>,
    SignedIn { visit, resident }: SignedIn,
    Path(code): Path<String>,
) -> Result<Response, Fault> {
    let (owner, now) = (resident.id_number.clone(), web.app.clock.now());
    let found = match PickupCode::parse(&code) {
        Ok(code) => web.app.store.read(move |view| drafts::by_code(view, &owner, &code, now)).await?,
        Err(_) => None,
    };
    if let Some(draft) = found {
        return Ok(Redirect::to(&format!("/drafts/{}/check", draft.key)).into_response());
    }
    let body = html! {
        (notice(Notice::Warn, "没有找到这份草稿", &html! {
            p { "可能已经提交、删除，或者超过 30 天没有动，自动清除了。" }
            p { "草稿只有存它的本人登录才打得开。如果您是替别人填的，请让本人登录。" }
        }))
        p { a.button href="/my" { "看我的办件" } }
    };
    Ok(Page::new("接着填").up("/my", "我的办件").show(&web, &visit, body))
}

fn where_on(subject: &Subject, offer: &Offer) -> &'static str {
    if subject.is_offered(offer) { "手机、电脑和自助机上" } else { "手机和电脑上" }
}

/// The drafts of a list, each with a way on and a way out.
pub(super) fn unfinished(web: &Web, visit: &Visit, drafts: &[Draft], offer: &Offer) -> Markup {
    html! {
        @if !drafts.is_empty() {
            h2 { "没填完的" }
            ul.cards {
                @for draft in drafts {
                    @if let Some(subject) = Subject::of(offer, draft) {
                        li.card {
                            strong { (subject.name()) }
                            p.quiet { (subject.promise()) "。在" (where_on(&subject, offer)) "都能接着填。" }
                            p.quiet { "草稿码 " span.number { (protocol::draft_code(draft.key).grouped()) }
                                "，保留到 " (words::day(drafts::until(draft.changed_at), china_date(web.app.clock.now()))) }
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
