"""Write the data dictionary, docs/format/records.md, from the tables in the source.

python -m tools.records_doc            write the page
python -m tools.records_doc --check    exit 1 unless writing would change nothing
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import get_args

from mediabridge.config import LIMITS
from mediabridge.kinds import Kind
from mediabridge.locale import Language, set_language, translate
from mediabridge.records.csv import Encoding
from mediabridge.records.events import EVENTS, Certainty, Event
from mediabridge.records.fields import FIELDS, Field, Need
from mediabridge.records.notices import Notice
from mediabridge.records.reasons import Reason
from mediabridge.records.rules import EARLIEST_BIRTH_YEAR, LONGEST_AHEAD
from mediabridge.records.text.classes import UNICODE_VERSION, TextClass
from mediabridge.records.values import Category
from mediabridge.records.xml import NAMESPACE, SCHEMA_FILE, root_name
from tools.build_xsd import SAID_BY_SCHEMA

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "format" / "records.md"

CERTAINTY: Mapping[Certainty, str] = {
    "F": "found in a public source",
    "M": "from memory of the law; check it before relying on it",
    "?": "uncertain; not to be presented as official",
    "P": "this project's own proposal, not official",
}
"""What each mark means; every mark the tables use has to be here."""

CATEGORIES = {
    Category.MID_LONG_TERM: "中長期在留者, mid- to long-term resident",
    Category.SPECIAL_PERMANENT: "特別永住者, special permanent resident",
    Category.TEMPORARY_REFUGE: "一時庇護許可者, person granted temporary refuge",
    Category.PROVISIONAL_STAY: "仮滞在許可者, person granted provisional stay",
    Category.TRANSITIONAL_BIRTH: "出生による経過滞在者, transitional by birth",
    Category.TRANSITIONAL_NATIONALITY_LOSS: (
        "国籍喪失による経過滞在者, transitional by loss of nationality"
    ),
}
NEEDS = {
    Need.ALWAYS: "always",
    Need.DEPENDS: "by a rule",
    Need.OPTIONAL: "no",
}
FORMS = {
    Reason.NOT_AN_IDENTIFIER: "ASCII letters, digits, `.`, `_`, `-`",
    Reason.NOT_A_NUMBER: "whole number",
    Reason.NOT_A_PERIOD: "whole number or `indefinite`",
    Reason.NOT_A_CODE: "code",
    Reason.NOT_A_CARD_NUMBER: "2 letters, 8 digits, 2 letters",
    Reason.NOT_A_DATE: "`YYYY-MM-DD`",
    Reason.NOT_A_PARTIAL_DATE: "`YYYY-MM-DD`, `YYYY-MM-00`, `YYYY-00-00`",
    Reason.NOT_A_TIME: "`YYYY-MM-DDTHH:MM:SS+09:00`",
    Reason.NOT_ROMAN_LETTERS: "A to Z, hyphen, apostrophe, single spaces",
    Reason.NOT_KANJI: "kanji and kana",
    Reason.CHARACTER_NOT_ALLOWED: "text",
    Reason.NOT_IN_LIST: "one of",
}
COUNTED = frozenset(
    {
        Reason.NOT_AN_IDENTIFIER,
        Reason.NOT_ROMAN_LETTERS,
        Reason.NOT_KANJI,
        Reason.CHARACTER_NOT_ALLOWED,
    }
)
"""Forms whose limit is a number of characters; that of the others is a value."""

HEAD = """\
# Records / 連携データの項目一覧

What travels in a bundle: the kinds of record, their fields, events and the reasons a file is
refused for. Generated from `mediabridge/records` by `tools/records_doc.py`; do not edit.

**The official record layouts are not published.** Identifiers, codes and layout below are this
project's proposal throughout. The *mark* of a field says how sure the **legal name and article**
are, the mark of an event the same of its reason and legal base:

"""

TEXT_FORM = """\
## Text

- Characters are Unicode code points and are never normalised (no NFC, no NFKC). Nothing is changed:
  a text is refused, or carried as it is. The table below says which.
- A variation selector is part of the character before it; one without such a character, and a
  second one, is refused (`STRAY_SELECTOR`). It is counted, but not in `name_kanji_original`.
