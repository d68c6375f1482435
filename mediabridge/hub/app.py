"""The application for stations: its routes, and every refusal as a problem with our reason."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match

from mediabridge import __version__
from mediabridge.errors import MediabridgeError, RequestMalformedError
from mediabridge.hub import problems
from mediabridge.hub.frame import FACTS, Frame
from mediabridge.hub.hub import Hub
from mediabridge.hub.routes import router


class Described(FastAPI):
    """An application whose description other languages can read."""

    def openapi(self) -> dict[str, Any]:
        """Return the description, its patterns in the dialect that JSON Schema demands."""
        described: dict[str, Any] = _in_ecma(super().openapi())
        return described


def _in_ecma(found: Any, name: str = "") -> Any:
    if isinstance(found, dict):
        return {key: _in_ecma(value, key) for key, value in found.items()}
    if isinstance(found, list):
        return [_in_ecma(value) for value in found]
    # There the end of the text is $, which in Python lets a line feed through.
    if name == "pattern" and isinstance(found, str):
        return found.replace(r"\z", "$")
    return found


def make(hub: Hub) -> Frame:
    """Return the application for *hub*."""
    app = Described(
        title="mediabridge hub", version=__version__, docs_url=None, redoc_url=None,
        redirect_slashes=False,
    )  # fmt: skip
    app.state.hub = hub
    app.include_router(router)
    app.add_exception_handler(MediabridgeError, _refused)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(HTTPException, _by_framework)
    app.add_exception_handler(Exception, _failed)
    return Frame(app, hub.metrics)


def _refused(request: Request, error: Exception) -> Response:
    if not isinstance(error, MediabridgeError):
        raise error
    request.scope[FACTS]["reason"] = error.reason
    return problems.response(error)


def _malformed(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    places = sorted({".".join(map(str, each["loc"]))[:100] for each in error.errors()})
    return _refused(request, RequestMalformedError(detail=", ".join(places[:10])))


def _by_framework(request: Request, error: Exception) -> Response:
    code = error.status_code if isinstance(error, HTTPException) else 500
    allowed = {"Allow": _allowed(request)} if code == HTTPStatus.METHOD_NOT_ALLOWED else None
    return problems.of_http(code, allowed)


def _allowed(request: Request) -> str:
    """Return all methods of the address: the framework names those of one of its routes."""
    here = (route for route in router.routes if isinstance(route, APIRoute))
    fit = (
        route.methods or () for route in here if route.matches(request.scope)[0] is not Match.NONE
    )
    return ", ".join(sorted(set[str]().union(*fit)))


def _failed(_request: Request, _error: Exception) -> Response:
    return problems.of_http(500)
