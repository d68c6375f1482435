"""The keys that do the same at every page."""

from __future__ import annotations

from typing import Final

from mediabridge.locale import n_

HELP: Final = "f1"
LANGUAGE: Final = "f2"
LOCK: Final = "f4"
READINGS: Final = "f6"
LOST: Final = "f8"

KEYS: Final = (
    (HELP, n_("Help")),
    (LANGUAGE, n_("Language: 日本語")),
    (LOCK, n_("Lock")),
    (LOST, n_("Medium lost")),
)

DRAWN: Final = (*KEYS[:-1], (READINGS, n_("Furigana")), KEYS[-1])
"""Those of the screen that is drawn; what reads a page out knows itself how kanji are read."""
