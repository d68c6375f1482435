"""A hub in this process that keeps to mediabridge/line/api.py, and one that lies as it is told to.

It stands in for the real one where a test has to bend it: to cut a line at a byte, or to lie. Who
calls it says a header of these tests, in place of a certificate.
"""

from __future__ import annotations

import hashlib
import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from cryptography import x509

from mediabridge.clock import SystemClock, to_rfc3339
from mediabridge.line import api, certificate, wire
from mediabridge.line.client import Client
from mediabridge.line.pace import Pace

SUMS = "SHA256SUMS"


@dataclass
class Kept:
    """One bundle at the hub."""

    sender: str
    announced: api.Announcement
    content: dict[str, bytearray]
    state: str = "arriving"
    stored_at: str | None = None

    def entry(self) -> dict[str, Any]:
        files = [
            {**file.model_dump(), "received": len(self.content[file.name])}
            for file in self.announced.files
        ]
        sums = next(file.sha256 for file in self.announced.files if file.name == SUMS)
        return {
            "bundle": self.announced.bundle,
            "sender": self.sender,
            "receiver": self.announced.receiver,
            "seq": self.announced.seq,
            "sums_sha256": sums,
            "files": files,
            "state": self.state,
            "stored_at": self.stored_at,
        }


class RefusedError(Exception):
    """The hub says no."""

    def __init__(self, status: int, reason: str, expected: int | None = None) -> None:
        super().__init__(reason)
        self.status, self.reason, self.expected = status, reason, expected


@dataclass
class Hub:
    """What it keeps, and what a test has it do otherwise."""

    kept: dict[str, Kept] = field(default_factory=dict)
    trust: dict[str, bytes] = field(default_factory=dict)
    """Files of the city's trust data, by path."""
    requests: list[tuple[str, str, int]] = field(default_factory=list)
    """Method, path and length of each body that came whole."""
    cut: Callable[[str, str], bool] = lambda _method, _path: False
    """Whether the line is cut instead of answering; what came may have been kept."""
    lie: Callable[[str, str, bytes], bytes] = lambda _method, _path, answer: answer
    """What is answered in place of the truth."""

    # --- what it does -----------------------------------------------------------------

    def waiting(self, caller: str) -> dict[str, Any]:
        there = [
            each.entry()
            for each in self.kept.values()
            if each.announced.receiver == caller and each.state == "complete"
        ]
        there.sort(key=lambda each: (each["sender"], each["seq"]))
        return {"bundles": there[: api.WAITING_MOST], "next": None}

    def announce(self, caller: str, body: bytes) -> dict[str, Any]:
        announced = api.Announcement.model_validate_json(body)
        there = self.kept.get(announced.bundle)
        same = there is not None and there.announced == announced
        if there is not None and not same and there.state != "arriving":
            raise RefusedError(409, "HUB_OTHER_CONTENT")
        if there is None or not same:
            old = there.content if there else {}
            known = {(f.name, f.size, f.sha256) for f in there.announced.files} if there else set()
            content = {
                file.name: old[file.name]
                if (file.name, file.size, file.sha256) in known
                else bytearray()
                for file in announced.files
            }
            there = self.kept[announced.bundle] = Kept(caller, announced, content)
        return there.entry()

    def put(self, bundle: str, name: str, part: wire.Part, data: bytes) -> dict[str, Any]:
        there = self.kept[bundle].content[name]
        if part.start > len(there):
            raise RefusedError(409, "HUB_GAP", len(there))
        there[part.start :] = data
        return {"received": len(there)}

    def complete(self, bundle: str) -> dict[str, Any]:
        there = self.kept[bundle]
        for file in there.announced.files:
            if hashlib.sha256(there.content[file.name]).hexdigest() != file.sha256:
                raise RefusedError(422, "HASH_MISMATCH")
        if there.state == "arriving":
            there.state, there.stored_at = "complete", to_rfc3339(SystemClock().now())
        return there.entry()

    def taken(self, bundle: str) -> dict[str, Any]:
        self.kept[bundle].state = "taken"
        return self.kept[bundle].entry()

    def visible(self, caller: str, bundle: str) -> Kept:
        there = self.kept.get(bundle)
        if there is None or caller not in {there.sender, there.announced.receiver}:
            raise RefusedError(404, "HUB_UNKNOWN")
        return there

    def answer(  # noqa: PLR0911 - one for each path
        self, caller: str, method: str, path: str, headers: Any, body: bytes
    ) -> tuple[int, bytes]:
        words = path.split("/")[2:]
        match method, *words:
            case "GET", "waiting":
                return 200, _json(self.waiting(caller))
            case "POST", "bundles":
                return 201, _json(self.announce(caller, body))
            case "GET", "bundles", bundle:
                return 200, _json(self.visible(caller, bundle).entry())
            case "PUT", "bundles", bundle, "files", name:
                self.visible(caller, bundle)
                part = wire.parse_part(headers[wire.CONTENT_RANGE])
                assert headers[wire.CONTENT_DIGEST] == wire.content_digest(body)
                return 200, _json(self.put(bundle, name, part, body))
            case "GET", "bundles", bundle, "files", name:
                content = self.visible(caller, bundle).content[name]
                part = wire.parse_wanted(headers["Range"], len(content))
                assert part is not None
                return 206, bytes(content[part.start : part.stop])
            case "GET", "trust", *path:
                if (found := self.trust.get("/".join(path))) is not None:
                    return 200, found
            case "POST", "bundles", bundle, "complete":
                self.visible(caller, bundle)
                return 200, _json(self.complete(bundle))
            case "POST", "bundles", bundle, "taken":
                self.visible(caller, bundle)
                return 200, _json(self.taken(bundle))
        raise RefusedError(404, "HUB_UNKNOWN")


