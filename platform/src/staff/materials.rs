//! 电子件 for staff: which papers of a case have pictures, and the pictures themselves for whoever has said what for.

use jiff::SignedDuration;
use protocol::{Channel, MaterialSource};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    access::{Ask, require},
    service::{REVEAL, seen},
};
use crate::{
    app::App,
    error::Refusal,
    people::{audit, session::Session},
    problems,
    store::{
        StoreError, Transaction,
        casework::Work,
        materials::{self, KeptPage, Paper},
    },
};

/// For so long whoever has said what for may look at the pictures of that case.
const LOOKS: SignedDuration = SignedDuration::from_mins(30);

/// One 申请材料.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct MaterialView {
    /// 序号, from 1.
    pub(crate) number: u16,
    pub(crate) name: String,
    /// 来源渠道.
    pub(crate) source: &'static str,
    pub(crate) note: String,
    /// There should be a picture of it, and there is none yet.
    pub(crate) picture_missing: bool,
    /// 电子件, page by page; of each the one that is shown comes last.
    pub(crate) pages: Vec<PageView>,
}

/// One page of a material.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PageView {
    pub(crate) page_key: Uuid,
    /// From 1.
    pub(crate) page: u16,
    /// How many there are, as it was told with this one.
    pub(crate) pages: u16,
    pub(crate) media_type: String,
    pub(crate) bytes: i64,
    pub(crate) sha256: String,
    #[schema(value_type = String, format = DateTime)]
    pub(crate) received_at: jiff::Timestamp,
    /// 申报来源.
    pub(crate) channel: Channel,
    /// A later one is shown instead.
    pub(crate) replaced: bool,
}

impl MaterialView {
    /// How many pages are told of and have not come.
    pub(crate) fn on_their_way(&self) -> usize {
        let told = self.pages.iter().map(|page| page.pages).max().unwrap_or_default();
        usize::from(told).saturating_sub(self.shown().count())
    }

    /// The pages that are shown.
    pub(crate) fn shown(&self) -> impl Iterator<Item = &PageView> {
        self.pages.iter().filter(|page| !page.replaced)
    }
}

/// Every paper of a case, and what there is of it.
pub(super) fn of_case(view: &Transaction<'_>, work: &Work) -> Result<Vec<MaterialView>, StoreError> {
    let papers = materials::papers(view, &work.key, &work.item)?;
    let pages = materials::of_case(view, &work.key)?;
    Ok(papers.iter().map(|paper| material(paper, &pages)).collect())
}

fn material(paper: &Paper, pages: &[KeptPage]) -> MaterialView {
    let of_it = pages.iter().filter(|page| page.material == paper.material);
    let mut pages: Vec<PageView> = of_it.map(page).collect();
    // In their order; the sort keeps those that were replaced before what replaced them.
    pages.sort_by_key(|page| page.page);
    let note = paper.spec.as_ref().and_then(|spec| spec.note.as_ref());
    MaterialView {
        number: paper.material,
        name: paper.name.clone(),
        source: source(paper),
        note: note.map_or_else(String::new, |note| note.simplified.clone()),
        picture_missing: paper.wants_pictures() && pages.is_empty(),
        pages,
    }
}

fn source(paper: &Paper) -> &'static str {
    match paper.spec.as_ref().map(|spec| spec.source) {
        Some(MaterialSource::IdCard) => "读身份证",
        Some(MaterialSource::DataShare) => "数据共享",
        Some(MaterialSource::OnlineForm) => "网上填写",
        Some(MaterialSource::Counter) => "窗口提交",
        None => "补正材料",
    }
}

fn page(page: &KeptPage) -> PageView {
    PageView {
        page_key: page.page_key,
        page: page.page,
        pages: page.pages,
        media_type: page.media_type.clone(),
        bytes: page.bytes,
        sha256: page.sha256.clone(),
        received_at: page.received_at,
        channel: page.channel,
        replaced: page.replaced,
    }
}

/// The file of a page. Whoever looks has said what for not long ago; that it was looked at is written down first, for the
/// same purpose.
pub(crate) async fn look(
    app: &App,
    session: &Session,
    case_no: &str,
    page_key: Uuid,
) -> Result<(KeptPage, Vec<u8>), Refusal> {
    require(session, Ask::Reveal)?;
    let (session, case_no, now) = (session.clone(), case_no.to_owned(), app.clock.now());
    let write = move |transaction: &Transaction<'_>| {
        let Some(work) = seen(transaction, &session, &case_no)? else {
            return Ok(Err(problems::case_not_found()));
        };
        let named = audit::last(transaction, (&session.staff.id, REVEAL, &case_no))?;
        let Some(named) = named.filter(|named| now.duration_since(named.at) < LOOKS) else {
            return Ok(Err(problems::purpose_missing()));
        };
        let Some((page, file)) = materials::file(transaction, &work.key, page_key)? else {
            return Ok(Err(problems::page_not_found()));
        };
        let entry = audit::Entry {
            at: now,
            staff_id: Some(&session.staff.id),
            login: &session.staff.login,
            action: "view-material",
            subject: &format!("{case_no} {}-{}", page.material, page.page),
            purpose: &named.purpose,
        };
        audit::add(transaction, &entry)?;
        Ok(Ok((page, file)))
    };
    Ok(app.store.write(write).await??)
}
