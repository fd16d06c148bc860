//! 材料照片: what was sent of the papers of an own case, and sending more while nobody has accepted it.

use std::sync::Arc;

use axum::{
    extract::{Path, Query, State, rejection::QueryRejection},
    http::HeaderMap,
    response::{IntoResponse, Redirect, Response},
};
use jiff::Timestamp;
use maud::{Markup, html};
use protocol::{Case, Channel, ServiceItem, material::PAGES};
use serde::Deserialize;
use uuid::Uuid;

use super::{
    Web,
    page::{self, Fault, Notice, Page, icon, notice, token},
    review::channel,
    session::{SignedIn, Visit},
    upload::{Upload, Wrong},
    words,
};
use crate::{
    idempotency::{Fingerprint, Operation},
    lifecycle::state::State as Standing,
    materials::{Clean, UPLOAD_BYTES, response},
    store::{
        StoreError, Transaction,
        answers::{self, Known},
        casework,
        materials::{self, KeptPage, NewPage, Paper, Unkept},
        own,
        residents::Resident,
    },
};

/// What a page may be chosen from. Phones turn what they have into the first of these.
const ACCEPT: &str = "image/jpeg,image/png,application/pdf";

/// The papers of an own case with their pages.
pub(super) struct Papers {
    key: Uuid,
    item: Arc<ServiceItem>,
    /// Whether more may be sent now.
    open: bool,
    papers: Vec<Paper>,
    pages: Vec<KeptPage>,
}

impl Papers {
    fn read(view: &Transaction<'_>, case_no: &str, owner: &str) -> Result<Option<Self>, StoreError> {
        if !own::is_own(view, case_no, owner)? {
            return Ok(None);
        }
        let Some(work) = casework::load(view, case_no)? else { return Ok(None) };
        let pages = materials::of_case(view, &work.key)?;
        let mut papers = materials::papers(view, &work.key, &work.item)?;
        papers.retain(Paper::takes_pictures);
        Ok(Some(Self {
            key: work.key.parse().map_err(|_| StoreError::Damaged("case_key"))?,
            open: matches!(work.facts.state, Standing::Received | Standing::CorrectionRequired),
            item: work.item,
            papers,
            pages,
        }))
    }

    /// The pages of a paper that are shown, in their order.
    fn of(&self, material: u16) -> Vec<&KeptPage> {
        let mut pages: Vec<_> =
            self.pages.iter().filter(|page| page.material == material && !page.replaced).collect();
        pages.sort_by_key(|page| page.page);
        pages
    }

    fn paper(&self, material: u16) -> Option<&Paper> {
        self.papers.iter().find(|paper| paper.material == material)
    }
}

/// The papers of the case with that number, if it is the resident's own.
pub(super) async fn papers(web: &Web, resident: &Resident, case_no: &str) -> Result<Papers, Fault> {
    let (owner, case_no) = (resident.id_number.clone(), case_no.to_owned());
    web.app.store.read(move |view| Papers::read(view, &case_no, &owner)).await?.ok_or(Fault::NotFound)
}

/// The part of the page of a case that leads to its papers.
pub(super) fn list(case: &Case, papers: &Papers) -> Markup {
    if papers.papers.is_empty() || !papers.open && papers.pages.is_empty() {
        return html! {};
    }
    html! {
        h2 #materials { "材料照片" }
        @if papers.open {
            p.quiet { "先把材料拍照传来，工作人员可以早点看。原件仍要交到窗口。" }
        }
        ul.list {
            @for paper in &papers.papers {
                li { a href={ "/my/" (case.case_no) "/materials/" (paper.material) } {
                    (icon(page::PAPER))
                    span.words {
                        strong { (paper.name) }
                        small { (state(papers.of(paper.material).len(), papers.open)) }
                    }
                    @if paper.asked && papers.open { span class="badge warn" { "要补" } }
                    (icon(page::FORWARD))
                } }
            }
        }
    }
}

fn state(pages: usize, open: bool) -> String {
    match (pages, open) {
        (0, true) => "还没有照片，点这里拍".to_owned(),
        (0, false) => "没有照片".to_owned(),
        (count, _) => format!("已经传了 {count} 页"),
    }
}

/// The button that leads there at once, where something is missing.
pub(super) fn first(papers: &Papers) -> Markup {
    html! {
        @if papers.open && papers.papers.iter().any(|paper| paper.asked) {
            p { a.button href="#materials" { "把缺的材料拍照传来" } }
        }
    }
}

#[derive(Deserialize)]
pub(super) struct Sent {
    sent: Option<String>,
}

