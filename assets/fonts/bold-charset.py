"""Prints the code points of NotoSansCJKsc-Bold.otf, one U+XXXX a line.

8,105 characters of 通用规范汉字表 (Unihan kTGH) and the characters of Big5 for the 繁體 texts, with Latin,
punctuation, symbols and full-width forms of GB 2312. No kana, no hangul: no text of ours is set in them.
"""
import bz2
import re

LINE = re.compile(r"U\+([0-9A-F]+)\tkTGH\t")
with bz2.open("/usr/share/unicode/Unihan_OtherMappings.txt.bz2", "rt") as unihan:
    table = {int(m.group(1), 16) for line in unihan if (m := LINE.match(line))}
assert len(table) == 8105, len(table)


def decodable(encoding, leads, trails):
    for lead in leads:
        for trail in trails:
            try:
                yield from map(ord, bytes([lead, trail]).decode(encoding))
            except UnicodeDecodeError:
                pass


symbols = set(decodable("gb2312", [0xA1, 0xA2, 0xA3, 0xA6, 0xA8, 0xA9], range(0xA1, 0xFF)))
big5 = set(decodable("big5", range(0xA1, 0xFA), [*range(0x40, 0x7F), *range(0xA1, 0xFF)]))
latin = {*range(0x20, 0x7F), *range(0xA0, 0x180), *range(0x2010, 0x2028), *range(0x2030, 0x205F)}
others = {*range(0x2190, 0x219A), *range(0x2460, 0x2474), *range(0x25A0, 0x25D0), 0x2605, 0x2606, 0x2713, 0x2714, 0x2717}
chosen = table | symbols | big5 | latin | others
unused = {*range(0x3041, 0x3100), *range(0x31F0, 0x3200), *range(0xFF66, 0xFFA0), *range(0xE000, 0xF900)}
for point in sorted(chosen - unused):
    print(f"U+{point:04X}")
