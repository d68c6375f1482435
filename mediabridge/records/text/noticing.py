"""What is said about the text of a record that was accepted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Final

from mediabridge.kinds import Kind
from mediabridge.records.encoding import Encoding
from mediabridge.records.fields import FIELDS
from mediabridge.records.names.characters import not_seiji
from mediabridge.records.notices import Notice, RecordNotice
from mediabridge.records.reasons import Reason
from mediabridge.records.text.classes import NOTICED, class_of
from mediabridge.records.text.meant import in_japanese, written
from mediabridge.records.values import Operation

_found: Final = NOTICED.search
_LEAD_BYTES: Final = (*range(0x81, 0xA0), *range(0xE0, 0xFD))
_TRAIL_BYTES: Final = (*range(0x40, 0x7F), *range(0x80, 0xFD))


class Noticing:
    """Looks at the accepted records of one file, each once."""

    def __init__(self, kind: Kind, seiji: frozenset[str], declared: Encoding | None = None) -> None:
        """Look at records of *kind* from a file whose sender *declared* an encoding or none.

        *seiji* are the 正字 by the table in use where the file is read.
        """
        fields = FIELDS[kind].values()
        self._free = [one.identifier for one in fields if one.form is Reason.CHARACTER_NOT_ALLOWED]
        # The city's own names are refused with such a kanji.
        self._seiji = seiji if kind.facts.sender == "lgwan" else None
        self._only_corrections = "operation_hint" in FIELDS[kind]
        self._differing = differing() if declared is Encoding.SHIFT_JIS_2004 else {}

    def of(self, values: Mapping[str, str], row: int) -> Sequence[RecordNotice]:
        """Return what there is to say about the text *values* of record *row*."""
        # Runs for every record of a snapshot, and nearly always ends with these lines.
        for name in self._free:
            if name in values and _found(values[name]) is not None:
                break
        else:
            kanji = values.get("name_kanji")
            if not self._differing and (kanji is None or self._stands(kanji)):
                return ()
        return list(self._all(values, row))

    def _stands(self, kanji: str) -> bool:
        return self._seiji is None or self._seiji.issuperset(kanji)

    def _all(self, values: Mapping[str, str], row: int) -> Iterator[RecordNotice]:
        for name in self._free:
            if name in values:
                yield from _of_text(name, values[name], row)
        yield from self._of_kanji(values, row)
        yield from self._of_encoding(values, row)

    def _of_kanji(self, values: Mapping[str, str], row: int) -> Iterator[RecordNotice]:
        # Of notices only a correction writes a name anywhere.
        corrects = values.get("operation_hint") == Operation.CORRECTION
        if self._seiji is None or (self._only_corrections and not corrects):
            return
        for position, one in not_seiji(values.get("name_kanji", ""), self._seiji):
            facts = _facts(position, one, "")
            yield RecordNotice(row, "name_kanji", Notice.KANJI_NOT_SEIJI, facts)
            return

    def _of_encoding(self, values: Mapping[str, str], row: int) -> Iterator[RecordNotice]:
        for name, text in values.items():
            for position, one in enumerate(text, start=1):
                if one in self._differing:
                    facts = _facts(position, one, self._differing[one])
                    yield RecordNotice(row, name, Notice.CP932_DIFFERS, facts)
                    break


def _of_text(name: str, text: str, row: int) -> Iterator[RecordNotice]:
    """Yield the first place of every class of characters that *text* holds."""
    if text[0] in " \u3000" or text[-1] in " \u3000":
        yield RecordNotice(row, name, Notice.SPACE_AT_EDGE)
    said = set()
    for position, one in enumerate(text):
        found = class_of(one)
        if found is None or found in said or not isinstance(found.verdict, Notice):
            continue
        said.add(found)
        meant = in_japanese(one, text[position - 1 : position])
        notice = found.verdict
        if notice is Notice.NOT_A_KANJI and meant:
            notice = Notice.LOOKS_LIKE_KANJI
        yield RecordNotice(row, name, notice, _facts(position + 1, one, meant))


def _facts(position: int, character: str, meant: str) -> dict[str, str | int]:
    return {"position": position, "character": written(character), "meant": written(meant)}


@cache
def differing() -> Mapping[str, str]:
    """Return, by character, what CP932 makes of the bytes that mean it in Shift_JIS-2004.

    Bytes that mean nothing in one of the two are left out: there is no choice.
    """
    codes = [bytes([lead, trail]) for lead in _LEAD_BYTES for trail in _TRAIL_BYTES]
    codes += [bytes([one]) for one in range(0x80)]
    pairs = ((_decoded(code, "shift_jis_2004"), _decoded(code, "cp932")) for code in codes)
    return {one: other for one, other in pairs if one and other and one != other}


def _decoded(code: bytes, encoding: str) -> str:
    try:
        text = code.decode(encoding)
    except UnicodeDecodeError:
        return ""
    return text if len(text) == 1 else ""
