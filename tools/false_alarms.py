"""Count how often free text without an individual number is taken for one.

python -m tools.false_alarms [COUNT] [SEED]    of COUNT addresses and COUNT remarks

Addresses are those of the sample people, in every municipality of the code table. Remarks
are what offices write beside a record: dates, telephone and card numbers, postal codes,
file numbers, an address; two to four of them, on one line or on several.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator

from mediabridge.kinds import Kind
from mediabridge.records import never_carried
from mediabridge.records.fields import FIELDS
from mediabridge.records.tables import shipped
from mediabridge.sample.draw import chance
from mediabridge.sample.person import address

KANJI = str.maketrans("0123456789", "〇一二三四五六七八九")
WIDE = str.maketrans("0123456789-", "０１２３４５６７８９－")


def addresses(count: int, seed: int) -> Iterator[str]:
    """Yield *count* addresses, a fifth of them with numbers in kanji or of full width."""
    rng = chance(seed, "addresses")
    places = [each.name for each in shipped().municipalities.values() if each.office]
    for number in range(count):
        drawn = address(rng, rng.choice(places))
        yield drawn.translate(KANJI if number % 10 == 0 else WIDE if number % 10 == 1 else {})


def remarks(count: int, seed: int) -> Iterator[str]:
    """Yield *count* remarks."""
    rng = chance(seed, "remarks")
    places = [each.name for each in shipped().municipalities.values() if each.office]
    for number in range(count):
        pieces = [_piece(rng, rng.choice(places)) for _ in range(rng.randrange(2, 5))]
        drawn = rng.choice(["、", " ", "。", "\n", "\r\n"]).join(pieces)
        yield drawn.translate(KANJI if number % 20 == 0 else WIDE if number % 10 == 1 else {})


def _piece(rng: random.Random, place: str) -> str:
    day = f"{rng.randrange(2012, 2027)}{{0}}{rng.randrange(1, 13):02}{{0}}{rng.randrange(1, 29):02}"
    four = f"{rng.randrange(10_000):04}"
    return rng.choice(
        [
            "再交付済",
            address(rng, place),
            day.format(rng.choice(["-", "/", "."])),
            day.format(""),
            f"電話 03-{four}-{rng.randrange(10_000):04}",
            f"TEL 090-{four}-{rng.randrange(10_000):04}",
            f"〒{rng.randrange(1000):03}-{four}",
            f"旧番号 AB{rng.randrange(10**8):08}CD",
            f"受付第{rng.randrange(10**6)}号",
            f"({four})",
        ]
    )


def main(arguments: list[str]) -> int:
    """Print how many of each were refused."""
    words = [*arguments, *("1000000", "1")[len(arguments) :]]
    count, seed = map(int, words)
    scans = [
        each
        for each in never_carried.scans(FIELDS[Kind.MUNICIPAL_NOTICE].values())
        if each.field == "remarks"
    ]
    for name, drawn in (("addresses", addresses), ("remarks", remarks)):
        refused = sum(
            1 for text in drawn(count, seed) if never_carried.in_valid_row({"remarks": text}, scans)
        )
        print(f"{name}: {refused} of {count:,} refused")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
