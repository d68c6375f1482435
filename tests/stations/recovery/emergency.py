"""A municipality whose escrow key is in three hands, and people who come together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from attacks.world import CITY_DOMAIN, World, passphrase_for

from mediabridge.clock import SystemClock
from mediabridge.errors import ApprovalDeclinedError
from mediabridge.progress import NullProgress
from mediabridge.stations.recovery.recovering import (
    People,
    Recovered,
    Seen,
    Source,
    recover,
)
from mediabridge.trust import escrow, keyfile
from mediabridge.trust.keyfile import TRAINING_COST, StoredKey
from mediabridge.trust.signers import FileSigner
from mediabridge.verify.recovery import RecoveryReason

HOLDERS = ("head-office", "mayor-office", "safe-1")


def split_city_key(world: World, holders: Sequence[str] = HOLDERS) -> Path:
    """Put the training city's escrow key into the hands of *holders*; return their folder."""
    path = world.city.key_path("escrow-recipient")
    whole = keyfile.load(path, passphrase_for("escrow-recipient"))
    folder = world.city.folder / "shares"
    folder.mkdir()
    for share in escrow.split(whole, city=CITY_DOMAIN, holders=holders, needed=2):
        keyfile.save(folder / f"{share.id}.json", share, b"training", cost=TRAINING_COST)
    return folder


def opened(world: World, *holders: str) -> list[StoredKey]:
    """Return the shares of *holders*, opened."""
    folder = world.city.folder / "shares"
    return [keyfile.load(folder / f"{name}.json", b"training") for name in holders]


@dataclass
class Emergency:
    """One recovery on a machine that is no station; what is not given is as it should be."""

    world: World
    officers: Sequence[str] = ("officer-1", "officer-2")
    holders: Sequence[str] = HOLDERS[:2]
    bundle: Path | None = None
    declined: bool = False
    seen: list[Seen] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    @property
    def output(self) -> Path:
        return self.world.root / "desk" / "recovered"

    def run(self) -> Recovered:
        self.output.parent.mkdir(exist_ok=True)
        city = self.world.city.folder
        return recover(
            Source(self.bundle or self.world.bundle, city / "root.json", self.world.medium),
            self.output,
            reason=RecoveryReason.STATION_LOST,
            shares=[city / "shares" / f"{name}.json" for name in self.holders],
            people=People(self._agree, self._keys, self._share),
            now=SystemClock().now(),
            progress=NullProgress(),
        )

    @property
    def left(self) -> list[str]:
        """What the recovery has left on the machine."""
        return sorted(path.name for path in self.output.parent.iterdir())

    def _agree(self, seen: Seen) -> None:
        self.seen.append(seen)
        if self.declined:
            raise ApprovalDeclinedError

    def _keys(self) -> list[FileSigner]:
        self.asked.append("officers")
        return [self.world.key(name) for name in self.officers]

    def _share(self, path: Path) -> StoredKey:
        self.asked.append(path.stem)
        return keyfile.load(path, b"training")
