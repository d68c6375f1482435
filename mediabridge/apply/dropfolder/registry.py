"""The registry of a station whose register is a vendor's system: journal here, people there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from mediabridge import clock, sqlite
from mediabridge.apply.dropfolder import results
from mediabridge.apply.dropfolder.handing import STAGING, Hand
from mediabridge.apply.dropfolder.profile import load
from mediabridge.apply.dropfolder.settling import Reading, settle
from mediabridge.apply.dropfolder.writer import DropFolderBundleWriter
from mediabridge.apply.journal import Resolution
from mediabridge.apply.places import DropFolderPlace
from mediabridge.apply.sqlite import SqliteRegistry
from mediabridge.apply.sqlite.population import SqlitePopulationWriter
from mediabridge.durable import move_durably
from mediabridge.errors import (
    PopulationElsewhereError,
    RegistryRefusedError,
    RegistryUnavailableError,
    SettingsError,
)
from mediabridge.locale import text
from mediabridge.records.result import Result
from mediabridge.sqlite import Owner


class DropFolderRegistry(SqliteRegistry):
    """The embedded registry as a memory; what it takes, it hands over."""

    keeps_people = False

    def __init__(self, path: Path, owner: Owner, place: DropFolderPlace) -> None:
        """Open the memory at *path*, and hand over what a power cut kept back.

        Raises:
            SettingsError: the profile cannot be used, or the memory is that of a register.
            RegistryError: the memory, or the vendor's folder, cannot be.
        """
        self._profile = load(place.profile)
        self._results = place.results
        self._hand = Hand(place.folder)
        super().__init__(path, owner)
        try:
            self._require_nobody(path)
            self._hand.hand_over(self._name_of)
        except BaseException:
            self.close()
            raise

    def _require_nobody(self, path: Path) -> None:
        """Refuse a register: its residents would be out of sight, and what it holds undecided."""
        if self.count() or next(self.held(), None) is not None:
            detail = text("{name} is in use; a station keeps its registry", name=path.name)
            raise SettingsError(name="station.toml", detail=detail)

    def load_population(self, people: Iterable[Mapping[str, str | None]]) -> int:
        """Refuse: the residents are in the vendor's system.

        Raises:
            RegistryRefusedError: always.
        """
        del people
        raise RegistryRefusedError(detail=text("the residents are in another system"))

    @contextmanager
    def write_population(self) -> Iterator[SqlitePopulationWriter]:
        """Refuse: there is nobody here with whom a population could be compared.

        Raises:
            PopulationElsewhereError: always.
        """
        raise PopulationElsewhereError
        yield  # what makes it a context manager

    @contextmanager
    def write_bundle(self) -> Iterator[DropFolderBundleWriter]:
        """Take one bundle; its file is handed over as soon as the journal has the bundle.

        Raises:
            RegistryError: the database or the folder refused, and nothing was changed; or the
                file waits in our folder, and is handed over when the registry is opened next.
        """
        with sqlite.transaction(self._connection):
            writer = DropFolderBundleWriter(self._connection, self._profile, self._hand)
            with writer.growing():
                yield writer
            writer.flush()
        self._hand.hand_over(self._name_of)

    def _name_of(self, bundle: str) -> str | None:
        row = next(self._rows("SELECT seq FROM journal WHERE bundle_id = ?", bundle), None)
        return None if row is None else self._profile.file_name(row[0], bundle)

    # --- what became of it --------------------------------------------------

    def read_back(
        self, now: datetime, decided_by: str, before_commit: Callable[[Resolution], None]
    ) -> int:
        """Take what the vendor's system says of notices handed over; return how many it settled.

        A result file is taken whole, in one transaction, and put away. One that says the same
        again changes nothing; one that says otherwise stands above what was said before.

        Raises:
            RegistryRefusedError: a file is not as the profile describes it, or speaks of a
                notice that its bundle did not have; it stays where it is.
        """
        if self._results is None or self._profile.result is None:
            return 0
        settled, reading = 0, Reading(clock.to_rfc3339(now), decided_by)
        # Mostly nothing lies there, and then nothing of the journal is looked at.
        there = self._result_files()
        for entry in list(self.journal()) if there else ():
            bundle = entry.bundle.bundle_id
            path = self._results / str(self._profile.result_name(entry.bundle.seq, bundle))
            if path.name in there and path.is_file():
                said = self._said(path)
                with sqlite.transaction(self._connection):
                    settled += settle(self._connection, bundle, said, reading, before_commit)
                _put_away(path)
        return settled

    def _result_files(self) -> set[str]:
        assert self._results is not None  # noqa: S101 - read_back has looked
        try:
            return {path.name for path in self._results.iterdir() if path.name != STAGING}
        except FileNotFoundError:
            return set()
        except OSError as error:
            name = self._results.name
            raise RegistryUnavailableError(name=name, detail=error.strerror) from None

    def _said(self, path: Path) -> dict[str, Result]:
        assert self._profile.result is not None  # noqa: S101 - read_back has looked
        try:
            return results.read(path, self._profile.result)
        except OSError as error:
            raise RegistryUnavailableError(name=path.name, detail=error.strerror) from None


def _put_away(path: Path) -> None:
    """Move a file that was taken out of the way; if it stays, it says the same again."""
    with suppress(OSError):
        away = path.parent / STAGING
        away.mkdir(mode=0o700, exist_ok=True)
        move_durably(path, away / path.name)
