"""Both listeners of one process, from its first city's trust data to its graceful end."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from mediabridge import config
from mediabridge.errors import SettingsError
from mediabridge.hub import app, operators
from mediabridge.hub.asking import PEER
from mediabridge.hub.hub import Hub
from mediabridge.hub.logs import log
from mediabridge.hub.settings import NAME
from mediabridge.notify import notify

_STOPS: Final = (signal.SIGINT, signal.SIGTERM)
_LOOK: Final = signal.SIGHUP
"""Trust data is looked at at once, and not within a minute."""


class _WithPeer(H11Protocol):
    """HTTP/1.1 on a connection whose caller showed a certificate, and that may not idle."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Keep the certificate for every request; close who never asks anything."""
        super().connection_made(transport)
        secured = transport.get_extra_info("ssl_object")
        if isinstance(secured, ssl.SSLObject):
            self.app = _shown(self.app, secured.getpeercert(binary_form=True))
        self._silent = self.loop.call_later(config.HUB_SILENT_SECONDS, self._close_unasked)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the wait."""
        self._silent.cancel()
        super().connection_lost(exc)

    def _close_unasked(self) -> None:
        if self.cycle is None and not self.transport.is_closing():
            self.transport.close()


def _shown(inner: Any, peer: bytes | None) -> ASGIApp:
    async def asked(scope: Scope, receive: Receive, send: Send) -> None:
        await inner({**scope, PEER: peer}, receive, send)

    return asked


class _Server(uvicorn.Server):
    """Told to stop by :func:`serve`, which has two of them."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals alone."""
        yield


def serve(hub: Hub) -> None:
    """Serve stations and operators until a signal; what is under way is finished.

    Raises:
        SettingsError: an address or a port cannot be had.
    """
    asyncio.run(_serve(hub))


async def _serve(hub: Hub) -> None:
    listen, watch = hub.settings.listen, hub.settings.operators
    with _bound(listen.address, listen.port) as line, _bound(watch.address, watch.port) as desk:
        stations = _Server(_config(app.make(hub), hub.tls))
        people = _Server(_config(operators.make(hub), None))
        _stop_on_signal(stations, people)
        now = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(_LOOK, now.set)
        looking = asyncio.create_task(_look_again(hub, now))
        ports = {"port": line.getsockname()[1], "operators_port": desk.getsockname()[1]}
        log(logging.INFO, "started", cities=len(hub.cities), **ports)
        notify("READY=1")
        try:
            await asyncio.gather(stations.serve([line]), people.serve([desk]))
        finally:
            looking.cancel()
            notify("STOPPING=1")
            log(logging.INFO, "stopped")


def _config(served: ASGIApp, tls: ssl.SSLContext | None) -> uvicorn.Config:
    made = uvicorn.Config(
        served,
        http=_WithPeer,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=config.HUB_CONNECTIONS,
        timeout_keep_alive=config.HUB_SILENT_SECONDS,
        timeout_graceful_shutdown=config.HUB_STOP_SECONDS,
    )
    made.load()
    made.ssl = tls
    return made


def _stop_on_signal(*servers: uvicorn.Server) -> None:
    def stop() -> None:
        log(logging.INFO, "stopping")
        for server in servers:
            server.should_exit = True

    for number in _STOPS:
        asyncio.get_running_loop().add_signal_handler(number, stop)


async def _look_again(hub: Hub, now: asyncio.Event) -> None:
    while True:
        with suppress(TimeoutError):
            await asyncio.wait_for(now.wait(), config.HUB_TRUST_SECONDS)
        now.clear()
        await asyncio.to_thread(hub.look)


@contextmanager
def _bound(address: str, port: int) -> Iterator[socket.socket]:
    try:
        made = socket.create_server(
            (address, port),
            family=socket.AF_INET6 if ":" in address else socket.AF_INET,
            backlog=config.HUB_CONNECTIONS,
        )
    except OSError as error:
        detail = f"{address}:{port}: {error.strerror}"
        raise SettingsError(name=NAME, detail=detail) from None
    with made:
        yield made
