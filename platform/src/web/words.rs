//! How things are said on the pages: limits, days, sources of papers.

use jiff::{
    Timestamp,
    civil::{Date, Weekday},
    tz,
};
use protocol::{Area, CaseKind, CaseStatus, Limit, LimitUnit, Material, MaterialSource, ServiceItem};

pub(crate) fn area(area: Area) -> (&'static str, &'static str) {
    match area {
        Area::Employment => ("劳动就业", "登记、补贴、创业贷款"),
        Area::SocialInsurance => ("社会保险", "养老、失业、社保卡"),
        Area::Healthcare => ("医疗保险", "参保、异地就医、报销"),
        Area::CivilAffairs => ("民政救助", "低保、高龄、残疾、结婚"),
    }
}

/// The name of a heading in an address.
pub(super) fn slug(area: Area) -> &'static str {
    match area {
        Area::Employment => "employment",
        Area::SocialInsurance => "social-insurance",
        Area::Healthcare => "healthcare",
        Area::CivilAffairs => "civil-affairs",
    }
}

pub(crate) const AREAS: [Area; 4] =
    [Area::Employment, Area::SocialInsurance, Area::Healthcare, Area::CivilAffairs];

pub(crate) fn limit(limit: Limit) -> String {
    match limit.unit {
        LimitUnit::Instant => "当场办结".to_owned(),
        LimitUnit::WorkingDay => format!("{} 个工作日", limit.n),
        LimitUnit::CalendarDay => format!("{} 天（自然日）", limit.n),
    }
}

/// 承诺时限 in a few words for a list.
pub(super) fn promise(item: &ServiceItem) -> String {
    match (item.kind, item.promised.unit) {
        (CaseKind::Instant, _) | (_, LimitUnit::Instant) => "当场办好".to_owned(),
        (CaseKind::Promised, _) => format!("{}内办好", limit(item.promised)),
    }
}

/// What a resident has to do for a material, on the screen at home.
pub(crate) fn material(material: &Material) -> String {
    match material.source {
        MaterialSource::IdCard => "登录时已经核对身份，不用带".to_owned(),
        MaterialSource::DataShare => "由部门联网查，不用带".to_owned(),
        MaterialSource::OnlineForm => "在网页上填写".to_owned(),
        MaterialSource::Counter => match material.within {
            Some(within) => format!("提交后 {}内把原件交到窗口，交齐才受理", limit(within)),
            None => "把原件交到窗口，交齐才受理".to_owned(),
        },
    }
}

/// 11月25日 星期三, with the year where it is not this one.
pub(super) fn day(day: Date, today: Date) -> String {
    let weekday = match day.weekday() {
        Weekday::Monday => "一",
        Weekday::Tuesday => "二",
        Weekday::Wednesday => "三",
        Weekday::Thursday => "四",
        Weekday::Friday => "五",
        Weekday::Saturday => "六",
        Weekday::Sunday => "日",
    };
    let year = if day.year() == today.year() { String::new() } else { format!("{}年", day.year()) };
    format!("{year}{}月{}日 星期{weekday}", day.month(), day.day())
}

/// 2026年11月25日 15:04, in China.
pub(super) fn moment(at: Timestamp) -> String {
    let there = tz::Offset::constant(8).to_datetime(at);
    format!(
        "{}年{}月{}日 {:02}:{:02}",
        there.year(),
        there.month(),
        there.day(),
        there.hour(),
        there.minute()
    )
}

/// What a step of a case is called.
pub(super) fn step(status: CaseStatus) -> &'static str {
    match status {
        CaseStatus::Received => "已收件",
        CaseStatus::Accepted => "已受理",
        CaseStatus::InReview => "审查中",
        CaseStatus::CorrectionRequired => "需要补正材料",
        CaseStatus::NotAccepted => "不予受理",
        CaseStatus::Decided => "已作出决定",
        CaseStatus::Completed => "已办结",
        CaseStatus::Withdrawn => "已撤回",
    }
}

/// A case number in groups of four, so that it can be copied from the screen.
pub(super) fn grouped(number: &str) -> String {
    let letters: Vec<char> = number.chars().collect();
    letters.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_said_as_people_say_them() {
        let today: Date = "2026-11-25".parse().unwrap();
        assert_eq!(day(today, today), "11月25日 星期三");
        assert_eq!(day("2027-01-03".parse().unwrap(), today), "2027年1月3日 星期日");
        assert_eq!(moment("2026-11-25T16:04:59Z".parse().unwrap()), "2026年11月26日 00:04");
        assert_eq!(grouped("11519999MB"), "1151 9999 MB");
    }
}
