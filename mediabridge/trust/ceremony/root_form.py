"""The one form a drafted root may have, so that what is shown of it is all there is.

The TUF library takes a key under any id, two ids of one key, and members that it does not
know. People are shown ids and names: under a known id there must be the key of that id, and
a holder must not count twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from securesystemslib.signer import Key, SSlibKey
from tuf.api.metadata import Root

from mediabridge import locale
from mediabridge.trust import tuf_keys
from mediabridge.trust.ceremony import roles
from mediabridge.trust.ceremony.roles import Role

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,30}", re.ASCII)


def check(root: Root) -> None:
    """See that *root* has no key, no name and no member but those of a ceremony.

    Raises:
        ValueError: it has; the first of it is named.
    """
    for problem in _problems(root):
        raise ValueError(problem)


def _problems(root: Root) -> Iterator[str]:
    members = [root.unrecognized_fields]
    members += [each.unrecognized_fields for each in root.roles.values()]
    if any(members) or root.consistent_snapshot is not True:
        yield locale.text("the root has members that it should not have")
    used = {key_id for role in root.roles.values() for key_id in role.keyids}
    if used != root.keys.keys():
        yield locale.text("the keys of the root are not those of its roles")
    for key in root.keys.values():
        if not _is_of_its_id(key):
            yield locale.text("under the id {id} is not the key of that id", id=key.keyid[:16])
    for role in roles.ROLES:
        yield from _counting_twice(root, role)


def _is_of_its_id(key: Key) -> bool:
    """Tell whether *key* is the one that this program would make of its public half."""
    if tuf_keys.kind_of(key) is None:
        return False
    try:
        again = SSlibKey.from_crypto(tuf_keys.public_half(key))
    except (ValueError, KeyError, TypeError, AttributeError):
        return False
    name = tuf_keys.holder_of(key)
    named = key.unrecognized_fields != {}
    if named:
        again.unrecognized_fields[tuf_keys.HOLDER] = name
    return again == key and (not named or _NAME.fullmatch(name) is not None)


def _counting_twice(root: Root, role: str) -> Iterator[str]:
    for name, keys in roles.holders(root, role).items():
        kinds = [tuf_keys.kind_of(key) in tuf_keys.CLASSICAL for key in keys]
        if kinds.count(True) != 1 or kinds.count(False) > 1:
            yield locale.text(
                "{role}: {name} should have one key, or one and its ML-DSA key",
                role=Role.of(role),
                name=name,
            )
