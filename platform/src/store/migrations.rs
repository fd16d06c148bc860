//! The schema, one step after another and never back.

use rusqlite::{Connection, TransactionBehavior};

use super::OpenFault;

/// Marks a file as ours: "ckpl".
const APPLICATION_ID: i32 = 0x636b_706c;

/// What each step says to `SQLite`.
const STEPS: [&str; 24] = [
    include_str!("../../migrations/sqlite/0001_initial.sql"),
    include_str!("../../migrations/sqlite/0002_people.sql"),
    include_str!("../../migrations/sqlite/0003_casework.sql"),
    include_str!("../../migrations/sqlite/0004_web.sql"),
    include_str!("../../migrations/sqlite/0005_exchange.sql"),
    include_str!("../../migrations/sqlite/0006_enrolment.sql"),
    include_str!("../../migrations/sqlite/0007_configuration.sql"),
    include_str!("../../migrations/sqlite/0008_sealing_key_ends.sql"),
    include_str!("../../migrations/sqlite/0009_kiosk_audit.sql"),
    include_str!("../../migrations/sqlite/0010_heartbeat.sql"),
    include_str!("../../migrations/sqlite/0011_exchange_body.sql"),
    include_str!("../../migrations/sqlite/0012_told.sql"),
    include_str!("../../migrations/sqlite/0013_trust_file_role.sql"),
    include_str!("../../migrations/sqlite/0014_exports_and_editor.sql"),
    include_str!("../../migrations/sqlite/0015_material_pages.sql"),
    include_str!("../../migrations/sqlite/0016_rollout.sql"),
    include_str!("../../migrations/sqlite/0017_bundles.sql"),
    include_str!("../../migrations/sqlite/0018_poster.sql"),
    include_str!("../../migrations/sqlite/0019_catalogue_file.sql"),
    include_str!("../../migrations/sqlite/0020_case_answer.sql"),
    include_str!("../../migrations/sqlite/0021_recording.sql"),
    include_str!("../../migrations/sqlite/0022_new_items.sql"),
    include_str!("../../migrations/sqlite/0023_item_withdrawal.sql"),
    include_str!("../../migrations/sqlite/0024_case_answer_by_id.sql"),
];

/// The same steps for `PostgreSQL`: as many, in the same order.
pub(super) const POSTGRES: [&str; STEPS.len()] = [
    include_str!("../../migrations/postgres/0001_initial.sql"),
    include_str!("../../migrations/postgres/0002_people.sql"),
    include_str!("../../migrations/postgres/0003_casework.sql"),
    include_str!("../../migrations/postgres/0004_web.sql"),
    include_str!("../../migrations/postgres/0005_exchange.sql"),
    include_str!("../../migrations/postgres/0006_enrolment.sql"),
    include_str!("../../migrations/postgres/0007_configuration.sql"),
    include_str!("../../migrations/postgres/0008_sealing_key_ends.sql"),
    include_str!("../../migrations/postgres/0009_kiosk_audit.sql"),
    include_str!("../../migrations/postgres/0010_heartbeat.sql"),
    include_str!("../../migrations/postgres/0011_exchange_body.sql"),
    include_str!("../../migrations/postgres/0012_told.sql"),
    include_str!("../../migrations/postgres/0013_trust_file_role.sql"),
    include_str!("../../migrations/postgres/0014_exports_and_editor.sql"),
    include_str!("../../migrations/postgres/0015_material_pages.sql"),
    include_str!("../../migrations/postgres/0016_rollout.sql"),
    include_str!("../../migrations/postgres/0017_bundles.sql"),
    include_str!("../../migrations/postgres/0018_poster.sql"),
    include_str!("../../migrations/postgres/0019_catalogue_file.sql"),
    include_str!("../../migrations/postgres/0020_case_answer.sql"),
    include_str!("../../migrations/postgres/0021_recording.sql"),
    include_str!("../../migrations/postgres/0022_new_items.sql"),
    include_str!("../../migrations/postgres/0023_item_withdrawal.sql"),
    include_str!("../../migrations/postgres/0024_case_answer_by_id.sql"),
];

/// Whether a database is one of this program's, and not newer than it.
pub(crate) fn is_ours(connection: &Connection) -> Result<(), OpenFault> {
    let number = |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    if number("application_id")? != i64::from(APPLICATION_ID) {
        return Err(OpenFault::NotOurs);
    }
    let found = usize::try_from(number("user_version")?).map_err(|_| OpenFault::NotOurs)?;
    if found > STEPS.len() { Err(OpenFault::Newer { found, known: STEPS.len() }) } else { Ok(()) }
}

