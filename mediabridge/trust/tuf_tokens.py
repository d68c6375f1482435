"""A holder's classical key of a TUF role, in a token, as the stock library takes it."""

from __future__ import annotations

from typing import Final, NoReturn

from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from securesystemslib.signer import Key, SecretsHandler, Signature, Signer, SSlibKey

from mediabridge.spelling import to_base64
from mediabridge.trust import tuf_keys
from mediabridge.trust.tokens import TokenSigner
from mediabridge.trust.tuf_keys import TufKeyKind

_ED25519_BYTES: Final = 32


def public_text(token: TokenSigner) -> tuple[TufKeyKind, str]:
    """Return what kind of key of a role the key in a token is, and its public text."""
    if len(token.public_key) == _ED25519_BYTES:
        return "tuf-ed25519", token.public_key.hex()
    return "tuf-ecdsa-p384", to_base64(token.public_key)


class TufTokenSigner(Signer):
    """Signs metadata with a key that stays in its token."""

    def __init__(self, token: TokenSigner) -> None:
        """Sign with the key of *token*."""
        self._token = token
        kind, spelt = public_text(token)
        self._key = tuf_keys.public_key(kind, spelt, token.id)

    @property
    def public_key(self) -> SSlibKey:
        """The public half, as metadata has it."""
        return self._key

    def sign(self, payload: bytes) -> Signature:
        """Return the signature of *payload*, as metadata has it.

        Raises:
            TokenError: the token is gone, or does not sign.
        """
        raw = self._token.sign(payload)
        if len(self._token.public_key) != _ED25519_BYTES:
            half = len(raw) // 2
            r, s = (int.from_bytes(each, "big") for each in (raw[:half], raw[half:]))
            raw = encode_dss_signature(r, s)
        return Signature(self._key.keyid, raw.hex())

    @classmethod
    def from_priv_key_uri(
        cls,
        priv_key_uri: str,
        public_key: Key,
        secrets_handler: SecretsHandler | None = None,
    ) -> NoReturn:
        """Refuse: the library's own URIs would carry no PIN of ours."""
        del priv_key_uri, public_key, secrets_handler
        msg = "a key in a token is opened by mediabridge.trust.tokens"
        raise NotImplementedError(msg)
