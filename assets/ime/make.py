#!/usr/bin/env python3
"""Writes characters.tsv and words.tsv anew: python3 make.py UNICODE RIME, the folders of the Debian packages in README.md."""

import bz2
import collections
import pathlib
import re
import sys
import unicodedata

# 通用规范汉字表: the first 3,500 are for everyday, the next 3,000 for print, the rest for names, places and science.
LEVELS = (3500, 6500, 8105)

# Stands in the stroke table for 199 characters of which none is written so.
FILLER = "szhhhshspnhszs"


def unihan(folder, wanted):
    found = collections.defaultdict(dict)
    for path in sorted(folder.glob("Unihan_*.txt.bz2")):
        for line in bz2.open(path, "rt", encoding="utf-8"):
            if not line.startswith("#") and line.strip():
                code, key, value = line.rstrip("\n").split("\t")
                if key in wanted:
                    found[chr(int(code[2:], 16))][key] = value
    return found


def plain(reading):
    """lǜ is typed as lv: no tone, and v for ü."""
    letters = unicodedata.normalize("NFD", reading.replace("ü", "v").replace("Ü", "v"))
    letters = letters.replace("u\u0308", "v").replace("e\u0302", "e")
    kept = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return re.sub("^([ln])ue$", r"\1ve", unicodedata.normalize("NFC", kept))


def readings(entry):
    raw = entry.get("kMandarin", "").split()
    for source in entry.get("kTGHZ2013", "").split():
        raw += source.split(":")[1].split(",")
    for source in entry.get("kHanyuPinlu", "").split():
        raw.append(source.split("(")[0])
    return [reading for reading in dict.fromkeys(map(plain, raw)) if re.fullmatch("[a-z]+", reading)]


def rime(path):
    body = path.read_text(encoding="utf-8").split("\n...\n", 1)[1]
    for line in body.splitlines():
        parts = line.split("\t")
        if len(parts) >= 2 and not line.startswith("#"):
            yield parts[0], parts[1], int(parts[2]) if len(parts) > 2 and parts[2].isdigit() else 0


def main():
    unicode, rime_data = map(pathlib.Path, sys.argv[1:3])
    here = pathlib.Path(__file__).parent
    table = unihan(unicode, {"kMandarin", "kTGH", "kTGHZ2013", "kHanyuPinlu", "kTotalStrokes"})
    chosen = {
        character: entry
        for character, entry in table.items()
        if "kTGH" in entry or ("kMandarin" in entry and 0x3400 <= ord(character) <= 0x9FFF)
    }
    weights = collections.defaultdict(dict)
    words = {}
    for text, pinyin, weight in rime(rime_data / "pinyin_simp.dict.yaml"):
        syllables = [plain(syllable) for syllable in pinyin.split()]
        if len(text) == 1:
            weights[text][syllables[0]] = max(weight, weights[text].get(syllables[0], 0))
        elif len(text) == len(syllables):
            words[text, " ".join(syllables)] = weight
    strokes = collections.defaultdict(list)
    for text, order, _ in rime(rime_data / "stroke.dict.yaml"):
        if text in chosen and order != FILLER and order not in strokes[text]:
            strokes[text].append(order)

    with open(here / "characters.tsv", "w", encoding="utf-8") as out:
        for character in sorted(chosen):
            entry = chosen[character]
            number = int(entry["kTGH"].split(":")[1]) if "kTGH" in entry else None
            level = 4 if number is None else 1 + sum(number > limit for limit in LEVELS)
            spoken = dict.fromkeys(readings(entry), 0) | weights[character]
            spoken = sorted(spoken.items(), key=lambda pair: (-pair[1], pair[0]))
            spoken = " ".join(f"{reading}:{weight}" for reading, weight in spoken)
            count = entry["kTotalStrokes"].split()[0]
            print(character, level, count, spoken, " ".join(strokes[character]), sep="\t", file=out)
    with open(here / "words.tsv", "w", encoding="utf-8") as out:
        for (text, pinyin), weight in sorted(words.items(), key=lambda pair: (pair[0][1].split(), -pair[1], pair[0])):
            print(text, pinyin, weight, sep="\t", file=out)


main()
