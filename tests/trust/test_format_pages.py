"""The pages of the format name every member of the models, and no other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from mediabridge.trust.requests import Purpose, Request
from mediabridge.trust.trust_data import (
    Person,
    Recipient,
    Revocation,
    RouteRule,
    Station,
    TrustData,
)

FORMAT = Path(__file__).parent.parent.parent / "docs" / "format"


def section(page: str, heading: str) -> str:
    """Return what stands below *heading*, to the next one."""
    text = (FORMAT / page).read_text(encoding="utf-8")
    return re.split(r"^##+ ", text.split(f"{heading}\n", 1)[1], flags=re.MULTILINE)[0]


def in_table(text: str) -> set[str]:
    """Return the names in the first column of the tables in *text*."""
    rows = re.findall(r"^\| (`[^|]*) \|", text, re.MULTILINE)
    return {name for row in rows for name in re.findall(r"`([a-z_-]+[0-9a-z-]*)`", row)}


@pytest.mark.parametrize(
    ("page", "heading", "model"),
    [
        ("trust.md", "## 2. `trust.json`", TrustData),
        ("trust.md", "### 2.1 `stations`", Station),
        ("trust.md", "### 2.4 `routes`", RouteRule),
        ("request.md", "## 1. The file", Request),
    ],
)
def test_table_has_exactly_the_members(page: str, heading: str, model: type[BaseModel]) -> None:
    assert in_table(section(page, heading)) == set(model.model_fields)


@pytest.mark.parametrize(
    ("heading", "model"),
    [
        ("### 2.2 `people`", Person),
        ("### 2.3 `recipients`", Recipient),
        ("### 2.5 `revoked`", Revocation),
    ],
)
def test_prose_names_every_member(heading: str, model: type[BaseModel]) -> None:
    named = set(re.findall(r"`([a-z_]+)`", section("trust.md", heading)))
    assert set(model.model_fields) <= named


def test_every_purpose_of_a_key_has_a_row() -> None:
    assert in_table(section("request.md", "## 2. Keys")) == set(Purpose.__args__)  # type: ignore[attr-defined]
