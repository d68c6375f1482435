"""A waiting station takes the city's trust data for the first time: its first root is pinned.

Everything a station ever believes follows from its first root, so a person compares that one
with a paper form that came another way than the medium. Until then nothing of the medium is
kept, and if it is the wrong one nothing is either.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from mediabridge.bundle import layout
from mediabridge.bundle.terms import Mode
from mediabridge.clock import Clock, check_built, to_rfc3339
from mediabridge.config import LIMITS
from mediabridge.durable import sync_folder, write_durably
from mediabridge.errors import (
    ModeMismatchError,
    RootNotConfirmedError,
    StationError,
    TrustInvalidError,
    medium_error,
)
from mediabridge.locale import text
from mediabridge.media import tree
from mediabridge.plainfile import read_plain
from mediabridge.stations import settings
from mediabridge.stations.books import Books
from mediabridge.stations.home import Home
from mediabridge.stations.setup import begin_log
from mediabridge.stations.who import StationConfig
from mediabridge.trust import client, keyfile, requests
from mediabridge.trust.fingerprint import Fingerprint
from mediabridge.trust.trust_data import TrustData

Confirm = Callable[[Fingerprint], bool]
"""Shows a person the first root's fingerprint; tells whether it is that of the paper form."""

FIRST_ROOT = "1.root.json"


def waiting(home: Home) -> StationConfig:
    """Return who the station in *home* will be.

    Raises:
        StationError: it waits for nothing: there is no station, or it is enrolled.
    """
    config = home.whose()
    if config is None or home.config_file.exists():
        raise StationError(detail=text("no station waits for its trust data here"))
    return config


def first_root(medium: Path, root: Path | None) -> bytes:
    """Return the bytes of the first root: those of the file *root*, or the first on *medium*.

    Raises:
        TrustInvalidError: there is none, or it is no plain file of a sensible size.
    """
    folder = layout.trust_folder(medium) / "metadata"
    try:
        return read_plain(root or folder / FIRST_ROOT, LIMITS.trust_file_bytes)
    except FileNotFoundError:
        detail = text("{name} is missing", name=root.name if root else FIRST_ROOT)
        raise TrustInvalidError(detail=detail) from None
    except ValueError as error:
        raise TrustInvalidError(detail=f"root.json: {error}") from None
    except OSError as error:
        raise medium_error(error) from None


@contextmanager
def compared(
    medium: Path, root: Path | None, confirm: Confirm, cache: Path
) -> Iterator[tuple[bytes, Path]]:
    """Yield the first root that a person compared, and a new folder beside *cache*.

    What is accepted goes into that folder first, so that nothing of a medium with the wrong
    root, or with a rest that is refused, gets into the cache; what is left of it goes.

    Raises:
        RootNotConfirmedError: the fingerprint is not that of the paper form.
        TrustInvalidError: there is no root, or it is no plain file of a sensible size.
        TreeLinkError, MediumError: the medium cannot be read as one.
    """
    tree.check_folders(medium)
    bootstrap = first_root(medium, root)
    if not confirm(Fingerprint.of(bootstrap)):
        raise RootNotConfirmedError
    fresh = cache.with_name("cache.new")
    shutil.rmtree(fresh, ignore_errors=True)
    try:
        yield bootstrap, fresh
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def join(
    home: Home, medium: Path, *, root: Path | None = None, confirm: Confirm, clock: Clock
) -> TrustData:
    """Pin the first root when *confirm* agrees, and take the trust data on *medium*.

    ``station.json`` is written last, after the log's first entry; an interrupted enrolment is
    repeated from the beginning, and asks again.

    Raises:
        StationError: nothing waits here, or the trust data does not list this station as it is.
        RootNotConfirmedError: the fingerprint is not that of the paper form.
        ModeMismatchError: training trust data for a live station, or the reverse.
        TrustInvalidError: the trust data on the medium does not follow from the root.
        ClockTooEarlyError: the machine's clock is earlier than this program.
    """
    config = waiting(home)
    check_built(clock.now())
    with compared(medium, root, confirm, home.trust_cache) as (bootstrap, fresh):
        trust = client.refresh(
            layout.trust_folder(medium),
            fresh,
            bootstrap,
            now=clock.now(),
            before_switch=lambda found, _: check_listed(home, config, found),
        )
        _put_in_place(home, fresh, bootstrap)
    _begin(home, config, trust, to_rfc3339(clock.now()))
    return trust


def check_listed(home: Home, config: StationConfig, trust: TrustData) -> None:
    """Refuse trust data that does not list this station, with the very keys that are here."""
    if trust.mode != config.mode:
        raise ModeMismatchError(got=Mode.of(trust.mode), wanted=Mode.of(config.mode))
    if trust.city != config.city:
        raise StationError(detail=text("the trust data is of another city"))
    if trust.municipality_code != config.municipality_code:
        raise StationError(detail=text("the trust data is of another municipality"))
    known = trust.station(config.station)
    if known is None or known.role != config.role:
        name = config.station
        raise StationError(detail=text("the trust data knows no station {station}", station=name))
    held = {
        each.id: each.public for each in map(keyfile.describe, sorted(home.keys.glob("*.json")))
    }
    if in_token := settings.load(home.settings_file).keys.by_id(config.station):
        # What these showed when the station was set up, and proved in its request.
        asked = requests.read(home.request_file.read_bytes(), name=home.request_file.name).keys
        shown = {
            config.station: asked["ssh"],
            f"{config.station}-log": asked["log"],
            f"{config.station}-witness": asked["witness"],
        }
        held |= {key_id: shown[key_id] for key_id in in_token}
    # Another that was asked for lies beside it under the same id (stations/retiring).
    witnesses = {held.get(f"{config.station}-witness")} | {
        each.public
        for each in map(keyfile.describe, sorted(home.keys.glob("*.json")))
        if each.kind == "witness-ed25519"
    }
    listed = {each.key for each in trust.recipients if each.station == config.station}
    same = (
        held.get(config.station) == known.key
        and held.get(f"{config.station}-log") == known.log_key
        and known.witness_key in witnesses
        and held.get(f"{config.station}-recipient") in listed
    )
    if not same:
        raise StationError(detail=text("the trust data lists other keys than those made here"))


def _put_in_place(home: Home, fresh: Path, bootstrap: bytes) -> None:
    # What an interrupted enrolment left: nothing has been done under it.
    shutil.rmtree(home.trust_cache, ignore_errors=True)
    for leftover in (home.log, home.books):
        leftover.unlink(missing_ok=True)
    write_durably(home.trust_root, bootstrap)
    fresh.rename(home.trust_cache)
    sync_folder(home.trust_cache.parent)


def _begin(home: Home, config: StationConfig, trust: TrustData, time: str) -> None:
    Books(home.books, config.owner).close()
    begin_log(home, config, time, trust.version)
    home.write_config(config)
    home.waiting_file.unlink()
