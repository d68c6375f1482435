"""The machine itself: does its cryptography work, and may it write memory to a disk?"""

from __future__ import annotations

import resource
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.backends.openssl import backend

from mediabridge.bundle import sshsig
from mediabridge.doctor.finding import CALL_IT, Check, Finding, State, fine
from mediabridge.locale import n_, text
from mediabridge.trust import keymaking, signers
from mediabridge.trust.purposes import Purpose

_SWAPS: Final = Path("proc/swaps")
_BLOCK: Final = Path("sys/class/block")
_ENCRYPTED: Final = "CRYPT-"
"""How the device mapper's id of an encrypted device begins (dm-crypt)."""


def cryptography_works() -> Iterator[Finding]:
    """Make a key, sign with it and verify; make a key to encrypt to."""
    version = backend.openssl_version_text()
    try:
        signer = signers.signer(keymaking.new_key(Purpose.STATION, "doctor"))
        signature = sshsig.sign(b"doctor", namespace="doctor", signer=signer)
        sshsig.parse(signature, name="doctor").verify(b"doctor", name="doctor")
        signers.new_recipient_key("doctor")
    except UnsupportedAlgorithm as error:
        found = text("{version} cannot do what is needed: {detail}", version=version, detail=error)
        yield Finding(Check.CRYPTOGRAPHY, State.WRONG, found, text(_REINSTALL))
    else:
        yield fine(
            Check.CRYPTOGRAPHY,
            n_("keys, signatures and encryption work ({version})"),
            version=version,
        )


_REINSTALL: Final = n_("Install the libraries of the list again, as the page on installing says.")


def core_dumps() -> Iterator[Finding]:
    """A crash must not leave keys in a file."""
    soft, _hard = resource.getrlimit(resource.RLIMIT_CORE)
    if soft == 0:
        yield fine(Check.CORE_DUMPS, n_("a crash leaves no copy of the memory"))
    else:
        found = text("a crash may leave a copy of the memory, with what is being decrypted")
        yield Finding(Check.CORE_DUMPS, State.WRONG, found, text(CALL_IT))


def swap(root: Path = Path("/")) -> Iterator[Finding]:
    """Memory that is swapped out lies on a disk; *root* is where ``proc`` and ``sys`` are."""
    areas = [line.split()[0] for line in (root / _SWAPS).read_text().splitlines()[1:]]
    plain = [area for area in areas if not stays_unreadable(Path(area), root)]
    if not areas:
        yield fine(Check.SWAP, n_("memory is never written to a disk"))
    elif not plain:
        yield fine(Check.SWAP, n_("memory is swapped out encrypted, or stays in memory"))
    else:
        found = text(
            "memory may be written to a disk in the clear: {names}", names=", ".join(plain)
        )
        yield Finding(Check.SWAP, State.LOOK, found, text(_SWAP_OFF))


_SWAP_OFF: Final = n_("Let the IT staff switch swapping off, or encrypt the swap space.")


def stays_unreadable(device: Path, root: Path) -> bool:
    """Tell whether *device* is compressed memory, or encrypted by the device mapper."""
    if device.name.startswith("zram"):
        return True
    try:
        return (root / _BLOCK / device.name / "dm/uuid").read_text().startswith(_ENCRYPTED)
    except OSError:
        return False


def terminal() -> Iterator[Finding]:
    """Names need every character."""
    encoding = (sys.stdout.encoding or "").lower().replace("-", "")
    if encoding == "utf8":
        yield fine(Check.TERMINAL, n_("the screen takes every character (UTF-8)"))
    else:
        found = text("the screen is set to {encoding}, so names may look wrong", encoding=encoding)
        advice = text("Set the language of the account to one with UTF-8, such as ja_JP.UTF-8.")
        yield Finding(Check.TERMINAL, State.LOOK, found, advice)
