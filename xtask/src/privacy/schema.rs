//! The tables of both databases, read from the steps of their schemas.

use std::collections::BTreeMap;

use crate::tidy::files::TextFile;

/// Where a database's steps are.
const STEPS: [(&str, &str); 3] = [
    ("crates/outbox/src/store/migrations/", "kiosk"),
    ("crates/audit/src/schema", "kiosk"),
    ("platform/migrations/sqlite/", "platform"),
];
/// What begins a condition and not a column.
const CONDITIONS: [&str; 6] = ["CHECK", "PRIMARY", "FOREIGN", "UNIQUE", "CONSTRAINT", "EXCLUDE"];

/// Columns by table, as all steps together leave them.
pub(crate) fn tables(files: &[TextFile]) -> BTreeMap<String, Vec<String>> {
    let mut steps: Vec<_> = files.iter().filter(|file| file.path.ends_with(".sql")).collect();
    steps.sort_by_key(|file| &file.path);
    let mut tables = BTreeMap::new();
    for file in steps {
        if let Some((_, database)) = STEPS.iter().find(|(folder, _)| file.path.starts_with(folder)) {
            without_remarks(&file.text)
                .split(';')
                .for_each(|statement| take(statement, database, &mut tables));
        }
    }
    tables
}

fn without_remarks(text: &str) -> String {
    let lines = text.lines().map(|line| line.split("--").next().unwrap_or_default());
    lines.collect::<Vec<_>>().join(" ")
}

fn take(statement: &str, database: &str, tables: &mut BTreeMap<String, Vec<String>>) {
    let words: Vec<&str> = statement.split([' ', '(', ',']).filter(|word| !word.is_empty()).collect();
    let named = |name: &str| format!("{database}.{name}");
    match words.as_slice() {
        ["CREATE", "TABLE", "IF", "NOT", "EXISTS", name, ..] | ["CREATE", "TABLE", name, ..] => {
            drop(tables.insert(named(name), columns(statement)));
        }
        ["ALTER", "TABLE", name, "ADD", "COLUMN", column, ..] => {
            tables.entry(named(name)).or_default().push((*column).to_owned());
        }
        ["ALTER", "TABLE", name, "DROP", "COLUMN", column, ..] => {
            tables.entry(named(name)).or_default().retain(|known| known != column);
        }
        ["ALTER", "TABLE", name, "RENAME", "TO", new, ..] => {
            if let Some(columns) = tables.remove(&named(name)) {
                tables.insert(named(new), columns);
            }
        }
        ["DROP", "TABLE", name, ..] => drop(tables.remove(&named(name))),
        _ => {}
    }
}

/// The first word of every part between the outer brackets that is no condition.
fn columns(statement: &str) -> Vec<String> {
    let inner = statement.split_once('(').map_or("", |(_, rest)| rest);
    let mut depth = 1;
    let mut parts = vec![String::new()];
    for letter in inner.chars() {
        match letter {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        match (letter, depth) {
            (_, 0) => break,
            (',', 1) => parts.push(String::new()),
            _ => parts.last_mut().into_iter().for_each(|part| part.push(letter)),
        }
    }
    let first = parts.iter().filter_map(|part| part.split_whitespace().next());
    let first = first.map(|word| word.split('(').next().unwrap_or(word));
    first.filter(|word| !CONDITIONS.contains(word)).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_steps_together_are_the_schema() {
        let step = |name: &str, text: &str| TextFile {
            path: format!("platform/migrations/sqlite/{name}"),
            text: text.to_owned(),
        };
        let files = [
            step("0002.sql", "ALTER TABLE a ADD COLUMN y TEXT; DROP TABLE b; ALTER TABLE c RENAME TO b;"),
            step(
                "0001.sql",
                "-- A remark; with CREATE TABLE no (x).\nCREATE TABLE a (x TEXT NOT NULL CHECK (length(x) <= 5), -- why, x\n\
                 PRIMARY KEY (x, y)) STRICT;\nCREATE TABLE b (z BLOB); CREATE TABLE c (w BLOB DEFAULT (1, 2), CHECK(w));",
            ),
        ];
        let found = tables(&files);
        let names: Vec<_> =
            found.iter().map(|(name, columns)| format!("{name}: {}", columns.join(" "))).collect();
        assert_eq!(names, ["platform.a: x y", "platform.b: w"]);
    }
}
