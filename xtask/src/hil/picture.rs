//! What a screen shows, as QEMU writes it: a binary PPM.

/// Three bytes a pixel.
#[derive(Debug)]
pub(crate) struct Picture {
    pub(crate) width: usize,
    pub(crate) height: usize,
    rgb: Vec<u8>,
}

/// A pixel that is so much brighter or darker shows something else.
const OTHER: u8 = 24;

impl Picture {
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        let mut fields = bytes.splitn(4, |byte| *byte == b'\n' || *byte == b' ');
        let (magic, width, height, rest) = (fields.next()?, fields.next()?, fields.next()?, fields.next()?);
        let number = |field: &[u8]| std::str::from_utf8(field).ok()?.parse::<usize>().ok();
        let (width, height) = (number(width)?, number(height)?);
        let rgb = rest.strip_prefix(b"255\n")?.to_vec();
        (magic == b"P6" && rgb.len() == width.checked_mul(height)?.checked_mul(3)?).then_some(Self {
            width,
            height,
            rgb,
        })
    }

    /// How many thousandths of it look otherwise in `other`; all of them where it has another size.
    pub(crate) fn differs(&self, other: &Self) -> usize {
        if (self.width, self.height) != (other.width, other.height) {
            return 1000;
        }
        let pairs = self.rgb.iter().zip(&other.rgb);
        let changed = pairs.filter(|(one, two)| one.abs_diff(**two) > OTHER).count();
        changed * 1000 / self.rgb.len().max(1)
    }

    /// Whether there is anything on it: a line of writing is.
    pub(crate) fn is_blank(&self) -> bool {
        let first = self.rgb.first().copied().unwrap_or_default();
        self.rgb.iter().filter(|byte| byte.abs_diff(first) > OTHER).count() * 200 < self.rgb.len()
    }
}

#[cfg(test)]
mod tests {
    use super::Picture;

    fn picture(shades: &[u8]) -> Picture {
        let mut bytes = format!("P6\n{} 1\n255\n", shades.len()).into_bytes();
        bytes.extend(shades.iter().flat_map(|shade| [*shade; 3]));
        Picture::read(&bytes).unwrap()
    }

    #[test]
    fn what_changed_is_counted() {
        assert_eq!(picture(&[0, 0, 0, 0]).differs(&picture(&[0, 200, 10, 0])), 250);
        assert_eq!(picture(&[0]).differs(&picture(&[0, 0])), 1000, "another size is another picture");
        assert!(picture(&[9; 400]).is_blank() && !picture(&[9, 9, 9, 250]).is_blank());
    }

    #[test]
    fn what_is_no_picture_is_none() {
        for bytes in [&b""[..], b"P6\n2 1\n255\nabc", b"P5\n1 1\n255\nabc", b"P6\n9 x\n255\n"] {
            assert!(Picture::read(bytes).is_none());
        }
    }
}