- In `name_kanji_original` a 入管外字 is written as `{U+E400}` to `{U+F8FF}`, which counts as one
  character; braces stand for nothing else.
- A name needs a letter: one of A to Z in Roman letters, a kanji or kana (々, ー and ・ are none)
  in kanji, and the same, a radical or a 入管外字 in the original. Names in Roman letters and in
  kanji neither begin nor end with a space, and never have two together.
- A refused name says which character stands where, counted from 1, and which was meant, where one
  is: the kanji of a radical, the kana of full width, the capital, the hyphen of ASCII.
- A value of twelve digits that passes the check of an individual number (My Number) refuses the
  record. In identifiers and running numbers the digits must stand together and by themselves;
  everywhere else they may stand in text, in groups of four with up to three spaces, hyphens or
  other separators (`. / ・ , 、 _ :`) between the groups, with a line break at any place, and be
  full-width, kanji numerals (〇一二 and 零壱弐, also with ○ or ◯ for 〇), circled, bracketed
  or raised.
- Not looked for: groups of another length, numbers with 十, 百, 千 or 万, words between the digits,
  numbers spread over several fields, pictures of digits that Unicode does not call digits.
- Text that is no such number is refused when twelve digits happen to pass the check. Of 1,000,000
  sampled addresses none was, of 1,000,000 sampled remarks (dates, telephone, card and postal
  numbers, on one line or several) one; `tools/false_alarms.py` counts anew.
- Every field is looked at, but for the following, whose form leaves no room for twelve digits. A
  value that is not in its form is looked at all the same.
"""

ORDER = """\
## Order

- Notices of one destination are ordered by time (`issued_at`, `processed_at`), then by `sequence`.
  The rows of a file may stand in any order, and so may the files of a bundle: the receiver applies
  the notices of a bundle in the order of their issue. `collect` says which rows are out of order
  (`OUT_OF_ORDER`).
- A `sequence` stands in a file once; a second record with it refuses the file
  (`SEQUENCE_REPEATED`). Files of other days are not looked at: a notice may be delivered again.
"""

EXTRACT = f"""\
## A full population

`{Kind.ISA_POPULATION}` is no notice, and no law that we know of orders it: it is this project's
own proposal, with which a city can have its register compared with what the agency has. An entry
says what the agency has of one person at one time; nothing has happened. The rules hold with the
day of the extract (`as_of`) in place of that of an event, and say so by reasons of their own. An
entry grants nothing, so a stay that has ended by then is accepted.

A file is the whole of one extract, or it is refused:

- `extract_id`, `as_of` and `total` are the same in every row (`EXTRACT_MIXED`).
- `total` is the number of the rows (`EXTRACT_INCOMPLETE`), and is not 0 (`EXTRACT_EMPTY`): a file
  that lost its end must not pass for news of people who are gone.
- `entry_id` and, where there is one, `card_number` stand in it once (`RECORD_REPEATED`). An
  `entry_id` is never used again for another extract or another content.
- It travels alone: a bundle with such a file holds no other file of records
  ([bundle.md](bundle.md), section 7), and more officers approve it than a day's notices
  ([trust.md](trust.md)).
"""

NAMES = """\
## Names, when a notice is applied

Residents are found by card number, never by name. A name that differs is judged like this, in each
script (Roman letters, kanji) in which both the notice and the record have one. What is compared is
folded; what is stored never is.

| difference | example | what happens |
| --- | --- | --- |
| none | | applied |
| case, width | `Nguyen`, `NGUYEN` | applied; the notice's spelling is entered |
| spaces, hyphens, dashes, apostrophes, middle dots | `VAN-AN`, `VANAN` | applied; the same |
| variation selector or compatibility form of a kanji | 葛, 葛 with U+E0100 | applied; the same |
| one side has no name in this script | | applied; the known name stays |
| letters, accents, the order of the parts, another kanji | `NGUYEN`, `TRAN` | held for review |

The reason is `NAME_DIFFERS`; whoever decides is given the notice and the record, and so both
spellings. Events whose point is the name (N05, N14, N16, N17) may bring another one.

### Kanji that are no 正字

