"""What ``trust.json`` says: who may sign, who can decrypt, who approves, what is revoked.

The file is canonical JSON (RFC 8785) and a target of the city's TUF repository,
so its signatures have been checked before :func:`parse` sees it. The models
are frozen and strict; a :class:`TrustData` in hand is complete and free of
contradictions, and every later decision only looks things up in it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from enum import unique
from typing import Annotated, Final, Literal

from cryptography.hazmat.primitives.hpke import MLKEM1024P384PublicKey
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from mediabridge import canonical, clock, errors, locale
from mediabridge.bundle import wraps
from mediabridge.bundle.header import Format
from mediabridge.config import LIMITS, PARITY_DATA_COLUMNS
from mediabridge.kinds import Kind, Role
from mediabridge.locale import n_
from mediabridge.locale.spoken import Spoken
from mediabridge.spelling import from_base64
from mediabridge.translog import checkpoint, cosignature
from mediabridge.translog.cosignature import WitnessKey
from mediabridge.translog.note import Vkey
from mediabridge.trust import keytext
from mediabridge.validation import field_problems

ESCROW: Final = "escrow"
"""The ``station`` of a recipient key that is kept in the safe and opens every bundle."""


def _openssh_key(text: str) -> str:
    keytext.parse_openssh(text)
    return text


def _log_key(text: str) -> str:
    Vkey.parse(text)
    return text


def _witness_key(text: str) -> str:
    WitnessKey.parse(text)
    return text


def _instant(text: str) -> str:
    clock.from_rfc3339(text)
    return text


def _recipient_key(text: str) -> str:
    wraps.load_public_key(from_base64(text))
    return text


Identifier = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,30}$")]
OpensshKey = Annotated[str, AfterValidator(_openssh_key)]
LogKey = Annotated[str, Field(max_length=400), AfterValidator(_log_key)]
WitnessVkey = Annotated[str, Field(max_length=400), AfterValidator(_witness_key)]
Instant = Annotated[str, Field(max_length=20), AfterValidator(_instant)]
RecipientKey = Annotated[str, Field(max_length=2220), AfterValidator(_recipient_key)]
Fingerprint = Annotated[str, Field(pattern=r"^SHA256:[A-Za-z0-9+/]{43}$")]
Domain = Annotated[
    str,
    Field(
        max_length=200,
        pattern=r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$",
    ),
]
Profile = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9+-]{0,99}$")]
RecordKind = Annotated[Kind, Field(strict=False)]
"""Trust data is also built from text, as a person writes it."""


class Model(BaseModel):
    """Frozen and strict, without unknown members: the base of everything in trust data."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


@unique
class Duty(Spoken):
    """What a holder of a key does, as a refusal says it."""

    STATION = "station", n_("station")
    LGWAN = "lgwan", n_("LGWAN station")
    REGISTRY = "registry", n_("registry station")
    OFFICER = "officer", n_("security officer")
    CLERK = "clerk", n_("clerk")
    ESCROW = "escrow", n_("holder of the escrow key")


class Station(Model):
    """One of the ends that seal and open bundles."""

    id: Identifier
    role: Role
    key: OpensshKey
    log_key: LogKey
    witness_key: WitnessVkey
    valid_from: Instant
    valid_until: Instant

    @property
    def label(self) -> str:
        """The identifier, under the name that :class:`Person` shares."""
        return self.id


class Person(Model):
    """A name and a key; counts once, whatever else the human behind it does."""

    name: Identifier
    role: Literal["officer", "clerk"]
    key: OpensshKey
    valid_from: Instant
    valid_until: Instant

    @property
    def label(self) -> str:
        """The name, under the name that :class:`Station` shares."""
        return self.name


class Recipient(Model):
    """A key that bundles are encrypted to: base64 of ML-KEM-1024 key ‖ P-384 point."""

    id: Identifier
    station: Identifier
    key: RecipientKey

    @property
    def public_key(self) -> MLKEM1024P384PublicKey:
        """The key as the HPKE suite of the profile takes it."""
        return wraps.load_public_key(from_base64(self.key))


class RouteRule(Model):
    """An ordered pair of stations and what travels between them under which approvals."""

    sender: Identifier
    receiver: Identifier
    approvals: Annotated[int, Field(ge=0, le=LIMITS.approvals)]
    kinds: tuple[RecordKind, ...]
    approvals_by_kind: dict[RecordKind, Annotated[int, Field(ge=1, le=LIMITS.approvals)]] = {}
    """More approvals for bundles with records of these kinds; never fewer."""
    parity_percent: Annotated[int, Field(ge=0, le=50, multiple_of=5)] = 0
    """How much is added to a bundle, so that damaged places of a stick can be made good."""

    @property
    def parity_columns(self) -> int:
        """The same as the number of parity columns beside the columns of data."""
        return self.parity_percent * PARITY_DATA_COLUMNS // 100

    def approvals_for(self, records: Mapping[str, int]) -> int:
        """Return how many have to approve a bundle with so many *records* of each kind."""
        there = [kind for kind in self.approvals_by_kind if records.get(kind)]
        return max([self.approvals, *(self.approvals_by_kind[kind] for kind in there)])


