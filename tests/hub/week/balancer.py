"""What stands before the hubs: it passes TCP through, as ``stream`` of nginx, to each in turn.

Here a line is cut, or whoever is at its end dies, after so many bytes of one visit.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Literal

Way = Literal["up", "down"]
_CHUNK = 4096


@dataclass
class Fault:
    """What happens once so many bytes of a visit have gone one way; then its line is cut."""

    way: Way
    after: int
    happens: Callable[[int], None]
    """Told the number of the hub at the other end; called once."""
    over: bool = False

    def counted(self, way: Way, count: int) -> bool:
        """Note that so many bytes went; tell whether this is the moment."""
        if way == self.way:
            self.after -= count
        if self.over or self.after > 0:
            return False
        self.over = True
        return True


@dataclass
class Balancer:
    """Ports for stations; each leads to whichever hub takes the connection."""

    hubs: Callable[[], Sequence[tuple[int, int]]]
    """Number and port of the hubs that are there, the next one first."""
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    _servers: list[asyncio.Server] = field(default_factory=list)
    _passing: set[asyncio.Task[None]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()

    def listen(self, fault: Fault | None = None) -> int:
        """Return a new port; on that of a visit with a *fault* that happens."""
        made = socket.create_server(("127.0.0.1", 0))
        begun = asyncio.run_coroutine_threadsafe(self._serve(made, fault), self._loop)
        self._servers.append(begun.result())
        return int(made.getsockname()[1])

    def close(self, keep: int = 0) -> None:
        """Close all ports but the first so many; without any, come to an end."""
        done = self._servers[keep:]
        del self._servers[keep:]
        asyncio.run_coroutine_threadsafe(self._let_go(done), self._loop).result()
        if not keep:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()

    async def _serve(self, listening: socket.socket, fault: Fault | None) -> asyncio.Server:
        async def begun(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None
            self._passing.add(task)
            try:
                await self._connected(reader, writer, fault)
            finally:
                self._passing.discard(task)

        return await asyncio.start_server(begun, sock=listening, limit=_CHUNK)

    async def _let_go(self, servers: list[asyncio.Server]) -> None:
        for server in servers:
            server.close()
        if not self._servers:
            for task in self._passing:
                task.cancel()
            await asyncio.gather(*self._passing, return_exceptions=True)

    async def _connected(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, fault: Fault | None
    ) -> None:
        ends = [writer]
        try:
            found = await self._connection()
            if found is None:
                return
            number, there, back = found
            ends.append(back)
            both = (
                self._pass(reader, back, "up", number, fault),
                self._pass(there, writer, "down", number, fault),
            )
            tasks = [asyncio.ensure_future(each) for each in both]
            # Neither side of TLS goes on alone.
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        finally:
            for end in ends:
                end.close()

    async def _connection(
        self,
    ) -> tuple[int, asyncio.StreamReader, asyncio.StreamWriter] | None:
        for number, port in self.hubs():
            with suppress(OSError):
                both = await asyncio.open_connection("127.0.0.1", port, limit=_CHUNK)
                return number, *both
        return None

    async def _pass(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        way: Way,
        number: int,
        fault: Fault | None,
    ) -> None:
        with suppress(OSError):
            while data := await reader.read(_CHUNK):
                if fault is not None and fault.counted(way, len(data)):
                    await self._loop.run_in_executor(None, fault.happens, number)
                    return
                writer.write(data)
                await writer.drain()
