"""The routes below ``/v1`` (docs/format/hub.md): HTTP in, the exchange's words out."""

from __future__ import annotations

from itertools import chain
from typing import Annotated, Any, Final

from fastapi import APIRouter, Header, Query
from starlette.concurrency import iterate_in_threadpool
from starlette.responses import Response, StreamingResponse

from mediabridge.errors import RequestMalformedError
from mediabridge.hub import announcing, cities, contents, exchange, parts, problems, usage
from mediabridge.hub.asking import Absent, Bundle, CallerHere, HubHere, Sent, WantedRange
from mediabridge.line import api, wire

_PROBLEMS: Final[dict[int | str, dict[str, Any]]] = {
    code: {"model": api.Problem, "content": {api.PROBLEM_TYPE: {}}}
    for code in sorted({422, *map(int, problems.STATUS.values())})
}
_BINARY: Final = {"schema": {"type": "string", "format": "binary"}}
_PART: Final = {"requestBody": {"required": True, "content": {api.PART_TYPE: _BINARY}}}
_FILE: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {api.PART_TYPE: _BINARY}},
    206: {"content": {api.PART_TYPE: _BINARY}, "description": "The range."},
    416: {"description": "There is nothing at that place."},
}

router = APIRouter(responses=_PROBLEMS)


def _json(model: api.Model, status: int = 200) -> Response:
    return Response(model.model_dump_json(), status, media_type="application/json")


@router.get(api.WAITING, response_model=api.Waiting)
def waiting(
    hub: HubHere,
    caller: CallerHere,
    after: Annotated[api.Cursor | Absent, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=api.WAITING_MOST)] = api.WAITING_MOST,
    version: Annotated[api.Word, Header(alias=api.VERSION_HEADER)] = "unknown",
) -> Response:
    """List complete bundles for the caller that it has not taken, by sender and number."""
    if after is None:
        usage.asked(hub.database, caller, version, hub.clock.now())
    return _json(exchange.waiting(hub.database, caller, after, limit))


@router.post(
    api.BUNDLES, status_code=201, response_model=api.Entry, responses={200: {"model": api.Entry}}
)
def announce(hub: HubHere, caller: CallerHere, wanted: api.Announcement) -> Response:
    """Announce a bundle; the same announcement may be repeated (200)."""
    bounds, now = hub.settings.bounds, hub.clock.now()
    entry, new = announcing.announce(hub.database, caller, wanted, bounds, now)
    return _json(entry, 201 if new else 200)


@router.get(api.BUNDLE, response_model=api.Entry)
def look(hub: HubHere, caller: CallerHere, bundle: Bundle) -> Response:
    """Say what is here of a bundle of the caller's, or for it."""
    return _json(exchange.look(hub.database, caller, bundle))


@router.put(api.FILE, response_model=api.Received, openapi_extra=_PART)
def put(
    hub: HubHere,
    caller: CallerHere,
    bundle: Bundle,
    name: api.FileName,
    sent: Sent,
) -> Response:
    """Append one part of a file; a part that is here already may be repeated."""
    part, data = sent
    received = parts.put(
        hub.database, caller, bundle, name, part=part, data=data, now=hub.clock.now()
    )
    hub.metrics.received(len(data))
    return _json(api.Received(received=received))


@router.post(api.COMPLETE, response_model=api.Entry)
def complete(hub: HubHere, caller: CallerHere, bundle: Bundle) -> Response:
    """Have all files checked, and the bundle shown to its receiver."""
    return _json(exchange.complete(hub.database, caller, bundle, hub.clock.now()))


@router.get(api.FILE, responses=_FILE, response_class=Response)
def get(
    hub: HubHere,
    caller: CallerHere,
    bundle: Bundle,
    name: api.FileName,
    wanted: WantedRange = None,
) -> Response:
    """Fetch a file of a bundle for the caller, from any byte on."""
    held, file = exchange.fetched(hub.database, caller, bundle, name)
    try:
        part = wire.Part(0, file.size, file.size)
        found = part if wanted is None else wire.parse_wanted(wanted, file.size)
    except ValueError as error:
        raise RequestMalformedError(detail=str(error)) from None
    if found is None:
        return Response(status_code=416, headers={wire.CONTENT_RANGE: f"bytes */{file.size}"})
    headers = {"ETag": f'"{file.sha256}"', "Accept-Ranges": "bytes"}
    headers["Content-Length"] = str(found.stop - found.start)
    if wanted is not None:
        headers[wire.CONTENT_RANGE] = str(found)
    now = hub.clock.now()
    data = contents.pieces(hub.database, held.id, name, found.start, found.stop, now=now)
    # What is wrong with the first piece is said before it is too late for saying so.
    data = chain([next(data, b"")], data)
    code = 200 if wanted is None else 206
    return StreamingResponse(iterate_in_threadpool(data), code, headers, api.PART_TYPE)


@router.post(api.TAKEN, response_model=api.Entry)
def taken(hub: HubHere, caller: CallerHere, bundle: Bundle) -> Response:
    """Say that the caller has the bundle durably."""
    return _json(exchange.take(hub.database, caller, bundle, hub.clock.now()))


@router.post(api.FAULTS, status_code=204, response_class=Response)
def faults(hub: HubHere, caller: CallerHere, report: api.FaultReport) -> Response:
    """Report faults: codes and versions."""
    usage.report(hub.database, caller, report, hub.clock.now())
    return Response(status_code=204)


@router.get(
    api.TRUST.replace("{path}", "{path:path}"), responses={200: _FILE[200]}, response_class=Response
)
def trust(caller: CallerHere, path: str) -> Response:
    """Fetch a file of the city's TUF repository."""
    found = cities.file_of(caller.city, path)
    if found is None:
        return problems.of_http(404)
    return Response(found, media_type=api.PART_TYPE)
