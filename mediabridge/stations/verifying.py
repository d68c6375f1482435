"""An officer checks what is on a medium without being able to read it, here or anywhere.

Where there is a station its trust data decides; elsewhere that of the medium, which has to
follow from the city's ``root.json``. The order of the bundles is left open: only a receiver
knows what came before.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from mediabridge.bundle import layout
from mediabridge.errors import MediabridgeError, NothingOnMediumError
from mediabridge.locale import n_, text
from mediabridge.media import staging, tree
from mediabridge.stations.home import Home
from mediabridge.trust import client
from mediabridge.trust.trust_data import TrustData
from mediabridge.verify import Examination, Expectation, Verdict
from mediabridge.verify.verdict import Step


@dataclass(frozen=True)
class Verified:
    """One bundle of which everything holds that can be seen from outside."""

    bundle: str
    verdict: Verdict


def verify_medium(
    path: Path, home: Home, *, root: Path | None = None, now: datetime
) -> Iterator[Verified]:
    """Yield every bundle on the medium at *path*, or the one whose folder *path* is, verified.

    Raises:
        NothingOnMediumError: there is no bundle.
        StationError: there is no station at *home*, and no *root* was given.
        TrustInvalidError: the trust data on the medium does not follow from *root*.
        MediabridgeError: the first check that failed, with its ``verdict``.
    """
    medium, names = _place(path)
    names = names or tree.bundles_on(medium)
    if not names:
        raise NothingOnMediumError(wanted=text("anyone"))
    tree.check_folders(medium)
    trust = _trust(home, layout.trust_folder(medium), root)
    for name in names:
        yield Verified(name, _examine(medium, name, trust, now))


def _place(path: Path) -> tuple[Path, list[str]]:
    """Return the medium and the bundle's name when *path* is one bundle's folder."""
    bundle = path.absolute()
    bundles = bundle.parent
    if (bundles.parent.name, bundles.name) == (layout.ROOT, layout.BUNDLES):
        return bundles.parent.parent, [bundle.name]
    return path, []


def _trust(home: Home, repository: Path, root: Path | None) -> TrustData:
    if root is None:
        home.config()
        return client.current(home.trust_cache)
    with tempfile.TemporaryDirectory() as scratch:
        return client.refresh(repository, Path(scratch, "cache"), root.read_bytes())


def _examine(medium: Path, name: str, trust: TrustData, now: datetime) -> Verdict:
    verdict = Verdict()
    expectation = Expectation(now=now, mode=trust.mode)
    try:
        with tempfile.TemporaryDirectory() as scratch:
            with verdict.check(Step.TREE, "names-kinds-sizes", wanted=n_("a plain bundle")) as it:
                sealed = staging.stage(medium, name, Path(scratch))
                it.got = it.wanted
            Examination(sealed, trust, expectation, verdict).verify()
    except MediabridgeError as error:
        error.verdict = verdict
        raise
    return verdict