class Revocation(Model):
    """A signing key, by fingerprint, that must not be believed any more."""

    key: Fingerprint
    at: Instant
    reason: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]{0,63}$")]


class TrustData(Model):
    """The whole of ``trust.json``."""

    format: Format
    city: Domain
    municipality_code: Annotated[str, Field(pattern=r"^[0-9]{6}$")]
    mode: Literal["live", "training"]
    version: Annotated[int, Field(ge=1, le=2**31)]
    profiles: Annotated[tuple[Profile, ...], Field(min_length=1)]
    stations: tuple[Station, ...]
    people: tuple[Person, ...]
    recipients: tuple[Recipient, ...]
    routes: tuple[RouteRule, ...]
    revoked: tuple[Revocation, ...]
    media_officers: tuple[Identifier, ...] = ()
    """The officers who may register media; empty: every officer."""

    @model_validator(mode="after")
    def _cross_check(self) -> TrustData:
        problems = list(_problems(self))
        if problems:
            raise ValueError("; ".join(problems))
        return self

    @property
    def bundle_namespace(self) -> str:
        """SSHSIG namespace of a station's signature on a bundle."""
        return f"mediabridge-bundle-v1@{self.city}"

    @property
    def approve_namespace(self) -> str:
        """SSHSIG namespace of an officer's approval of a bundle."""
        return f"mediabridge-approve-v1@{self.city}"

    @property
    def recipient_namespace(self) -> str:
        """SSHSIG namespace of a station's signature on the recipient key that it announces."""
        return f"mediabridge-recipient-v1@{self.city}"

    @property
    def backup_namespace(self) -> str:
        """SSHSIG namespace of a station's signature on a backup of itself."""
        return f"mediabridge-backup-v1@{self.city}"

    @property
    def recover_namespace(self) -> str:
        """SSHSIG namespace of an officer's signature on the statement of a recovery."""
        return f"mediabridge-recover-v1@{self.city}"

    @property
    def void_namespace(self) -> str:
        """SSHSIG namespace of an officer's signature on the statement that numbers are void."""
        return f"mediabridge-void-v1@{self.city}"

    def station(self, station_id: str) -> Station | None:
        """Return the station called *station_id*, or None."""
        return next((each for each in self.stations if each.id == station_id), None)

    def holder_of(self, fingerprint: str) -> Station | Person | None:
        """Return whoever signs with the key of this ``SHA256:…`` *fingerprint*, or None.

        Validity and revocation are not looked at: the caller has to tell a
        stranger from a known holder whose key has run out.
        """
        return next(
            (each for each in _holders(self) if keytext.fingerprint(each.key) == fingerprint), None
        )

    def recipients_for(self, station_id: str) -> tuple[Recipient, ...]:
        """Return the keys a bundle for *station_id* is wrapped to: the station's and escrow's."""
        return tuple(each for each in self.recipients if each.station in {station_id, ESCROW})

    def route(self, sender: str, receiver: str) -> RouteRule | None:
        """Return the route from *sender* to *receiver*, or None if there is no such route."""
        wanted = (sender, receiver)
        return next((each for each in self.routes if (each.sender, each.receiver) == wanted), None)

    def registers_media(self, person: Person) -> bool:
        """Tell whether *person* may say who a medium is."""
        allowed = not self.media_officers or person.name in self.media_officers
        return person.role == "officer" and allowed

    def is_revoked(self, fingerprint: str) -> bool:
        """Tell whether the key of this ``SHA256:…`` *fingerprint* is on the revocation list."""
        return any(each.key == fingerprint for each in self.revoked)

    def dump(self) -> bytes:
        """Return the canonical bytes, which :func:`parse` reads back to an equal value."""
        return canonical.dump(self.model_dump(mode="json"))


def parse(data: bytes) -> TrustData:
    """Read ``trust.json``.

    Raises:
        TrustInvalidError: not canonical JSON, not this shape, or contradicting
            itself; ``detail`` lists every problem, not only the first.
    """
    try:
        canonical.load(data)
        return TrustData.model_validate_json(data)
    except ValidationError as error:
        raise errors.TrustInvalidError(detail=f"trust.json: {field_problems(error)}") from None
    except ValueError as error:
        raise errors.TrustInvalidError(detail=f"trust.json: {error}") from None


