"""``mediabridge station init --live``: keys are made here, and a request goes to the ceremony."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mediabridge.cli._about import Whose
from mediabridge.cli._context import Context
from mediabridge.cli._fingerprints import words_table
from mediabridge.cli._result import Result, Table
from mediabridge.cli._station import passphrases
from mediabridge.cli._tables import tables_in_use
from mediabridge.cli.keys import source_of_new, strong
from mediabridge.clock import JST
from mediabridge.errors import UsageError
from mediabridge.kinds import Role
from mediabridge.locale import text
from mediabridge.trust.token_uri import SCHEME

if TYPE_CHECKING:
    from mediabridge.stations.who import StationConfig
    from mediabridge.trust.passphrase import PassphraseSource


@dataclass(frozen=True)
class Live:
    """What was given for a live station."""

    role: Role | None
    city: str
    municipality: str | None
    time_zone: str | None
    out: Path | None
    medium: Path | None


def found(context: Context, station: str, live: Live, passphrase_file: Path | None) -> Result:
    """Make a live station's keys and its request; return what to do next."""
    from mediabridge.durable import require_plain, write_durably
    from mediabridge.stations.founding import found_station
    from mediabridge.stations.home import Home

    config = _config(context, station, live)
    if not context.json:
        context.about.founding(Whose(station, "live"))
    copies = [each.absolute() for each in _copies(live, station)]
    for copy in copies:
        # Before there are keys: what cannot be written must not leave a station behind.
        require_plain(copy)
    asked = _asked_once(context, station, passphrase_file)
    request = found_station(context.home, config, clock=context.clock, passphrases=asked)
    home = Home(context.home)
    for copy in copies:
        write_durably(copy, home.request_file.read_bytes(), mode=0o644)
    return _made(context, station, request.digest, [home.request_file, *copies])


def _config(context: Context, station: str, live: Live) -> StationConfig:
    """Return what was given as the station's own file.

    Raises:
        UsageError: something is missing, or is not what it has to be.
    """
    from mediabridge.stations import who
    from mediabridge.stations.setup import require_zone

    if live.role is None or live.municipality is None:
        raise UsageError(detail=text("a live station needs --role, --city and --municipality"))
    require_zone(live.time_zone)
    today = context.clock.now().astimezone(JST).date()
    tables_in_use(context).office(live.municipality, today)
    try:
        return who.made(
            station=station,
            role=live.role,
            mode="live",
            city=live.city,
            municipality_code=live.municipality,
            time_zone=live.time_zone,
        )
    except ValueError as error:
        raise UsageError(detail=str(error)) from None


def _asked_once(context: Context, station: str, passphrase_file: Path | None) -> PassphraseSource:
    """Return one passphrase for the three keys: they are opened together, by the same person."""
    from mediabridge.trust.passphrase import CREDENTIAL

    source = source_of_new(context, passphrase_file, context.passphrase_fd, CREDENTIAL)
    pins = passphrases(context, passphrase_file, context.home)
    chosen: list[bytes] = []

    def once(key: str) -> bytes:
        if key.startswith(SCHEME):
            return pins(key)
        if not chosen:
            chosen.append(strong(source, station))
        return chosen[0]

    return once


def _made(context: Context, station: str, digest: str, requests: Sequence[Path]) -> Result:
    """Return what was made, and what comes next.

    Of *requests* the first one is the station's own file, and the others are copies to carry.
    """
    from mediabridge.trust.fingerprint import Fingerprint

    shown = Fingerprint(bytes.fromhex(digest))
    lines: list[str | Table] = [
        text("The keys of {station} were made here and stay here.", station=station),
        text("Its request: {file}", file=requests[:2][-1]),
        words_table(context, shown),
        text("Next: print the form (mediabridge station form), and carry both to the ceremony."),
    ]
    data = {
        "station": station,
        "request": [str(each) for each in requests],
        "digest": digest,
        "words": list(shown.words(context.lang)),
    }
    return Result(lines, data)


def _copies(live: Live, station: str) -> list[Path]:
    on_medium = live.medium / f"mediabridge-request-{station}.json" if live.medium else None
    return [each for each in (live.out, on_medium) if each is not None]
