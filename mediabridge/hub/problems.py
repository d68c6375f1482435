"""A refusal as HTTP tells it: a status, and our own reason (RFC 9457)."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from starlette.responses import Response

from mediabridge import errors
from mediabridge.errors import MediabridgeError
from mediabridge.line import api

RETRY_SECONDS: Final = 5
"""How long a caller waits for a database that is away."""

STATUS: Final[dict[type[MediabridgeError], HTTPStatus]] = {
    errors.CallerUnknownError: HTTPStatus.FORBIDDEN,
    errors.NotAtHubError: HTTPStatus.NOT_FOUND,
    errors.AnnouncedOtherwiseError: HTTPStatus.CONFLICT,
    errors.PartGapError: HTTPStatus.CONFLICT,
    errors.BundleIncompleteError: HTTPStatus.CONFLICT,
    errors.ContentPurgedError: HTTPStatus.GONE,
    errors.RequestMalformedError: HTTPStatus.BAD_REQUEST,
    errors.RequestTooLargeError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    errors.HubFullError: HTTPStatus.INSUFFICIENT_STORAGE,
    errors.HubBusyError: HTTPStatus.TOO_MANY_REQUESTS,
    errors.HubContentDamagedError: HTTPStatus.INTERNAL_SERVER_ERROR,
    errors.HubStoreError: HTTPStatus.SERVICE_UNAVAILABLE,
}
"""All others are what is wrong with a bundle: 422."""


def status(error: MediabridgeError) -> HTTPStatus:
    """Return the status that *error* has."""
    return STATUS.get(type(error), HTTPStatus.UNPROCESSABLE_ENTITY)


def response(error: MediabridgeError) -> Response:
    """Return *error* as an answer."""
    code = status(error)
    problem = api.Problem(
        title=code.phrase,
        status=code,
        detail=str(error)[:2000],
        reason=error.reason,
        expected=error.facts.get("expected"),
    )
    headers = {}
    if isinstance(error, errors.HubBusyError):
        headers["Retry-After"] = str(error.facts["seconds"])
    if isinstance(error, errors.HubStoreError):
        headers["Retry-After"] = str(RETRY_SECONDS)
    content = problem.model_dump_json(exclude_none=True)
    return Response(content, code, headers, api.PROBLEM_TYPE)


def of_http(code: int, headers: Mapping[str, str] | None = None) -> Response:
    """Return what the framework itself refuses with the status *code*, and with *headers*."""
    found = HTTPStatus(code)
    missing = found is HTTPStatus.NOT_FOUND
    reason = errors.NotAtHubError.reason if missing else errors.RequestMalformedError.reason
    if code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        reason = errors.InternalError.reason
    problem = api.Problem(title=found.phrase, status=code, detail=found.phrase, reason=reason)
    return Response(problem.model_dump_json(exclude_none=True), code, headers, api.PROBLEM_TYPE)
