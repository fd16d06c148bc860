//! SPDX licence expressions, and the older way of writing `MIT/Apache-2.0`.

/// Whether a licensee may choose so that every licence is `allowed`; `None` when the expression is not understood.
pub(crate) fn satisfied(text: &str, allowed: &dyn Fn(&str, Option<&str>) -> bool) -> Option<bool> {
    let spaced = text.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let mut parser = Parser { words: spaced.split_whitespace().collect(), at: 0, allowed };
    let answer = parser.any()?;
    (parser.at == parser.words.len()).then_some(answer)
}

struct Parser<'a> {
    words: Vec<&'a str>,
    at: usize,
    allowed: &'a dyn Fn(&str, Option<&str>) -> bool,
}

impl<'a> Parser<'a> {
    fn any(&mut self) -> Option<bool> {
        let mut answer = self.all()?;
        while self.take("OR") {
            answer |= self.all()?;
        }
        Some(answer)
    }

    fn all(&mut self) -> Option<bool> {
        let mut answer = self.one()?;
        while self.take("AND") {
            answer &= self.one()?;
        }
        Some(answer)
    }

    fn one(&mut self) -> Option<bool> {
        if self.take("(") {
            let answer = self.any()?;
            return self.take(")").then_some(answer);
        }
        let licence = self.name()?;
        let exception = if self.take("WITH") { Some(self.name()?) } else { None };
        Some((self.allowed)(licence, exception))
    }

    fn name(&mut self) -> Option<&'a str> {
        let word = self.words.get(self.at).copied()?;
        self.at += 1;
        (!["OR", "AND", "WITH", "(", ")"].contains(&word)).then_some(word)
    }

    fn take(&mut self, wanted: &str) -> bool {
        let found = self.words.get(self.at) == Some(&wanted);
        self.at += usize::from(found);
        found
    }
}

#[cfg(test)]
mod tests {
    use super::satisfied;

    fn with_good(text: &str) -> Option<bool> {
        satisfied(text, &|licence, exception| {
            licence == "good" && exception.is_none_or(|name| name == "fine")
        })
    }

    #[test]
    fn and_binds_tighter_than_or() {
        for yes in
            ["good", "bad OR good", "good OR bad AND bad", "(bad OR good) AND good", "bad/good", "bad / good"]
        {
            assert_eq!(with_good(yes), Some(true), "{yes}");
        }
        for no in ["bad", "good AND bad", "(good OR bad) AND bad", "bad AND good OR bad", "good WITH other"] {
            assert_eq!(with_good(no), Some(false), "{no}");
        }
        assert_eq!(with_good("good WITH fine AND good"), Some(true));
    }

    #[test]
    fn nonsense_is_not_understood() {
        for nonsense in ["", "good good", "good OR", "AND good", "(good", "good)", "good WITH", "()"] {
            assert_eq!(with_good(nonsense), None, "{nonsense:?}");
        }
    }
}
