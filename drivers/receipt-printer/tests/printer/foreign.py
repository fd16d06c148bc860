"""A host that is not ours: python-escpos asks a network printer how it is, and prints a code and cuts.

Usage: foreign.py ADDRESS PORT [TEXT]. Says `online` and `paper` as it understands the answers.
"""

import contextlib
import sys

from escpos.printer import Network

address, port, *text = sys.argv[1:]
printer = Network(address, port=int(port), timeout=20)
printer.open()
print("online" if printer.is_online() else "offline", printer.paper_status())
if text:
    # It prints what it misses in its profile, among other things.
    with contextlib.redirect_stdout(sys.stderr):
        printer.qr(text[0], size=8, native=False, impl="bitImageRaster")
    printer.cut()
printer.close()
