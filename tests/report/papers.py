"""A day on which one stick left with two bundles, for the papers that are made of it."""

from dataclasses import replace

from attacks.records import isa_csv
from stations.days import Day
from stations.sticks import Stick

NUMBERS = ((1, 1), (2, 2), (3, 99))
LABEL = "=1+1 𠮷野 髙橋"


def leave(day: Day) -> tuple[Stick, str, str]:
    """Let a stick leave the LGWAN station, and return it with the bundles on it."""
    stick = day.stick()
    rename(day, LABEL)
    first = day.pack(content=isa_csv(*NUMBERS))
    day.write(first, stick)
    second = day.pack()
    day.write(second, stick)
    return stick, first, second


def rename(day: Day, label: str, name: str = "lgwan-01") -> None:
    """Give the stick another label in the register of a station."""
    with day.at(name) as station:
        row = station.books.media.row("USB-001")
        assert row is not None
        with station.books.transaction():
            station.books.media.put(replace(row, label=label))
