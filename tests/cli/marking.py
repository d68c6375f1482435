"""People of whom every field bears a mark, and the search for these marks.

A mark is a text that stands nowhere else: whoever finds one outside a record has found what was
said of a person. It is looked for in every spelling in which a program could have left it.
"""

from __future__ import annotations

import json
import re
import zlib
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

from attacks.records import csv_of, isa_notice, municipal_notice, population
from attacks.records import entry as population_entry

from mediabridge.kinds import Kind

_CODECS = ("utf-8", "utf-16-le", "utf-16-be", "cp932", "euc_jp")
_ERA = 1925
"""The year before the first of Showa."""


def marked(person: int) -> dict[str, str]:
    """Return what is said of *person*, 0 to 8, by field: nothing of it is said of another one."""
    letter = "ABCDEFGHI"[person]
    return {
        "card_number": f"ZQ3141592{person}XV",
        "name_roman": f"QVARKM{letter}L {letter}ZYMURGH",
        "name_kanji": f"龠黎{'甲乙丙丁戊己庚辛壬'[person]}鼎",
        "birth_date": f"193{person}-03-29",
        "period_of_stay_expiration_date": f"2028-09-{11 + person}",
        "address": f"鑿町龠原{person}丁目印番地",
        "previous_address": f"鼎町鑿野{person}丁目元番地",
        "next_address": f"黎町鼎沢{person}丁目先番地",
        "remarks": f"印鑿備考龠{person}号",
    }


def _some(person: int, *names: str) -> dict[str, str]:
    return {name: marked(person)[name] for name in names}


WHO = ("card_number", "name_roman", "name_kanji", "birth_date")
STAY = "period_of_stay_expiration_date"
_STAYS = {"period_years": "3"}
MOVES = ("address", "previous_address", "next_address", "remarks")


def register(people: Iterable[int]) -> list[dict[str, str | None]]:
    """Return the *people* as a register has them."""
    (plain,) = population(1)
    return [{**plain, **_STAYS, **_some(each, *WHO, "address")} for each in people]


def notices(numbered: Mapping[int, int], **changed: str) -> bytes:
    """Return the agency's notices, one of each number about a person."""
    rows = [
        isa_notice(number, 1) | _some(person, *WHO, STAY, "remarks") | changed
        for number, person in numbered.items()
    ]
    return csv_of(Kind.ISA_NOTICE, rows)


def moves(numbered: Mapping[int, int]) -> bytes:
    """Return the city's notices, one of each number about a person."""
    rows = [
        municipal_notice(number, 1) | _some(person, *WHO, *MOVES)
        for number, person in numbered.items()
    ]
    return csv_of(Kind.MUNICIPAL_NOTICE, rows)


def extract(people: Sequence[int], **changed: str) -> bytes:
    """Return a full population of *people*; *changed* of the first of them."""
    rows = [
        population_entry(
            number, total=len(people), **_STAYS, **_some(person, *WHO, STAY, "address")
        )
        for number, person in enumerate(people, 1)
    ]
    rows[0] |= changed
    return csv_of(Kind.ISA_POPULATION, rows)


def broken(content: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield *content* with something wrong in it, by what is; the rest of it stays marked."""
    head, first, *rest = content.splitlines(keepends=True)
    yield "field", content.replace(marked(0)["card_number"].encode(), b"ZQ3141592*XV")
    for name, wrong in (("birth_date", b"@"), ("name_roman", b"9"), ("name_kanji", b"!")):
        value = marked(0)[name].encode()
        yield name, content.replace(value, value + wrong)
    yield "columns", head + first.rstrip(b"\r\n") + b",more\r\n" + b"".join(rest)
    yield "cut", content[: -len(content) // 3]
    yield "twice", content + first
    yield "encoding", content.replace("龠".encode(), b"\xff\xfe")
    yield "header", first + head
    yield "quote", content.replace(b"QVARKM", b'"QVARKM')


# --- the search ---------------------------------------------------------------------------


def _dates(date: str) -> Iterator[str]:
    year, month, day = date.split("-")
    yield from (date, date.replace("-", "/"), date.replace("-", ""))
    yield f"{year}年{int(month)}月{int(day)}日"
    yield f"昭和{int(year) - _ERA}年{int(month)}月{int(day)}日"


def _texts(value: str) -> Iterator[str]:
    if value[:2].isdigit() and value[4] == "-":
        yield from _dates(value)
        return
    yield from (value, value.lower(), json.dumps(value).strip('"'))
    # A name may be cut at its space, and a text at its half.
    yield from (part for part in value.split(" ") if len(part) > 4)


def _bytes(text: str) -> Iterator[bytes]:
    for codec in _CODECS:
        try:
            yield text.encode(codec)
        except UnicodeEncodeError:
            continue
    plain = text.encode("utf-8")
    yield from (plain.hex().encode(), plain.hex().upper().encode())
    # Whatever stands before and behind it, the signs that are of it alone are in one of three.
    for by in range(3):
        yield b64encode(bytes(by) + plain)[-(-by * 8 // 6) : (by + len(plain)) * 8 // 6]


def spellings(people: Iterable[int]) -> dict[bytes, str]:
    """Return every spelling of every mark of *people*, with the field that it is of."""
    return {
        spelt: f"{name} of {person}"
        for person in people
        for name, value in marked(person).items()
        for text in _texts(value)
        for spelt in _bytes(text)
    }


def found(marks: Mapping[bytes, str], place: bytes) -> set[str]:
    """Return of which fields there is a mark in *place*."""
    return {name for spelt, name in marks.items() if spelt in place}


def _unpacked(content: bytes) -> Iterator[bytes]:
    """Yield *content*, and what is in it where it is a workbook or a document with streams."""
    yield content
    if content.startswith(b"PK"):
        with ZipFile(BytesIO(content)) as archive:
            yield from map(archive.read, archive.namelist())
    if content.startswith(b"%PDF"):
        for stream in re.findall(rb"stream\r?\n(.*?)endstream", content, re.DOTALL):
            with suppress(zlib.error):
                yield zlib.decompressobj().decompress(stream)


def found_below(marks: Mapping[bytes, str], folder: Path, *besides: str) -> dict[str, set[str]]:
    """Return which marks are in which file below *folder*, or in its name.

    What matches one of *besides*, patterns of paths, is looked at by its name alone; of files
    with the same content one is.
    """
    told, seen = {}, set()
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        there = found(marks, str(relative).encode())
        if path.is_file() and not any(map(relative.match, besides)):
            content = path.read_bytes()
            if content not in seen:
                there |= set().union(*(found(marks, each) for each in _unpacked(content)))
            seen.add(content)
        if there:
            told[str(relative)] = there
    return told
