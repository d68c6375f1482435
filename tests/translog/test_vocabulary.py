"""The vocabulary is one file and one table of the document, and each has what the other has."""

from __future__ import annotations

import re
from pathlib import Path

from mediabridge.translog.vocabulary import CARRIES, FACTS, REASONS, RESERVED, Event

PAGE = Path(__file__).parents[2] / "docs/format/transfer-log.md"


def rows(heading: str) -> list[list[str]]:
    """Return the cells of the first table below *heading*, without its own headings."""
    below = PAGE.read_text("utf-8").partition(f"\n### {heading}\n")[2]
    table = re.search(r"(?:^\|.*\n)+", below, re.MULTILINE)
    assert table
    lines = table[0].splitlines()[2:]
    return [re.split(r"(?<!\\) \| ", line.strip("| ")) for line in lines]


def test_every_event_is_in_the_document_with_its_facts() -> None:
    told = {
        name.strip("`"): set(re.findall(r"`(\w+)`", facts)) for name, _, facts in rows("Events")
    }
    assert told == {str(event): set(CARRIES[event]) for event in Event}


def test_every_fact_is_in_the_document() -> None:
    assert [name.strip("`") for name, *_ in rows("Facts")] == sorted(FACTS)


def test_every_fact_is_one_that_some_event_may_have() -> None:
    assert set().union(*CARRIES.values()) == set(FACTS) - RESERVED
    assert set(CARRIES) == set(Event)
    assert all("reason" in CARRIES[event] for event in REASONS)


def test_every_event_has_a_name_of_its_own() -> None:
    names = [event.sentence for event in Event]
    assert len({*names}) == len(names)