Ministry of Justice Notice 582 says which kanji are 正字 and what is entered for another one. Who
carries a notice may not change it, and nobody guesses. So the line is drawn like this; no 正字 is
a kanji that is not among those of the table in use, and `name_kanji_original` is not judged at all.

| in `name_kanji` | from the agency: `isa_notice`, `isa_population` | from the city |
| --- | --- | --- |
| a 正字, also one that is elsewhere a simplified form (云, 刘) | entered | carried |
| another kanji of Unicode | noticed (`KANJI_NOT_SEIJI`), held | `NOT_SEIJI` |
| no character, in a block of kanji | `NO_SUCH_CHARACTER` | the same |
| 外字 (private use), and what every text refuses (controls) | refused | refused |
| radicals, letters, digits, and signs of no name | `NOT_KANJI` and others | the same |

The first two lines are a question of the table, and each station asks its own: what is a 正字 for
the sender and none for the registry is held there, without a notice before. The other lines are
the same everywhere.

At the registry it is kept as it came; an entry of a population never enters such a name
(`POPULATION_NOT_SEIJI`). A notice is held (`KANJI_NOT_SEIJI`) only where its name
would be entered: not where it writes no name (a deletion, a note), and not where another rule
settles it before, such as a person who moved out. A name that is not all 正字 contradicts no other
name, because another form of a character says nothing of who is meant.

A person decides: the name with a proposal of the notice for each such character, one by one; the
name in Roman letters alone, where the notice has one and is not about the kanji (N16); or refused.
Where the notice gives two proposals, the second needs a reason of Table 3 (イ, ロ, ハ). A character
without a proposal leaves the second and the third. What was entered for what, by which row of
which table and for which reason, is kept with the decision.
"""

RULES_FORM = f"""\
## Rules across fields

What well-formed values must also mean together; the reasons are in the last table of this page.

- **Municipalities.** A code in `municipality_code` or `next_municipality_code` keeps resident
  records (column `office` of the table `municipality`: no prefecture, no designated city as a
  whole), and was in force on some day from the event to the notice (`issued_at`, `processed_at`,
  `reported_on`); where a move is announced, from the notice to the event. When wards are redrawn in
  between, the old code and the new one are both right.
- **Status of residence.** It was in force on `event_date`. An old one may be held, but no longer
  be granted (N01 to N04, N10, N11).
- **Nationality or region.** Likewise: not before its first day; after its last day only by events
  that do not state it anew. Those that do are the grants, N05 and M07.
- **Period of stay.** It is one that the table `status_of_residence` allows the status, whatever
  the event. Where a law shortens the list, a site keeps the old periods in its table for as long
  as residents have them. An empty list allows everything.
- **End of the period of stay.** Not before an event that grants it, nor, beyond the special period
  of two months, before one that issues a card; never later than event, period of stay and
  {LONGEST_AHEAD.days} days together. The margin is for extensions granted before the old period
  ends, three months as a rule; N17 may put an old error right and is not asked. An end that is
  early for its period is accepted: the extension began with the old period's end.
- **Date of birth.** Not before {EARLIEST_BIRTH_YEAR}, nor after the event; an unknown month or
  day counts as the earliest.
"""

CSV_FORM = f"""\
## CSV

One file holds one kind of record.

- RFC 4180. The first row names the columns, by identifier or by Japanese label, in any order.
  Columns of fields that are not always needed may be left out; an unknown or repeated column
  refuses the file.
- An empty field is an absent value. Nothing is trimmed, folded or normalised: full-width digits,
  Japanese eras and numbers with leading zeros are refused with their row, never guessed.
- UTF-8 with or without a byte order mark; UTF-16 with one. {
    " and ".join(f"`{name}`" for name in (Encoding.CP932, Encoding.SHIFT_JIS_2004))
} only when the
  sender declares it. A character that an encoding cannot hold is an error, never a `?`.
- All rows end with CRLF, or all with LF. Within quotation marks both are data.
- Blank lines and Ctrl-Z (U+001A) at the end are left out, with a notice. Blank lines between
  records, lines of commas, a title above the header, other separators or quotation marks, a
  second byte order mark and the like are refused, each by a reason of its own that says how to
  mend the file.