pub(super) async fn show(
    State(web): State<Web>,
    SignedIn { visit, resident }: SignedIn,
    Path((case_no, material)): Path<(String, String)>,
    query: Result<Query<Sent>, QueryRejection>,
) -> Result<Response, Fault> {
    let material = number(&material)?;
    let papers = papers(&web, &resident, &case_no).await?;
    let news = query.is_ok_and(|Query(query)| query.sent.is_some()).then(|| {
        notice(Notice::Good, "已经收到", &html! { p { "工作人员看得到这里的照片。原件仍要交到窗口。" } })
    });
    whole(&web, &visit, (&case_no, material), &papers, news, false)
}

fn whole(
    web: &Web,
    visit: &Visit,
    (case_no, material): (&str, u16),
    papers: &Papers,
    news: Option<Markup>,
    wrong: bool,
) -> Result<Response, Fault> {
    let paper = papers.paper(material).ok_or(Fault::NotFound)?;
    let pages = papers.of(material);
    let here = format!("/my/{case_no}/materials/{material}");
    let body = html! {
        @if let Some(news) = news { (news) }
        @if pages.is_empty() { p.quiet { "还没有照片。" } }
        @for page in &pages { (one(visit, &here, page, papers.open)) }
        @if !papers.open {
            p.quiet { "这件事已经受理或结束，这里不再收照片。要交材料，请到窗口。" }
        } @else if materials::behind(&papers.pages, material).is_some() {
            h2 { @if pages.is_empty() { "拍照或选文件" } @else { "再加几页" } }
            (form(visit, &here, None))
        } @else {
            p.quiet { "已经有 " (PAGES) " 页，不能再加了。" }
        }
    };
    let up = format!("/my/{case_no}");
    let page = Page::new(&paper.name).above(papers.item.name.simplified.clone()).up(up, "这件事");
    Ok(page.wrong(wrong).show(web, visit, body))
}

/// A page that was sent, and sending another one instead.
fn one(visit: &Visit, here: &str, page: &KeptPage, open: bool) -> Markup {
    let file = format!("{here}/{}", page.page_key);
    html! {
        figure.sent {
            @if page.media_type == "application/pdf" {
                a.button.second href=(file) { "下载第 " (page.page) " 页（PDF）" }
            } @else {
                a href=(file) { img src=(file) alt={ "第 " (page.page) " 页" } loading="lazy"; }
            }
            figcaption { "第 " (page.page) " 页，" (words::moment(page.received_at)) "，" (from(page.channel)) }
            @if open {
                details {
                    summary { "换掉这一页" }
                    (form(visit, here, Some(page.page)))
                }
            }
        }
    }
}

fn from(channel: Channel) -> &'static str {
    match channel {
        Channel::Kiosk => "自助机拍的",
        Channel::Window => "窗口收的",
        Channel::Pc => "电脑传的",
        Channel::Phone => "手机传的",
    }
}

/// What sends pages: one instead of `page`, or as many as there are behind the last one.
fn form(visit: &Visit, here: &str, page: Option<u16>) -> Markup {
    let id =
        |name: &str| format!("{name}-{}", page.map_or_else(|| "new".to_owned(), |page| page.to_string()));
    html! {
        form.upload method="post" action=(here) enctype="multipart/form-data" {
            (token(visit))
            input type="hidden" name="key" value=(Uuid::new_v4());
            input type="hidden" name="page" value=(page.unwrap_or_default());
            div.field {
                label for=(id("camera")) { "拍一张" }
                p.hint { "整页放平、拍全，字要看得清" }
                input id=(id("camera")) type="file" name="file" accept="image/jpeg" capture="environment";
            }
            div.field {
                label for=(id("file")) { "或者从手机、电脑里选" }
                p.hint {
                    "JPEG、PNG 图片或 PDF，每个最多 " (UPLOAD_BYTES >> 20) " MB"
                    @if page.is_none() { "，一次最多选 5 个" }
                    "。照片里的位置、时间等信息我们不保留。"
                }
                input id=(id("file")) type="file" name="file" accept=(ACCEPT) multiple[page.is_none()];
            }
            div.actions { button { "传上来" } }
        }
    }
}

/// Takes what was sent, once, however often the button is pressed.
pub(super) async fn add(
    State(web): State<Web>,
    SignedIn { visit, resident }: SignedIn,
    Path((case_no, material)): Path<(String, String)>,
    headers: HeaderMap,
    upload: Result<Upload, Wrong>,
) -> Result<Response, Fault> {
    let material = number(&material)?;
    let kept = match upload {
        Ok(upload) => {
            let request = Request {
                case_no: case_no.clone(),
                owner: resident.id_number.clone(),
                material,
                upload,
                channel: channel(&headers),
                now: web.app.clock.now(),
            };
            let fingerprint = request.fingerprint()?;
            let write = move |transaction: &Transaction<'_>| request.write(transaction, &fingerprint);
            web.app.store.write(write).await?
        }
        Err(Wrong::Fault(fault)) => return Err(fault),
        Err(Wrong::Said(words)) => Err(words),
    };
    match kept {
        Ok(()) => Ok(Redirect::to(&format!("/my/{case_no}/materials/{material}?sent=1")).into_response()),
        Err(words) => {
            let papers = papers(&web, &resident, &case_no).await?;
            let news = notice(Notice::Bad, "没有收下", &html! { p { (words) } });
            whole(&web, &visit, (&case_no, material), &papers, Some(news), true)
        }
    }
}