@dataclass(frozen=True)
class Served:
    """A hub that listens."""

    hub: Hub
    url: str
    waits: list[float] = field(default_factory=list)

    def client(self, station: str, pace: Pace | None = None) -> Client:
        """Return the end of *station*, which waits for no clock."""
        url = f"{self.url}/{station}"
        return Client(url, None, pace or Pace(), wait=self.waits.append)


@contextmanager
def served(hub: Hub | None = None, context: ssl.SSLContext | None = None) -> Iterator[Served]:
    """Have *hub* listen on this machine; with a *context* a certificate says who calls."""
    there = hub or Hub()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(there))
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        scheme = "http" if context is None else "https"
        yield Served(there, f"{scheme}://localhost:{server.server_address[1]}")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _issuer(connection: ssl.SSLSocket) -> str:
    """Return the station that signed the caller's certificate."""
    shown = x509.load_der_x509_certificate(connection.getpeercert(binary_form=True) or b"")
    named = certificate.named(shown.issuer)
    assert named is not None
    return named[1]


def _json(document: dict[str, Any]) -> bytes:
    return json.dumps(document).encode()


def _handler(hub: Hub) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            """Say nothing."""

        def _answer(self) -> None:
            path = urlsplit(self.path).path
            if isinstance(self.connection, ssl.SSLSocket):
                caller = _issuer(self.connection)
            else:
                _, caller, rest = path.split("/", 2)
                path = f"/{rest}"
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            hub.requests.append((self.command, path, len(body)))
            try:
                status, data = hub.answer(caller, self.command, path, self.headers, body)
            except RefusedError as error:
                told = {"title": "no", "status": error.status, "detail": "", "reason": error.reason}
                status, data = error.status, _json({**told, "expected": error.expected})
            data = hub.lie(self.command, path, data)
            if hub.cut(self.command, path):
                self.close_connection = True
                # Half of an answer is how a line is cut.
                self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{")
                return
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PUT = _answer  # noqa: N815 - as the library calls them

    return Handler
