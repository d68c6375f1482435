"""What a bundle has to be before its receiver sees it: what a security officer can see of it.

The hub has no key that opens anything, and nobody has to believe that it looked: the receiver
verifies all of it again. It looks so that a sender's mistake is told to the sender at once, and so
that nobody fills a receiver's day with what is no bundle for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

from mediabridge.bundle import layout
from mediabridge.bundle.header import parse_header
from mediabridge.bundle.stages import SealedBundle
from mediabridge.errors import NotAsAnnouncedError
from mediabridge.hub.rows import Held
from mediabridge.locale import text
from mediabridge.trust.trust_data import TrustData
from mediabridge.verify import Examination, Expectation, Verdict
from mediabridge.verify.verdict import Step

_NOWHERE: Final = Path("/nonexistent")
"""A hub has no folder for a bundle; verifying reads none."""


def examine(found: Held, small: Mapping[str, bytes], trust: TrustData, now: datetime) -> None:
    """Accept a bundle whose files have the digests that were announced.

    *small* are the contents of what is read: header, keys, list, signatures and statements.

    Raises:
        NotAsAnnouncedError: its header is that of another bundle, route or number.
        MediabridgeError: what a security officer's ``verify`` would refuse.
    """
    header = parse_header(small[layout.HEADER])
    route = header.route
    got = (header.bundle, route.sender, route.receiver, header.seq)
    names = ("bundle", "from", "to", "seq")
    wanted = (found.bundle, found.sender, found.receiver, found.seq)
    for name, there, here in zip(names, got, wanted, strict=True):
        if there != here:
            detail = text(
                "{name} in header.json is {got}, announced: {wanted}",
                name=name,
                got=there,
                wanted=here,
            )
            raise NotAsAnnouncedError(detail=detail)
    expected = Expectation(now=now, mode=trust.mode)
    verdict = Verdict()
    # The names, kinds and sizes of step 1 were looked at when it was announced.
    with verdict.check(Step.TREE, "names-kinds-sizes"):
        sealed = _sealed(found, small)
    Examination(sealed, trust, expected, verdict).verify()


def read_whole(name: str) -> bool:
    """Tell whether the file *name* is one whose content is looked at."""
    fixed = {layout.HEADER, layout.KEYS, layout.SUMS}
    return name in fixed or layout.is_signature(name) or layout.is_void_file(name)


def _sealed(found: Held, small: Mapping[str, bytes]) -> SealedBundle:
    listed = [file for file in found.files if _is_listed(file.name)]
    return SealedBundle(
        name=found.bundle,
        folder=_NOWHERE,
        header=small[layout.HEADER],
        keys=small[layout.KEYS],
        sums=small[layout.SUMS],
        signatures={name: data for name, data in small.items() if layout.is_signature(name)},
        digests={file.name: file.sha256 for file in listed},
        sizes={file.name: file.size for file in listed},
        voids={name: data for name, data in small.items() if layout.is_void_file(name)},
    )


def _is_listed(name: str) -> bool:
    beside = {layout.SUMS, layout.SPARE}
    return name not in beside and not layout.is_signature(name) and not layout.is_void_file(name)