/// Pages on their way into the store.
struct Request {
    case_no: String,
    owner: String,
    material: u16,
    upload: Upload,
    channel: Channel,
    now: Timestamp,
}

impl Request {
    fn fingerprint(&self) -> Result<Fingerprint, Fault> {
        let hashes: Vec<_> =
            self.upload.files.iter().map(|file| crate::materials::sha256(&file.content)).collect();
        Ok(Fingerprint::of(&(&self.case_no, &self.owner, self.material, self.upload.page, hashes))?)
    }

    /// All pages that were sent at once, or none and why.
    fn write(
        &self,
        transaction: &Transaction<'_>,
        fingerprint: &Fingerprint,
    ) -> Result<Result<(), String>, StoreError> {
        let key = self.upload.key;
        match answers::begin(transaction, Operation::Material, key, fingerprint)? {
            // Pressed twice: the other press has done it, or does.
            Some(Known::Answered(_) | Known::StillRunning) => return Ok(Ok(())),
            Some(Known::OtherRequest) => return Ok(Err("这一页已经传过别的文件，请再试一次".to_owned())),
            None => {}
        }
        let Some(papers) = Papers::read(transaction, &self.case_no, &self.owner)? else {
            return Ok(Err("没有这件事".to_owned()));
        };
        if !papers.open {
            return Ok(Err("这件事已经受理或结束，这里不再收照片".to_owned()));
        }
        let (first, pages) = match self.places(&papers) {
            Ok(places) => places,
            Err(words) => return Ok(Err(words)),
        };
        let files = (first..).zip(&self.upload.files);
        let new: Vec<_> = files.map(|(page, file)| self.page(papers.key, (page, pages), file)).collect();
        if let Err(unkept) = materials::keep(transaction, &new)? {
            return Ok(Err(refused(unkept)));
        }
        answers::keep(transaction, Operation::Material, key, fingerprint, "{}")?;
        Ok(Ok(()))
    }
}

impl Request {
    /// The first page that is sent, and how many the paper has afterwards.
    fn places(&self, papers: &Papers) -> Result<(u16, u16), String> {
        let count = u16::try_from(self.upload.files.len()).unwrap_or(u16::MAX);
        let told = papers.of(self.material).iter().map(|page| page.page.max(page.pages)).max();
        match (self.upload.page, told) {
            (0, _) => {
                let first = materials::behind(&papers.pages, self.material);
                let last = first.and_then(|first| first.checked_add(count - 1)).filter(|last| *last <= PAGES);
                first.zip(last).ok_or_else(|| format!("一份材料最多 {PAGES} 页"))
            }
            (page, Some(told)) if count == 1 && page <= told => Ok((page, told)),
            _ => Err("换一页只要一个文件".to_owned()),
        }
    }

    fn page<'a>(&'a self, case_key: Uuid, (page, pages): (u16, u16), file: &'a Clean) -> NewPage<'a> {
        NewPage {
            page_key: Uuid::new_v4(),
            case_key,
            material: self.material,
            page,
            pages,
            media_type: file.media_type,
            content: &file.content,
            made_at: self.now,
            received_at: self.now,
            channel: self.channel,
            terminal_id: None,
        }
    }
}

fn refused(unkept: Unkept) -> String {
    match unkept {
        Unkept::NoCase | Unkept::NoPaper => "这件事没有这份材料",
        Unkept::Archived => "这件事已经归档，不再收照片",
        Unkept::Full => "这件事的照片已经到了上限，请把材料交到窗口",
    }
    .to_owned()
}

/// The file of a page of an own case.
pub(super) async fn file(
    State(web): State<Web>,
    SignedIn { resident, .. }: SignedIn,
    Path((case_no, material, page_key)): Path<(String, String, String)>,
) -> Result<Response, Fault> {
    let page_key: Uuid = page_key.parse().map_err(|_| Fault::NotFound)?;
    let material = number(&material)?;
    let (owner, own_no) = (resident.id_number.clone(), case_no.clone());
    let read = move |view: &Transaction<'_>| match Papers::read(view, &own_no, &owner)? {
        Some(papers) => materials::file(view, &papers.key.to_string(), page_key),
        None => Ok(None),
    };
    let found = web.app.store.read(read).await?.filter(|(page, _)| page.material == material);
    let (page, file) = found.ok_or(Fault::NotFound)?;
    Ok(response(&page.media_type, file, &format!("{case_no}-{}-{}", page.material, page.page)))
}

fn number(material: &str) -> Result<u16, Fault> {
    material.parse().map_err(|_| Fault::NotFound)
}
