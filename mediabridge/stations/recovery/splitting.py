"""Split: an escrow key comes into being as shares, and is nowhere whole.

The folder appears with a share for each holder and, where the key is new, a request file
by which a ceremony takes its public half into the trust data. The key itself is in this
program's memory only, until it ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mediabridge.bundle.terms import Mode
from mediabridge.durable import folder_appearing, write_durably
from mediabridge.trust import escrow, keyfile, keytext, requests, signers
from mediabridge.trust.fields import ESCROW
from mediabridge.trust.keyfile import STANDARD_COST, Cost, StoredKey
from mediabridge.trust.passphrase import PassphraseSource

REQUEST: Final = "escrow.request.json"
"""In the folder of a new key: what a ceremony takes."""


@dataclass(frozen=True)
class Made:
    """What a split has made: the shares lie in their folder."""

    holders: tuple[str, ...]
    fingerprint: str
    digest: str | None
    """Digest of the request file; None where the key was in the trust data before."""


def split(
    folder: Path,
    *,
    city: str,
    mode: Mode,
    holders: Sequence[str],
    needed: int,
    whole: StoredKey | None,
    now: str,
    passphrase_for: PassphraseSource,
    cost: Cost = STANDARD_COST,
) -> Made:
    """Make the new *folder* with a share of the key *whole*, or of a new one, for each holder.

    *passphrase_for* is asked once for each holder.

    Raises:
        UsageError: the names and numbers do not fit.
        OSError: there is something in *folder*, or it cannot be written.
        KeyFileError: *whole* is no key that decrypts.
        PassphraseWeakError, PassphraseDiffersError, NotInteractiveError: no new passphrase.
    """
    key = whole or signers.new_recipient_key(ESCROW)
    shares = escrow.split(key, city=city, holders=holders, needed=needed)
    digest = None
    with folder_appearing(folder) as draft:
        for share in shares:
            keyfile.save(draft / f"{share.id}.json", share, passphrase_for(share.id), cost=cost)
        if whole is None:
            digest = _ask(draft / REQUEST, key, city, mode, now)
    names = tuple(share.id for share in shares)
    return Made(names, keytext.fingerprint_of(key.public), digest)


def _ask(path: Path, key: StoredKey, city: str, mode: Mode, now: str) -> str:
    """Write the request file of a new escrow key; return its digest.

    A key for encryption cannot prove itself. The signing key that vouches for it is
    forgotten at once: what people compare is the digest.
    """
    vouching = signers.new_ssh_key(ESCROW)
    request = requests.ask(
        request="holder",
        id=ESCROW,
        role="escrow",
        city=city,
        mode=mode.value,
        keys={"ssh": vouching.public, "recipient": key.public},
        created=now,
    )
    write_durably(path, requests.make(request, ssh=signers.signer(vouching)))
    return request.digest
