"""Between a station and its server: a relay that cuts the line at any one message."""

from __future__ import annotations

import socket
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


class Relay:
    """Passes messages on until the one it is told to cut at; afterwards it lets nobody in."""

    def __init__(self, server: Path, folder: Path) -> None:
        """Listen in *folder* in the place of the server whose socket is *server*."""
        self.folder = folder
        self.messages: list[bytes] = []
        """What the client said so far, without the words with which it began."""
        self.cut_at: Callable[[int, bytes], bool] = lambda _number, _message: False
        """Whether to cut the line at the message of this number."""
        self.pass_on = True
        """Whether the message at which the line is cut still reaches the server."""
        self.at_the_cut: Callable[[], object] = lambda: None
        self.comes_back = False
        """Whether somebody may come in again after the cut."""
        self._server = server
        self._is_cut = False
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(folder / ".s.PGSQL.5432"))
        self._listener.listen()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Let go of everything."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _serve(self) -> None:
        while True:
            try:
                client, _address = self._listener.accept()
            except OSError:
                return
            with client, socket.socket(socket.AF_UNIX) as server:
                if self._is_cut and not self.comes_back:
                    continue
                with suppress(OSError):
                    server.connect(str(self._server))
                    self._between(client, server)

    def _between(self, client: socket.socket, server: socket.socket) -> None:
        answers = threading.Thread(target=_pour, args=(server, client), daemon=True)
        answers.start()
        try:
            with client.makefile("rb") as said:
                server.sendall(_first(said.read))
                while message := _next(said.read):
                    if self._must_cut(message):
                        self._cut(message, client, server)
                        return
                    self.messages.append(message)
                    server.sendall(message)
        finally:
            with suppress(OSError):
                server.shutdown(socket.SHUT_RDWR)
            answers.join()

    def _must_cut(self, message: bytes) -> bool:
        return not self._is_cut and self.cut_at(len(self.messages), message)

    def _cut(self, message: bytes, client: socket.socket, server: socket.socket) -> None:
        """End the line towards the client, so that no answer to *message* reaches it."""
        self._is_cut = True
        client.shutdown(socket.SHUT_RDWR)
        if self.pass_on:
            server.sendall(message)
            # What was ordered is done, whoever hears of it; then the line ends for the server.
            server.shutdown(socket.SHUT_WR)
        self.at_the_cut()


def _pour(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(1 << 16):
            # The client may be gone; what the server says has to be read all the same.
            with suppress(OSError):
                target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_RDWR)


def _first(read: Callable[[int], bytes]) -> bytes:
    length = read(4)
    # Whoever only looks whether somebody is there leaves without a word.
    return length + read(int.from_bytes(length) - 4) if length else b""


def _next(read: Callable[[int], bytes]) -> bytes:
    head = read(5)
    return head + read(int.from_bytes(head[1:]) - 4) if len(head) == 5 else b""


@contextmanager
def between(server_folder: str) -> Iterator[Relay]:
    """Put a relay before the server whose socket is in *server_folder*."""
    with tempfile.TemporaryDirectory(prefix="relay-") as folder:
        relay = Relay(Path(server_folder, ".s.PGSQL.5432"), Path(folder))
        try:
            yield relay
        finally:
            relay.close()
