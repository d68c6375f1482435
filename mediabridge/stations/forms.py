"""The two paper forms: a station's request for the ceremony, and the first root for a station."""

from __future__ import annotations

from pathlib import Path

from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import Metadata, Root

from mediabridge import canonical
from mediabridge.config import LIMITS
from mediabridge.errors import StationWaitingError, TrustInvalidError
from mediabridge.locale import text
from mediabridge.plainfile import read_plain
from mediabridge.stations.home import Home
from mediabridge.stations.who import StationConfig
from mediabridge.trust import requests
from mediabridge.trust.fingerprint import Fingerprint
from mediabridge.trust.paper import Form
from mediabridge.trust.requests import Request


def form_of(home: Home, root: Path | None) -> Form:
    """Return the form for the first root in the file *root*; without it, that of this station.

    A station that waits for its trust data has no root yet: its form is that of its request.

    Raises:
        StationError: there is no station, and no *root*.
        TrustInvalidError: *root* is no TUF root.
        RequestInvalidError: the station's request is damaged.
    """
    if root is not None:
        return _root_form(root, home.whose())
    try:
        config = home.config()
    except StationWaitingError:
        data = read_plain(home.request_file, LIMITS.request_bytes)
        return _request_form(requests.read(data, name=home.request_file.name))
    return _root_form(home.trust_root, config)


def _root_form(path: Path, config: StationConfig | None) -> Form:
    try:
        data = read_plain(path, LIMITS.trust_file_bytes)
        canonical.check_depth(data)
        root = Metadata[Root].from_bytes(data).signed
    except FileNotFoundError:
        raise TrustInvalidError(detail=text("{name} is missing", name=path.name)) from None
    except (RepositoryError, ValueError):
        detail = f"{path.name}: {text('a file is no TUF metadata')}"
        raise TrustInvalidError(detail=detail) from None
    about = [(text("Version of the root"), str(root.version))]
    if config is not None:
        about = [(text("City"), config.city), (text("Station"), config.station), *about]
    steps = (
        text("A key holder of the city prints this form and signs it."),
        text("It is carried to the station by another person or on another way than the medium."),
        text("At the station: mediabridge station enrol. The words on the screen are compared."),
        text("The words that are blank on the screen are typed from this paper."),
        text("If anything differs, nothing is typed, and the security officer is called."),
    )
    mode = config.mode if config is not None else None
    return Form(text("First root of the city"), tuple(about), mode, Fingerprint.of(data), steps)


def _request_form(request: Request) -> Form:
    about = (
        (text("City"), request.city),
        (text("Station"), request.id),
        (text("Role"), request.role),
        (text("Made"), request.created),
    )
    steps = (
        text("The keys were made at this station; only their public halves are in the request."),
        text("The request file and this form are carried to the ceremony."),
        text("There the request is read, and its words are compared with this paper."),
        text("If anything differs, it is not put into the trust data."),
    )
    digest = Fingerprint(bytes.fromhex(request.digest))
    return Form(text("Request of a station"), about, request.mode, digest, steps)
