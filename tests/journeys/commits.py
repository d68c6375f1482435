"""The other end of the line: the server's process that carries out an order to commit.

A relay between the station and the server holds the first such order back until strace has
attached to that process; from then on each of its calls is a point.
"""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from journeys.strace import NoTraceError, Point, injected, points_in, traced

if TYPE_CHECKING:
    from tests.apply.postgres.cluster import Cluster

COMMIT = b"COMMIT\0"
# A session of before may still be ending; only whoever is to commit is in a transaction.
_WHO = """
    SELECT pid FROM pg_stat_activity
    WHERE datname = %s AND application_name = 'mediabridge' AND state = 'idle in transaction'
"""


class AtTheCommit:
    """What a relay asks of each message; at the first commit strace is put to the server."""

    def __init__(
        self, cluster: Cluster, database: str, trace: Path, at: Point | None, fault: str
    ) -> None:
        """Disturb the process that serves *database* by *fault* at one of its calls, or none."""
        self._cluster, self._database, self._trace = cluster, database, trace
        inject = [] if at is None else ["-e", injected(at, fault)]
        self._options = [*inject, "-e", "signal=kill,abrt", "-y", "-o", str(trace)]
        self._strace: subprocess.Popen[str] | None = None

    def __call__(self, _number: int, message: bytes) -> bool:
        """Attach, if *message* is the order; the relay shall not cut the line."""
        if self._strace is None and message[5:] == COMMIT:
            with self._cluster.as_superuser() as connection:
                ((process,),) = connection.execute(_WHO, [self._database]).fetchall()
            self._strace = subprocess.Popen(
                traced(process, self._options), stderr=subprocess.PIPE, text=True
            )
            assert self._strace.stderr is not None
            said = self._strace.stderr.readline()
            if "attached" not in said:
                raise NoTraceError(said)
        return False

    def died(self) -> bool:
        """Wait until the process is gone; tell whether it was killed, or gave itself up."""
        assert self._strace is not None, "nothing was committed"
        self._strace.communicate()
        return "killed by SIG" in self._trace.read_text(errors="replace")

    def points(self) -> list[Point]:
        """Return every call of the process from the commit to its last answer.

        What it does then tidies up after a session that is over.
        """
        assert not self.died()
        # Everything that it changes is the registry's, or an answer.
        found = points_in(self._trace, "")
        last = max(place for place, point in enumerate(found) if point.call == "sendto")
        return found[: last + 1]
