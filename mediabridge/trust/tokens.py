"""Keys that never leave their token, through PKCS#11: they sign, and they wrap.

Each piece of work opens the token with its PIN and closes it again, so nothing is left
open for another program, and a token that was exchanged meanwhile is found out. Everything
is hashed here before it is signed: many tokens, and SoftHSM among them, hash nothing.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NoReturn

from mediabridge import errors, locale
from mediabridge.bundle import sshkeys
from mediabridge.trust.passphrase import PassphraseSource
from mediabridge.trust.token_uri import TokenUri

if TYPE_CHECKING:
    import pkcs11

_ED25519_BYTES: Final = 32
_SIGNATURE_BYTES: Final = {_ED25519_BYTES: 64, 97: 96}
"""By the length of the raw public key."""

_OCTET_STRING: Final = 0x04
_AES_KEY_BYTES: Final = 32


@dataclass(frozen=True)
class TokenSigner:
    """A :class:`~mediabridge.trust.signers.Signer` whose key is in a token."""

    id: str
    name: str
    public_key: bytes
    _uri: TokenUri = field(repr=False)
    _pin: bytes = field(repr=False)

    def sign(self, message: bytes) -> bytes:
        """Return the signature of *message*: 64 bytes of Ed25519, 96 of ECDSA with SHA-384.

        Raises:
            TokenError: the token is gone, or does not sign, or signs with another key.
        """
        from pkcs11 import Mechanism  # noqa: PLC0415 - an extra that not every machine has

        with _opened(self._uri, self._pin, seen=True) as token:
            private = token.private_key()
            if len(self.public_key) == _ED25519_BYTES:
                signature = private.sign(message, mechanism=Mechanism.EDDSA)
            else:
                digest = hashlib.sha384(message).digest()
                signature = private.sign(digest, mechanism=Mechanism.ECDSA)
        return self._checked(bytes(signature), message)

    def _checked(self, signature: bytes, message: bytes) -> bytes:
        """Hand out nothing that nobody would accept: the key may have been exchanged."""
        kind = sshkeys.type_of(self.public_key)
        wanted = _SIGNATURE_BYTES[len(self.public_key)]
        if len(signature) != wanted or not kind.verifies(self.public_key, signature, message):
            detail = locale.text("its signature is not good under its public key")
            raise errors.TokenFailedError(token=self._uri.token, detail=detail)
        return signature


def open_signer(uri: TokenUri, pins: PassphraseSource, *, name: str | None = None) -> TokenSigner:
    """Return the signer of the key that *uri* names; the PIN is asked for once.

    *name* is what it signs under, where that is not the label of the key.

    Raises:
        TokenError: the module, the token, its PIN or the key are not what they should be.
    """
    require_present(uri)
    pin = pins(uri.pin_of)
    with _opened(uri, pin) as token:
        public = token.public_key()
    return TokenSigner(uri.key, name or uri.key, public, uri, pin)


@dataclass(frozen=True)
class TokenWrap:
    """An AES-256 key in a token that wraps the key of a key file (RFC 3394)."""

    _uri: TokenUri
    _pin: bytes = field(repr=False)

    def wrap(self, key: bytes) -> bytes:
        """Return *key*, 32 bytes, wrapped: 40 bytes.

        Raises:
            TokenError: the token is gone, or has no such key.
        """
        from pkcs11 import Attribute, KeyType, Mechanism, ObjectClass  # noqa: PLC0415

        with _opened(self._uri, self._pin, seen=True) as token:
            mine = token.wrapping_key()
            theirs = token.session.create_object(
                {
                    Attribute.CLASS: ObjectClass.SECRET_KEY,
                    Attribute.KEY_TYPE: KeyType.AES,
                    Attribute.VALUE: key,
                    **_passing(Attribute),
                }
            )
            return bytes(mine.wrap_key(theirs, mechanism=Mechanism.AES_KEY_WRAP))

    def unwrap(self, wrapped: bytes) -> bytes:
        """Return the key in *wrapped*.

        Raises:
            TokenError: the token is gone, has no such key, or did not wrap this.
        """
        from pkcs11 import Attribute, KeyType, Mechanism, ObjectClass, PKCS11Error  # noqa: PLC0415

        with _opened(self._uri, self._pin, seen=True) as token:
            mine = token.wrapping_key()
            with suppress(PKCS11Error):
                theirs = mine.unwrap_key(
                    ObjectClass.SECRET_KEY,
                    KeyType.AES,
                    wrapped,
                    mechanism=Mechanism.AES_KEY_WRAP,
                    template=_passing(Attribute),
                )
                return bytes(theirs[Attribute.VALUE])
        # A token that is gone is told from one that refuses.
        require_present(self._uri)
        detail = locale.text("it did not wrap this key file")
        raise errors.TokenKeyError(key=self._uri.key, token=self._uri.token, detail=detail)


def open_wrap(uri: TokenUri, pins: PassphraseSource) -> TokenWrap:
    """Return the wrapping key that *uri* names; the PIN is asked for once.

    Raises:
        TokenError: the module, the token, its PIN or the key are not what they should be.
    """
    require_present(uri)
    pin = pins(uri.pin_of)
    with _opened(uri, pin) as token:
        token.wrapping_key()
    return TokenWrap(uri, pin)


def require_present(uri: TokenUri) -> None:
    """See that there is one such token, before anybody is asked for a PIN.

    Raises:
        TokenError: its module cannot be loaded, or there is no such token, or several.
    """
    with _told(uri):
        _the_token(uri, seen=False)


@dataclass(frozen=True)
class _OpenToken:
    uri: TokenUri
    session: pkcs11.Session

    def private_key(self) -> Any:
        from pkcs11 import ObjectClass  # noqa: PLC0415

        return self._key(ObjectClass.PRIVATE_KEY)

    def public_key(self) -> bytes:
        """Return the raw public key beside the private one, which has to be there, too."""
        from pkcs11 import Attribute, KeyType, ObjectClass  # noqa: PLC0415

        self.private_key()
        found = self._key(ObjectClass.PUBLIC_KEY)
        if found.key_type not in {KeyType.EC, KeyType.EC_EDWARDS}:
            self.refuse(locale.text("only keys of P-384 and of Ed25519 sign"))
        point = _without_header(bytes(found[Attribute.EC_POINT]))
        wanted = _ED25519_BYTES if found.key_type is KeyType.EC_EDWARDS else 97
        if len(point) != wanted:
            self.refuse(locale.text("only keys of P-384 and of Ed25519 sign"))
        return point

    def wrapping_key(self) -> Any:
        """Return the AES-256 key, which must not leave the token."""
        from pkcs11 import Attribute, KeyType, ObjectClass  # noqa: PLC0415

        found = self._key(ObjectClass.SECRET_KEY)
        if found.key_type is not KeyType.AES or found.key_length != 8 * _AES_KEY_BYTES:
            self.refuse(locale.text("an AES key of 256 bits is needed"))
        if found[Attribute.EXTRACTABLE]:
            self.refuse(locale.text("it can be taken out of the token"))
        return found

    def _key(self, object_class: Any) -> Any:
        from pkcs11 import Attribute  # noqa: PLC0415

        wanted = {Attribute.CLASS: object_class, Attribute.LABEL: self.uri.key}
        # All of them are asked for: a search that is left unfinished outlives the session.
        found = list(self.session.get_objects(wanted))
        if not found:
            self.refuse(locale.text("there is none of this label"))
        if len(found) > 1:
            self.refuse(locale.text("there are several of this label"))
        return found[0]

    def refuse(self, detail: str) -> NoReturn:
        raise errors.TokenKeyError(key=self.uri.key, token=self.uri.token, detail=detail)


@contextmanager
def _opened(uri: TokenUri, pin: bytes, *, seen: bool = False) -> Iterator[_OpenToken]:
    """Open the token, and close it at the end; *seen* says that it was there before."""
    with _told(uri):
        session = _the_token(uri, seen=seen).open(user_pin=pin.decode(), rw=False)
        with session:
            yield _OpenToken(uri, session)


@contextmanager
def _told(uri: TokenUri) -> Iterator[None]:
    """Tell what the library says in the words of this program."""
    try:
        import pkcs11  # noqa: PLC0415
        from pkcs11 import exceptions  # noqa: PLC0415
    except ImportError:
        detail = locale.text("this installation lacks the extra {name}", name="token")
        raise errors.TokenModuleError(module=uri.module.name, detail=detail) from None
    try:
        yield
    except (exceptions.PinIncorrect, exceptions.PinInvalid, exceptions.PinLenRange):
        raise errors.TokenPinError(token=uri.token, key=uri.key) from None
    except exceptions.PinLocked:
        raise errors.TokenLockedError(token=uri.token, key=uri.key) from None
    except (
        exceptions.DeviceRemoved,
        exceptions.ObjectHandleInvalid,
        exceptions.SessionHandleInvalid,
        exceptions.TokenNotPresent,
        exceptions.TokenNotRecognised,
    ):
        raise errors.TokenRemovedError(token=uri.token) from None
    except pkcs11.PKCS11Error as error:
        # Many modules say of a token that is gone no more than that something went wrong.
        _the_token(uri, seen=True)
        raise errors.TokenFailedError(token=uri.token, detail=type(error).__name__) from None


def _the_token(uri: TokenUri, *, seen: bool) -> Any:
    """Return the one token that *uri* names."""
    found = _tokens(_library(uri), uri)
    if not found and seen:
        raise errors.TokenRemovedError(token=uri.token)
    if not found:
        raise errors.TokenMissingError(token=uri.token)
    if len(found) > 1:
        serials = ", ".join(sorted(_spelt(each.serial) for each in found))
        raise errors.TokenSeveralError(token=uri.token, serials=serials)
    return found[0]


def _tokens(library: Any, uri: TokenUri) -> list[Any]:
    from pkcs11 import PKCS11Error  # noqa: PLC0415

    try:
        # Some modules look for their tokens only when they begin.
        library.reinitialize()
        present = list(library.get_tokens())
    except PKCS11Error:
        return []
    return [
        each
        for each in present
        if uri.label in {None, each.label} and uri.serial in {None, _spelt(each.serial)}
    ]


def _library(uri: TokenUri) -> Any:
    import pkcs11  # noqa: PLC0415

    try:
        # One library under two names would be begun twice, which it refuses.
        return pkcs11.lib(os.path.realpath(uri.module))
    except (pkcs11.PKCS11Error, RuntimeError) as error:
        detail = str(error).rpartition(": ")[2] or type(error).__name__
        raise errors.TokenModuleError(module=uri.module.name, detail=detail) from None


def _spelt(serial: bytes | str) -> str:
    return serial.decode("ascii", "replace") if isinstance(serial, bytes) else serial


def _without_header(point: bytes) -> bytes:
    """Return the point in a DER octet string; some tokens leave the header out."""
    header = 2
    if point[:1] == bytes([_OCTET_STRING]) and point[1:header] == bytes([len(point) - header]):
        return point[header:]
    return point


def _passing(attribute: Any) -> dict[Any, bool]:
    """Return the attributes of a key that is only in this session, and is handed out."""
    return {attribute.TOKEN: False, attribute.EXTRACTABLE: True, attribute.SENSITIVE: False}
