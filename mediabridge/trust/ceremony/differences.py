"""What a draft changes, sentence by sentence, for those who sign it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeVar

from tuf.api.metadata import Root

from mediabridge import locale
from mediabridge.bundle.terms import Mode
from mediabridge.locale import said, translate
from mediabridge.trust import keytext, tuf_keys
from mediabridge.trust.ceremony import roles
from mediabridge.trust.ceremony.reasons import Reason
from mediabridge.trust.ceremony.roles import Role
from mediabridge.trust.fields import Model
from mediabridge.trust.trust_data import (
    Duty,
    Person,
    Recipient,
    Revocation,
    RouteRule,
    Station,
    TrustData,
)

_Entry = TypeVar("_Entry", bound=Model)
Kind = Literal["added", "removed", "changed"]
_MARKS: dict[Kind, str] = {"added": "+", "removed": "-", "changed": "*"}


class _Told(NamedTuple):
    name: str
    sentence: str


@dataclass(frozen=True)
class Difference:
    """One thing that is added, removed or changed; ``what`` and ``name`` are for programs."""

    kind: Kind
    what: str
    name: str
    sentence: str

    @property
    def line(self) -> str:
        """The sentence behind a mark: plus, minus or star."""
        return f"{_MARKS[self.kind]} {self.sentence}"


def of_root(before: Root | None, after: Root) -> list[Difference]:
    """Return what *after* changes about the holders of the four roles."""
    return [each for role in roles.ROLES for each in _of_role(before, after, role)]


def of_trust(before: TrustData | None, after: TrustData) -> list[Difference]:
    """Return what *after* changes in ``trust.json``, its version apart."""
    return [
        *_of_head(before, after),
        *_of("station", before.stations if before else (), after.stations, _station),
        *_of("person", before.people if before else (), after.people, _person),
        *_of("recipient", before.recipients if before else (), after.recipients, _recipient),
        *_of("route", before.routes if before else (), after.routes, _route),
        *_of_media(before, after),
        *_of_revoked(before, after),
    ]


def _of_role(before: Root | None, after: Root, role: str) -> Iterator[Difference]:
    was = roles.holders(before, role) if before else {}
    now = roles.holders(after, role)
    for name in sorted(was.keys() | now.keys()):
        ids = [sorted(key.keyid for key in each.get(name, ())) for each in (was, now)]
        if ids[0] == ids[1]:
            continue
        kind: Kind = "added" if name not in was else "removed" if name not in now else "changed"
        keys = now.get(name) or was[name]
        shown = ", ".join(f"{tuf_keys.kind_of(key) or key.scheme} {key.keyid[:16]}" for key in keys)
        sentence = locale.text(
            "holder of {role}: {name} ({keys})", role=Role.of(role), name=name, keys=shown
        )
        yield Difference(kind, role, name, sentence)
    counts = (roles.needed(after, role), len(now))
    if before is None or counts != (roles.needed(before, role), len(was)):
        sentence = locale.text(
            "{role}: holders: {count}; have to sign: {needed}",
            role=Role.of(role),
            needed=counts[0],
            count=counts[1],
        )
        yield Difference("added" if before is None else "changed", role, "", sentence)


def _of_head(before: TrustData | None, after: TrustData) -> Iterator[Difference]:
    facts = {
        "city": (locale.n_("city: {value}"), after.city),
        "municipality_code": (locale.n_("municipality code: {value}"), after.municipality_code),
        "mode": (locale.n_("mode: {value}"), Mode.of(after.mode)),
        "profiles": (locale.n_("cryptographic profiles: {value}"), ", ".join(after.profiles)),
    }
    for name, (message, value) in facts.items():
        if before is None or getattr(before, name) != getattr(after, name):
            kind: Kind = "added" if before is None else "changed"
            yield Difference(kind, name, "", locale.text(message, value=value))


def _of(
    what: str, before: Sequence[_Entry], after: Sequence[_Entry], tell: Callable[[_Entry], _Told]
) -> Iterator[Difference]:
    was = {told.name: told.sentence for told in map(tell, before)}
    now = {told.name: told.sentence for told in map(tell, after)}
    for name in [*was, *(each for each in now if each not in was)]:
        if name not in now:
            yield Difference("removed", what, name, was[name])
        elif name not in was:
            yield Difference("added", what, name, now[name])
        elif was[name] != now[name]:
            sentence = locale.text("{now} (before: {was})", now=now[name], was=was[name])
            yield Difference("changed", what, name, sentence)


def _station(station: Station) -> _Told:
    sentence = locale.text(
        "station {name} ({role}), key {key}, log key {log_key}, witness key {witness_key},"
        " from {start} to {end}",
        name=station.id,
        role=Duty.of(station.role),
        key=keytext.fingerprint(station.key),
        log_key=_digest(station.log_key),
        witness_key=_digest(station.witness_key),
        start=station.valid_from,
        end=station.valid_until,
    )
    return _Told(station.id, sentence)


def _person(person: Person) -> _Told:
    sentence = locale.text(
        "person {name} ({role}), key {key}, from {start} to {end}",
        name=person.name,
        role=Duty.of(person.role),
        key=keytext.fingerprint(person.key),
        start=person.valid_from,
        end=person.valid_until,
    )
    return _Told(person.name, sentence)


def _digest(key: str) -> str:
    """Return what tells *key* from every other; the 32 bits of a log key's id would not."""
    return hashlib.sha256(key.encode()).hexdigest()[:32]


