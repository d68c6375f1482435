"""Which key in which token, reached through which library: the URI of RFC 7512.

For example ``pkcs11:token=officer-1;object=officer-1?module-path=/usr/lib/softhsm/libsofthsm2.so``.
Of the attributes of RFC 7512 these are known: ``token`` (its label), ``serial`` (its serial
number; one of the two at least), ``object`` (the label of the key) and ``module-path``.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from mediabridge.locale import text

SCHEME: Final = "pkcs11:"
_PATH: Final = frozenset({"token", "serial", "object"})
_QUERY: Final = frozenset({"module-path"})
_PINS: Final = frozenset({"pin-value", "pin-source"})


@dataclass(frozen=True)
class TokenUri:
    """A key in a token."""

    module: Path
    """The PKCS#11 library."""

    key: str
    """Label of the key."""

    label: str | None = None
    serial: str | None = None

    @property
    def token(self) -> str:
        """What people call the token: its label, or else its serial number."""
        return self.label or self.serial or ""

    @property
    def pin_of(self) -> str:
        """What a source of passphrases is asked for, for the PIN of this token."""
        return f"{SCHEME}token={self.token}"


def parse(uri: str) -> TokenUri:
    """Read the URI of a key in a token.

    Raises:
        ValueError: no such URI, an attribute that is not known or occurs twice, a PIN in it,
            or one of the attributes that are needed is missing.
    """
    if not uri.startswith(SCHEME):
        msg = text("a key in a token is written pkcs11:token=...;object=...?module-path=...")
        raise ValueError(msg)
    path, _, query = uri.removeprefix(SCHEME).partition("?")
    found = _attributes(path.split(";"), _PATH) | _attributes(query.split("&"), _QUERY)
    module, key = found.get("module-path", ""), found.get("object", "")
    label, serial = found.get("token"), found.get("serial")
    if not module.startswith("/"):
        msg = text("module-path should be the absolute path of the PKCS#11 module")
        raise ValueError(msg)
    if not key or not (label or serial):
        msg = text("the label of the key (object) and that of the token (token) are needed")
        raise ValueError(msg)
    return TokenUri(Path(module), key, label, serial)


def place(spelt: str) -> Path | TokenUri:
    """Read where a person's key is: the URI of a key in a token, or the path of a key file.

    Raises:
        ValueError: as :func:`parse`.
    """
    return parse(spelt) if spelt.startswith(SCHEME) else Path(spelt)


def _attributes(parts: list[str], known: frozenset[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in filter(None, parts):
        name, _, value = part.partition("=")
        if name in _PINS:
            msg = text("a PIN never stands in a URI: others could read it")
            raise ValueError(msg)
        if name not in known or name in found:
            msg = text(
                "only these attributes are known, each once: {known}",
                known=", ".join(sorted(_PATH | _QUERY)),
            )
            raise ValueError(msg)
        found[name] = unquote(value, errors="strict")
    return found
