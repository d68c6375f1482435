"""What pydantic refused is said once, in one way, and without the values."""

from __future__ import annotations

import binascii
from typing import Annotated, Any

import pytest
from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

from mediabridge.validation import field_problems


def _ours(_value: str) -> str:
    msg = "our own sentence"
    raise ValueError(msg)


def _from_a_library(value: str) -> str:
    raise binascii.Error(value)


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    number: int = 0
    ours: Annotated[str, AfterValidator(_ours)] = ""
    theirs: Annotated[str, AfterValidator(_from_a_library)] = ""


def problems(**document: Any) -> str:
    with pytest.raises(ValidationError) as refused:
        _Document.model_validate(document)
    return field_problems(refused.value)


def test_place_and_rule_are_named() -> None:
    assert problems(number="Tanaka") == "number: of another type"


def test_our_own_sentence_is_kept() -> None:
    assert problems(ours="Tanaka") == "ours: our own sentence"


def test_sentence_of_a_library_is_not_repeated() -> None:
    assert problems(theirs="Tanaka") == "theirs: not allowed"


def test_unknown_name_cannot_steer_a_screen() -> None:
    shown = problems(**{"\x1b[2J田" + "x" * 99: 1})
    assert shown.isascii()
    assert shown.isprintable()
    assert len(shown) < 70


def test_what_is_not_named_is_counted() -> None:
    shown = problems(**{f"unknown-{number}": 1 for number in range(25)})
    assert shown.count("not expected") == 20
    assert shown.endswith("; and 5 more")
