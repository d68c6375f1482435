"""The escrow key in the hands of several people: any so many of them open it, fewer nothing.

Each holder has a share: a key file (:mod:`mediabridge.trust.keyfile`) of a random 32-byte
key, under the holder's own passphrase. For every smallest group of holders that suffices
the escrow key is wrapped with their keys in sequence, by AES Key Wrap (RFC 3394): a box
within a box. The wraps are no secret and stand in every share, so the files of one group are
all that is needed (docs/format/escrow.md, ADR 0012). Bundles know nothing of this: to them
the escrow is one recipient.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import Annotated, Final

from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap
from pydantic import Field, ValidationError, model_validator

from mediabridge import canonical
from mediabridge.bundle.header import Digest, Format
from mediabridge.config import ESCROW_HOLDERS, ESCROW_NEEDED, FORMAT
from mediabridge.errors import SharesMixedError, SharesTooFewError, UsageError
from mediabridge.locale import text
from mediabridge.spelling import from_base64, to_base64
from mediabridge.translog import events
from mediabridge.trust import keytext, signers
from mediabridge.trust.fields import ESCROW, Domain, Identifier, Model
from mediabridge.trust.keyfile import PublicHalf, StoredKey
from mediabridge.validation import field_problems

SHARE: Final = "escrow-share"
"""The kind of a share's key file."""

_SHARE_BYTES: Final = 32


class ShareSet(Model):
    """What all shares of one escrow key say alike; attribute names are the format's."""

    format: Format
    city: Domain
    escrow: Digest
    """Fingerprint of the escrow key: SHA-256 of its public half as text."""
    needed: Annotated[int, Field(ge=ESCROW_NEEDED, le=ESCROW_HOLDERS)]
    """How many holders it takes."""
    holders: Annotated[tuple[Identifier, ...], Field(max_length=ESCROW_HOLDERS)]
    """Sorted; the id of each share's key file is one of them."""
    wraps: tuple[str, ...]
    """One for each group of so many holders, in the order of :attr:`groups`, in base64."""

    @model_validator(mode="after")
    def _cross_check(self) -> ShareSet:
        if list(self.holders) != sorted(set(self.holders)) or self.needed > len(self.holders):
            msg = text("the holders are not sorted, not different, or too few")
            raise ValueError(msg)
        if len(self.wraps) != len(self.groups):
            got, wanted = len(self.wraps), len(self.groups)
            msg = text("wraps: {got}, should be {wanted}", got=got, wanted=wanted)
            raise ValueError(msg)
        return self

    @property
    def groups(self) -> list[tuple[str, ...]]:
        """The smallest groups of holders that suffice, in lexicographic order."""
        return list(combinations(self.holders, self.needed))

    def dump(self) -> str:
        """Return the public half of every share."""
        return canonical.dump(self.model_dump(mode="json")).decode("ascii")


def split(escrow: StoredKey, *, city: str, holders: Sequence[str], needed: int) -> list[StoredKey]:
    """Return a share of the private key *escrow* for each of *holders*, *needed* of which open it.

    Raises:
        UsageError: a name is no id or given twice, or the numbers do not fit each other.
        KeyFileError: *escrow* is no key that decrypts.
    """
    signers.recipient_key(escrow)
    names = sorted(holders)
    _check_holders(names, needed)
    keys = {name: os.urandom(_SHARE_BYTES) for name in names}
    wraps = [
        _wrapped(escrow.secret, [keys[name] for name in group])
        for group in combinations(names, needed)
    ]
    try:
        shared = ShareSet(
            format=FORMAT,
            city=city,
            escrow=keytext.fingerprint_of(escrow.public),
            needed=needed,
            holders=tuple(names),
            wraps=tuple(wraps),
        )
    except ValidationError as error:
        raise UsageError(detail=field_problems(error)) from None
    return [StoredKey(SHARE, name, shared.dump(), key) for name, key in keys.items()]


