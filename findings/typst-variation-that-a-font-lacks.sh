#!/usr/bin/env bash
# Guess: with PDF/A, typst stops when a font lacks what is to be drawn; and where several fonts are
#        named, the first that has the variation of a kanji draws it. IPAmj Mincho, made for the
#        names of registers, has every variation that the other Japanese fonts have.
# Seen: typst 0.15.2 stops for a character that is missing. Of a variation that is missing
#       (U+845B U+E0100 in IPAmj Mincho 005.01) it draws the plain shape, without an error or a
#       warning, though the next font named has it; the text layer of the PDF/A-2u says all the same
#       that the variation is there. Of this kanji IPAmj Mincho has U+E0102 to U+E0108, BIZ UD Gothic
#       1.05 has U+E0100 and U+E0101, and neither has one of the other's.
set -euo pipefail

packages=(typst==0.15.2 fonttools==4.68.0 pypdf==7.1.1)
fonts=(fonts-ipamj-mincho=005.01-2.1 fonts-morisawa-bizud-gothic=1.05-2)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check "${packages[@]}"
(cd "$work" && apt-get download --quiet "${fonts[@]}" >/dev/null 2>&1 && for each in *.deb; do dpkg -x "$each" fonts; done)
echo "${packages[*]}" "$work"/*.deb | sed "s:$work/::g"
"$work/venv/bin/python" - "$work/fonts" <<'PYTHON'
import io
import sys
from pathlib import Path

import typst
from fontTools.ttLib import TTFont
from pypdf import PdfReader

FONTS = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[sys.argv[1]])
PLAIN, OLD, NEW = "\u845b", "\u845b\U000e0100", "\u845b\U000e0102"


def made(text, *families, **how):
    names = ", ".join(f'"{each}"' for each in families)
    source = f"#set page(width: 3cm, height: 3cm)\n#set text(font: ({names},), fallback: false)\n{text}"
    return typst.compile_with_warnings(source.encode(), font_paths=FONTS, timestamp=0, **how)


def variations(name):
    (path,) = Path(sys.argv[1]).rglob(name)
    (table,) = (each for each in TTFont(path)["cmap"].tables if each.format == 14)
    return {hex(selector) for selector, pairs in table.uvsDict.items() if 0x845B in dict(pairs)}


ipamj, bizud = variations("ipamjm.ttf"), variations("BIZUDGothic-Regular.ttf")
print("variations of U+845B: IPAmj Mincho", sorted(ipamj), "BIZ UD Gothic", sorted(bizud))
assert ipamj and bizud and not ipamj & bizud

try:
    made("\U0001f41f", "IPAmjMincho", "BIZ UDGothic", pdf_standards="a-2u")
    raise SystemExit("a character that is missing is taken")
except typst.TypstError as error:
    print("a character that is missing:", error.message)

pdf, warnings = made(OLD, "IPAmjMincho", "BIZ UDGothic", pdf_standards="a-2u")
said = PdfReader(io.BytesIO(pdf)).pages[0].extract_text()
print("a variation that is missing: warnings", warnings, "text layer", ascii(said))
assert not warnings and OLD in said
drawn = {text: made(text, "IPAmjMincho", "BIZ UDGothic", format="png")[0] for text in (PLAIN, OLD, NEW)}
print("drawn as the plain kanji:", {ascii(text): page == drawn[PLAIN] for text, page in drawn.items()})
assert drawn[OLD] == drawn[PLAIN] != drawn[NEW]
PYTHON
