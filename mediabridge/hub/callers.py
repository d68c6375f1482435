"""Who asks: the station whose key, in the city's trust data, signed the line's certificate.

Asked anew at each request. The handshake has verified the chain as well, but it may be hours
old, and trust data may have said since that the key is to be believed no more (ADR 0033).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from mediabridge.clock import from_rfc3339
from mediabridge.errors import CallerUnknownError
from mediabridge.hub.cities import NO_LINE, Cities, City, refused
from mediabridge.line import certificate
from mediabridge.locale import text
from mediabridge.trust import keytext
from mediabridge.trust.trust_data import Station


@dataclass(frozen=True)
class Caller:
    """A station of a city, as sure as its signature."""

    city: City
    station: Station

    @property
    def domain(self) -> str:
        """The city's domain, under which everything of it is kept."""
        return self.city.trust.city

    @property
    def id(self) -> str:
        """The station's id."""
        return self.station.id

    def reaches(self, receiver: str) -> bool:
        """Tell whether there is a route to *receiver*, and a line to it."""
        trust = self.city.trust
        found = trust.station(receiver)
        return found is not None and found.role != NO_LINE and bool(trust.route(self.id, receiver))


def identify(peer: bytes, cities: Cities, now: datetime) -> Caller:
    """Return who shows the certificate *peer*, DER, at *now*.

    Raises:
        CallerUnknownError: nobody who may ask; why is in the detail.
    """
    shown = x509.load_der_x509_certificate(peer)
    name = certificate.named(shown.issuer)
    city = cities.get(name[0]) if name else None
    station = city.trust.station(name[1]) if city and name else None
    if city is None or station is None or station.role == NO_LINE:
        raise CallerUnknownError(detail=text("no station with a line has this name"))
    _check_signature(shown, station)
    _check_dates(shown, now)
    if detail := refused(city, now):
        raise CallerUnknownError(detail=detail)
    if city.trust.is_revoked(keytext.fingerprint(station.key)):
        raise CallerUnknownError(detail=text("its key was revoked"))
    if not from_rfc3339(station.valid_from) <= now <= from_rfc3339(station.valid_until):
        raise CallerUnknownError(detail=text("its key is not valid at this time"))
    return Caller(city, station)


def _check_signature(shown: x509.Certificate, station: Station) -> None:
    key = certificate.public_key(keytext.parse_openssh(station.key))
    try:
        if isinstance(key, ed25519.Ed25519PublicKey):
            key.verify(shown.signature, shown.tbs_certificate_bytes)
        else:
            message = ec.ECDSA(hashes.SHA384())
            key.verify(shown.signature, shown.tbs_certificate_bytes, message)
    except InvalidSignature:
        detail = text("the certificate is not signed by the key in trust data")
        raise CallerUnknownError(detail=detail) from None


def _check_dates(shown: x509.Certificate, now: datetime) -> None:
    begins, ends = shown.not_valid_before_utc, shown.not_valid_after_utc
    if ends - begins > certificate.LIFETIME:
        raise CallerUnknownError(detail=text("its certificate is valid for too long"))
    if not begins <= now + timedelta(seconds=1) or now > ends:
        raise CallerUnknownError(detail=text("its certificate is not valid at this time"))
