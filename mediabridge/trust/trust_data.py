"""What ``trust.json`` says: who may sign, who can decrypt, who approves, what is revoked.

The file is canonical JSON (RFC 8785) and a target of the city's TUF repository,
so its signatures have been checked before :func:`parse` sees it. The models
are frozen and strict; a :class:`TrustData` in hand is complete and free of
contradictions, and every later decision only looks things up in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import unique
from typing import Annotated, Any, Literal

from cryptography.hazmat.primitives.hpke import MLKEM1024P384PublicKey
from pydantic import (
    Field,
    SerializerFunctionWrapHandler,
    ValidationError,
    model_serializer,
    model_validator,
)

from mediabridge import canonical, errors
from mediabridge.bundle import wraps
from mediabridge.bundle.announcement import RecipientKey
from mediabridge.bundle.header import Format
from mediabridge.config import (
    EXTRACT_APPROVALS,
    LIMITS,
    PARITY_DATA_COLUMNS,
    SOFTWARE_APPROVALS,
)
from mediabridge.kinds import SOFTWARE, Kind, Role
from mediabridge.locale import n_
from mediabridge.locale.spoken import Spoken
from mediabridge.spelling import from_base64
from mediabridge.trust import keytext
from mediabridge.trust.contradictions import problems
from mediabridge.trust.fields import (
    ESCROW,
    Domain,
    Fingerprint,
    Identifier,
    Instant,
    LogKey,
    Model,
    OpensshKey,
    WitnessVkey,
)
from mediabridge.validation import field_problems

Profile = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9+-]{0,99}$")]
RecordKind = Annotated[Kind, Field(strict=False)]
"""Trust data is also built from text, as a person writes it."""


@unique
class Duty(Spoken):
    """What a holder of a key does, as a refusal says it."""

    STATION = "station", n_("station")
    AGENCY = "agency", n_("agency's station")
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
    approvals_by_kind: dict[RecordKind, Annotated[int, Field(ge=1, le=LIMITS.approvals)]] = Field(
        default_factory=dict
    )
    """More approvals for bundles with records of these kinds; never fewer."""
    parity_percent: Annotated[int, Field(ge=0, le=50, multiple_of=5)] = 0
    """How much is added to a bundle, so that damaged places of a stick can be made good."""
    software: Annotated[int, Field(ge=0, le=LIMITS.approvals)] = 0
    """How many have to approve software, which may then travel; 0, and not written: none may."""

    @model_serializer(mode="wrap")
    def _as_before_software(self, plain: SerializerFunctionWrapHandler) -> dict[str, Any]:
        # A program from before there was software reads what says nothing of it.
        dumped: dict[str, Any] = plain(self)
        return {name: value for name, value in dumped.items() if value or name != SOFTWARE}

    @property
    def parity_columns(self) -> int:
        """The same as the number of parity columns beside the columns of data."""
        return self.parity_percent * PARITY_DATA_COLUMNS // 100

    def approvals_for(self, carried: Mapping[str, int]) -> int:
        """Return how many have to approve a bundle that has so much *carried* of each kind.

        Software counts as a kind here (:attr:`Summary.carried`).
        """
        there = [kind for kind in Kind if carried.get(kind)]
        named = [self.approvals_by_kind.get(kind, 0) for kind in there]
        software = [max(self.software, SOFTWARE_APPROVALS)] if carried.get(SOFTWARE) else []
        return max([self.approvals, *named, *map(self.least_for, there), *software])

    def least_for(self, kind: Kind) -> int:
        """Return how many have to approve records of *kind*, whatever is said for it.

        The whole population of a city is one person more, and never one person alone.
        """
        if kind.facts.extract is None:
            return self.approvals
        return max(self.approvals + 1, EXTRACT_APPROVALS)


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
        found = list(problems(self))
        if found:
            raise ValueError("; ".join(found))
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

    @property
    def install_namespace(self) -> str:
        """SSHSIG namespace of an officer's signature on the order to install software."""
        return f"mediabridge-install-v1@{self.city}"

    @property
    def holders(self) -> tuple[Station | Person, ...]:
        """Everyone who has a key to sign with."""
        return (*self.stations, *self.people)

    @property
    def witnesses(self) -> dict[str, str]:
        """The key that each station cosigns others' logs with, by its id."""
        return {each.id: each.witness_key for each in self.stations}

    def station(self, station_id: str) -> Station | None:
        """Return the station called *station_id*, or None."""
        return next((each for each in self.stations if each.id == station_id), None)

    def holder_of(self, fingerprint: str) -> Station | Person | None:
        """Return whoever signs with the key of this ``SHA256:…`` *fingerprint*, or None.

        Validity and revocation are not looked at: the caller has to tell a
        stranger from a known holder whose key has run out.
        """
        return next(
            (each for each in self.holders if keytext.fingerprint(each.key) == fingerprint), None
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
