"""The changes that a ceremony makes to ``trust.json``; each returns the next contents, checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Literal

from mediabridge import canonical, errors, locale
from mediabridge.clock import to_rfc3339
from mediabridge.config import FORMAT, LIMITS, PARITY_USUAL_PERCENT, PROFILE
from mediabridge.kinds import SOFTWARE, Kind, kinds_between
from mediabridge.trust import keytext, trust_data
from mediabridge.trust.ceremony.reasons import Reason
from mediabridge.trust.fields import ESCROW
from mediabridge.trust.requests import Request
from mediabridge.trust.trust_data import Person, Revocation, RouteRule, Station, TrustData


@dataclass(frozen=True)
class Validity:
    """From when and until when a key that is entered counts."""

    start: datetime
    end: datetime


def first(city: str, municipality_code: str, mode: Literal["live", "training"]) -> TrustData:
    """Return the trust data of a city that knows nobody yet.

    Raises:
        UsageError: the domain or the code is not of the required form.
    """
    return _checked(
        {
            "format": FORMAT,
            "city": city,
            "municipality_code": municipality_code,
            "mode": mode,
            "version": 1,
            "profiles": [PROFILE],
            **{name: [] for name in ("stations", "people", "recipients", "routes", "revoked")},
        }
    )


def has_last_day(request: Request) -> bool:
    """Tell whether what *request* asks for has a validity: stations and people, who sign."""
    return request.request in {"station", "person"}


def added(trust: TrustData, request: Request, valid: Validity) -> TrustData:
    """Return *trust* with the station, the person or the key that *request* asks for.

    Another recipient key of a station takes the place of those that it had, and another witness
    key that of the one it had, which is revoked.

    Raises:
        UsageError: the name or one of the keys is there already; or a station that asks for
            another key is not listed with the key that vouches for it.
    """
    if request.request == "recipient":
        return _opening_with(trust, request)
    if request.request == "witness":
        return _witnessing_with(trust, request, valid.start)
    span = {"valid_from": to_rfc3339(valid.start), "valid_until": to_rfc3339(valid.end)}
    keys = request.keys
    if request.request == "person":
        person = {"name": request.id, "role": request.role, "key": keys["ssh"], **span}
        return _changed(trust, people=(*trust.people, person))
    recipient = {"id": request.id, "station": request.id, "key": keys["recipient"]}
    if request.request == "holder":
        escrow = {**recipient, "station": ESCROW}
        return _changed(trust, recipients=(*trust.recipients, escrow))
    station = {
        "id": request.id,
        "role": request.role,
        "key": keys["ssh"],
        "log_key": keys["log"],
        "witness_key": keys["witness"],
        **span,
    }
    return _changed(
        trust,
        stations=(*trust.stations, station),
        recipients=(*trust.recipients, recipient),
    )


def _opening_with(trust: TrustData, request: Request) -> TrustData:
    """Return *trust* in which a station's recipient keys are the one of *request*, and no other."""
    _vouched_for(trust, request)
    fresh = {"id": request.id, "station": request.id, "key": request.keys["recipient"]}
    others = _without(trust.recipients, lambda each: each.station == request.id)
    return _changed(trust, recipients=(*others, fresh))


def _witnessing_with(trust: TrustData, request: Request, now: datetime) -> TrustData:
    """Return *trust* in which a station cosigns by the key of *request*; its old one is revoked."""
    station, key = _vouched_for(trust, request), request.keys["witness"]
    if key == station.witness_key:
        detail = locale.text("{name} is listed with this key already", name=request.id)
        raise errors.UsageError(detail=detail)
    retired = Revocation(
        key=keytext.witness_fingerprint(station.witness_key),
        at=to_rfc3339(now),
        reason=Reason.REPLACED.value,
    )
    stations = tuple(
        each.model_copy(update={"witness_key": key}) if each is station else each
        for each in trust.stations
    )
    return _changed(trust, stations=stations, revoked=(*trust.revoked, retired))


