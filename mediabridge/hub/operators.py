"""What the hub's operators and their machines ask, on a listener of its own, without a certificate.

``/healthz`` and ``/metrics`` are for machines; all else are pages (:mod:`mediabridge.hub.pages`).
"""

from __future__ import annotations

from typing import Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from mediabridge import __version__, errors
from mediabridge.hub import metrics, problems
from mediabridge.hub.hub import Hub
from mediabridge.hub.pages import answering

_HEALTH: Final = "/healthz"


def make(hub: Hub) -> FastAPI:
    """Return the application for the operators of *hub*."""
    app = FastAPI(
        title="mediabridge hub", version=__version__, openapi_url=None, redirect_slashes=False
    )
    app.state.hub = hub

    @app.get(_HEALTH)
    def healthz() -> Response:
        """Tell whether this process can do its work: database and store answer, a city is there."""
        with hub.database.transaction() as session:
            session.rows("SELECT 1")
        if hub.database.store is not None:
            hub.database.store.check()
        served = len(hub.cities)
        return JSONResponse({"cities": served}, 200 if served else 503)

    @app.get("/metrics")
    def figures() -> Response:
        """Return this process's figures."""
        return Response(hub.metrics.text(), media_type=metrics.CONTENT_TYPE)

    app.include_router(answering.router)
    app.add_exception_handler(errors.HubStoreError, _down)
    app.add_exception_handler(RequestValidationError, _no_page)
    app.add_exception_handler(HTTPException, _no_page)
    return app


def _down(request: Request, error: Exception) -> Response:
    if not isinstance(error, errors.HubStoreError):
        raise error
    if request.url.path == _HEALTH:
        return problems.response(error)
    return answering.failed(request, error)


def _no_page(request: Request, error: Exception) -> Response:
    return answering.refused(
        request, error.status_code if isinstance(error, HTTPException) else 404
    )
