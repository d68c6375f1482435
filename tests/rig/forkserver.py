"""Runs inside a rig machine: imports mediabridge once, then forks for each command.

Under emulation the imports take ten seconds and the work takes one. The host writes one
JSON object a line into the FIFO; of command 7, stdout, stderr and the exit code end up
in ``7.out``, ``7.err`` and ``7.rc`` beside it::

    {"id": 7, "words": ["--home", "/srv/state/now/lgwan", "watch"], "user": "station"}
"""

import json
import os
import pwd
import signal
import sys
from pathlib import Path

import jeepney.io.blocking  # noqa: F401 - for the children
import pyudev  # noqa: F401 - for the children

import mediabridge.cli.import_
import mediabridge.cli.media
import mediabridge.cli.media_watch
import mediabridge.cli.watch
import mediabridge.media.usb
import mediabridge.media.watching
import mediabridge.stations.lgwan
import mediabridge.stations.registry
import mediabridge.stations.serving
import mediabridge.stations.sticks.enrolling  # noqa: F401 - for the children
from mediabridge.cli._app import run


def become(name: str) -> None:
    user = pwd.getpwnam(name)
    os.initgroups(name, user.pw_gid)
    os.setgid(user.pw_gid)
    os.setuid(user.pw_uid)
    os.environ.update(HOME=user.pw_dir, USER=name, LC_ALL="en_US.UTF-8")


def child(order: dict, folder: Path) -> None:
    """Carry out one command as another person, with its output in files."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number, end in ((1, "out"), (2, "err")):
        path = folder / f"{order['id']}.{end}"
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644), number)
    become(order["user"])
    os._exit(run(order["words"]))


def main(folder: Path) -> None:
    running: dict[int, int] = {}
    fifo = os.open(folder / "orders", os.O_RDWR)
    print("ready", flush=True)

    def reap(*_: object) -> None:
        for pid in list(running):
            done, status = os.waitpid(pid, os.WNOHANG)
            if done:
                number = running.pop(pid)
                draft = folder / f"{number}.rc.new"
                draft.write_text(str(os.waitstatus_to_exitcode(status)))
                draft.rename(folder / f"{number}.rc")

    signal.signal(signal.SIGCHLD, reap)
    with os.fdopen(fifo, "r") as orders:
        for line in orders:
            order = json.loads(line)
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
            pid = os.fork()
            if not pid:
                # The server's children are not this child's: udev's library is found by one.
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
                child(order, folder)
            running[pid] = order["id"]
            (folder / f"{order['id']}.pid").write_text(str(pid))
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})


if __name__ == "__main__":
    main(Path(sys.argv[1]))
