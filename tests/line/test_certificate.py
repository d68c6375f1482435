from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from mediabridge.line import certificate
from mediabridge.trust import signers
from mediabridge.trust.signers import Signer

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
CITY = "city.training.example"


class P384:
    """What a token does: ECDSA of the two halves, and nothing else."""

    id = name = "lgwan-01"

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP384R1())
        self.public_key = self._key.public_key().public_bytes(
            Encoding.X962, PublicFormat.UncompressedPoint
        )

    def sign(self, message: bytes) -> bytes:
        halves = decode_dss_signature(self._key.sign(message, ec.ECDSA(hashes.SHA384())))
        return b"".join(half.to_bytes(48, "big") for half in halves)


def ed25519() -> Signer:
    return signers.signer(signers.new_ssh_key("lgwan-01"))


@pytest.mark.parametrize("make", [ed25519, P384])
def test_it_bears_the_signature_of_the_stations_key(make: type[P384]) -> None:
    signer, other = make(), make()
    key = ec.generate_private_key(ec.SECP256R1()).public_key()
    made = certificate.issue(signer, city=CITY, station="lgwan-01", key=key, now=NOW)
    issuer = certificate.public_key(signer.public_key)
    verify(made, issuer)
    with pytest.raises(InvalidSignature):
        verify(made, certificate.public_key(other.public_key))
    assert made.public_key() == key
    assert certificate.named(made.issuer) == (CITY, "lgwan-01")
    assert made.not_valid_before_utc <= NOW - timedelta(minutes=10)
    assert made.not_valid_after_utc - made.not_valid_before_utc == timedelta(hours=24)


def verify(made: certificate.x509.Certificate, key: certificate.PublicKey) -> None:
    message, signature = made.tbs_certificate_bytes, made.signature
    if isinstance(key, ec.EllipticCurvePublicKey):
        key.verify(signature, message, ec.ECDSA(hashes.SHA384()))
    else:
        key.verify(signature, message)


def test_a_name_of_another_form_is_nobodys() -> None:
    made = certificate.issue(
        ed25519(), city=CITY, station="lgwan-01",
        key=ec.generate_private_key(ec.SECP256R1()).public_key(), now=NOW,
    )  # fmt: skip
    assert certificate.named(made.subject) is None
