"""Where a page stands, in which language, and that a browser may do nothing but show it."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from mediabridge.errors import MediabridgeError
from mediabridge.hub.hub import Hub
from mediabridge.hub.pages import drawing
from mediabridge.hub.pages.content import PAGES, Asked
from mediabridge.hub.problems import RETRY_SECONDS
from mediabridge.locale import Language, hint_of, sentence_of, speaking, text

HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none';"
        " frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""Of every page, and of every refusal of one."""

_HERE: Final = frozenset({"localhost", "127.0.0.1", "[::1]"})
_PAGES_MOST: Final = 100_000
_FIND_MOST: Final = 100
_DEEP: Final = 8


def _named(request: Request) -> Hub:
    """Refuse a page that is asked for under another name.

    Otherwise a page of anybody in a browser of this machine could have its own name lead here,
    and read what stands here.
    """
    hub: Hub = request.app.state.hub
    name, _, port = request.headers.get("host", "").rpartition(":")
    if not (name and port.isdigit()):
        name = request.headers.get("host", "")
    desk = hub.settings.operators
    if name.lower() not in _HERE | {desk.address, f"[{desk.address}]", *desk.names}:
        raise HTTPException(HTTPStatus.MISDIRECTED_REQUEST)
    return hub


HubHere = Annotated[Hub, Depends(_named)]
router = APIRouter(include_in_schema=False)


@router.get("/")
def begin(_hub: HubHere, request: Request) -> Response:
    """Lead to the pages in the language that the browser asks for."""
    chosen = accepted(request.headers.get("accept-language", ""))
    return RedirectResponse(
        f"{chosen}/", HTTPStatus.SEE_OTHER, HEADERS | {"Vary": "Accept-Language"}
    )


@router.get(f"/{drawing.STYLE}")
def style(_hub: HubHere) -> Response:
    """Return the style of the pages."""
    return Response(drawing.style(), headers=HEADERS, media_type="text/css")


@router.get("/{chosen}/")
@router.get("/{chosen}/{name}")
def show(
    hub: HubHere,
    chosen: Language,
    name: str = "",
    page: Annotated[int, Query(ge=1, le=_PAGES_MOST)] = 1,
    find: Annotated[str, Query(max_length=_FIND_MOST)] = "",
) -> Response:
    """Return one page."""
    if name not in PAGES:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    asked = Asked(hub, hub.clock.now(), page, find)
    with speaking(chosen):
        return _html(drawing.html(name, PAGES[name][1](asked), asked), HTTPStatus.OK)


def refused(request: Request, status: int) -> Response:
    """Return a page that says that there is no such page."""
    with speaking(_language(request)):
        said = text("There is no such page here. Choose one of those above.")
        return _html(drawing.refusal(text("No such page"), (said,), _root(request)), status)


def failed(request: Request, error: MediabridgeError) -> Response:
    """Return a page that says what *error* is."""
    with speaking(_language(request)):
        lines = sentence_of(error), hint_of(error)
        found = drawing.refusal(text("This page cannot be shown"), lines, _root(request))
        return _html(
            found, HTTPStatus.SERVICE_UNAVAILABLE, {"Retry-After": str(RETRY_SECONDS)}
        )  # fmt: skip


def _root(request: Request) -> str:
    """Return what leads from there to where the pages begin, also below a path of a proxy."""
    return "../" * min(request.url.path.count("/") - 1, _DEEP)


def _language(request: Request) -> Language:
    begins = request.url.path.strip("/").partition("/")[0]
    if begins in set(Language):
        return Language(begins)
    return accepted(request.headers.get("accept-language", ""))


def accepted(header: str) -> Language:
    """Return the language that *header*, an Accept-Language, prefers: Japanese, if neither."""
    wanted = dict.fromkeys(Language, 0.0)
    for each in header[:1000].split(","):
        tag, _, rest = each.strip().partition(";")
        known = tag.partition("-")[0].strip().lower()
        if known in set(Language):
            wanted[Language(known)] = max(wanted[Language(known)], _weight(rest))
    return Language.EN if wanted[Language.EN] > wanted[Language.JA] else Language.JA


def _weight(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    try:
        return float(value) if name.strip() == "q" else 1.0
    except ValueError:
        return 0.0


def _html(content: str, status: int, more: Mapping[str, str] | None = None) -> Response:
    return Response(content, status, {**HEADERS, **(more or {})}, "text/html")
