//! Drafts of what residents are offered, an item (事项) or a bundle (一件事): one of each at a time, and every step that it
//! took.

use jiff::Timestamp;
use protocol::ServiceItem;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    StoreError, Transaction,
    columns::{json, name_of, named, parsed, to_json},
    sql::{Row, Value},
};
use crate::catalogue::bundle::LifeEventBundle;

/// The version of what was never published: the first one is 1.
pub(crate) const NEW: u32 = 0;

/// What drafts are of.
pub(crate) trait Drafted: Serialize + DeserializeOwned {
    /// Their table, and its column that names what they are of.
    const TABLE: (&'static str, &'static str);
    /// The table of the versions of it that an office has taken back.
    const WITHDRAWALS: &'static str;

    fn id(&self) -> &str;
    fn version(&self) -> u32;
}

impl Drafted for ServiceItem {
    const TABLE: (&'static str, &'static str) = ("item_draft", "item_id");
    const WITHDRAWALS: &'static str = "item_withdrawal";

    fn id(&self) -> &str {
        &self.id
    }

    fn version(&self) -> u32 {
        self.version
    }
}

impl Drafted for LifeEventBundle {
    const TABLE: (&'static str, &'static str) = ("bundle_draft", "bundle_id");
    const WITHDRAWALS: &'static str = "bundle_withdrawal";

    fn id(&self) -> &str {
        &self.id
    }

    fn version(&self) -> u32 {
        self.version
    }
}

/// How far a draft has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DraftState {
    /// 起草中.
    Draft,
    /// 待审核.
    Review,
    /// 已发布.
    Published,
    /// 已放弃.
    Discarded,
}

impl DraftState {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Draft => "起草中",
            Self::Review => "待审核",
            Self::Published => "已发布",
            Self::Discarded => "已放弃",
        }
    }
}

/// What somebody did with a draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DraftAct {
    /// 起草.
    Begin,
    /// 修改.
    Save,
    /// 送审.
    Submit,
    /// 退回.
    Return,
    /// 发布.
    Publish,
    /// 放弃.
    Discard,
}

impl DraftAct {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Begin => "起草",
            Self::Save => "修改",
            Self::Submit => "送审",
            Self::Return => "退回修改",
            Self::Publish => "发布",
            Self::Discard => "放弃",
        }
    }

    /// Whether whoever does it is one of the authors.
    fn is_writing(self) -> bool {
        matches!(self, Self::Begin | Self::Save | Self::Submit)
    }
}

/// One step of a draft.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    pub(crate) at: Timestamp,
    pub(crate) staff_id: String,
    pub(crate) login: String,
    pub(crate) act: DraftAct,
    pub(crate) reason: Option<String>,
}

/// A draft that is not yet published or given up.
#[derive(Clone, Debug)]
pub(crate) struct ContentDraft<T> {
    pub(crate) id: String,
    /// The version that it was copied from, or [`NEW`].
    pub(crate) base: u32,
    pub(crate) words: T,
    pub(crate) state: DraftState,
    /// Rises with every step: who takes one says which was on the screen.
    pub(crate) revision: i64,
    /// Oldest first.
    pub(crate) steps: Vec<Step>,
}

impl<T> ContentDraft<T> {
    /// Whether somebody has written in it.
    pub(crate) fn is_by(&self, staff_id: &str) -> bool {
        self.steps.iter().any(|step| step.act.is_writing() && step.staff_id == staff_id)
    }
}

/// What is done, by whom, why and when.
pub(crate) struct Doing<'a> {
    pub(crate) act: DraftAct,
    pub(crate) staff_id: &'a str,
    pub(crate) reason: Option<&'a str>,
    pub(crate) now: Timestamp,
}

/// Begins a draft as a copy of `words` in the version `base`, or of what is [`NEW`].
pub(crate) fn begin<T: Drafted>(
    transaction: &Transaction<'_>,
    (words, base): (&T, u32),
    doing: &Doing<'_>,
) -> Result<(), StoreError> {
    let id = Uuid::new_v4().to_string();
    let row: [Value; 5] = [
        (&id).into(),
        words.id().into(),
        if base == NEW { Value::Null } else { base.into() },
        to_json(words)?.into(),
        name_of(DraftState::Draft)?.into(),
    ];
    let (table, of) = T::TABLE;
    let insert = format!(
        "INSERT INTO {table} (id, {of}, base_version, body, state, revision) VALUES (?1, ?2, ?3, ?4, ?5, 1)"
    );
    transaction.execute(&insert, &row)?;
    keep_step::<T>(transaction, &id, 1, doing)
}

