"""What a ``trust.json`` must not say: it would contradict itself, or one key would be two."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from mediabridge import clock, locale
from mediabridge.bundle import wraps
from mediabridge.config import SOFTWARE_APPROVALS
from mediabridge.spelling import from_base64
from mediabridge.translog import checkpoint, cosignature
from mediabridge.translog.cosignature import WitnessKey
from mediabridge.translog.note import Vkey
from mediabridge.trust import keytext
from mediabridge.trust.fields import ESCROW

if TYPE_CHECKING:
    from mediabridge.trust.trust_data import TrustData


def problems(data: TrustData) -> Iterator[str]:
    """Yield a sentence for everything in *data* that contradicts something else in it."""
    yield from _repeated(locale.text("id"), [each.label for each in data.holders])
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
    for holder in data.holders:
        if clock.from_rfc3339(holder.valid_from) >= clock.from_rfc3339(holder.valid_until):
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
        *((keytext.parse_openssh(each.key), each.label) for each in data.holders),
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
        if data.is_revoked(keytext.witness_fingerprint(station.witness_key)):
            yield locale.text("the witness key of {station} is revoked", station=station.id)
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
        if 0 < route.software < max(SOFTWARE_APPROVALS, route.approvals):
            yield locale.text("{name}: too few approvals for software", name=name)
        for kind, approvals in route.approvals_by_kind.items():
            # For a whole population the least is no news, but may well be said.
            least = route.least_for(kind) if kind.facts.extract else route.approvals + 1
            if kind not in route.kinds or approvals < least:
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
