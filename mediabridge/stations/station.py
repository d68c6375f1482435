"""An open station: who it is, whom it believes, its books, its log, its keys."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol, Self, TypeVar

from mediabridge.bundle.terms import Mode
from mediabridge.clock import Clock, to_rfc3339
from mediabridge.errors import (
    ConfigurationError,
    ModeMismatchError,
    PassphraseError,
    StationError,
    StationWrongOwnerError,
    TokenLockedError,
    TokenPinError,
    UsageError,
)
from mediabridge.locale import text
from mediabridge.locking import wait_for
from mediabridge.media.states import MediumState, StateReport, report
from mediabridge.progress import NullProgress, Progress
from mediabridge.stations.books import Books
from mediabridge.stations.held_clock import Evidence, HeldClock, evidence
from mediabridge.stations.home import Home, close_to_others
from mediabridge.stations.who import StationConfig
from mediabridge.stopping import told
from mediabridge.translog import checkpoint, cosignature, database, events
from mediabridge.translog.events import Event, Fact
from mediabridge.translog.mirror import PeerMirror
from mediabridge.translog.store import TransferLog
from mediabridge.trust import recognised, seen

if TYPE_CHECKING:
    from mediabridge.errors import NotPassedOnError
    from mediabridge.records.model import Record
    from mediabridge.records.tables import RuleTables
    from mediabridge.stations.keyring import ClerkKey, Keyring
    from mediabridge.trust.passphrase import PassphraseSource
    from mediabridge.trust.ring import Ring
    from mediabridge.trust.seen import SeenTrust
    from mediabridge.trust.signers import Signer
    from mediabridge.trust.trust_data import TrustData


class _Closes(Protocol):
    def close(self) -> None:
        """Release what is held."""


_OPERATOR: Final = "--operator"
_Closable = TypeVar("_Closable", bound=_Closes)


class OpenStation:
    """One station while a command runs; use as a context manager.

    The folder is locked for the time: two commands never work on one station at once.
    Keys are opened when they are first needed, so that looking needs no passphrase.
    """

    def __init__(
        self,
        root: Path,
        *,
        clock: Clock,
        passphrases: PassphraseSource,
        clerk: ClerkKey | None = None,
        progress: Progress | None = None,
        show: Callable[[StateReport], None] = lambda _: None,
        opened: Callable[[OpenStation], None] = lambda _: None,
        account: str | None = None,
    ) -> None:
        """Prepare to open the station in the folder *root*.

        *clerk* is where the key of the person at the desk is, and its passphrase. *account* is the
        account that the system says this person has, where accounts are separate. *show* is
        told every state of a medium as it changes; see :meth:`tell`. *opened* is called when
        the station is open, before anything is done with it.
        """
        self.home = Home(root)
        self.clock = HeldClock(clock, self._past)
        self.doubt_noted = False
        self.progress: Progress = progress or NullProgress()
        self._passphrases = passphrases
        self._clerk = clerk
        self._show = show
        self._opened = opened
        self._account = account
        self._clerk_signer: Signer | None = None
        self._trust: TrustData | None = None
        self._open = ExitStack()

    def __enter__(self) -> Self:
        """Lock the folder and open books and log.

        Raises:
            StationError, StationWrongOwnerError, StationBusyError: no station for this command.
            StationDamagedError: books or log are gone.
            BooksError, LogAlarmError: one of its databases cannot be used.
            TrustInvalidError: its trust data is damaged.
        """
        with ExitStack() as opening:
            self.config: StationConfig = self.home.config()
            opening.enter_context(_locked(self.home.root))
            # On a read-only disk the databases say what is wrong.
            with suppress(OSError):
                close_to_others(self.home.root)
            self.home.require(self.home.books, self.home.log)
            self.books = Books(self.home.books, self.config.owner)
            opening.callback(self.books.close)
            connection = opening.enter_context(database.connect(self.home.log, self.config.owner))
            self._connection = connection
            self.log = TransferLog(connection, self.log_origin(self.id))
            self._trust, self._recognised = None, recognised.current(self.home.trust_cache)
            self._check_ours(self._recognised)
            self._open = opening.pop_all()
        try:
            self._opened(self)
            self._put_right()
        except BaseException as error:
            self.__exit__(type(error), error, error.__traceback__)
            raise
        return self

    def _put_right(self) -> None:
        """Put right what a power cut left half done, before anything else."""

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        """Close everything and release the lock; log before what ended the command from outside."""
        with self._open:
            if isinstance(error, KeyboardInterrupt):
                # It may have come in the middle of the wiping itself.
                self.home.empty_work()
                self.record(Event.JOURNEY_INTERRUPTED, reason=told(error).reason)
            if isinstance(error, PassphraseError | TokenPinError | TokenLockedError):
                self._record_wrong(error)

    def _record_wrong(self, error: ConfigurationError) -> None:
        """Log that a key, of this station or of an officer, was tried with a wrong passphrase."""
        facts = {name: error.facts[name] for name in ("wrong", "key") if name in error.facts}
        # Whoever made the key chose its id: what could be personal stays out.
        fitting = {name: fact for name, fact in facts.items() if events.fits({name: fact})}
        self.record(Event.PASSPHRASE_WRONG, reason=error.reason, **fitting)

    @property
    def id(self) -> str:
        """This station's id."""
        return self.config.station

    @property
    def trust(self) -> TrustData:
        """The trust data in force, for whatever decides by it: verified when first asked for.

        Raises:
            TrustInvalidError: what was accepted is damaged.
        """
        if self._trust is None:
            # Looking decides nothing, and needs no TUF library.
            from mediabridge.trust import accepted  # noqa: PLC0415

            self._trust = accepted.current(self.home.trust_cache)
        return self._trust

    @trust.setter
    def trust(self, taken: TrustData) -> None:
        self._trust = taken

    @property
    def seen_trust(self) -> SeenTrust:
        """The trust data in force, for what is only said of it; its bytes were recognised."""
        return seen.of(self._trust) if self._trust is not None else self._recognised

    @cached_property
    def tables(self) -> RuleTables:
        """The tables this station judges records by: its own, and the shipped ones otherwise.

        Read once while the station is open, so that one command never judges by two.

        Raises:
            TableRefusedError: a table of this station is not, or no longer, right.
        """
        # Only what reads or writes records needs them.
        from mediabridge.records.tables import RuleTables  # noqa: PLC0415

        return RuleTables.load(self.home.tables)

    @cached_property
    def signer(self) -> Signer:
        """The key this station signs bundles with."""
        return self.keyring.signer()

    @cached_property
    def log_signer(self) -> Signer:
        """The key this station signs its log with."""
        return self.keyring.log_signer(self.log_origin(self.id))

    @cached_property
    def witness_signer(self) -> Signer:
        """The key this station cosigns its peers' logs with; the one that trust data names."""
        known = self.trust.station(self.id)
        name = cosignature.witness_of(self.config.city, self.id)
        return self.keyring.witness_signer(name, known.witness_key if known else None)

    @cached_property
    def recipient_keys(self) -> Ring:
        """The keys that open bundles sealed for this station."""
        return self.keyring.recipient_keys()

    @property
    def knows_nobody(self) -> bool:
        """Whether neither a key that was given nor an account says who is at the desk."""
        return self._account is None and (self._clerk is None or self._clerk.place is None)

    def clerk_signer(self, name: str | None) -> Signer | None:
        """Return the key of the person at the desk, of *name* where one was named.

        Where it is was given with the command, or stands in the settings. None where neither
        says so. Opened once: one PIN is enough for all that a command does.

        Raises:
            KeyFileError, PassphraseError, TokenError: it cannot be opened.
            SettingsError: the settings cannot be used.
        """
        if self._clerk_signer is None:
            self._clerk_signer = self.keyring.clerk_signer(self._clerk, name)
        return self._clerk_signer

    def closing(self, resource: _Closable) -> _Closable:
        """Return *resource*, which will be closed with the station."""
        self._open.callback(resource.close)
        return resource

    def now(self) -> str:
        """Return the current time as the format writes it."""
        return to_rfc3339(self.clock.now())

    def _past(self) -> Iterator[Evidence]:
        return evidence(self.log, self.id, self.seen_trust)

    def record(self, event: Event, *, actor: str | None = None, **facts: Fact) -> None:
        """Append to the transfer log; durable when this returns. Call it before the effect."""
        self.log.append(
            events.build(
                event,
                time=self.now(),
                station=self.id,
                actor=actor or self.id,
                facts=facts,
            )
        )

    def tell(self, state: MediumState, **facts: Any) -> None:
        """Say what a medium is now: to whoever works here, and to whoever watches."""
        seen = report(state, **facts)
        path = self.home.medium_state
        draft = path.with_suffix(".new")
        # A hint for another screen is worth no journey.
        with suppress(OSError):
            draft.write_text(json.dumps(seen.as_plain()), "utf-8")
            draft.replace(path)
        self._show(seen)

    def pass_on(self) -> None:
        """Pass on what was just taken, where this station stands between two others."""

    def not_passed_on(self) -> list[NotPassedOnError]:
        """Return what keeps a bundle from going on to the other side."""
        return []

    hears_echoes = False
    """Whether a record that is collected here can be one that :meth:`is_echo` tells."""

    def is_echo(self, _record: Record) -> bool:
        """Tell whether a record only repeats what the other side told; such are not sent."""
        return False

    def log_origin(self, station: str) -> str:
        """Return the origin of *station*'s transfer log."""
        return checkpoint.origin_of(self.config.city, station)

    def mirror(self, station: str) -> PeerMirror:
        """Return this station's copy of the log of *station*."""
        return PeerMirror(self._connection, self.log_origin(station))

    def mirrors(self) -> list[PeerMirror]:
        """Return all of this station's copies of others' logs, by origin."""
        origins = database.origins(self._connection)
        return [PeerMirror(self._connection, each) for each in origins if each != self.log.origin]

    def receivers(self) -> tuple[str, ...]:
        """Return the stations that bundles from here go to."""
        routes = self.seen_trust.routes
        return tuple(dict.fromkeys(each.receiver for each in routes if each.sender == self.id))

    def by_line(self, peer: str) -> bool:
        """Tell whether the line leads to *peer*, and no stick is meant for it.

        That is so between the agency's station and those on LGWAN.
        """
        known = self.seen_trust.station(peer)
        return known is not None and "agency" in {self.config.role, known.role}

    def stick_receivers(self) -> tuple[str, ...]:
        """Return the stations that sticks go to from here."""
        return tuple(filter(self.by_stick, self.receivers()))

    def by_stick(self, receiver: str, named: str | None = None) -> bool:
        """Tell whether what goes to *receiver* goes onto a stick: unless a line leads there.

        Where somebody *named* a receiver, that one and no other.
        """
        return not self.by_line(receiver) if named is None else receiver == named

    def peer(self, receiver: str | None = None) -> str:
        """Return the station that bundles from here go to; *receiver* chooses among several.

        Without it, that is the one to which sticks go, where a line leads to the others.

        Raises:
            UsageError: no such route, or several and none chosen.
        """
        known = [route.receiver for route in self.trust.routes if route.sender == self.id]
        if receiver is not None and receiver in known:
            return receiver
        nearest = [each for each in known if self.by_stick(each)] or known
        if receiver is None and len(nearest) == 1:
            return nearest[0]
        raise UsageError(detail=text("--to must be one of: {known}", known=", ".join(known)))

    def operator(self, name: str | None, option: str = _OPERATOR) -> str:
        """Return the person at the desk; without a *name* the only clerk there is.

        *option* is where the name was given. An account that is called like a person of the trust
        data is that person's.

        Raises:
            UsageError: nobody of that name, or several clerks and none named; or another name
                than that of such an account.
        """
        # Whoever types a name proves nothing by it; what has to be proved is signed.
        people = [person.label for person in self.seen_trust.people]
        if option == _OPERATOR and self._account in people:
            if name not in (None, self._account):
                detail = text("this account is that of {account}", account=self._account)
                raise UsageError(detail=f"{option}: {detail}")
            return self._account
        clerks = [person.label for person in self.seen_trust.people if person.role == "clerk"]
        if name is None and len(clerks) == 1:
            return clerks[0]
        if name in people:
            return name
        known = ", ".join(people)
        raise UsageError(
            detail=text("{option} must be one of: {known}", option=option, known=known)
        )

    def accept_trust(self, medium_trust: Path) -> None:
        """Take over newer trust data from a medium, if there is any.

        Raises:
            TrustOlderError, TrustRollbackError, TrustInvalidError: see
                :func:`mediabridge.trust.client.refresh`.
        """
        # The client of a network; a station that is only looked at has no use for it.
        from mediabridge.trust import client  # noqa: PLC0415

        # Ours is opened first: while the client holds its copy, nobody else comes to it.
        before = self.trust
        self.trust = client.refresh(
            medium_trust,
            self.home.trust_cache,
            self.home.trust_root.read_bytes(),
            now=self.clock.now(),
            before_switch=lambda *found: self._announce_trust(before, *found),
        )
        self.settle_witness()
        self.clock.ask_again()

    def _announce_trust(
        self, before: TrustData, found: TrustData, signers: tuple[str, ...]
    ) -> None:
        """Refuse another city's trust data; leave the log entries for newer data of ours."""
        self._check_ours(found)
        if found.version != before.version:
            self.record(Event.TRUST_UPDATED, trust_version=found.version)
            self.record_retired(before, found, signers)

    def record_retired(self, before: TrustData, found: TrustData, signers: tuple[str, ...]) -> None:
        """Leave the entry for each witness key that *found*, signed by *signers*, retires."""
        from mediabridge.stations import retired  # noqa: PLC0415 - hardly ever is there one

        for facts in retired.facts_of(self.log, before, found, signers):
            self.record(Event.WITNESS_KEY_RETIRED, actor=None, **facts)

    def settle_witness(self) -> None:
        """Let a witness key that was asked for take its place, once trust data names it."""
        known = self.trust.station(self.id)
        if known is not None:
            self.keyring.settle_witness(known.witness_key)

    def _check_ours(self, found: TrustData | SeenTrust) -> None:
        """Refuse trust data of another city or mode: training and live never meet.

        Raises:
            StationError: another city's.
            ModeMismatchError: that of a training city at a live station, or the reverse.
        """
        if found.city != self.config.city:
            raise StationError(detail=text("the trust data is of another city"))
        if found.mode != self.config.mode:
            raise ModeMismatchError(got=Mode.of(found.mode), wanted=Mode.of(self.config.mode))

    @property
    def trust_copy(self) -> Path:
        """The accepted trust repository, as it goes onto the next medium."""
        from mediabridge.trust import accepted  # noqa: PLC0415 - as above

        return accepted.repository_copy(self.home.trust_cache)

    @property
    def keyring(self) -> Keyring:
        """Where its private keys are."""
        # Only what signs or opens something needs keys, and the ciphers that they are kept by.
        from mediabridge.stations.keyring import Keyring  # noqa: PLC0415

        return Keyring(self.home, self.id, self._passphrases)


@contextmanager
def _locked(root: Path) -> Iterator[None]:
    with _lock_file(root / "lock") as lock:
        wait_for(lock)
        yield


@contextmanager
def _lock_file(path: Path) -> Iterator[int]:
    """Open the lock for reading only: on a protected disk the databases say what is wrong."""
    try:
        lock = os.open(path, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except PermissionError as error:
        raise StationWrongOwnerError(detail=error.strerror) from None
    try:
        yield lock
    finally:
        os.close(lock)
