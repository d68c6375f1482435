"""Recover: open one bundle with the escrow key, on a machine that is no station.

1. The bundle is copied and verified as any receiver does it, but whatever its age and its
   place on the route: nothing of it will be applied.
2. A person looks at its header and agrees. Two officers sign a statement about exactly it.
3. Holders of the escrow key bring their shares; the statement is on the disk before the
   key is used.
4. The bundle is opened and its contents compared with what was signed. Only then does the
   folder appear.

What is decrypted lies in a folder for its owner only, which becomes the output at the end or
is removed.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from mediabridge.bundle import sshsig
from mediabridge.bundle.header import Header
from mediabridge.bundle.manifest import Manifest
from mediabridge.bundle.opening import Unpacked, decrypt
from mediabridge.bundle.stages import OpenedBundle, VerifiedBundle
from mediabridge.clock import check_built, to_rfc3339
from mediabridge.durable import folder_appearing, sync_file, write_durably
from mediabridge.errors import MediabridgeError, UsageError
from mediabridge.locale import n_, text
from mediabridge.media import tree
from mediabridge.progress import Progress
from mediabridge.stations.home import Home
from mediabridge.stations.verifying import Examined, examine, place, trust_for
from mediabridge.trust import escrow, keyfile, signers
from mediabridge.trust.escrow import ShareSet
from mediabridge.trust.keyfile import StoredKey
from mediabridge.trust.signers import Signer
from mediabridge.trust.trust_data import TrustData
from mediabridge.verify import Expectation, Verdict
from mediabridge.verify.recovery import RecoveryReason, check_statement, statement_for

STATEMENT: Final = ".recovery.json"
"""After the output's name: the statement; the signatures are named after it and the officer."""


@dataclass(frozen=True)
class Seen:
    """What people are shown before they agree: nothing of it was decrypted."""

    header: Header
    approvers: tuple[str, ...]
    shares: ShareSet
    verdict: Verdict


@dataclass(frozen=True)
class People:
    """Whoever has come together, as the recovery asks for them, in this order."""

    agree: Callable[[Seen], None]
    """Raises ApprovalDeclinedError where they do not."""
    officers: Callable[[], Sequence[Signer]]
    """Opens the officers' keys."""
    share: Callable[[Path], StoredKey]
    """Opens one share."""


@dataclass(frozen=True)
class Recovered:
    """What was recovered, and who answers for it."""

    header: Header
    manifest: Manifest
    officers: tuple[str, ...]
    statement: Path


@dataclass(frozen=True)
class Source:
    """Where the bundle lies, and whose trust data says what is genuine."""

    bundle: Path
    root: Path
    medium: Path | None = None
    """Another medium with the trust data; else the one the bundle lies on."""


def recover(
    source: Source,
    output: Path,
    *,
    reason: RecoveryReason,
    shares: Sequence[Path],
    people: People,
    now: datetime,
    progress: Progress,
) -> Recovered:
    """Open the bundle in *source* into the new folder *output*.

    *progress* is told how far it is.

    Raises:
        UsageError: there is a statement of an earlier recovery, or not one single bundle.
        OSError: there is something in *output*, or it cannot be written.
        ClockTooEarlyError: the machine's clock, which the statement will bear, is wrong.
        SharesMixedError, SharesTooFewError: the shares do not open the escrow key.
        RecoveryNotApprovedError: not two different officers.
        ApprovalDeclinedError: the people said no.
        NotARecipientError: the bundle was not sealed for this escrow key.
        MediabridgeError: the first check that failed, with its ``verdict``.
    """
    check_built(now)
    statement = output.with_name(output.name + STATEMENT)
    _require_none(statement)
    with (
        folder_appearing(output) as plain,
        tempfile.TemporaryDirectory(dir=output.parent) as staged,
    ):
        trust, examined = _verified(source, Path(staged), now, progress)
        shared = escrow.check(map(keyfile.describe, shares), city=trust.city)
        verified = examined.bundle
        people.agree(Seen(verified.header, verified.approvers, shared, examined.verdict))
        data = statement_for(verified, trust, reason, to_rfc3339(now))
        signatures = _signed(data, people.officers(), verified, trust)
        key = escrow.combine(map(people.share, shares), city=trust.city)
        # Before the key is used, as the log of a station before an effect.
        _keep(statement, data, signatures)
        opened = _opened(examined, key, plain, progress)
    return Recovered(verified.header, opened.manifest, tuple(signatures), statement)


def _require_none(statement: Path) -> None:
    """See that the evidence of an earlier recovery is not replaced."""
    if os.path.lexists(statement):
        detail = text("{path} is there already; choose another name", path=statement)
        raise UsageError(detail=detail)


def _verified(
    source: Source, staged: Path, now: datetime, progress: Progress
) -> tuple[TrustData, Examined]:
    medium, names = place(source.bundle)
    trust = trust_for(Home(staged), source.medium or medium, source.root)
    if medium is not None:
        tree.check_folders(medium)
        names = names or tree.bundles_on(medium)
    if len(names) != 1:
        detail = text("bundles there: {count}; name the folder of one", count=len(names))
        raise UsageError(detail=detail)
    (name,) = names
    there = (
        tree.open_bundle(medium, name) if medium else tree.open_folder(str(source.bundle.resolve()))
    )
    expected = Expectation(now=now, mode=trust.mode, any_age=True)
    return trust, examine(there, name, trust, expected, staged, progress=progress)


def _signed(
    statement: bytes, officers: Sequence[Signer], verified: VerifiedBundle, trust: TrustData
) -> Mapping[str, bytes]:
    """Return the signatures of *officers* on the statement, by the name of each officer."""
    signatures = {
        f"{number}-{each.id}": sshsig.sign(
            statement, namespace=trust.recover_namespace, signer=each
        )
        for number, each in enumerate(officers, 1)
    }
    return check_statement(statement, signatures, verified, trust)


def _keep(path: Path, statement: bytes, signatures: Mapping[str, bytes]) -> None:
    for officer, signature in signatures.items():
        write_durably(path.with_name(f"{path.name}.{officer}.sig"), signature)
    write_durably(path, statement)


def _opened(
    examined: Examined, key: StoredKey, quarantine: Path, progress: Progress
) -> OpenedBundle:
    private = signers.recipient_key(key)

    def opener(bundle: VerifiedBundle) -> Unpacked:
        return decrypt(bundle, private, quarantine, progress=progress.advance)

    progress.start(n_("Decrypting"), sum(examined.bundle.sealed.sizes.values()))
    try:
        opened = examined.examination.open(examined.bundle, opener)
    except MediabridgeError as error:
        error.verdict = examined.verdict
        raise
    finally:
        progress.finish()
    for path in opened.files.values():
        path.chmod(0o600)
        sync_file(path)
    return opened
