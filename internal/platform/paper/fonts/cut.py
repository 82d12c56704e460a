#!/usr/bin/env python3
"""Cuts the printed face out of Noto Serif SC; see README.md for when and how.

The characters kept are what Chinese registers and documents are written in:
every Han character of GBK, every one of the Table of General Standard Chinese
Characters (通用规范汉字表, 8,105 of them, 265 of which lie outside GBK), and the
letters, digits and signs around them. Layout and hinting tables are left out,
since a page is set character by character.
"""
import sys

from fontTools import subset

RANGES = """20-7E A0-24F 370-3FF 400-45F 2010-205E 2070-22FF 2460-27BF 3000-30FF
3105-312F 3200-33FF 4E00-9FFF FE30-FE4F FF01-FFEF 20000-323AF"""
# The table's characters in CJK Extension A; those further up are all kept.
EXTENSION_A = "㑇㑊㕮㘎㙍㙘㙦㛃㛚㛹㟃㠇㠓㥄㧑㫰㬊㬎㬚㭎㭕㮾㰀㳇㳘㳚㴔㵐㶲㸆㸌㺄㻬㽏㿠䁖䂮䃅䃎䅟䌹䎃䎖䏝䏡䏲䐃䓖䓛䓨䓫䓬䗖䗛䗪䗴䜣䝙䢺䢼䣘䥽䦃䲟䲠䲢䴓䴔䴕䴖䴗䴘䴙䶮"


def main(source: str, target: str) -> None:
    wanted = {ord(c) for c in EXTENSION_A}
    for part in RANGES.split():
        first, last = (int(end, 16) for end in part.split("-"))
        wanted.update(range(first, last + 1))

    options = subset.Options(hinting=False, layout_features=[], notdef_outline=True,
                             name_IDs=["*"], recalc_timestamp=False, glyph_names=False)
    options.drop_tables += ["GSUB", "GPOS", "GDEF", "BASE", "STAT", "vhea", "vmtx", "gasp", "prep"]
    font = subset.load_font(source, options)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=wanted)
    cutter.subset(font)
    font.save(target)


main(*sys.argv[1:])
