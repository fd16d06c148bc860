//! `cargo xtask privacy`: the inventory of personal data, from `docs/privacy.toml`; and the check that it is whole.
//!
//! Every table and column of both databases, and every type that is written or sent, has a line in that file: how
//! sensitive it is, what for it is there and how long it stays. One without fails `cargo xtask tidy`, and so does a line
//! about something that is not there any more.

mod inventory;
mod page;
mod schema;
mod types;

use std::{collections::BTreeMap, fs};

use crate::{
    Failure, cargo,
    tidy::{Findings, files::TextFile},
};
use inventory::Inventory;

const INVENTORY: &str = "docs/privacy.toml";
const PAGE: &str = "docs/privacy.md";

/// Prints the page, or writes it where it belongs.
pub(crate) fn run(arguments: &[String]) -> Result<(), Failure> {
    let root = cargo::Metadata::ours()?.workspace_root;
    let text = fs::read_to_string(root.join(INVENTORY)).map_err(|error| format!("{INVENTORY}: {error}"))?;
    let page = page::of(&Inventory::read(&text)?);
    match arguments {
        [] => {
            print!("{page}");
            Ok(())
        }
        [flag] if flag == "--write" => {
            fs::write(root.join(PAGE), page).map_err(|error| format!("{PAGE}: {error}"))
        }
        other => Err(format!("privacy: {:?} is no argument of mine; see cargo xtask help", other.join(" "))),
    }
}

/// Whether everything that is kept or sent has its line, and every line its thing.
pub(crate) fn check(files: &[TextFile]) -> Findings {
    let text = |path: &str| files.iter().find(|file| file.path == path).map_or("", |file| &file.text);
    let inventory = match Inventory::read(text(INVENTORY)) {
        Ok(inventory) => inventory,
        Err(problem) => return Findings { looked_at: 1, problems: vec![problem] },
    };
    let tables = schema::tables(files);
    let types = types::all(files);
    let mut problems = compare_tables(&inventory, &tables);
    problems.extend(compare_types(&inventory, &types));
    if text(PAGE) != page::of(&inventory) {
        problems.push(format!("{PAGE} is not what {INVENTORY} says: cargo xtask privacy --write"));
    }
    Findings { looked_at: tables.len() + types.len(), problems }
}

fn compare_tables(inventory: &Inventory, found: &BTreeMap<String, Vec<String>>) -> Vec<String> {
    let mut problems = Vec::new();
    for (table, columns) in found {
        let Some(known) = inventory.tables.get(table) else {
            problems.push(format!("{INVENTORY}: the table {table} has no class, purpose and retention"));
            continue;
        };
        let unclassified = columns.iter().filter(|column| !known.knows(column));
        problems.extend(unclassified.map(|column| format!("{INVENTORY}: {table}.{column} has no class")));
        let gone = known.columns().filter(|column| !columns.iter().any(|found| found == *column));
        problems.extend(gone.map(|column| format!("{INVENTORY}: {table} has no column {column}")));
    }
    let gone = inventory.tables.keys().filter(|table| !found.contains_key(*table));
    problems.extend(gone.map(|table| format!("{INVENTORY}: there is no table {table}")));
    problems
}

fn compare_types(inventory: &Inventory, found: &[String]) -> Vec<String> {
    let without = found.iter().filter(|name| !inventory.types.contains_key(*name));
    let without =
        without.map(|name| format!("{INVENTORY}: the type {name} has no class, purpose and retention"));
    let gone = inventory.types.keys().filter(|name| !found.contains(name));
    without.chain(gone.map(|name| format!("{INVENTORY}: there is no type {name}"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOML: &str = r#"
        [sensitivity]
        public = "公开"
        sensitive = "敏感个人信息"
        [purpose]
        file = "办件"
        [retention]
        case = "随案卷"
        [tables."kiosk.outbox"]
        class = ["sensitive", "file", "case"]
        plain = ["id"]
        personal = { body = "密封的办件" }
        [types]
        "protocol::Case" = ["public", "file", "case"]
    "#;

    fn files(sql: &str, rust: &str) -> Vec<TextFile> {
        let file = |path: &str, text: &str| TextFile { path: path.to_owned(), text: text.to_owned() };
        let page = page::of(&Inventory::read(TOML).unwrap());
        vec![
            file(INVENTORY, TOML),
            file(PAGE, &page),
            file("crates/outbox/src/store/migrations/0001.sql", sql),
            file("crates/protocol/src/case.rs", rust),
        ]
    }

    fn problems(sql: &str, rust: &str) -> Vec<String> {
        check(&files(sql, rust)).problems
    }

    const SQL: &str = "CREATE TABLE outbox (id INTEGER, body BLOB);";
    const RUST: &str = "#[derive(Clone, Serialize)]\npub struct Case {";

    #[test]
    fn what_has_its_line_is_in_order() {
        assert_eq!(check(&files(SQL, RUST)), Findings { looked_at: 2, problems: vec![] });
    }

    #[test]
    fn a_table_a_column_and_a_type_without_a_line_are_told() {
        let sql = "CREATE TABLE outbox (id INTEGER, body BLOB, name TEXT); CREATE TABLE faces (x BLOB);";
        let rust = "#[derive(Serialize)]\npub struct Case {}\n#[derive(Debug, Deserialize)]\n#[serde(x)]\nenum Face {}";
        assert_eq!(
            problems(sql, rust),
            [
                "docs/privacy.toml: the table kiosk.faces has no class, purpose and retention",
                "docs/privacy.toml: kiosk.outbox.name has no class",
                "docs/privacy.toml: the type protocol::Face has no class, purpose and retention",
            ]
        );
    }

    #[test]
    fn a_line_about_nothing_is_told() {
        let sql = "CREATE TABLE outbox (body BLOB);";
        assert_eq!(
            problems(sql, "struct Plain;"),
            [
                "docs/privacy.toml: kiosk.outbox has no column id",
                "docs/privacy.toml: there is no type protocol::Case"
            ]
        );
    }

    #[test]
    fn a_page_that_is_not_current_is_told() {
        let mut files = files(SQL, RUST);
        files[1].text.push_str("by hand");
        assert_eq!(check(&files).problems.len(), 1);
    }
}
