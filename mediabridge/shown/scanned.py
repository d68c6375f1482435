"""What a virus scanner said, as a person reads it, and a program."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mediabridge.clock import to_rfc3339
from mediabridge.locale import hint_of, moment, sentence_of, text, translate

if TYPE_CHECKING:
    from mediabridge.scanner import Scanned


def scanned_lines(scanned: Scanned | None) -> list[str]:
    """Return the verdict, and what the settings let pass; nothing where there is no scanner."""
    if scanned is None:
        return []
    lines = [_verdict(scanned)]
    for each in scanned.warnings:
        lines += [f"! {sentence_of(each)}", f"  {hint_of(each)}"]
    return lines


def _verdict(scanned: Scanned) -> str:
    said = translate(scanned.scan.sentence)
    if scanned.signatures is None:
        return text("  Virus scanner: {said}", said=said)
    made = moment(to_rfc3339(scanned.signatures))
    return text("  Virus scanner: {said} (signatures of {time})", said=said, time=made)


def scanned_data(scanned: Scanned | None) -> dict[str, Any] | None:
    """Return the same for ``--json``; None where there is no scanner."""
    if scanned is None:
        return None
    return {**scanned.report(), "warned": [each.reason for each in scanned.warnings]}
