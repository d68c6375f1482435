"""The threat model promises nothing that no test tries to break."""

import re
from pathlib import Path

TESTS = Path(__file__).parent.parent
PAGE = TESTS.parent / "docs" / "threat-model.md"


def _claims() -> dict[str, str]:
    """Return the text of each claim by its number."""
    text = PAGE.read_text(encoding="utf-8")
    found = re.findall(
        r"^\* \*\*(C[0-9]+)\*\* (.*?)(?=^\* \*\*C|^#)", text, re.MULTILINE | re.DOTALL
    )
    return dict(found)


def _cited() -> set[str]:
    docstrings = (
        docstring
        for path in TESTS.rglob("test_*.py")
        for docstring in re.findall(r'"""(Claims? C[^"]*?)[.:]', path.read_text(encoding="utf-8"))
    )
    return {claim for docstring in docstrings for claim in re.findall(r"C[0-9]+", docstring)}


def test_every_claim_with_a_reason_is_attacked() -> None:
    with_reason = {
        number for number, text in _claims().items() if re.search(r"`[A-Z]+_[A-Z_]+`", text)
    }
    assert len(with_reason) > 40
    assert sorted(with_reason - _cited()) == []
