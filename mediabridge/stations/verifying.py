"""An officer checks what is on a medium without being able to read it, here or anywhere.

Where there is a station its trust data decides; elsewhere that of the medium, which has to
follow from the city's ``root.json``. The order of the bundles is left open: only a receiver
knows what came before.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from mediabridge.bundle import layout
from mediabridge.bundle.stages import VerifiedBundle
from mediabridge.clock import Clock
from mediabridge.config import LIMITS
from mediabridge.durable import write_durably
from mediabridge.errors import (
    FileMissingError,
    MediabridgeError,
    NothingOnMediumError,
    UsageError,
)
from mediabridge.locale import n_, text
from mediabridge.media import given, staging, tree
from mediabridge.plainfile import open_given
from mediabridge.progress import NullProgress, Progress
from mediabridge.stations.held_clock import HeldClock, evidence
from mediabridge.stations.home import Home
from mediabridge.translog import checkpoint, database
from mediabridge.trust import accepted, allowed_signers, client, krl, seen
from mediabridge.trust.trust_data import TrustData
from mediabridge.verify import Examination, Expectation, Verdict, show_mended
from mediabridge.verify.verdict import Step


@dataclass(frozen=True)
class Verified:
    """One bundle of which everything holds that can be seen from outside."""

    bundle: str
    verdict: Verdict


def verify_at(
    path: Path,
    home: Home,
    *,
    root: Path | None = None,
    medium: Path | None = None,
    clock: Clock,
    progress: Progress | None = None,
) -> Iterator[Verified]:
    """Yield every bundle at *path*, verified: on a medium, or the one whose folder *path* is.

    A bundle may lie anywhere: on a medium, in a station's outbox, in a folder it was copied
    to. With *root*, the trust data is that of *medium*, or of the medium the bundle lies on.
    At a station *clock* is held against what the station knows to be past. *progress* is told
    how far each of them is.

    Raises:
        NoMediumError: there is no folder.
        NothingOnMediumError: there is no bundle.
        StationError: there is no station at *home*, and no *root* was given.
        UsageError: with *root*, nothing says whose trust data it is about.
        TrustInvalidError: the trust data does not follow from *root*.
        FileMissingError: there is nothing at *path*.
        MediabridgeError: the first check that failed, with its ``verdict``.
    """
    lies_on, names = place(path)
    told = progress or NullProgress()
    trust = trust_for(home, medium or lies_on, root)
    expected = _expected(home, trust, clock, here=root is None)
    if lies_on is None:
        there = given.folder_at(path)
        opening = tree.open_folder(str(there))
        yield Verified(there.name, _verdict_of(opening, there.name, trust, expected, told))
        return
    tree.check_folders(lies_on)
    names = names or tree.bundles_on(lies_on)
    if not names:
        raise NothingOnMediumError(wanted=text("anyone"))
    for name in names:
        opening = tree.open_bundle(lies_on, name)
        yield Verified(name, _verdict_of(opening, name, trust, expected, told))


def place(path: Path) -> tuple[Path | None, list[str]]:
    """Return the medium, and the bundle's name if *path* is a bundle's folder.

    No medium is returned for a bundle's folder that lies on none.

    Raises:
        FileMissingError: there is nothing.
        NoMediumError: there is no folder.
    """
    if not os.path.lexists(path):
        raise FileMissingError(name=path.name)
    bundle = path.absolute()
    bundles = bundle.parent
    if (bundles.parent.name, bundles.name) == (layout.ROOT, layout.BUNDLES):
        return given.folder_at(bundles.parent.parent), [bundle.name]
    there = given.folder_at(path)
    alone = (there / layout.SUMS).exists() and not (there / layout.ROOT).exists()
    return (None, [there.name]) if alone else (there, [])


def trust_for(home: Home, medium: Path | None, root: Path | None) -> TrustData:
    """Return the trust data that decides: the station's, or with *root* that of *medium*.

    Raises:
        UsageError: one of *medium* and *root* without the other, where there is no station.
        StationError: there is no station at *home*, and no *root* was given.
        TrustInvalidError: the trust data does not follow from *root*, or is damaged.
    """
    if root is None:
        home.config()
        return accepted.current(home.trust_cache)
    if medium is None:
        raise UsageError(detail=text("with --root, --medium says whose trust data it is about"))
    return _followed(medium, root)


def trust_on(home: Home, medium: Path) -> TrustData:
    """Return the trust data of *medium*, which has to follow from the first root of the station.

    Raises:
        StationError: there is no station at *home*.
        TrustInvalidError: it does not follow from that root, or is damaged.
    """
    home.config()
    return _followed(medium, home.trust_root)


def _followed(medium: Path, root: Path) -> TrustData:
    folder = given.folder_at(medium)
    tree.check_folders(folder)
    with open_given(root) as file:
        bootstrap = file.read(LIMITS.trust_file_bytes)
    with tempfile.TemporaryDirectory() as scratch:
        return client.refresh(layout.trust_folder(folder), Path(scratch, "cache"), bootstrap)


def write_signers(trust: TrustData, folder: Path) -> tuple[int, int]:
    """Write ``allowed_signers`` and ``revoked_keys`` into *folder*; return the lines of each.

    Where ssh-keygen is installed, ``revoked_keys.krl`` besides: the same as a KRL.

    Raises:
        OSError: the folder cannot be written, or what stands there is no plain file.
    """
    files = {
        "allowed_signers": allowed_signers.allowed_signers(trust),
        "revoked_keys": allowed_signers.revoked_keys(trust),
    }
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        write_durably(folder.absolute() / name, content.encode("ascii"))
    made = krl.build(trust)
    if made is not None:
        write_durably(folder.absolute() / "revoked_keys.krl", made)
    return files["allowed_signers"].count("\n"), len(trust.revoked)


def clock_at(home: Home, trust: TrustData, clock: Clock) -> HeldClock:
    """Return *clock* as the station in *home* would hold it, without opening the station.

    Raises:
        LogAlarmError: its log cannot be read.
    """
    config = home.config()
    origin = checkpoint.origin_of(config.city, config.station)
    with database.look(home.log) as connection:
        log = database.StoredLog(connection, origin)
        known = list(evidence(log, config.station, seen.of(trust)))
    return HeldClock(clock, lambda: known)


def _expected(home: Home, trust: TrustData, clock: Clock, *, here: bool) -> Expectation:
    # Elsewhere than at a station nothing is known to be past but the program itself.
    if not here:
        return Expectation(now=clock.now(), mode=trust.mode)
    held = clock_at(home, trust, clock)
    return Expectation(now=held.now(), mode=trust.mode, clock_believed=held.doubt() is None)


@dataclass(frozen=True)
class Examined:
    """A bundle that was staged and verified, and what can be asked of it next."""

    bundle: VerifiedBundle
    examination: Examination
    verdict: Verdict


def examine(
    opening: AbstractContextManager[int],
    name: str,
    trust: TrustData,
    expected: Expectation,
    staged: Path,
    *,
    progress: Progress,
) -> Examined:
    """Copy the bundle *name* from its folder, which *opening* opens, to *staged*; verify it there.

    *progress* is told how far the copy is.

    Raises:
        MediabridgeError: the first check that failed, with its ``verdict``.
    """
    verdict = Verdict()
    try:
        with verdict.check(Step.TREE, "names-kinds-sizes", wanted=n_("a plain bundle")) as it:
            with opening as folder:
                progress.start(n_("Reading and hashing"), staging.size_in(folder))
                sealed = staging.stage_folder(folder, name, staged, progress=progress.advance)
            it.got = it.wanted
        show_mended(sealed, verdict)
        examination = Examination(sealed, trust, expected, verdict)
        return Examined(examination.verify(), examination, verdict)
    except MediabridgeError as error:
        error.verdict = verdict
        raise
    finally:
        progress.finish()


def _verdict_of(
    opening: AbstractContextManager[int],
    name: str,
    trust: TrustData,
    expected: Expectation,
    progress: Progress,
) -> Verdict:
    with tempfile.TemporaryDirectory() as scratch:
        return examine(opening, name, trust, expected, Path(scratch), progress=progress).verdict
