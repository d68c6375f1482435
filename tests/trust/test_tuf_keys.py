"""The key files of TUF roles: what they sign, and what is no key of its kind."""

from __future__ import annotations

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hashes import SHA384
from securesystemslib.exceptions import UnverifiedSignatureError

from mediabridge.errors import KeyFileError
from mediabridge.trust import keytext, signers, tuf_keys
from mediabridge.trust.keyfile import StoredKey

ORDER = int(
    "ffffffffffffffffffffffffffffffffffffffffffffffff"
    "c7634d81f4372ddf581a0db248b0a77aecec196accc52973",
    16,
)
"""Of the curve P-384 (FIPS 186)."""

MAKERS = (signers.new_tuf_key, tuf_keys.new_p384_key, tuf_keys.new_mldsa_key)


@pytest.mark.parametrize("make", MAKERS)
def test_what_a_key_file_signs_verifies(make: object) -> None:
    key: StoredKey = make("root-1")  # type: ignore[operator]
    signer = tuf_keys.signer(key)
    assert tuf_keys.kind_of(signer.public_key) == key.kind
    public = tuf_keys.public_key(key.kind, key.public, "root-1")  # type: ignore[arg-type]
    signature = signer.sign(b"metadata")
    public.verify_signature(signature, b"metadata")
    with pytest.raises(UnverifiedSignatureError):
        public.verify_signature(signature, b"other metadata")


def test_p384_signs_ecdsa_with_sha384() -> None:
    signer = tuf_keys.signer(tuf_keys.new_p384_key("root-1"))
    public = tuf_keys.public_half(signer.public_key)
    assert isinstance(public, EllipticCurvePublicKey)
    signature = bytes.fromhex(signer.sign(b"metadata").signature)
    public.verify(signature, b"metadata", ECDSA(SHA384()))
    with pytest.raises(InvalidSignature):
        public.verify(signature, b"other metadata", ECDSA(SHA384()))


@pytest.mark.parametrize("make", MAKERS)
def test_halves_of_two_keys_are_refused(make: object) -> None:
    one: StoredKey = make("root-1")  # type: ignore[operator]
    other: StoredKey = make("root-2")  # type: ignore[operator]
    with pytest.raises(KeyFileError, match="do not belong together"):
        tuf_keys.signer(StoredKey(one.kind, one.id, one.public, other.secret))


@pytest.mark.parametrize("scalar", [0, ORDER, ORDER + 1, 2**384 - 1])
def test_scalar_outside_the_curve_is_refused(scalar: int) -> None:
    key = tuf_keys.new_p384_key("root-1")
    with pytest.raises(KeyFileError, match="do not belong together"):
        tuf_keys.signer(StoredKey(key.kind, key.id, key.public, scalar.to_bytes(48, "big")))


def test_p384_key_of_a_role_signs_nothing_else() -> None:
    with pytest.raises(KeyFileError, match="do not sign"):
        signers.signer(tuf_keys.new_p384_key("root-1"))


def test_digest_of_the_public_text_is_its_fingerprint() -> None:
    key = tuf_keys.new_p384_key("root-1")
    assert len(keytext.fingerprint_of(key.public)) == 64