def _vouched_for(trust: TrustData, request: Request) -> Station:
    """Return the station that asks for another key, by the key for bundles that it is listed with.

    Raises:
        UsageError: it is not listed, or with another key, or that is revoked.
    """
    station = trust.station(request.id)
    if station is None:
        raise _unknown(request.id)
    if (station.role, station.key) != (request.role, request.keys["ssh"]):
        detail = locale.text("{name} is listed with another key than this request", name=request.id)
        raise errors.UsageError(detail=detail)
    if trust.is_revoked(keytext.fingerprint(station.key)):
        detail = locale.text("the key of {name} is revoked", name=request.id)
        raise errors.UsageError(detail=detail)
    return station


def removed(trust: TrustData, name: str) -> TrustData:
    """Return *trust* without the station, person or recipient *name*.

    With a station go its recipient keys and its routes.

    Raises:
        UsageError: there is nobody of that name.
    """
    media = tuple(each for each in trust.media_officers if each != name)
    if trust.media_officers and not media:
        # An empty list would let every officer do it.
        detail = locale.text("{name} is the last who registers media: trust media first", name=name)
        raise errors.UsageError(detail=detail)
    changed = _changed(
        trust,
        media_officers=media,
        stations=_without(trust.stations, lambda each: each.id == name),
        people=_without(trust.people, lambda each: each.name == name),
        recipients=_without(trust.recipients, lambda each: name in {each.id, each.station}),
        routes=_without(trust.routes, lambda each: name in {each.sender, each.receiver}),
    )
    if changed == trust:
        raise _unknown(name)
    return changed


def revoked(trust: TrustData, name: str, reason: Reason, now: datetime) -> TrustData:
    """Return *trust* in which the key of the station or person *name* is revoked.

    The entry stays, so that a refusal can name whose key it was. Of a station the recipient
    keys and the routes go: nothing shall be sealed to it any more.

    Raises:
        UsageError: there is nobody of that name, or the key was revoked before.
    """
    holders: Sequence[Station | Person] = (*trust.stations, *trust.people)
    holder = next((each for each in holders if each.label == name), None)
    if holder is None:
        raise _unknown(name)
    if trust.is_revoked(keytext.fingerprint(holder.key)):
        raise errors.UsageError(
            detail=locale.text("the key of {name} is revoked already", name=name)
        )
    entry = Revocation(key=keytext.fingerprint(holder.key), at=to_rfc3339(now), reason=reason.value)
    trust = _changed(trust, revoked=(*trust.revoked, entry))
    return _cut_off(trust, name) if isinstance(holder, Station) else trust


def routed(
    trust: TrustData,
    sender: str,
    receiver: str,
    approvals: int,
    by_kind: Mapping[str, int] = MappingProxyType({}),
    *,
    parity: int | None = None,
    software: int | None = None,
) -> TrustData:
    """Return *trust* with the route, for every kind that its sender's side sends there.

    A route that is there already gets the new numbers of approvals: *approvals* for any
    bundle, and those of *by_kind* for bundles with records of these kinds, which it carries
    from then on if the sender's side sends them. Its *parity*, in percent, stays as it is where
    none is given; a new route gets the usual one. *software* is how many have to approve software,
    0 that none may travel; where nothing is said, that stays as it is, and none travels at first.

    Raises:
        UsageError: a station is not known, or the two are the agency's and a registry's; the number
            is out of range, or a full population, which takes one person more, could never be
            approved.
    """
    sent = _carried(trust, sender, receiver)
    known = trust.route(sender, receiver)
    kinds: tuple[Kind, ...] = known.kinds if known else sent
    # A route of an earlier day does not carry what was thought of since, until somebody says so.
    kinds += tuple(kind for kind in sent if kind in by_kind and kind not in kinds)
    if parity is None:
        parity = known.parity_percent if known else PARITY_USUAL_PERCENT
    if software is None:
        software = known.software if known else 0
    rule = {
        "sender": sender,
        "receiver": receiver,
        "approvals": approvals,
        "kinds": kinds,
        "approvals_by_kind": dict(by_kind),
        "parity_percent": parity,
        **({SOFTWARE: software} if software else {}),
    }
    others = _without(trust.routes, lambda each: (each.sender, each.receiver) == (sender, receiver))
    changed = _changed(trust, routes=(*others, rule))
    for route in changed.routes:
        if (route.sender, route.receiver) == (sender, receiver):
            _require_carriable(route)
    return changed


