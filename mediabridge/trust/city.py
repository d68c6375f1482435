"""A complete municipality in one folder, for training, tests and the demo.

keys/<key id>.json      every private key, see :mod:`mediabridge.trust.keyfile`
repository/             the TUF repository that publishes ``trust.json``
root.json               the first root, which a station is given by hand
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final, Literal

from mediabridge import durable, errors, locale
from mediabridge.clock import Clock, to_rfc3339
from mediabridge.config import PROFILE
from mediabridge.kinds import Role, kinds_between
from mediabridge.locale import n_
from mediabridge.progress import NullProgress, Progress, counting
from mediabridge.translog import checkpoint, cosignature
from mediabridge.trust import keyfile, signers
from mediabridge.trust.fields import ESCROW
from mediabridge.trust.keyfile import STANDARD_COST, Cost, StoredKey
from mediabridge.trust.passphrase import PassphraseSource
from mediabridge.trust.repository import Publishers, RootHolders, create
from mediabridge.trust.trust_data import Person, Recipient, RouteRule, Station, TrustData

PersonRole = Literal["officer", "clerk"]

STATIONS: Final[Mapping[str, Role]] = {"lgwan-01": "lgwan", "registry-01": "registry"}
PEOPLE: Final[Mapping[str, PersonRole]] = {
    "clerk-1": "clerk",
    "officer-1": "officer",
    "officer-2": "officer",
}
ROUTES: Final = (
    RouteRule(
        sender="lgwan-01",
        receiver="registry-01",
        approvals=1,
        kinds=kinds_between("lgwan", "registry"),
    ),
    RouteRule(
        sender="registry-01",
        receiver="lgwan-01",
        approvals=1,
        kinds=kinds_between("registry", "lgwan"),
    ),
)
AGENCY: Final[Mapping[str, Role]] = {"agency-01": "agency"}
"""What a city has besides where the agency's station is one of its own."""
AGENCY_ROUTES: Final = (
    RouteRule(
        sender="agency-01",
        receiver="lgwan-01",
        approvals=0,
        kinds=kinds_between("agency", "lgwan"),
    ),
    RouteRule(
        sender="lgwan-01",
        receiver="agency-01",
        approvals=0,
        kinds=kinds_between("lgwan", "agency"),
    ),
)
"""By the line, of itself: what goes further is approved where it leaves LGWAN or the register."""
TUF_KEYS: Final[Mapping[str, Sequence[str]]] = {
    "root": ("tuf-root-1", "tuf-root-2", "tuf-root-3"),
    "targets": ("tuf-targets-1", "tuf-targets-2"),
    "snapshot": ("tuf-snapshot",),
    "timestamp": ("tuf-timestamp",),
}
"""The ids of the keys of each TUF role; two of the three root keys have to agree."""
KEY_VALID: Final = timedelta(days=1826)
"""How long the keys of stations and people are valid: five years, as the metadata."""


@dataclass(frozen=True)
class City:
    """Where the parts of a city are, and what its first trust data says."""

    folder: Path
    trust: TrustData

    @property
    def repository(self) -> Path:
        """The TUF repository, in the layout a medium carries in ``trust/``."""
        return self.folder / "repository"

    @property
    def root(self) -> bytes:
        """The root metadata to set a station up with."""
        return (self.folder / "root.json").read_bytes()

    def key_path(self, key_id: str) -> Path:
        """Return the key file of *key_id*, such as ``lgwan-01-log`` or ``officer-1``."""
        return self.folder / "keys" / f"{key_id}.json"

    def publishers(self, passphrase_for: PassphraseSource) -> Publishers:
        """Open the keys that publish the next version of the trust data."""
        targets, snapshot, timestamp = (
            [
                signers.open_signer(self.key_path(key_id), passphrase_for(key_id))
                for key_id in TUF_KEYS[role]
            ]
            for role in ("targets", "snapshot", "timestamp")
        )
        return Publishers(targets, snapshot[0], timestamp[0])