/// Brings the schema up to date, all of it or nothing.
pub(super) fn run(connection: &mut Connection) -> Result<(), OpenFault> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let number = |name: &str| transaction.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let tables: i64 = transaction.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if tables > 0 && number("application_id")? != i64::from(APPLICATION_ID) {
        return Err(OpenFault::NotOurs);
    }
    let found = usize::try_from(number("user_version")?).map_err(|_| OpenFault::NotOurs)?;
    let steps = STEPS.get(found..).ok_or(OpenFault::Newer { found, known: STEPS.len() })?;
    for step in steps {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", i64::try_from(STEPS.len()).unwrap_or_default())?;
    Ok(transaction.commit()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(connection: &Connection) -> i64 {
        connection.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap()
    }

    #[test]
    fn a_new_file_gets_every_step_and_a_second_start_none() {
        let mut connection = Connection::open_in_memory().unwrap();
        run(&mut connection).unwrap();
        run(&mut connection).unwrap();
        assert_eq!(usize::try_from(version(&connection)), Ok(STEPS.len()));
    }

    #[test]
    fn what_was_printed_and_answered_before_is_still_found_and_says_no_more_than_it_may() {
        let mut connection = Connection::open_in_memory().unwrap();
        connection.pragma_update(None, "foreign_keys", false).unwrap();
        STEPS[..11].iter().for_each(|step| connection.execute_batch(step).unwrap());
        connection.pragma_update(None, "application_id", APPLICATION_ID).unwrap();
        connection.pragma_update(None, "user_version", 11).unwrap();
        connection
            .execute_batch(
                r#"INSERT INTO cases (case_key, case_no, pickup_code, item_id, item_version, status, channel, received_at,
                       recorded_at, due_provisional, consent_version, consent_given_at, name, id_kind, id_number, sex, birth,
                       fields) VALUES ('k', 'N', '', '', 1, '', '', '', '', 0, 1, '', '', '', '', '', '', '{}');
                   INSERT INTO case_document VALUES ('N-BJ01', 'k', 'completion_notice', NULL, '', '{}');
                   INSERT INTO document VALUES ('A', 'k', 'completion_notice', '', '{}'),
                       ('B', 'k', 'acceptance_notice', '', '{"applicant":"示例","item":"示例事项"}');
                   INSERT INTO exchange (message_id, case_key, state, tries, next_at, created_at, reason) VALUES
                       ('a', 'k', 'dead', 1, 0, '', '422 Unprocessable Entity: 示例'), ('b', 'k', 'waiting', 1, 0, '', 'error: x');
                   INSERT INTO exchange_audit (message_id, at, outcome, sha256, detail) VALUES
                       ('a', '', 'dead', '', '422 Unprocessable Entity: 示例'), ('b', '', 'delivered', '', '100 R:1');"#,
            )
            .unwrap();
        run(&mut connection).unwrap();
        let texts = |sql: &str| {
            let mut statement = connection.prepare(sql).unwrap();
            let found = statement.query_map([], |row| row.get(0)).unwrap();
            found.collect::<Result<Vec<String>, _>>().unwrap()
        };
        let codes = "SELECT code || ' ' || number FROM document_code ORDER BY code";
        assert_eq!(texts(codes), ["A N-BJ01", "B N-SL01"]);
        let body = "SELECT body FROM case_document WHERE number = 'N-SL01'";
        assert_eq!(texts(body), [r#"{"item":"示例事项"}"#]);
        assert_eq!(
            texts("SELECT reason FROM exchange ORDER BY id"),
            ["422 Unprocessable Entity", "error: x"]
        );
        assert_eq!(
            texts("SELECT detail FROM exchange_audit ORDER BY id"),
            ["422 Unprocessable Entity", "100 R:1"]
        );
    }

    #[test]
    fn drafts_of_before_and_their_steps_are_still_there_and_bound_to_each_other() {
        let mut connection = Connection::open_in_memory().unwrap();
        connection.pragma_update(None, "foreign_keys", true).unwrap();
        STEPS[..21].iter().for_each(|step| connection.execute_batch(step).unwrap());
        connection.pragma_update(None, "application_id", APPLICATION_ID).unwrap();
        connection.pragma_update(None, "user_version", 21).unwrap();
        connection
            .execute_batch(
                "INSERT INTO staff VALUES ('s', 'example', '示例', '', x'00', 0, 0, 0, 0, NULL, '');
                 INSERT INTO item (id, version, body, published_at) VALUES ('i', 3, '{}', '');
                 INSERT INTO item_draft VALUES ('d', 'i', 3, '{}', 'review', 4);
                 INSERT INTO item_draft_step VALUES ('d', 1, '', 's', 'begin', NULL);
                 INSERT INTO bundle VALUES ('b', 2, '{}', '', 0);
                 INSERT INTO bundle_draft VALUES ('e', 'b', 2, '{}', 'draft', 1);
                 INSERT INTO bundle_draft_step VALUES ('e', 1, '', 's', 'begin', 'why');",
            )
            .unwrap();
        run(&mut connection).unwrap();
        let text = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, String>(0)).unwrap();
        let item = "SELECT item_id || base_version || state || item_draft.revision || act FROM item_draft
                    JOIN item_draft_step ON draft_id = id";
        assert_eq!(text(item), "i3review4begin");
        let bundle = "SELECT bundle_id || base_version || reason FROM bundle_draft
                      JOIN bundle_draft_step ON draft_id = id";
        assert_eq!(text(bundle), "b2why");
        for wrong in [
            "INSERT INTO item_draft VALUES ('x', 'i', 3, '{}', 'draft', 1)",
            "INSERT INTO item_draft VALUES ('x', 'other', 3, '{}', 'draft', 1)",
            "INSERT INTO item_draft_step VALUES ('x', 1, '', 's', 'begin', NULL)",
            "DELETE FROM bundle_draft",
        ] {
            assert!(connection.execute_batch(wrong).is_err(), "{wrong}");
        }
        connection
            .execute_batch("INSERT INTO item_draft VALUES ('n', 'new', NULL, '{}', 'draft', 1)")
            .unwrap();
    }

    #[test]
    fn a_file_from_the_future_is_left_alone() {
        let mut connection = Connection::open_in_memory().unwrap();
        run(&mut connection).unwrap();
        connection.pragma_update(None, "user_version", 99).unwrap();
        assert_eq!(run(&mut connection), Err(OpenFault::Newer { found: 99, known: STEPS.len() }));
        assert_eq!(version(&connection), 99);
    }

    #[test]
    fn a_file_of_another_program_is_left_alone() {
        let mut connection = Connection::open_in_memory().unwrap();
        connection.execute_batch("CREATE TABLE photos (id INTEGER)").unwrap();
        assert_eq!(run(&mut connection), Err(OpenFault::NotOurs));
    }
}
