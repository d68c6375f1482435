"""Who holds the keys of the four TUF roles, and how many of them have to agree (ADR 0008).

A holder has one classical key or a pair, one classical and one of ML-DSA-65. TUF counts
keys; people count holders. Where the holders of a role have pairs, its threshold is twice
the number of holders that have to agree.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from enum import unique
from typing import Final

from securesystemslib.signer import Key
from tuf.api.metadata import Root

from mediabridge import errors, locale
from mediabridge.locale.spoken import Spoken
from mediabridge.trust import tuf_keys
from mediabridge.trust.requests import Request
from mediabridge.trust.trust_data import Duty


@unique
class Role(Spoken):
    """The four roles of TUF, as a sentence says them."""

    ROOT = "root", locale.n_("root")
    TARGETS = "targets", locale.n_("targets")
    SNAPSHOT = "snapshot", locale.n_("snapshot")
    TIMESTAMP = "timestamp", locale.n_("timestamp")


ROLES: Final = ("root", "targets", "snapshot", "timestamp")
"""In the order in which they sign: each vouches for the keys, or the version, of the next."""

_PEOPLE_NEEDED: Final[Mapping[str, int]] = {"root": 2, "targets": 2}
"""No single person may change whom two stations believe; of training it is not asked."""


def duty_of(role: str) -> Spoken:
    """Return the words for what a request file asks for."""
    return Role.of(role) if role in ROLES else Duty.of(role)


def new_root(needed: Mapping[str, int]) -> Root:
    """Return a root without keys in which *needed* holders of each role have to agree."""
    root = Root(consistent_snapshot=True)
    for role in ROLES:
        root.roles[role].threshold = needed[role]
    return root


def holders(root: Root, role: str) -> dict[str, list[Key]]:
    """Return the holders of *role*, in the order of their names, each with its keys."""
    found: dict[str, list[Key]] = {}
    for key_id in root.roles[role].keyids:
        key = root.keys[key_id]
        found.setdefault(tuf_keys.holder_of(key), []).append(key)
    return dict(sorted(found.items()))


def needed(root: Root, role: str) -> int:
    """Return how many holders of *role* have to agree."""
    return root.roles[role].threshold // _keys_each(root, role)


def with_needed(root: Root, role: str, number: int) -> Root:
    """Return *root* with *number* holders of *role* who have to agree.

    Raises:
        UsageError: it is less than one.
    """
    if number < 1:
        raise errors.UsageError(detail=locale.text("at least one holder has to sign"))
    result = copy.deepcopy(root)
    result.roles[role].threshold = number * _keys_each(result, role)
    return result


def with_holder(root: Root, request: Request) -> Root:
    """Return *root* with the holder who made *request*.

    Raises:
        UsageError: that role has a holder of this name, or a key has a purpose already.
    """
    role = request.role
    if request.id in holders(root, role):
        detail = locale.text(
            "{name} holds a key of {role} already", name=request.id, role=Role.of(role)
        )
        raise errors.UsageError(detail=detail)
    number = needed(root, role)
    result = copy.deepcopy(root)
    for kind in tuf_keys.TUF_KINDS:
        if kind in request.keys:
            key = tuf_keys.public_key(kind, request.keys[kind], request.id)
            if key.keyid in root.keys:
                detail = locale.text("a key of {name} has a purpose already", name=request.id)
                raise errors.UsageError(detail=detail)
            result.add_key(key, role)
    return with_needed(result, role, number)


def without_holder(root: Root, role: str, name: str) -> Root:
    """Return *root* without the keys of the holder *name* of *role*.

    Raises:
        UsageError: there is no such holder.
    """
    keys = holders(root, role).get(name)
    if keys is None:
        detail = locale.text("{name} holds no key of {role}", name=name[:40], role=Role.of(role))
        raise errors.UsageError(detail=detail)
    number = needed(root, role)
    result = copy.deepcopy(root)
    for key in keys:
        result.revoke_key(key.keyid, role)
    return with_needed(result, role, number)


def problems(root: Root, *, live: bool) -> Iterator[str]:
    """Yield what keeps *root* from being signed."""
    for role in ROLES:
        yield from _role_problems(root, role, live=live)


def same(one: Root, other: Root) -> bool:
    """Tell whether two roots say the same of keys and roles, whatever their version and date."""
    return (one.keys, one.roles) == (other.keys, other.roles)


def _role_problems(root: Root, role: str, *, live: bool) -> Iterator[str]:
    there, wanted = holders(root, role), needed(root, role)
    if live and wanted < (least := _PEOPLE_NEEDED.get(role, 1)):
        yield locale.text(
            "{role}: {got} has to sign, should be {wanted} or more",
            role=Role.of(role),
            got=wanted,
            wanted=least,
        )
    if len(there) < wanted:
        yield locale.text(
            "{role} has {got} of the {wanted} holders it needs",
            role=Role.of(role),
            got=len(there),
            wanted=wanted,
        )
    if _keys_each(root, role) == 1:
        return
    alone = [name for name, keys in there.items() if not any(map(_is_lattice, keys))]
    if alone:
        names = ", ".join(alone)
        yield locale.text("{role}: no ML-DSA key of {names}", role=Role.of(role), names=names)
    if 2 * wanted <= len(there):
        yield locale.text(
            "{role}: {wanted} of {count} is no majority, so keys of one sort would do",
            role=Role.of(role),
            wanted=wanted,
            count=len(there),
        )


def _keys_each(root: Root, role: str) -> int:
    keys = (root.keys[key_id] for key_id in root.roles[role].keyids)
    return 2 if any(map(_is_lattice, keys)) else 1


def _is_lattice(key: Key) -> bool:
    return tuf_keys.kind_of(key) == "tuf-ml-dsa-65"