def _recipient(recipient: Recipient) -> _Told:
    sentence = locale.text(
        "recipient key {name} of {station}: opens every bundle for it (SHA-256 {digest})",
        name=recipient.id,
        station=recipient.station,
        digest=_digest(recipient.key),
    )
    return _Told(recipient.id, sentence)


def _route(route: RouteRule) -> _Told:
    sentence = locale.text(
        "route {sender} to {receiver}, approvals needed: {approvals}, kinds: {kinds}",
        sender=route.sender,
        receiver=route.receiver,
        approvals=route.approvals,
        kinds=", ".join(str(said(kind)) for kind in route.kinds),
    )
    needed = {kind: route.approvals_for({kind: 1}) for kind in route.kinds}
    more = ", ".join(
        f"{said(kind)}: {count}" for kind, count in needed.items() if count > route.approvals
    )
    if more:
        sentence = locale.text("{route}; approvals needed with: {more}", route=sentence, more=more)
    if route.parity_percent:
        percent = route.parity_percent
        sentence = locale.text("{route}; parity: {percent} %", route=sentence, percent=percent)
    if route.software:
        count = route.software
        sentence = locale.text(
            "{route}; officers who approve software: {count}", route=sentence, count=count
        )
    return _Told(f"{route.sender}>{route.receiver}", sentence)


def _of_media(before: TrustData | None, after: TrustData) -> Iterator[Difference]:
    was, now = (each.media_officers if each else None for each in (before, after))
    if was != now:
        names = ", ".join(after.media_officers) or locale.text("every officer")
        sentence = locale.text("who registers media: {names}", names=names)
        yield Difference("added" if was is None else "changed", "media", "", sentence)


def _reason(code: str) -> str:
    """Return the words for *code*; a code of another program stays as it is."""
    return translate(Reason.of(code).sentence) if code in set(Reason) else code


def _of_revoked(before: TrustData | None, after: TrustData) -> Iterator[Difference]:
    def tell(entry: Revocation) -> _Told:
        holder = after.holder_of(entry.key) or (before and before.holder_of(entry.key))
        sentence = locale.text(
            "revoked: the key {key} of {name}, {reason}, on {at}",
            key=entry.key,
            name=holder.label if holder else "?",
            reason=_reason(entry.reason),
            at=entry.at,
        )
        return _Told(entry.key, sentence)

    yield from _of("revoked", before.revoked if before else (), after.revoked, tell)