/// The draft as `doing` leaves it: with these words, in that state. Whoever looked at it has looked at this revision.
pub(crate) fn step<T: Drafted>(
    transaction: &Transaction<'_>,
    draft: &ContentDraft<T>,
    (words, state): (&T, DraftState),
    doing: &Doing<'_>,
) -> Result<(), StoreError> {
    let next = draft.revision + 1;
    let row: [Value; 4] = [(&draft.id).into(), to_json(words)?.into(), name_of(state)?.into(), next.into()];
    let update = format!("UPDATE {} SET body = ?2, state = ?3, revision = ?4 WHERE id = ?1", T::TABLE.0);
    transaction.execute(&update, &row)?;
    keep_step::<T>(transaction, &draft.id, next, doing)
}

fn keep_step<T: Drafted>(
    transaction: &Transaction<'_>,
    draft: &str,
    revision: i64,
    doing: &Doing<'_>,
) -> Result<(), StoreError> {
    let row: [Value; 6] = [
        draft.into(),
        revision.into(),
        doing.now.to_string().into(),
        doing.staff_id.into(),
        name_of(doing.act)?.into(),
        doing.reason.into(),
    ];
    let insert = format!("INSERT INTO {}_step VALUES (?1, ?2, ?3, ?4, ?5, ?6)", T::TABLE.0);
    transaction.execute(&insert, &row).map(drop)
}

/// The draft that is open of what is called `id`.
pub(crate) fn open<T: Drafted>(
    view: &Transaction<'_>,
    id: &str,
) -> Result<Option<ContentDraft<T>>, StoreError> {
    let (table, of) = T::TABLE;
    let query = format!("SELECT * FROM {table} WHERE {of} = ?1 AND state IN ('draft', 'review')");
    let Some(row) = view.row(&query, &[id.into()])? else { return Ok(None) };
    let id = row.text("id")?.to_owned();
    let steps = format!(
        "SELECT steps.*, login FROM {table}_step AS steps JOIN staff ON staff.id = staff_id
         WHERE draft_id = ?1 ORDER BY revision"
    );
    let steps =
        view.rows(&steps, &[(&id).into()])?.iter().map(read_step).collect::<Result<_, StoreError>>()?;
    let base = row.integer_option("base_version")?.map_or(Ok(NEW), u32::try_from);
    Ok(Some(ContentDraft {
        base: base.map_err(|_| StoreError::Damaged("base_version"))?,
        words: json(&row, "body")?,
        state: named(&row, "state")?,
        revision: row.integer("revision")?,
        steps,
        id,
    }))
}

fn read_step(row: &Row) -> Result<Step, StoreError> {
    Ok(Step {
        at: parsed(row, "at")?,
        staff_id: row.text("staff_id")?.to_owned(),
        login: row.text("login")?.to_owned(),
        act: named(row, "act")?,
        reason: row.text_option("reason")?.map(str::to_owned),
    })
}

/// How far each open draft has come, by what it is of.
pub(crate) fn states<T: Drafted>(view: &Transaction<'_>) -> Result<Vec<(String, DraftState)>, StoreError> {
    let (table, of) = T::TABLE;
    let query = format!("SELECT {of} AS name, state FROM {table} WHERE state IN ('draft', 'review')");
    let state = |row: &Row| Ok((row.text("name")?.to_owned(), named(row, "state")?));
    view.rows(&query, &[])?.iter().map(state).collect()
}

/// What the open drafts say that are of something new.
pub(crate) fn all_new<T: Drafted>(view: &Transaction<'_>) -> Result<Vec<T>, StoreError> {
    let (table, of) = T::TABLE;
    let query = format!(
        "SELECT body FROM {table} WHERE base_version IS NULL AND state IN ('draft', 'review') ORDER BY {of}"
    );
    view.rows(&query, &[])?.iter().map(|row| json(row, "body")).collect()
}
