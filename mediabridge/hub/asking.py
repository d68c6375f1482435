"""What a request brings: who asks, and the part of a file in its body."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import Depends, Header, Path, Request
from starlette.requests import ClientDisconnect

from mediabridge.bundle.header import BundleId
from mediabridge.errors import CallerUnknownError, RequestMalformedError
from mediabridge.hub.callers import Caller, identify
from mediabridge.hub.frame import FACTS
from mediabridge.hub.hub import Hub
from mediabridge.line import wire
from mediabridge.locale import text

PEER: Final = "mediabridge.peer"
"""In the scope of a request: the certificate that the caller showed in the handshake, DER."""


def _hub(request: Request) -> Hub:
    hub: Hub = request.app.state.hub
    return hub


def _caller(request: Request) -> Caller:
    """Return who asks, once a request may be answered at all."""
    hub, peer = _hub(request), request.scope.get(PEER)
    if peer is None:
        raise CallerUnknownError(detail=text("it shows no certificate"))
    caller = identify(peer, hub.cities, hub.clock.now())
    request.scope[FACTS] |= {"city": caller.domain, "station": caller.id}
    hub.pace.check(caller.domain, caller.id)
    return caller


HubHere = Annotated[Hub, Depends(_hub)]
CallerHere = Annotated[Caller, Depends(_caller)]
Bundle = Annotated[BundleId, Path()]


async def _part(
    request: Request,
    content_range: Annotated[str, Header(alias=wire.CONTENT_RANGE)],
    content_digest: Annotated[str, Header(alias=wire.CONTENT_DIGEST)],
) -> tuple[wire.Part, bytes]:
    """Read a part, whose size the frame has bounded."""
    try:
        part, data = wire.parse_part(content_range), await request.body()
    except ValueError as error:
        raise RequestMalformedError(detail=str(error)) from None
    except ClientDisconnect:
        raise RequestMalformedError(detail=text("the part is cut off")) from None
    if wire.content_digest(data) != content_digest:
        raise RequestMalformedError(detail=text("the part has another digest"))
    return part, data


Sent = Annotated[tuple[wire.Part, bytes], Depends(_part)]
