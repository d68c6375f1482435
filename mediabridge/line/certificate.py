"""The certificate by which a station is known on the line: signed by its key in trust data.

The key of a line is made for one connection period and never stored; what vouches for it is an
X.509 certificate that the station signs with the key that trust data names. So there is nothing to
enrol and nothing to renew, and a revoked station is a stranger at once (ADR 0033). Both ends
build their names and extensions here, by which OpenSSL finds who signed what.

A signed certificate begins with the tag of a sequence, and every other message that this key signs
with the letters of SSHSIG: neither is ever taken for the other.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from mediabridge.trust.signers import Signer

LIFETIME: Final = timedelta(hours=24)
"""The longest that a certificate is valid; one is made for each connection period."""

CLOCKS_APART: Final = timedelta(minutes=10)
"""How far a station's clock may be ahead of the hub's."""

_ED25519_BYTES: Final = 32

PublicKey = ed25519.Ed25519PublicKey | ec.EllipticCurvePublicKey
"""A station's key, or that of a line."""


def public_key(raw: bytes) -> PublicKey:
    """Return the key of a station from its *raw* bytes: 32 of Ed25519, 97 of P-384.

    Raises:
        ValueError: they are no key.
    """
    if len(raw) == _ED25519_BYTES:
        return ed25519.Ed25519PublicKey.from_public_bytes(raw)
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP384R1(), raw)


def station_name(city: str, station: str) -> x509.Name:
    """Return what a station is called as the issuer of its certificates."""
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, city),
            x509.NameAttribute(NameOID.COMMON_NAME, station),
        ]
    )


def named(name: x509.Name) -> tuple[str, str] | None:
    """Return the city and station of :func:`station_name`, or None for any other name."""
    city = name.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    station = name.get_attributes_for_oid(NameOID.COMMON_NAME)
    if len(city) != 1 or len(station) != 1:
        return None
    found = str(city[0].value), str(station[0].value)
    return found if station_name(*found) == name else None


def issue(
    signer: Signer, *, city: str, station: str, key: PublicKey, now: datetime
) -> x509.Certificate:
    """Return the certificate of the line's *key*, signed by the *station*'s own *signer*.

    Only :meth:`Signer.sign` is asked for, as a token has no more: the certificate is made with a
    key of the same sort that is thrown away, and then bears the station's signature.
    """
    # Optional: a station without a line has no use for it, and the hub makes none.
    from asn1crypto.x509 import Certificate  # noqa: PLC0415

    draft = _draft(signer, city, station, key, now)
    made = Certificate.load(draft.public_bytes(Encoding.DER))
    made["signature_value"] = _signature(signer, draft.tbs_certificate_bytes)
    return x509.load_der_x509_certificate(made.dump(force=True))


def _draft(
    signer: Signer, city: str, station: str, key: PublicKey, now: datetime
) -> x509.Certificate:
    issuer = public_key(signer.public_key)
    builder = (
        x509.CertificateBuilder()
        .issuer_name(station_name(city, station))
        .subject_name(_line_name(city, station))
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - CLOCKS_APART)
        .not_valid_after(now - CLOCKS_APART + LIFETIME)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_SIGNS_ONLY, critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer), critical=False)
    )
    if isinstance(issuer, ed25519.Ed25519PublicKey):
        return builder.sign(ed25519.Ed25519PrivateKey.generate(), None)
    return builder.sign(ec.generate_private_key(ec.SECP384R1()), hashes.SHA384())


def _line_name(city: str, station: str) -> x509.Name:
    """Return a name that is not the issuer's: one that named itself would end the chain."""
    line = x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, "line")
    return x509.Name([*station_name(city, station), line])


def _signature(signer: Signer, message: bytes) -> bytes:
    raw = signer.sign(message)
    if len(signer.public_key) == _ED25519_BYTES:
        return raw
    half = len(raw) // 2
    return encode_dss_signature(*(int.from_bytes(each, "big") for each in (raw[:half], raw[half:])))


_SIGNS_ONLY: Final = x509.KeyUsage(
    digital_signature=True,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=False,
    crl_sign=False,
    encipher_only=False,
    decipher_only=False,
)