def _check_holders(names: Sequence[str], needed: int) -> None:
    # An id that the log would refuse could never take part in a drill.
    if not all(events.fits({"holder": name}) for name in names):
        raise UsageError(detail=text("a holder is named by an id, such as officer-1"))
    if len(set(names)) != len(names):
        raise UsageError(detail=text("a holder is named twice"))
    if not ESCROW_NEEDED <= needed <= len(names) <= ESCROW_HOLDERS:
        detail = text(
            "{needed} of {holders} holders: at least {least} are needed, of at most {most}",
            needed=needed,
            holders=len(names),
            least=ESCROW_NEEDED,
            most=ESCROW_HOLDERS,
        )
        raise UsageError(detail=detail)


def check(shares: Iterable[PublicHalf | StoredKey], *, city: str) -> ShareSet:
    """See that *shares* open an escrow key of *city* together, as far as they say of themselves.

    To be asked before anybody types a passphrase.

    Raises:
        SharesMixedError: one is no share, or of another city or another key than the others.
        SharesTooFewError: fewer different holders than it takes.
    """
    given = list(shares)
    found = [_shared(each) for each in given]
    held = {each.id for each in given}
    if not found:
        raise SharesTooFewError(got=0, wanted=ESCROW_NEEDED, names=text("none"))
    first = found[0]
    for each, shared in zip(given, found, strict=True):
        if shared != first:
            detail = text("{name} is of another key, or of another day", name=each.id)
            raise SharesMixedError(detail=detail)
        if each.id not in shared.holders:
            detail = text("{name} is none of the holders that it names", name=each.id)
            raise SharesMixedError(detail=detail)
    if first.city != city:
        detail = text("they are of the city {got}, not of {wanted}", got=first.city, wanted=city)
        raise SharesMixedError(detail=detail)
    if len(held) < first.needed:
        names = ", ".join(first.holders)
        raise SharesTooFewError(got=len(held), wanted=first.needed, names=names)
    return first


def combine(shares: Iterable[StoredKey], *, city: str) -> StoredKey:
    """Return the escrow key that *shares* open together; what is more than enough is not used.

    Raises:
        SharesMixedError, SharesTooFewError: as :func:`check`; or what came out is not the key
            that the shares name.
    """
    given = list(shares)
    shared = check(given, city=city)
    keys = {each.id: each.secret for each in given}
    group = tuple(sorted(keys)[: shared.needed])
    secret = _unwrapped(shared.wraps[shared.groups.index(group)], group, keys)
    try:
        escrow = signers.recipient_of(ESCROW, secret)
    except ValueError:
        raise SharesMixedError(detail=text("what they open is no key")) from None
    if keytext.fingerprint_of(escrow.public) != shared.escrow:
        raise SharesMixedError(detail=text("what they open is not the key that they name"))
    return escrow


def _shared(share: PublicHalf | StoredKey) -> ShareSet:
    if share.kind != SHARE:
        detail = text(
            "{name} is a key of the kind {kind}, no share", name=share.id, kind=share.kind
        )
        raise SharesMixedError(detail=detail)
    try:
        canonical.load(share.public.encode())
        return ShareSet.model_validate_json(share.public)
    except ValidationError as error:
        problem = field_problems(error)
    except ValueError as error:
        problem = str(error)
    raise SharesMixedError(detail=f"{share.id}: {problem}")


def _wrapped(secret: bytes, keys: Sequence[bytes]) -> str:
    """Return *secret* wrapped with the first of *keys*, that with the second, and so on."""
    for key in keys:
        secret = aes_key_wrap(key, secret)
    return to_base64(secret)


def _unwrapped(wrap: str, group: Sequence[str], keys: Mapping[str, bytes]) -> bytes:
    try:
        data = from_base64(wrap)
        for name in reversed(group):
            data = aes_key_unwrap(keys[name], data)
    except (InvalidUnwrap, ValueError):
        names = ", ".join(group)
        detail = text("what is wrapped for {names} does not open", names=names)
        raise SharesMixedError(detail=detail) from None
    return data
