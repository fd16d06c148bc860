//! The inventory as a page for people.

use std::collections::BTreeMap;

use super::inventory::{Class, Inventory, is_personal};

const INTRODUCTION: &str = "\
# 个人信息清单 (inventory of personal data)

Made from `docs/privacy.toml` by `cargo xtask privacy --write`; `cargo xtask tidy` checks that it is current, and that every
table, every column and every type that is kept or sent is in it. It answers what the Personal Information Protection Law
(个人信息保护法) asks of whoever processes: articles 17 (purpose, kinds, retention), 19 (the shortest time), 28 to 30
(sensitive personal information), 47 (deletion) and 51 (classification), and is the basis of the assessment of article 55.
";

/// The whole page.
pub(crate) fn of(inventory: &Inventory) -> String {
    let mut page = INTRODUCTION.to_owned();
    words(&mut page, "敏感程度 (sensitivity)", &inventory.sensitivity);
    words(&mut page, "处理目的 (purpose)", &inventory.purpose);
    words(&mut page, "保存期限 (retention)", &inventory.retention);
    page.push_str("\n## 存储的个人信息 (personal data that is kept)\n\n| table | column | 信息种类 | 敏感程度 | 目的 | 保存期限 |\n|---|---|---|---|---|---|\n");
    for (name, table) in inventory.tables.iter().filter(|(_, table)| is_personal(&table.class)) {
        for (column, kind) in &table.personal {
            page.push_str(&format!("| `{name}` | `{column}` | {kind} | {} |\n", cells(&table.class)));
        }
    }
    page.push_str("\n## 传输的个人信息 (personal data that is sent)\n");
    types(&mut page, inventory, true);
    page.push_str("\n## 不含个人信息的数据 (nothing personal)\n\n| table | 敏感程度 | 目的 | 保存期限 |\n|---|---|---|---|\n");
    for (name, table) in inventory.tables.iter().filter(|(_, table)| !is_personal(&table.class)) {
        page.push_str(&format!("| `{name}` | {} |\n", cells(&table.class)));
    }
    types(&mut page, inventory, false);
    page
}

fn words(page: &mut String, title: &str, words: &BTreeMap<String, String>) {
    page.push_str(&format!("\n## {title}\n\n| | |\n|---|---|\n"));
    for (word, meaning) in words {
        page.push_str(&format!("| {word} | {meaning} |\n"));
    }
}

fn types(page: &mut String, inventory: &Inventory, personal: bool) {
    page.push_str("\n| type | 敏感程度 | 目的 | 保存期限 |\n|---|---|---|---|\n");
    for (name, class) in inventory.types.iter().filter(|(_, class)| is_personal(class) == personal) {
        page.push_str(&format!("| `{name}` | {} |\n", cells(class)));
    }
}

fn cells(class: &Class) -> String {
    class.join(" | ")
}
