#!/usr/bin/env bash
# Guess: the terminal emulator pyte puts a character of no width into the cell before it, or leaves
#        it out, and goes on with the next one; wcwidth, which it asks for widths, counts the
#        selector as 0, and the name as twice its kanji.
# Seen: pyte 0.8.2 leaves out the selector and all that follows it in the same piece of output. A
#       name of four kanji whose second one has a variation stands there as its first two. A mark
#       that combines (U+3099) with a character of two columns is not shown, but what follows it is.
#       Fed one character at a time, nothing but the selector is missing.
set -euo pipefail

packages=(pyte==0.8.2 wcwidth==0.2.13)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check "${packages[@]}"
echo "${packages[@]}"
"$work/venv/bin/python" - <<'PYTHON'
import pyte
import wcwidth


def shown(*pieces: str) -> str:
    screen = pyte.Screen(40, 1)
    stream = pyte.Stream(screen)
    for piece in pieces:
        stream.feed(piece)
    return screen.display[0].rstrip()


selected = "\u6e21\u8fba\U000e0100\u4e00\u90ce"
standard = "\u795e\ufe00\u6238"
combined = "\u304b\u3099\u304d"
for name in (selected, standard, combined):
    print(ascii(name), wcwidth.wcswidth(name), "columns, shown:", ascii(shown(name)))
print("one by one:", ascii(shown(*selected)))
assert wcwidth.wcswidth(selected) == 8
assert shown(selected) == "\u6e21\u8fba"
assert shown(standard) == "\u795e"
assert shown(combined) == "\u304b\u304d"
assert shown(*selected) == "\u6e21\u8fba\u4e00\u90ce"
PYTHON
