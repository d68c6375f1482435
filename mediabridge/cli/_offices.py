"""What commands share that work at the agency's folder, where each office has a station."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from mediabridge.cli._about import About, whose_is
from mediabridge.cli._context import Context
from mediabridge.cli._station import open_station, passphrases
from mediabridge.errors import MediabridgeError
from mediabridge.locale import hint_of, n_, sentence_of, text
from mediabridge.progress import NullProgress

if TYPE_CHECKING:
    from mediabridge.stations.agency import AgencyStation
    from mediabridge.stations.keyring import ClerkKey
    from mediabridge.stations.offices.folder import OfficesFolder
    from mediabridge.trust.passphrase import PassphraseSource

_NAMED: Final = 5
"""Offices that are named where many have the same trouble."""

ClerkOf = Callable[[Context], "ClerkKey"]
"""Returns where the key of the person at the desk is, for the station of a context."""


def show_whose(context: Context, folder: OfficesFolder) -> None:
    """Say whether this is practice or work: there are many stations, and of one kind."""
    whose = whose_is(folder.home(folder.codes[0]).root)
    if whose is not None:
        line = n_("[{mode}] the agency's stations in {folder}")
        context.about.elsewhere(line, whose.mode, folder=folder.root.name)


class AtOffices:
    """Opens the stations of a folder; what each would warn of is kept, to be said in one place."""

    def __init__(
        self, context: Context, passphrase_file: Path | None, clerk: ClerkOf | None = None
    ) -> None:
        """Take what the command was given; it is the same for every station."""
        self._context, self._file, self._clerk = context, passphrase_file, clerk
        self._warned: dict[Path, About] = {}
        # A station is entered several times, and asks once; it is done before the next begins.
        self._secrets = lru_cache(maxsize=1)(self._secrets_of)

    def __call__(self, root: Path) -> AgencyStation:
        """Return the station in *root*, to be used with ``with``."""
        from mediabridge.stations.agency import AgencyStation

        here, source, clerk = self._secrets(root)
        station = open_station(here, clerk=clerk, source=source)
        assert isinstance(station, AgencyStation)  # noqa: S101 - its role was asked for before
        return station

    def warnings(self) -> list[tuple[str, MediabridgeError]]:
        """Return what stops nothing, with the office at whose station it was said."""
        return [
            (root.name, each) for root, about in self._warned.items() for each in about.warnings
        ]

    def _secrets_of(self, root: Path) -> tuple[Context, PassphraseSource, ClerkKey | None]:
        about = self._warned.setdefault(root, About(root))
        # What it would say without a name, and its steps between ours, is nobody's gain.
        here = replace(self._context, home=root, about=about, progress=NullProgress(), json=True)
        asking = replace(here, json=self._context.json)
        source = cache(passphrases(asking, self._file, root))
        if self._clerk is None:
            return here, source, None
        clerk = self._clerk(asking)
        return here, source, replace(clerk, passphrases=cache(clerk.passphrases))


def problem_lines(found: Iterable[tuple[str, MediabridgeError]]) -> list[str]:
    """Say what is wrong at which offices; what is the same at many is said once."""
    offices: dict[tuple[str, str], list[str]] = {}
    for office, problem in found:
        offices.setdefault((sentence_of(problem), hint_of(problem)), []).append(office)
    lines = []
    for (sentence, hint), named in offices.items():
        lines += [f"! {_named(list(dict.fromkeys(named)))}: {sentence}", f"  {hint}"]
    return lines


def _named(offices: list[str]) -> str:
    first = ", ".join(offices[:_NAMED])
    if len(offices) <= _NAMED:
        return first
    return text("{offices} and others ({count} in all)", offices=first, count=len(offices))
