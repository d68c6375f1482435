"""TLS of the hub: who may shake hands at all, by trust data alone.

OpenSSL wants certificates of whom it is to believe. They are made here, from the keys in trust data
and by a root that lives and ends with this process: nothing of them is kept, sent or signed for.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from mediabridge.clock import from_rfc3339
from mediabridge.errors import SettingsError
from mediabridge.hub.cities import City
from mediabridge.hub.settings import NAME, Listen
from mediabridge.line import certificate
from mediabridge.trust import keytext
from mediabridge.trust.trust_data import Station

_YEARS: Final = timedelta(days=36_500)


class Anchors:
    """The stations that may shake hands.

    Further ones are added, and none has to be removed: who asks is looked at again at each
    request (:mod:`mediabridge.hub.callers`).
    """

    def __init__(self, context: ssl.SSLContext) -> None:
        """Make the root, and let *context* believe what it vouches for."""
        self._context = context
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mediabridge hub")])
        start = datetime(2020, 1, 1, tzinfo=UTC)
        root = self._authority(self._name, self._key.public_key(), (start, start + _YEARS), 1)
        context.load_verify_locations(cadata=root)

    def add(self, cities: Iterable[City]) -> None:
        """Let the stations of *cities* shake hands, whose keys are not revoked."""
        known = [
            self._anchor(city.trust.city, station) for city in cities for station in city.callers
        ]
        if known:
            self._context.load_verify_locations(cadata=b"".join(known))

    def _anchor(self, city: str, station: Station) -> bytes:
        key = certificate.public_key(keytext.parse_openssh(station.key))
        valid = from_rfc3339(station.valid_from), from_rfc3339(station.valid_until)
        return self._authority(certificate.station_name(city, station.id), key, valid, 0)

    def _authority(
        self,
        name: x509.Name,
        key: certificate.PublicKey,
        valid: tuple[datetime, datetime],
        below: int,
    ) -> bytes:
        identifier = x509.SubjectKeyIdentifier.from_public_key(key)
        made = (
            x509.CertificateBuilder()
            .issuer_name(self._name)
            .subject_name(name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(valid[0])
            .not_valid_after(valid[1])
            .add_extension(x509.BasicConstraints(ca=True, path_length=below), critical=True)
            .add_extension(_VOUCHES, critical=True)
            .add_extension(identifier, critical=False)
            .sign(self._key, hashes.SHA256())
        )
        return made.public_bytes(Encoding.DER)


def context(listen: Listen) -> ssl.SSLContext:
    """Return TLS 1.3 with the hub's own certificate, which asks for one of the caller.

    Raises:
        SettingsError: certificate or key cannot be read, or do not belong together.
    """
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.minimum_version = ssl.TLSVersion.TLSv1_3
    made.verify_mode = ssl.CERT_REQUIRED
    # A ticket would let a caller in again without a certificate.
    made.num_tickets = 0
    try:
        made.load_cert_chain(listen.certificate, listen.key, password=_no_passphrase)
    except (OSError, ValueError) as error:
        raise SettingsError(name=NAME, detail=_said(error, listen.certificate)) from None
    return made


def _no_passphrase() -> str:
    return ""


def _said(error: OSError | ValueError, path: Path) -> str:
    return f"{path.name}: {error.strerror if isinstance(error, OSError) else error}"


_VOUCHES: Final = x509.KeyUsage(
    digital_signature=False,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=True,
    crl_sign=False,
    encipher_only=False,
    decipher_only=False,
)
