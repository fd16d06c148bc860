"""python-escpos builds and rasters the receipt that comes as JSON on standard input, and says how many milliseconds each
time took.

Usage: layout.py REGULAR-FONT BOLD-FONT REPEATS
"""

import contextlib
import io
import json
import sys
import time

from escpos.printer import Dummy
from PIL import Image, ImageDraw, ImageFont

DOTS = 576
regular, bold, repeats = sys.argv[1:]
lines = json.load(sys.stdin)
# Loaded once, as our own are.
fonts = {(size, heavy): ImageFont.truetype(bold if heavy else regular, size) for size, heavy, _ in lines["texts"]}


def build():
    printer = Dummy()
    height = sum(size * 3 // 2 for size, _, _ in lines["texts"])
    paper = Image.new("1", (DOTS, height), 1)
    pen = ImageDraw.Draw(paper)
    y = 0
    for size, heavy, text in lines["texts"]:
        pen.text((0, y), text, font=fonts[(size, heavy)], fill=0)
        y += size * 3 // 2
    printer.image(paper, impl="bitImageRaster")
    printer.qr(lines["code"], size=6, native=False, impl="bitImageRaster")
    printer.cut()
    return len(printer.output)


took = []
# What it prints about its profile is no part of the work, and no part of the answer.
with contextlib.redirect_stdout(io.StringIO()):
    build()
    for _ in range(int(repeats)):
        start = time.perf_counter()
        build()
        took.append((time.perf_counter() - start) * 1000)
print(json.dumps(took))
