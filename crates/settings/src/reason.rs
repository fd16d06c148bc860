//! Why a key of a document is refused, for logs in English and for operators in Chinese.

use std::fmt;

use jsonschema::{
    JsonType, ValidationError,
    error::{TypeKind, ValidationErrorKind as Kind},
};

/// Words without control characters, line breaks and the marks that turn text around.
const PLAIN: &str = r"^\P{C}+$";

/// What is wrong with a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    english: String,
    chinese: String,
}

impl Reason {
    /// The same in both languages.
    pub fn new(english: impl Into<String>, chinese: impl Into<String>) -> Self {
        Self { english: english.into(), chinese: chinese.into() }
    }

    /// For the operator who wrote the document.
    #[must_use]
    pub fn chinese(&self) -> &str {
        &self.chinese
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.english)
    }
}

/// What a validator says. Its values are left out of the Chinese sentence: the operator has them before the eyes.
pub(crate) fn of(error: &ValidationError<'_>) -> Reason {
    match error.kind() {
        Kind::FalseSchema => {
            Reason::new("another key of the same table says it already", "同一组里另一项已经设置了")
        }
        Kind::Pattern { pattern } if pattern == PLAIN => {
            Reason::new("is empty, or has more in it than plain text in one line", "是空的，或不只是一行文字")
        }
        kind => Reason::new(error.to_string(), chinese(kind)),
    }
}

fn chinese(kind: &Kind) -> String {
    match kind {
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            format!("没有这些配置项：{}", unexpected.join("、"))
        }
        Kind::Required { property } => format!("缺少 {}", plain(property)),
        Kind::Type { kind: TypeKind::Single(one) } => format!("应为{}", of_type(*one)),
        Kind::Enum { options } => {
            let options = options.as_array().map(Vec::as_slice).unwrap_or_default();
            format!("应为其中之一：{}", options.iter().map(plain).collect::<Vec<_>>().join("、"))
        }
        Kind::Constant { expected_value } => format!("应为 {}", plain(expected_value)),
        Kind::Contains => "缺少必须有的一项".to_owned(),
        Kind::Minimum { limit } => format!("不能小于 {limit}"),
        Kind::Maximum { limit } => format!("不能大于 {limit}"),
        Kind::MinLength { limit } => format!("至少 {limit} 个字"),
        Kind::MaxLength { limit } => format!("最多 {limit} 个字"),
        Kind::MinItems { limit } | Kind::MinProperties { limit } => format!("至少要有 {limit} 项"),
        Kind::MaxItems { limit } | Kind::MaxProperties { limit } => format!("最多 {limit} 项"),
        Kind::UniqueItems => "有重复的项".to_owned(),
        Kind::Format { format } if format == "date" => "不是日期，应写成 2026-11-26".to_owned(),
        Kind::Pattern { .. } | Kind::Format { .. } => "写法不对".to_owned(),
        kind => format!("不符合要求（{}）", kind.keyword()),
    }
}

/// A value as a person writes it: a text without its quotes.
fn plain(value: &serde_json::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn of_type(kind: JsonType) -> &'static str {
    match kind {
        JsonType::Array => "列表",
        JsonType::Boolean => " true 或 false",
        JsonType::Integer => "整数",
        JsonType::Null => "空值",
        JsonType::Number => "数",
        JsonType::Object => "一组配置项",
        JsonType::String => "文字",
    }
}
