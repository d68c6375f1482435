"""The survivors that were looked at, each with the reason why it may live."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from tools.mutants.mutant import Identity

LIST: Final = Path(__file__).with_name("survivors.toml")


def listed() -> dict[Identity, str]:
    """Return the survivors of the list and their reasons.

    Raises:
        ValueError: an entry has no reason, or stands twice.
    """
    entries = tomllib.loads(LIST.read_text(encoding="utf-8")).get("survivor", [])
    found: dict[Identity, str] = {}
    for entry in entries:
        identity = Identity(**{item: value for item, value in entry.items() if item != "reason"})
        if not entry["reason"].strip() or identity in found:
            msg = f"{LIST.name}: no reason, or twice: {identity}"
            raise ValueError(msg)
        found[identity] = entry["reason"]
    return found


def as_entry(identity: Identity) -> str:
    """Return the lines with which *identity* would stand in the list."""
    # A JSON string is a TOML string as well.
    pairs = [*identity._asdict().items(), ("reason", "")]
    pairs = [pair for pair in pairs if pair != ("nth", 1)]
    lines = [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in pairs]
    return "\n".join(["[[survivor]]", *lines, ""])


def differences(
    alive: Iterable[Identity], tried: Iterable[Identity], files: Iterable[str]
) -> tuple[list[Identity], list[Identity], list[Identity]]:
    """Compare what survived with the list, as far as it speaks of *files*.

    Returns the survivors that are not listed, the listed ones that were killed, and the
    listed ones of which there is no such mutant any more.
    """
    wanted = {identity for identity in listed() if identity.file in set(files)}
    living, known = set(alive), set(tried)
    return (
        sorted(living - wanted),
        sorted((wanted & known) - living),
        sorted(wanted - known),
    )