def _holders(data: TrustData) -> tuple[Station | Person, ...]:
    return (*data.stations, *data.people)


def _problems(data: TrustData) -> Iterator[str]:
    yield from _repeated(locale.text("id"), [each.label for each in _holders(data)])
    yield from _repeated(locale.text("recipient"), [each.id for each in data.recipients])
    yield from _repeated(
        locale.text("route"),
        [
            locale.text("{sender} to {receiver}", sender=each.sender, receiver=each.receiver)
            for each in data.routes
        ],
    )
    yield from _repeated(locale.text("revocation"), [each.key for each in data.revoked])
    yield from _repeated(locale.text("profile"), data.profiles)
    yield from _media_problems(data)
    yield from _key_problems(data)
    yield from _station_problems(data)
    yield from _route_problems(data)
    for holder in _holders(data):
        if _at(holder.valid_from) >= _at(holder.valid_until):
            yield locale.text(
                "{holder} is valid from {start} until {end}",
                holder=holder.label,
                start=holder.valid_from,
                end=holder.valid_until,
            )


def _key_problems(data: TrustData) -> Iterator[str]:
    # Keys that sign are compared as raw bytes: one key must not speak in two formats.
    owners: dict[bytes, str] = {}
    claims = [
        *((keytext.parse_openssh(each.key), each.label) for each in _holders(data)),
        *(
            (Vkey.parse(each.log_key).public_key, locale.text("log of {station}", station=each.id))
            for each in data.stations
        ),
        *(
            (
                WitnessKey.parse(each.witness_key).public_key,
                locale.text("witness {station}", station=each.id),
            )
            for each in data.stations
        ),
        # Of a recipient's key its point is compared: that half could sign as well.
        *(
            (
                from_base64(each.key)[-wraps.POINT_BYTES :],
                locale.text("recipient {name}", name=each.id),
            )
            for each in data.recipients
        ),
    ]
    for key, owner in claims:
        first = owners.setdefault(key, owner)
        if first is not owner:
            yield locale.text("{first} and {second} have the same key", first=first, second=owner)


def _station_problems(data: TrustData) -> Iterator[str]:
    known = {each.id for each in data.stations}
    if ESCROW in known:
        yield locale.text("a station may not be called {name}", name=ESCROW)
    for station in data.stations:
        wanted = checkpoint.origin_of(data.city, station.id)
        if Vkey.parse(station.log_key).name != wanted:
            yield locale.text(
                "the log key of {station} should be named {wanted}",
                station=station.id,
                wanted=wanted,
            )
        wanted = cosignature.witness_of(data.city, station.id)
        if WitnessKey.parse(station.witness_key).name != wanted:
            yield locale.text(
                "the witness key of {station} should be named {wanted}",
                station=station.id,
                wanted=wanted,
            )
    for recipient in data.recipients:
        if recipient.station not in known | {ESCROW}:
            name = locale.text("recipient {name}", name=recipient.id)
            yield _unknown_station(name, recipient.station)


def _media_problems(data: TrustData) -> Iterator[str]:
    officers = {each.name for each in data.people if each.role == "officer"}
    for name in data.media_officers:
        if name not in officers:
            yield locale.text("{name} registers media, but is no officer", name=name)
    yield from _repeated(locale.text("officer for media"), data.media_officers)


def _route_problems(data: TrustData) -> Iterator[str]:
    known = {each.id for each in data.stations}
    for route in data.routes:
        name = locale.text(
            "route {sender} to {receiver}", sender=route.sender, receiver=route.receiver
        )
        for end in (route.sender, route.receiver):
            if end not in known:
                yield _unknown_station(name, end)
        if route.sender == route.receiver:
            yield locale.text("{name} leads to its own sender", name=name)
        yield from _repeated(locale.text("{name}: kind", name=name), route.kinds)
        for kind, approvals in route.approvals_by_kind.items():
            if kind not in route.kinds or approvals <= route.approvals:
                yield locale.text(
                    "{name}: approvals for {kind} that mean nothing", name=name, kind=kind
                )


def _unknown_station(name: str, station: str) -> str:
    return locale.text("{name} names the unknown station {station}", name=name, station=station)


def _repeated(what: str, values: Iterable[str]) -> Iterator[str]:
    for value, count in Counter(values).items():
        if count > 1:
            yield locale.text(
                "{what} {value} occurs {count} times", what=what, value=value, count=count
            )


def _at(text: str) -> datetime:
    return clock.from_rfc3339(text)
