"""What machines of the hub's operators ask, on a listener of its own and without a certificate."""

from __future__ import annotations

from fastapi import FastAPI, Request
from starlette.responses import JSONResponse, Response

from mediabridge import __version__, errors
from mediabridge.hub import metrics, problems
from mediabridge.hub.hub import Hub


def make(hub: Hub) -> FastAPI:
    """Return the application for the operators of *hub*."""
    app = FastAPI(title="mediabridge hub", version=__version__, openapi_url=None)

    @app.get("/healthz")
    def healthz() -> Response:
        """Tell whether this process can do its work: the database answers, a city is there."""
        with hub.database.transaction() as session:
            session.rows("SELECT 1")
        served = len(hub.cities)
        return JSONResponse({"cities": served}, 200 if served else 503)

    @app.get("/metrics")
    def figures() -> Response:
        """Return this process's figures."""
        return Response(hub.metrics.text(), media_type=metrics.CONTENT_TYPE)

    @app.exception_handler(errors.HubStoreError)
    def down(_request: Request, error: errors.HubStoreError) -> Response:
        return problems.response(error)

    return app
