"""What events are called in a report; the codes are those of the transfer log."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from mediabridge.locale import n_, text, translate
from mediabridge.media.trips import ServiceState
from mediabridge.report.model import About, Route
from mediabridge.translog.events import Event

_EVENTS: Final[Mapping[str, str]] = {
    Event.APPROVAL_REMOVED: n_("an approval did not hold any more"),
    Event.BUNDLE_REFUSED: n_("a bundle was refused"),
    Event.BUNDLE_REJECTED: n_("an officer sent a bundle back"),
    Event.CLOCK_DOUBTED: n_("the clock could not be right"),
    Event.FILE_REFUSED: n_("a file was refused"),
    Event.FOREIGN_PUT_ASIDE: n_("what did not belong on a medium was put aside"),
    Event.MEDIUM_FAILED: n_("a medium failed while it was in use"),
    Event.MEDIUM_LOST: n_("a medium was reported lost"),
    Event.MEDIUM_REFUSED: n_("a medium was not used"),
    Event.PASSPHRASE_WRONG: n_("a wrong passphrase"),
    Event.STATION_RESTORED: n_("the station came from a backup"),
    Event.STATION_SET_BACK: n_("the restored station lacks numbers"),
    Event.TRUST_REROOTED: n_("another first root was confirmed"),
    Event.VOID_DECLARED: n_("officers declared numbers void"),
}


def event(code: str) -> str:
    """Return what the event *code* is called, with the code itself; another one is its code."""
    sentence = _EVENTS.get(code)
    return f"{translate(sentence)} ({code})" if sentence else code


def route(of: Route) -> str:
    """Return what a route is called."""
    return text("{sender} to {receiver}", sender=of.sender, receiver=of.receiver)


def bundle(about: About) -> tuple[str, int, str]:
    """Return the three cells that name a bundle: route, number, the beginning of its id."""
    return route(about.route), about.seq, about.bundle[:8]


def state(code: str) -> str:
    """Return what the state of a medium is called; of one that no register knows nothing."""
    return translate(ServiceState.of(code).sentence) if code else ""