def _carried(trust: TrustData, sender: str, receiver: str) -> tuple[Kind, ...]:
    """Return what goes from *sender* to *receiver* by their roles.

    Raises:
        UsageError: one of them is not known, or nothing may go between the two.
    """
    start = trust.station(sender)
    if start is None:
        raise _unknown(sender)
    # A receiver that is not known is found when the whole is checked, and named with its route.
    end = trust.station(receiver) or start
    if {start.role, end.role} == {"agency", "registry"}:
        detail = locale.text(
            "between {sender} and {receiver} everything goes by the LGWAN station",
            sender=sender,
            receiver=receiver,
        )
        raise errors.UsageError(detail=detail)
    return kinds_between(start.role, end.role)


def _require_carriable(route: RouteRule) -> None:
    """Refuse a number of approvals of which a population would take more than a bundle may have."""
    for kind in route.kinds:
        wanted = route.least_for(kind)
        if wanted > LIMITS.approvals:
            detail = locale.text(
                "with {approvals} approvals for a day, {kind} would take {wanted}, and a bundle"
                " holds {limit} at most",
                approvals=route.approvals,
                kind=kind,
                wanted=wanted,
                limit=LIMITS.approvals,
            )
            raise errors.UsageError(detail=detail)


def routed_throughout(trust: TrustData, approvals: int) -> TrustData:
    """Return *trust* with a route in both directions between each two stations of two sides.

    Between the agency's and a registry's there is none.

    Raises:
        UsageError: the number is out of range.
    """
    ends = [(one.id, two.id) for one in trust.stations for two in trust.stations]
    roles = {each.id: each.role for each in trust.stations}
    for sender, receiver in ends:
        if roles[sender] != roles[receiver] and kinds_between(roles[sender], roles[receiver]):
            trust = routed(trust, sender, receiver, approvals)
    return trust


def without_route(trust: TrustData, sender: str, receiver: str) -> TrustData:
    """Return *trust* without the route from *sender* to *receiver*.

    Raises:
        UsageError: there is no such route.
    """
    rule = trust.route(sender, receiver)
    if rule is None:
        detail = locale.text(
            "there is no route {sender} to {receiver}", sender=sender, receiver=receiver
        )
        raise errors.UsageError(detail=detail)
    return _changed(trust, routes=_without(trust.routes, lambda each: each is rule))


def numbered(trust: TrustData, version: int) -> TrustData:
    """Return *trust* as *version*."""
    return _changed(trust, version=version)


def registered_by(trust: TrustData, officers: Sequence[str]) -> TrustData:
    """Return *trust* in which only *officers* register media; every officer where none is named.

    Raises:
        UsageError: one of them is no officer.
    """
    return _changed(trust, media_officers=tuple(officers))


def _cut_off(trust: TrustData, station: str) -> TrustData:
    """Return *trust* in which nothing is sealed to *station*, and nothing goes from or to it."""
    return _changed(
        trust,
        recipients=_without(trust.recipients, lambda each: each.station == station),
        routes=_without(trust.routes, lambda each: station in {each.sender, each.receiver}),
    )


def _without(entries: Sequence[Any], gone: Any) -> tuple[Any, ...]:
    return tuple(each for each in entries if not gone(each))


def _changed(trust: TrustData, **changes: Any) -> TrustData:
    return _checked(trust.model_dump(mode="json") | _plain(changes))


def _plain(changes: dict[str, Any]) -> dict[str, Any]:
    def plain(value: Any) -> Any:
        if isinstance(value, tuple):
            return [plain(each) for each in value]
        return value.model_dump(mode="json") if hasattr(value, "model_dump") else value

    return {name: plain(value) for name, value in changes.items()}


def _checked(document: dict[str, Any]) -> TrustData:
    """Read *document* as a station would: what it would refuse is not drafted."""
    try:
        return trust_data.parse(canonical.dump(document))
    except errors.TrustInvalidError as error:
        raise errors.UsageError(detail=error.facts["detail"]) from None


def _unknown(name: str) -> errors.UsageError:
    return errors.UsageError(
        detail=locale.text("the trust data knows nobody called {name}", name=name[:40])
    )
