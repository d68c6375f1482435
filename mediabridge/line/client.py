"""A station's end of the line: one request after the other, each answer bounded and read strictly.

What a hub answers is hostile: no redirect is followed, nothing is longer than it was said to be,
names come from :mod:`~mediabridge.bundle.layout` alone. A request that breaks off is repeated a few
times, each time later; all of them may be repeated without harm.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeVar

import urllib3
from pydantic import BaseModel

from mediabridge import __version__
from mediabridge.config import (
    KIB,
    LIMITS,
    LINE_ANSWER_BYTES,
    LINE_ATTEMPTS,
    LINE_BACKOFF_SECONDS,
    LINE_PAGES,
    LINE_TIMEOUT_SECONDS,
)
from mediabridge.errors import LineDownError, LineRefusedError, LineUntrueError
from mediabridge.line import api, wire
from mediabridge.line.pace import Pace
from mediabridge.locale import text

if TYPE_CHECKING:
    from urllib3.response import BaseHTTPResponse

_CHUNK: Final = 16 * KIB
_AGAIN: Final = frozenset({429, 502, 503, 504})
"""Statuses after which the same request may well be answered."""
_NOT_FOUND: Final = 404
_CONFLICT: Final = 409
_Told = TypeVar("_Told", bound=BaseModel)


@dataclass
class Client:
    """A hub, as a station speaks to it."""

    url: str
    """Where it is, without a path."""
    context: ssl.SSLContext | None
    """How it is known, and how this station is; None only where both are one process."""
    pace: Pace = field(default_factory=Pace)
    wait: Callable[[float], None] = time.sleep
    _pool: urllib3.PoolManager = field(init=False)

    def __post_init__(self) -> None:
        timeout = urllib3.Timeout(total=LINE_TIMEOUT_SECONDS)
        self._pool = urllib3.PoolManager(
            num_pools=1, retries=False, timeout=timeout, ssl_context=self.context
        )

    def close(self) -> None:
        """Let the connection go."""
        self._pool.clear()

    # --- what a hub is asked ------------------------------------------------------

    def waiting(self) -> Iterator[api.Entry]:
        """Yield the bundles that wait for this station, as the hub names them.

        Raises:
            LineError: see the module.
        """
        after: str | None = None
        for _ in range(LINE_PAGES):
            query = f"?after={after}" if after else ""
            told = self._ask(api.Waiting, "GET", api.WAITING + query)
            yield from told.bundles
            after = told.next
            if after is None:
                return
        raise LineUntrueError(detail=text("its list has no end"))

    def entry(self, bundle: str) -> api.Entry | None:
        """Return what the hub has of *bundle*, or None if it knows none."""
        try:
            found = self._ask(api.Entry, "GET", api.BUNDLE.format(bundle=bundle))
        except LineRefusedError as error:
            if error.facts["status"] != _NOT_FOUND:
                raise
            return None
        return _about(found, bundle)

    def trust(self, path: str) -> bytes | None:
        """Return the file *path* of the city's trust data, or None if the hub has none."""
        path = api.TRUST.format(path=path)
        try:
            return self._request("GET", path, None, {}, LIMITS.trust_file_bytes)[1]
        except LineRefusedError as error:
            if error.facts["status"] != _NOT_FOUND:
                raise
            return None

    def announce(self, announced: api.Announcement) -> api.Entry:
        """Say what is to be put there; return what of it the hub has."""
        body = announced.model_dump_json().encode()
        return _about(self._ask(api.Entry, "POST", api.BUNDLES, body), announced.bundle)

    def put(self, bundle: str, name: str, part: wire.Part, data: bytes) -> int:
        """Hand over one part of a file; return how much of the file the hub has by now."""
        headers = {
            "Content-Type": api.PART_TYPE,
            wire.CONTENT_RANGE: str(part),
            wire.CONTENT_DIGEST: wire.content_digest(data),
        }
        path = api.FILE.format(bundle=bundle, name=name)
        return self._ask(api.Received, "PUT", path, data, headers).received

    def complete(self, bundle: str) -> api.Entry:
        """Say that all of *bundle* is there; return what the hub makes of it."""
        path = api.COMPLETE.format(bundle=bundle)
        return _about(self._ask(api.Entry, "POST", path, b""), bundle)

    def taken(self, bundle: str) -> None:
        """Say that *bundle* is here durably."""
        self._ask(api.Entry, "POST", api.TAKEN.format(bundle=bundle), b"")

    def report(self, faults: api.FaultReport) -> None:
        """Hand over a report of faults."""
        body = faults.model_dump_json().encode()
        headers = {"Content-Type": "application/json"}
        self._request("POST", api.FAULTS, body, headers, LINE_ANSWER_BYTES)

    def get(self, bundle: str, name: str, part: wire.Part) -> bytes:
        """Return one part of a file: exactly as many bytes as it has.

        Raises:
            LineUntrueError: they are more or fewer.
            LineError: see the module.
        """
        headers = {"Range": f"bytes={part.start}-{part.stop - 1}"}
        path = api.FILE.format(bundle=bundle, name=name)
        _status, data = self._request("GET", path, None, headers, part.stop - part.start)
        if len(data) != part.stop - part.start:
            raise LineUntrueError(detail=text("a part is shorter than it has to be"))
        return data

    # --- how ------------------------------------------------------------------------

    def _ask(
        self,
        wanted: type[_Told],
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> _Told:
        given = {"Content-Type": "application/json", **(headers or {})}
        _status, data = self._request(method, path, body, given, LINE_ANSWER_BYTES)
        try:
            return wanted.model_validate_json(data)
        except ValueError:
            # Nothing of what it says is repeated: it may be made to deceive a reader.
            raise LineUntrueError(detail=text("an answer is not of its form")) from None

    def _request(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str], limit: int
    ) -> tuple[int, bytes]:
        for attempt in range(LINE_ATTEMPTS):
            last = attempt + 1 == LINE_ATTEMPTS
            try:
                status, data = self._once(method, path, body, headers, limit)
            except LineDownError:
                if last:
                    raise
            else:
                if status not in _AGAIN or last:
                    return _accepted(status, data)
            self.wait(LINE_BACKOFF_SECONDS * 2**attempt)
        raise AssertionError

    def _once(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str], limit: int
    ) -> tuple[int, bytes]:
        said = {**headers, api.VERSION_HEADER: __version__, "Accept-Encoding": "identity"}
        try:
            answer = self._pool.request(
                method,
                self.url + path,
                body=None if body is None else self._paced(body),
                headers=said if body is None else {**said, "Content-Length": str(len(body))},
                redirect=False,
                preload_content=False,
                decode_content=False,
            )
            try:
                data = self._read(answer, limit)
            except BaseException:
                # What was not read to its end does not serve for another request.
                answer.close()
                raise
            answer.release_conn()
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise LineDownError(detail=type(error).__name__) from None
        return answer.status, data

    def _paced(self, body: bytes) -> Iterator[bytes]:
        for start in range(0, len(body), _CHUNK):
            chunk = body[start : start + _CHUNK]
            yield chunk
            self.pace.passed(len(chunk))

    def _read(self, answer: BaseHTTPResponse, limit: int) -> bytes:
        found = bytearray()
        while chunk := answer.read(_CHUNK):
            found += chunk
            if len(found) > limit:
                raise LineUntrueError(detail=text("an answer is longer than it may be"))
            self.pace.passed(len(chunk))
        return bytes(found)


def _accepted(status: int, data: bytes) -> tuple[int, bytes]:
    """Return an answer that says yes.

    Raises:
        LineRefusedError: it says no.
        LineUntrueError: it says neither in its form.
    """
    if status in {200, 201, 204, 206}:
        return status, data
    try:
        problem = api.Problem.model_validate_json(data)
    except ValueError:
        if status == _NOT_FOUND:
            raise LineRefusedError(code="-", status=status) from None
        raise LineUntrueError(detail=text("an answer is not of its form")) from None
    raise LineRefusedError(code=problem.reason, status=status, expected=problem.expected)


def _about(entry: api.Entry, bundle: str) -> api.Entry:
    if entry.bundle != bundle:
        raise LineUntrueError(detail=text("it speaks of another bundle than it was asked for"))
    return entry
