"""What the people of the first day know, and type when they are asked."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from installed_desk import Answers

from mediabridge.locale import Language
from mediabridge.trust.fingerprint import Fingerprint


def passphrase_of(key: str) -> str:
    """Return what the owner of *key* types."""
    return f"correct horse of {key} 77"


@dataclass
class Answering:
    """What the people at one station know and type when they are asked."""

    station: str
    root: bytes = b""
    """The city's first root, whose words are on paper."""
    key: str = ""
    unlocked: list[str] = field(default_factory=list)
    """Whose passphrases systemd asks for, in this order."""

    def answers(self) -> Answers:
        return (
            (r"New passphrase of the key (\S+): \Z", self._of_key),
            (r"The same once more: \Z", lambda _: passphrase_of(self.key)),
            (r"Passphrase of the key (\S+): \Z", self._of_key),
            (r"the words ([0-9, ]+) of the paper form: \Z", self._words),
            (r"\[y = yes / n = no\] \Z", lambda _: "y"),
            (r"Do you want to continue\? \[Y/n\] \Z", lambda _: "y"),
            (r"Password: (\(press TAB for no echo\) )?\Z", self._unlocked),
        )

    def _of_key(self, found: re.Match[str]) -> str:
        # The four keys of a station have one passphrase.
        self.key = self.station if found[1].startswith(self.station) else found[1]
        return passphrase_of(self.key)

    def _words(self, found: re.Match[str]) -> str:
        words = Fingerprint.of(self.root).words(Language.EN)
        return " ".join(words[int(number) - 1] for number in found[1].split(","))

    def _unlocked(self, _found: re.Match[str]) -> str:
        return passphrase_of(self.unlocked.pop(0))