- We write CRLF, every field quoted, a header of identifiers, the columns in the order below.
- Limits: {LIMITS.record_file_bytes // 2**30} GiB and {LIMITS.record_rows:,} rows a file,
  {LIMITS.record_row_bytes // 2**20} MiB a row.
- A column named 個人番号 (My Number) or 住民票コード, in any spelling, refuses the file.

In errors, rows are counted as a spreadsheet does: the header is row 1.

A CSV file for people (`PeopleCsvWriter`) puts an apostrophe before cells that a spreadsheet would
take for a formula, says so in its first row, and cannot be collected. Data files never alter a
value.

### Encodings of the Shift_JIS family

A file is read as declared. `cp932` is what Windows calls Shift_JIS; `shift_jis_2004` is the
encoding of JIS X 0213. One taken for the other does not fail, but gives other characters, so a
file declared `shift_jis_2004` has a notice (`CP932_DIFFERS`) for every field with a character
whose bytes mean another one in CP932:

| bytes | `shift_jis_2004` | `cp932` |
| --- | --- | --- |
| 5C | ¥ U+00A5 | \\ U+005C |
| 7E | ‾ U+203E | ~ U+007E |
| 815F, 8160, 8161, 817C, 8191, 8192, 81CA | \\ 〜 ‖ − ¢ £ ¬ | ＼ ～ ∥ － ￠ ￡ ￢ |
| ED40–EDFC, EE40–EEFC | kanji of JIS X 0213 | kanji selected by NEC, such as 髙 (EEE0) |
| F040–F9FC | kanji of JIS X 0213 | private use |
| FA40–FC4B | kanji of JIS X 0213 | kanji of IBM, such as 髙 (FBFC) |

All other bytes mean the same in both, or nothing in one of them, which refuses the file.

CP932 has two codes for some characters. Python and glibc read them alike and write 373 of them
with other bytes (Python EEE0 for 髙, glibc FBFC); 8 more characters can be written by one of the
two only (CPython 3.11, glibc 2.36). So bytes are never compared, only characters. Six characters
can be written in CP932 by Python without an error and are read as others: ¢ £ ¬ ‖ − 〜 come back
as ￠ ￡ ￢ ∥ － ～. `convert` therefore reads back what it writes, and refuses them
(`NOT_IN_ENCODING`).
"""

XML_FORM = f"""\
## XML

One document holds one kind of record; the schema is
[`{SCHEMA_FILE.name}`]({SCHEMA_FILE.name}).

```xml
<?xml version="1.0" encoding="UTF-8"?>
<{root_name(Kind.ISA_NOTICE)} xmlns="{NAMESPACE}">
<{Kind.ISA_NOTICE}><notice_id>01JD3MZ6Q8W9X0Y1Z2A3B4C5D6</notice_id>…</{Kind.ISA_NOTICE}>
</{root_name(Kind.ISA_NOTICE)}>
```

- XML 1.0 in UTF-8, a byte order mark allowed. The declaration may be left out; one that says
  anything else refuses the file.
- Every element is in the namespace `{NAMESPACE}`, under any prefix. The root is the
  plural of the kind: {", ".join(f"`{root_name(kind)}`" for kind in Kind)}.
- Fields are named by identifier and stand in the order below. An absent value is an absent
  element; an empty element is an error.
- Space within a field is part of its value; between elements it is ignored. By the rules of XML a
  bare carriage return is read as a line feed; we write it as `&#13;`.
- No attributes, not even `xsi:schemaLocation`, `xsi:nil` or `xml:lang`. No document type
  declaration, and so no entities but the five of XML. No processing instructions; XInclude is
  just an unknown element.
- Comments are ignored wherever they stand. A CDATA section is text.
- Limits: {LIMITS.record_file_bytes // 2**30} GiB and {LIMITS.record_rows:,} records a file,
  {LIMITS.record_row_bytes // 2**20} MiB without a record coming to its end,
  {LIMITS.record_xml_namespaces} namespace declarations. After
  {LIMITS.record_xml_oddities_bytes // 2**20} MiB of records with foreign elements reading stops.

In errors, a row is the number of the record, counted from 1.

`mediabridge convert IN OUT` turns one form into the other without loss.
"""


CLASSES = f"""\
### Classes of characters

*Free text* is every address, `remarks` and `name_kanji_original`. What is only reported there is
refused in `name_roman` and `name_kanji`. Code points are assigned, or not, as in Unicode
{UNICODE_VERSION}.
"""

RADICALS = f"""\
Which kanji a radical looks like is Unicode's `Equivalent_Unified_Ideograph`; where it names one,
the notice is `{Notice.LOOKS_LIKE_KANJI}` and says which.
"""

SCHEMA_FORM = f"""\
### What the schema says, and what only a reader with the rules says

A document that the schema refuses is refused by the reader; two validators (libxml2 and the
Python package `xmlschema`) and the reader agree on 5,000 mutated documents. Every value is a
string with a pattern, because the dates and numbers of XML Schema let a validator take away white
space first, and have several forms of one value. The schema refuses for
{", ".join(f"`{reason}`" for reason in Reason if reason in SAID_BY_SCHEMA)}.

It cannot say the following; a document that it takes may still be refused for them:

- what needs a table, a sum or another field: check digits, code tables, 正字, individual numbers,
  all rules of categories, events and dates (`REQUIRED` and `NOT_IN_LIST` where the category
  decides), and `NAME_WITHOUT_LETTER` in `name_kanji_original`;
- unassigned code points: each validator has its own version of Unicode;
- attributes of XML Schema itself (`xsi:schemaLocation`), which every validator takes and the
  reader refuses; document type declarations, processing instructions, encodings, limits.
"""

NOTICES = """\
## Notices / お知らせ

What is accepted and still worth a word. Nothing is changed by it. `collect` and `convert` show it
with its row; in `--json` a file has `"notices": {"count": …, "first": [{row, field, code}, …]}`.
"""


def page() -> str:
    """Return the whole page."""
    return "\n".join(
        [
            HEAD + "\n".join(f"- **[{mark}]** {words}" for mark, words in CERTAINTY.items()) + "\n",
            _kinds(),
            *(_kind(kind) for kind in Kind),
            _categories(),
            *(
                _events(f"## Events of `{kind}` / {kind.facts.japanese}の事由", events.values())
                for kind, events in EVENTS.items()
            ),
            TEXT_FORM,
            _unscanned(),
            _classes(),
            RULES_FORM,
            ORDER,
            EXTRACT,
            NAMES,
            CSV_FORM,
            XML_FORM,
            SCHEMA_FORM,
            _notices(),
            _reasons(),
        ]
    )


def _classes() -> str:
    unassigned = [
        "unassigned code points",
        "all that Unicode has not given away yet",
        f"refused, `{Reason.NO_SUCH_CHARACTER}`",
    ]
    edges = [
        "a space at the beginning or the end",
        "U+0020, U+3000",
        f"accepted, reported as `{Notice.SPACE_AT_EDGE}`",
    ]
    table = _table(
        ["characters", "code points", "free text"],
        [*([each.meaning, _spans(each), _verdict(each)] for each in TextClass), unassigned, edges],
    )
    return f"{CLASSES}\n{table}\n\n{RADICALS}"


def _spans(each: TextClass) -> str:
    shown = [
        f"U+{first:04X}" + (f"–{last:04X}" if last > first else "") for first, last in each.spans
    ]
    if each is TextClass.NONCHARACTER:
        return f"{shown[0]}, and the last two of every plane"
    return ", ".join(shown)


def _verdict(each: TextClass) -> str:
    if each.refused:
        return f"refused, `{each.verdict}`"
    return f"accepted, reported as `{each.verdict}`"


def _kinds() -> str:
    rows = [
        [
            f"`{kind}`",
            f"{kind.facts.japanese}, {kind.facts.english}",
            kind.facts.law,
            f"`{kind.schema_id}`",
            kind.facts.sender,
            f"`{kind.facts.id_field}`",
            f"`{kind.facts.reason_field}`",
        ]
        for kind in Kind
    ]
    headings = ["kind", "what it is", "article", "schema", "sent by", "identified by", "reason"]
    return f"## Kinds of record\n\n{_table(headings, rows)}\n"


def _unscanned() -> str:
    reasons: dict[str, dict[str, None]] = {}
    for fields in FIELDS.values():
        for item in fields.values():
            if item.unscanned:
                reasons.setdefault(item.unscanned, {})[f"`{item.identifier}`"] = None
    return (
        _table(
            ["not looked at, because", "fields"],
            [[why, ", ".join(names)] for why, names in reasons.items()],
        )
        + "\n"
    )


def _kind(kind: Kind) -> str:
    rows = [_field(number, item) for number, item in enumerate(FIELDS[kind].values(), start=1)]
    headings = [
        "#",
        "identifier",
        "日本語",
        "English",
        "article",
        "mark",
        "form",
        "needed",
        "example",
    ]
    return f"## `{kind}` / {kind.facts.japanese}\n\n{_table(headings, rows)}\n"


def _field(number: int, item: Field) -> list[str]:
    return [
        str(number),
        f"`{item.identifier}`",
        item.japanese,
        item.english,
        item.law or "–",
        f"[{item.certainty}]",
        _form(item),
        _need(item),
        f"`{item.example}`",
    ]


def _form(item: Field) -> str:
    if item.allowed:
        return f"{FORMS[item.form]} {', '.join(f'`{value}`' for value in item.allowed)}"
    if not item.limit:
        return FORMS[item.form]
    if item.form in COUNTED:
        return f"{FORMS[item.form]}; at most {item.limit} characters"
    return f"{FORMS[item.form]}; at most {item.limit}"


def _need(item: Field) -> str:
    everyone = item.categories == frozenset(Category)
    of = "" if everyone else f" (category {', '.join(sorted(item.categories))} only)"
    if item.need is Need.CATEGORY:
        return f"category {', '.join(sorted(item.categories))}; else absent"
    return NEEDS[item.need] + of


def _categories() -> str:
    rows = [[category.value, CATEGORIES[category]] for category in Category]
    intro = "The row of the table of 住基法30条の45. Each category permits exactly its own fields."
    table = _table(["code [P]", "person"], rows)
    return f"## Categories / 第30条45規定区分\n\n{intro}\n\n{table}\n"


def _events(heading: str, events: Iterable[Event]) -> str:
    rows = [
        [
            event.code,
            event.japanese,
            event.english,
            event.legal_base,
            f"[{event.certainty}]",
            ", ".join(sorted(event.operations)),
            ", ".join(sorted(event.categories)),
            ", ".join(f"`{name}`" for name in sorted(event.required)) or "–",
        ]
        for event in events
    ]
    headings = ["code [P]", "事由", "English", "legal base", "mark", "operations", "categories"]
    return f"{heading}\n\n{_table([*headings, 'also needed'], rows)}\n"


def _notices() -> str:
    rows = [list(_reason(notice)) for notice in Notice]
    table = _table(["code", "sentence", "説明"], rows)
    return f"{NOTICES}\n{table}\n"


def _reasons() -> str:
    rows = [list(_reason(reason)) for reason in Reason]
    intro = (
        "Every reason a file or a record is refused for. The code is the contract; logs and\n"
        "`--json` hold row, field and code, never a value."
    )
    table = _table(["code", "sentence", "説明"], rows)
    return f"## Reasons / 理由\n\n{intro}\n\n{table}\n"


def _reason(reason: Reason | Notice) -> Iterator[str]:
    yield f"`{reason.value}`"
    for chosen in (Language.EN, Language.JA):
        set_language(chosen)
        yield translate(reason.sentence)


def _table(headings: list[str], rows: list[list[str]]) -> str:
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join(f"| {' | '.join(_cell(cell) for cell in line)} |" for line in lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _check_marks() -> None:
    """Nothing may be printed with a mark whose meaning the page does not say."""
    missing = set(get_args(Certainty)) - CERTAINTY.keys()
    if missing:
        sys.exit(f"no words for the certainty marks {sorted(missing)}")


def main(arguments: list[str]) -> int:
    """Write or check the page; return the exit code."""
    _check_marks()
    wanted = page()
    if arguments != ["--check"]:
        PAGE.write_text(wanted, encoding="utf-8")
        return 0
    if PAGE.read_text(encoding="utf-8") == wanted:
        return 0
    print(f"{PAGE.relative_to(ROOT)} is out of date: run tools/records_doc.py", file=sys.stderr)
    return 1


if __name__ == "__main__":
    if sys.argv[1:] not in ([], ["--check"]):
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1:]))
