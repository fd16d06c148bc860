"""Writes the cascade of OpenCV's `opencv-data` package as the table that the camera driver reads.

    python3 make.py /usr/share/opencv4/lbpcascades/lbpcascade_frontalface.xml > frontal.tsv
"""

import sys
import xml.etree.ElementTree as ElementTree

cascade = ElementTree.parse(sys.argv[1]).getroot().find("cascade")
places = [rect.findtext("rect").split() for rect in cascade.find("features")]
for stage in cascade.find("stages"):
    print("stage", float(stage.findtext("stageThreshold")), sep="\t")
    for weak in stage.find("weakClassifiers"):
        # Left, right, number of the feature, then 256 bits: one for each pattern.
        _, _, feature, *words = map(int, weak.findtext("internalNodes").split())
        bits = "".join(f"{word & 0xFFFFFFFF:08x}" for word in words)
        held, other = map(float, weak.findtext("leafValues").split())
        print("pattern", *places[feature], bits, held, other, sep="\t")
