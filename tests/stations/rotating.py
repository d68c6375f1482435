"""A city of two stations, as most are, and what can be seen of their recipient keys."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from attacks.world import World, make_world, passphrase_for
from cryptography.hazmat.primitives.hpke import MLKEM1024P384PrivateKey
from stations.test_setback import clear_stick

from mediabridge.bundle import layout, wraps
from mediabridge.bundle.header import header_digest
from mediabridge.errors import NotARecipientError
from mediabridge.stations.rotation import asking
from mediabridge.trust import keyfile
from mediabridge.trust.ring import Ring
from mediabridge.trust.trust_data import Recipient

BOTH = ("lgwan-01", "registry-01")


def other(station: str) -> str:
    """Return the station at the other end."""
    return BOTH[1 - BOTH.index(station)]


def two_stations(root: Path) -> World:
    """Make a city in *root* whose stations have nobody to exchange with but each other."""
    world = make_world(root)
    renew(world)
    return world


def renew(world: World, **changes: Any) -> None:
    """Publish newer trust data, and take it over at both stations."""
    with world.lgwan() as station:
        version = station.trust.version + 1
    ends = tuple(route for route in world.city.trust.routes if {route.sender} <= set(BOTH))
    world.publish(version, **{"routes": ends, **changes})
    for name in BOTH:
        with world.open(name) as station:
            station.accept_trust(layout.trust_folder(world.medium))


def exchange(world: World, station: str) -> None:
    """Give *station* another recipient key by the ceremony, and take it over at both."""
    with world.open(station) as opened:
        request, _file = asking.ask_for_key(opened, operator="clerk-1")
        named = [each for each in opened.trust.recipients if each.station != station]
    fresh = Recipient(id=station, station=station, key=request.keys["recipient"])
    renew(world, recipients=(*named, fresh))


def carry(world: World, sender: str = "lgwan-01", content: bytes | None = None) -> str:
    """Carry one bundle to the other side, and empty the stick; return its id."""
    bundle = world.send(content, station=sender)
    world.import_(other(sender))
    clear_stick(world)
    return bundle


def ring(folder: Path, station: str) -> Ring:
    """Open the recipient keys of *station* in the folder of its keys."""
    return Ring(keyfile.load_kept(folder / f"{station}-recipient.json", passphrase_for(station)))


def keys_at(world: World, station: str) -> int:
    """Return how many private keys *station* has for opening."""
    return len(ring(world.home(station).keys, station).keys)


def opens(private: MLKEM1024P384PrivateKey, bundle: Path) -> bool:
    """Tell whether *private* opens the copy *bundle* of a bundle."""
    digest = header_digest((bundle / layout.HEADER).read_bytes())
    try:
        wraps.unwrap((bundle / layout.KEYS).read_bytes(), private, digest=digest)
    except NotARecipientError:
        return False
    return True


def can_open(world: World, station: str, bundle: Path) -> bool:
    """Tell whether any key of *station*, as it is now, opens the copy *bundle* of a bundle."""
    return any(opens(key.private, bundle) for key in ring(world.home(station).keys, station).keys)
