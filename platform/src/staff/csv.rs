//! CSV (RFC 4180) for a spreadsheet: its mark says that it is UTF-8, no cell is a formula, and no block of rows is
//! without its watermark.

/// Rows between one watermark and the next: about a printed page.
const BLOCK: usize = 40;

/// A sheet with its headings.
pub(super) struct Sheet<'a> {
    /// Who, when, what for, and under which number.
    pub(super) watermark: String,
    /// The number of the export: it stands in each row, so that a row that was cut out tells where it is from.
    pub(super) number: &'a str,
    pub(super) headings: &'a [&'a str],
    pub(super) rows: &'a [Vec<String>],
}

impl Sheet<'_> {
    /// The file.
    pub(super) fn text(&self) -> String {
        let width = self.headings.len() + 1;
        let mut lines = Vec::with_capacity(self.rows.len() + self.rows.len() / BLOCK + 3);
        let mark = |lines: &mut Vec<String>| lines.push(line(&[&self.watermark], width));
        mark(&mut lines);
        let headings: Vec<&str> = self.headings.iter().copied().chain(["导出编号"]).collect();
        lines.push(line(&headings, width));
        for (place, row) in self.rows.iter().enumerate() {
            if place > 0 && place % BLOCK == 0 {
                mark(&mut lines);
            }
            let row: Vec<&str> = row.iter().map(String::as_str).chain([self.number]).collect();
            lines.push(line(&row, width));
        }
        mark(&mut lines);
        format!("\u{feff}{}", lines.concat())
    }
}

/// A line of `width` cells.
fn line(cells: &[&str], width: usize) -> String {
    let cells = cells.iter().copied().chain(std::iter::repeat("")).take(width);
    format!("{}\r\n", cells.map(cell).collect::<Vec<_>>().join(","))
}

/// A cell in quotes. What a spreadsheet would run begins with an apostrophe instead, which makes it words.
fn cell(text: &str) -> String {
    let plain: String = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    let runs = plain.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']);
    format!("\"{}{}\"", if runs { "'" } else { "" }, plain.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula_and_none_breaks_out() {
        for (given, written) in [
            ("示例", "\"示例\""),
            ("=1+1", "\"'=1+1\""),
            ("  =1+1", "\"'  =1+1\""),
            ("\t=1+1", "\"' =1+1\""),
            ("+86", "\"'+86\""),
            ("-1", "\"'-1\""),
            ("@SUM(A1)", "\"'@SUM(A1)\""),
            ("＝1", "\"'＝1\""),
            ("a\"b", "\"a\"\"b\""),
            ("a\r\n=1", "\"a  =1\""),
            ("\",=1,\"", "\"\"\",=1,\"\"\""),
            ("", "\"\""),
        ] {
            assert_eq!(cell(given), written, "{given:?}");
        }
    }

    #[test]
    fn every_block_of_rows_stands_between_two_watermarks() {
        for count in [0, 1, BLOCK, BLOCK + 1, 3 * BLOCK] {
            let rows: Vec<Vec<String>> = (0..count).map(|row| vec![row.to_string()]).collect();
            let sheet = Sheet { watermark: "水印".into(), number: "N", headings: &["行"], rows: &rows };
            let text = sheet.text();
            assert!(text.starts_with("\u{feff}\"水印\",\"\"\r\n\"行\",\"导出编号\"\r\n"), "{text}");
            assert!(text.ends_with("\"水印\",\"\"\r\n"), "{text}");
            let blocks: Vec<usize> = text
                .split("\"水印\",\"\"\r\n")
                .map(|block| block.lines().filter(|line| line.ends_with("\"N\"")).count())
                .collect();
            assert_eq!(blocks.iter().sum::<usize>(), count);
            assert!(blocks.iter().all(|rows| *rows <= BLOCK), "{blocks:?}");
        }
    }
}