def create_city(
    folder: Path,
    *,
    city: str,
    municipality_code: str,
    clock: Clock,
    passphrase_for: PassphraseSource,
    mode: Literal["live", "training"] = "training",
    cost: Cost = STANDARD_COST,
    extra_stations: Mapping[str, Role] | None = None,
    extra_people: Mapping[str, PersonRole] | None = None,
    extra_routes: Sequence[RouteRule] = (),
    progress: Progress | None = None,
) -> City:
    """Make all keys of a municipality and publish its first trust data.

    All private keys come to lie on one machine, so whoever holds that machine is
    the whole city: good for training, tests and the demo, never for live work.

    Args:
        folder: Where the city goes; made if missing.
        city: Its domain, such as ``city.training.example``.
        municipality_code: Six digits.
        clock: Gives the start of every validity.
        passphrase_for: Called once with the id of each key.
        mode: What the stations will believe their bundles to be.
        cost: The Argon2id parameters of the key files; not below those of a live city's keys
            where *mode* is live.
        extra_stations: Role by id, besides :data:`STATIONS`.
        extra_people: Role by name, besides :data:`PEOPLE`.
        extra_routes: Besides :data:`ROUTES`.
        progress: Is told how many of the keys lie in their files.

    Raises:
        UsageError: there is a city in *folder* already.
        ValueError: the parameters make contradictory trust data.
        OSError: the folder cannot be written.
    """
    if mode == "live" and not keyfile.dear_enough(cost):
        msg = "keys of a live city are not made at the cost of a demonstration's"
        raise ValueError(msg)
    stations = {**STATIONS, **(extra_stations or {})}
    people = {**PEOPLE, **(extra_people or {})}
    keys = {key.id: key for key in _make_keys(city, stations, people)}
    start, end = clock.now(), clock.now() + KEY_VALID
    validity = {"valid_from": to_rfc3339(start), "valid_until": to_rfc3339(end)}
    trust = TrustData(
        format=1,
        city=city,
        municipality_code=municipality_code,
        mode=mode,
        version=1,
        profiles=(PROFILE,),
        stations=tuple(
            Station(
                id=station,
                role=role,
                key=keys[station].public,
                log_key=keys[f"{station}-log"].public,
                witness_key=keys[f"{station}-witness"].public,
                **validity,
            )
            for station, role in stations.items()
        ),
        people=tuple(
            Person(name=name, role=role, key=keys[name].public, **validity)
            for name, role in people.items()
        ),
        recipients=tuple(
            Recipient(id=holder, station=holder, key=keys[f"{holder}-recipient"].public)
            for holder in (*stations, ESCROW)
        ),
        routes=(*ROUTES, *extra_routes),
        revoked=(),
    )
    city_made = City(folder, trust)
    _make_folder(city_made)
    label, told = n_("Making the keys of the city"), progress or NullProgress()
    for key in counting(keys.values(), told, label, len(keys)):
        # What makes each of them dear to guess takes its time here, too.
        keyfile.save(city_made.key_path(key.id), key, passphrase_for(key.id), cost=cost)
    return _publish(city_made, keys, clock)


def _make_keys(city: str, stations: Iterable[str], people: Iterable[str]) -> Iterator[StoredKey]:
    for station in stations:
        yield signers.new_ssh_key(station)
        yield signers.new_log_key(f"{station}-log", origin=checkpoint.origin_of(city, station))
        name = cosignature.witness_of(city, station)
        yield signers.new_witness_key(f"{station}-witness", name=name)
    for name in people:
        yield signers.new_ssh_key(name)
    for holder in (*stations, ESCROW):
        yield signers.new_recipient_key(f"{holder}-recipient")
    for key_ids in TUF_KEYS.values():
        yield from map(signers.new_tuf_key, key_ids)


def _make_folder(city: City) -> None:
    city.folder.mkdir(parents=True, exist_ok=True)
    try:
        (city.folder / "keys").mkdir(mode=0o700)
    except FileExistsError:
        detail = locale.text("there is a city in {folder} already", folder=city.folder.name)
        raise errors.UsageError(detail=detail) from None


def _publish(city: City, keys: Mapping[str, StoredKey], clock: Clock) -> City:
    tuf = {role: [signers.signer(keys[key_id]) for key_id in ids] for role, ids in TUF_KEYS.items()}
    root = create(
        city.repository,
        city.trust,
        root=RootHolders(tuf["root"]),
        publishers=Publishers(tuf["targets"], tuf["snapshot"][0], tuf["timestamp"][0]),
        clock=clock,
    )
    durable.write_durably(city.folder / "root.json", root, mode=0o644)
    return city
