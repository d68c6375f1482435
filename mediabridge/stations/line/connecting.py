"""Who the hub is, and who this station is: TLS both ways, with a key that is never stored."""

from __future__ import annotations

import os
import ssl
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from mediabridge.errors import LineNotFromHereError, LineNotSetError, SettingsError
from mediabridge.line import certificate
from mediabridge.line.client import Client
from mediabridge.line.pace import Pace
from mediabridge.line.reach import is_forbidden
from mediabridge.stations import settings
from mediabridge.stations.home import Home
from mediabridge.stations.officers import own_signer
from mediabridge.stations.settings import LineRule
from mediabridge.stations.station import OpenStation


def rule_of(home: Home) -> LineRule:
    """Return what the settings of the station in *home* say of the line.

    Raises:
        LineNotSetError: nothing.
        SettingsError: the settings cannot be used.
    """
    rule = settings.load(home.settings_file).line
    if rule is None:
        raise LineNotSetError
    return rule


def operator_of(station: OpenStation) -> str | None:
    """Return who signs what goes over the line where nobody is at the desk, if the settings say.

    Raises:
        SettingsError: the settings cannot be used.
    """
    rule = settings.load(station.home.settings_file).line
    return rule.operator if rule is not None and station.knows_nobody else None


def connect(station: OpenStation) -> Client:
    """Return the hub at the end of this station's line; nothing is asked of it yet.

    Raises:
        LineNotSetError, SettingsError: the settings name none, or no authority to know it by.
        LineNotFromHereError: this process has no network.
        KeyFileError, TokenError: this station's key cannot be opened.
    """
    rule = rule_of(station.home)
    if is_forbidden():
        raise LineNotFromHereError
    return Client(rule.hub, _context(station, rule), Pace(rule.kilobits))


def _context(station: OpenStation, rule: LineRule) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=str(rule.ca))
    except (OSError, ssl.SSLError) as error:
        detail = f"line.ca: {error.strerror or type(error).__name__}"
        raise SettingsError(name=station.home.settings_file.name, detail=detail) from None
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    key = ec.generate_private_key(ec.SECP256R1())
    try:
        own = certificate.issue(
            own_signer(station),
            city=station.config.city,
            station=station.id,
            key=key.public_key(),
            now=station.clock.now(),
        )
    except ImportError as missing:
        # The extra of the program without which no line leads from here.
        detail = f"[line]: {missing.name}"
        raise SettingsError(name=station.home.settings_file.name, detail=detail) from None
    plain = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    _load(context, plain + own.public_bytes(Encoding.PEM))
    return context


def _load(context: ssl.SSLContext, pem: bytes) -> None:
    """Hand over key and certificate in memory: the library takes nothing but the name of a file."""
    descriptor = os.memfd_create("line", os.MFD_CLOEXEC)
    try:
        with os.fdopen(os.dup(descriptor), "wb") as stream:
            stream.write(pem)
        context.load_cert_chain(Path(f"/proc/self/fd/{descriptor}"))
    finally:
        os.close(descriptor)
