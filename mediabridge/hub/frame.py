"""What surrounds each request: bounds before it is read, one line of the log after it."""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mediabridge import __version__
from mediabridge.config import HUB_BODY_SECONDS, HUB_DOCUMENT_BYTES, HUB_PART_BYTES
from mediabridge.errors import MediabridgeError, RequestMalformedError, RequestTooLargeError
from mediabridge.hub import problems
from mediabridge.hub.logs import log
from mediabridge.hub.metrics import Metrics
from mediabridge.line.api import VERSION_HEADER

FACTS: Final = "mediabridge.facts"
"""In the scope of a request: what its line of the log says of it."""

_LIMITS: Final = {"POST": HUB_DOCUMENT_BYTES}
"""Of other methods a part is the longest; what is none of a route's is refused there, unread."""


class Frame:
    """ASGI around the application."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        """Put it around *app*, which is counted in *metrics*."""
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, facts = time.monotonic(), {"id": uuid.uuid4().hex}
        scope[FACTS] = facts
        status = HTTPStatus.INTERNAL_SERVER_ERROR.value

        async def told(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                mark = [(b"x-request-id", facts["id"].encode())]
                mark.append((VERSION_HEADER.lower().encode(), __version__.encode()))
                message["headers"] = [*message["headers"], *mark]
            await send(message)

        try:
            _check_length(scope)
            await self._app(scope, in_time(receive), told)
        except MediabridgeError as error:
            await problems.response(error)(scope, receive, told)
        finally:
            self._note(scope, facts, status, time.monotonic() - began)

    def _note(self, scope: Scope, facts: dict[str, Any], status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", "none")
        self._metrics.answered(route, status, seconds)
        level = logging.INFO if status < HTTPStatus.INTERNAL_SERVER_ERROR else logging.ERROR
        said = {"method": scope["method"], "route": route, "status": status}
        log(level, "request", **facts, **said, ms=round(seconds * 1000))


def _check_length(scope: Scope) -> None:
    """Refuse a body of unknown or too large size before anything of it is read."""
    headers = dict(scope["headers"])
    limit = _LIMITS.get(scope["method"], HUB_PART_BYTES)
    if b"transfer-encoding" in headers:
        raise RequestMalformedError(detail="Transfer-Encoding")
    length = headers.get(b"content-length", b"0")
    if not length.isdigit():
        raise RequestMalformedError(detail="Content-Length")
    if int(length) > limit:
        raise RequestTooLargeError(name="Content-Length", got=int(length), wanted=limit)


def in_time(receive: Receive, now: Callable[[], float] = time.monotonic) -> Receive:
    """Give up on a body that does not arrive; what is waited for after it may take its time."""
    until, whole = now() + HUB_BODY_SECONDS, False

    async def receiving() -> Message:
        nonlocal whole
        if whole:
            # An answer of hours at 128 kbit/s: its writer waits here for the caller to hang up.
            return await receive()
        try:
            message = await asyncio.wait_for(receive(), max(0.0, until - now()))
        except TimeoutError:
            return {"type": "http.disconnect"}
        whole = not message.get("more_body", False)
        return message

    return receiving
