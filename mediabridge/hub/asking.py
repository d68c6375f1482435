"""What a request brings: who asks, and the part of a file in its body."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import Depends, Header, Path, Request
from pydantic import Field
from pydantic.json_schema import SkipJsonSchema
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


def _like(form: str) -> Any:
    """Have a header described by its *form*; when it is not so, the refusal is ours."""
    return Field(json_schema_extra={"pattern": form})


Absent = SkipJsonSchema[None]
"""For what may be left out: in a header or an address there is no ``null``."""
_Range = Annotated[str, _like(wire.RANGE_FORM)]
WantedRange = Annotated[_Range | Absent, Header(alias="Range")]
_ContentRange = Annotated[str, _like(wire.PART_FORM), Header(alias=wire.CONTENT_RANGE)]
_ContentDigest = Annotated[str, _like(wire.DIGEST_FORM), Header(alias=wire.CONTENT_DIGEST)]


async def _part(
    request: Request,
    content_range: _ContentRange,
    content_digest: _ContentDigest,
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
