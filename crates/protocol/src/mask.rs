//! How personal data look on a screen or a slip that others may see.

/// 张三 → 张*; 欧阳建国 → 欧***; a name in Latin letters keeps its first letter.
#[must_use]
pub fn name(name: &str) -> String {
    let mut letters = name.trim().chars();
    letters.next().map_or_else(String::new, |first| {
        let hidden = letters.count().clamp(1, 3);
        format!("{first}{}", "*".repeat(hidden))
    })
}

/// 519999195201010013 → 519999********0013: the birthday is what must not show. Other numbers keep their last four.
#[must_use]
pub fn id_number(number: &str) -> String {
    let letters: Vec<char> = number.trim().chars().collect();
    let kept_in_front = if letters.len() == 18 { 6 } else { 0 };
    masked(&letters, kept_in_front, 4)
}

/// 13912345678 → 139****5678.
#[must_use]
pub fn phone(number: &str) -> String {
    let letters: Vec<char> = number.trim().chars().collect();
    masked(&letters, if letters.len() == 11 { 3 } else { 0 }, 4)
}

fn masked(letters: &[char], front: usize, back: usize) -> String {
    let hidden = letters.len().saturating_sub(front + back);
    if hidden == 0 {
        return "*".repeat(letters.len());
    }
    let shown = |(place, letter): (usize, &char)| {
        if place < front || place >= front + hidden { *letter } else { '*' }
    };
    letters.iter().enumerate().map(shown).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_is_hidden() {
        for (given, shown) in
            [("张三", "张*"), ("欧阳建国", "欧***"), ("李", "李*"), ("", ""), ("𠮷野家", "𠮷**")]
        {
            assert_eq!(super::name(given), shown);
        }
        assert_eq!(super::name("努尔艾力·示例买买提"), "努***");
        assert_eq!(super::id_number("519999195201010013"), "519999********0013");
        assert_eq!(super::id_number("PAK310080010100"), "***********0100");
        assert_eq!(super::id_number("12"), "**");
        assert_eq!(super::phone("13900005678"), "139****5678");
    }
}
