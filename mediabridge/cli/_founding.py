"""``mediabridge station init --live``: keys are made here, and a request goes to the ceremony."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

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
    from pydantic import ValidationError

    from mediabridge.durable import require_plain, write_durably
    from mediabridge.stations.founding import found_station
    from mediabridge.stations.home import Home, StationConfig
    from mediabridge.stations.setup import require_zone
    from mediabridge.trust.fingerprint import Fingerprint
    from mediabridge.trust.passphrase import CREDENTIAL
    from mediabridge.validation import field_problems

    if live.role is None or live.municipality is None:
        raise UsageError(detail=text("a live station needs --role, --city and --municipality"))
    require_zone(live.time_zone)
    today = context.clock.now().astimezone(JST).date()
    tables_in_use(context).office(live.municipality, today)
    try:
        config = StationConfig(
            station=station,
            role=live.role,
            mode="live",
            city=live.city,
            municipality_code=live.municipality,
            time_zone=live.time_zone,
        )
    except ValidationError as error:
        raise UsageError(detail=field_problems(error)) from None
    if not context.json:
        context.about.founding(Whose(station, "live"))
    source = source_of_new(context, passphrase_file, context.passphrase_fd, CREDENTIAL)
    pins = passphrases(context, passphrase_file, context.home)
    # One passphrase for the three keys: they are opened together, by the same person.
    chosen: list[bytes] = []

    def once(key: str) -> bytes:
        if key.startswith(SCHEME):
            return pins(key)
        if not chosen:
            chosen.append(strong(source, station))
        return chosen[0]

    copies = [each.absolute() for each in _copies(live, station)]
    for copy in copies:
        # Before there are keys: what cannot be written must not leave a station behind.
        require_plain(copy)
    request = found_station(context.home, config, clock=context.clock, passphrases=once)
    home = Home(context.home)
    for copy in copies:
        write_durably(copy, home.request_file.read_bytes(), mode=0o644)
    shown = Fingerprint(bytes.fromhex(request.digest))
    lines: list[str | Table] = [
        text("The keys of {station} were made here and stay here.", station=station),
        text("Its request: {file}", file=copies[0] if copies else home.request_file),
        words_table(context, shown),
        text("Next: print the form (mediabridge station form), and carry both to the ceremony."),
    ]
    data = {
        "station": station,
        "request": [str(each) for each in (home.request_file, *copies)],
        "digest": request.digest,
        "words": list(shown.words(context.lang)),
    }
    return Result(lines, data)


def _copies(live: Live, station: str) -> list[Path]:
    on_medium = live.medium / f"mediabridge-request-{station}.json" if live.medium else None
    return [each for each in (live.out, on_medium) if each is not None]
