"""One mutant against its tests, in a copy of the tree.

The file in the copy is really changed, so that a test's child process meets the mutant, too.
The tests run in a fork of this process, which has loaded the libraries but no line of ours:
that spares most of the time.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import os
import resource
import shutil
import signal
import sys
import time
from pathlib import Path
from typing import Final, NamedTuple, NoReturn

LIBRARIES: Final = (
    "cryptography.hazmat.primitives.asymmetric.ed25519",
    "cryptography.hazmat.primitives.serialization",
    "hypothesis.strategies",
    "lxml.etree",
    "pydantic",
    "pytest",
    "rich.console",
    "securesystemslib.signer",
    "stdnum.jp",
    "tuf.ngclient",
    "typer",
    "zstandard",
)
MEMORY: Final = 4 * 2**30
"""Address space of a trial: a loop that no longer ends must not take the machine with it."""

PATIENCE: Final = 600.0
"""Seconds by the clock after which even a trial that only waits is over."""

_LEFT_OUT: Final = shutil.ignore_patterns(".git", ".venv", ".mutants", ".*_cache", "__pycache__")


class Trial(NamedTuple):
    """How the tests ended, and the seconds of a processor's time that they took."""

    passed: bool
    output: str
    seconds: float


class Bench:
    """The copy of the tree in which mutants are tried."""

    def __init__(self, root: Path, scratch: Path) -> None:
        """Copy *root* into *scratch*, an own folder that lasts as long as the run."""
        for library in LIBRARIES:
            importlib.import_module(library)
        _settle_hypothesis()
        self._scratch = scratch
        self.tree = scratch / "tree"
        shutil.rmtree(self.tree, ignore_errors=True)
        shutil.copytree(root, self.tree, ignore=_LEFT_OUT)

    def unmutated(self, file: str, tests: tuple[str, ...]) -> Trial:
        """Run *tests* as they are, and leave everything but *file* compiled for the mutants."""
        trial = self._run(tests, seconds=PATIENCE, keep_bytecode=True)
        compiled = importlib.util.cache_from_source(str(self.tree / file))
        Path(compiled).unlink(missing_ok=True)
        return trial

    def mutated(self, file: str, source: str, tests: tuple[str, ...], *, seconds: float) -> Trial:
        """Run *tests* with *source* in the place of *file*, for so many of a processor's seconds.

        A busy machine makes a trial slow, and must not make it look like one that has no end.
        """
        path = self.tree / file
        original = path.read_bytes()
        try:
            path.write_text(source, encoding="utf-8")
            return self._run(tests, seconds=seconds, keep_bytecode=False)
        finally:
            path.write_bytes(original)

    def _run(self, tests: tuple[str, ...], *, seconds: float, keep_bytecode: bool) -> Trial:
        output = self._scratch / "output"
        child = os.fork()
        if child == 0:
            self._test(tests, output, seconds=seconds, keep_bytecode=keep_bytecode)
        status, used = _wait(child)
        if os.WIFSIGNALED(status) and os.WTERMSIG(status) in {signal.SIGTERM, signal.SIGINT}:
            sys.exit("a trial was ended from outside")
        said = output.read_text(encoding="utf-8", errors="replace")[-3000:]
        return Trial(status == 0, f"{said}\nstatus {status}, {used:.1f} s", used)

    def _test(
        self, tests: tuple[str, ...], output: Path, *, seconds: float, keep_bytecode: bool
    ) -> NoReturn:
        """Become a process that runs *tests*, and end."""
        code = 70
        try:
            os.setsid()
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
            resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds)))
            target = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            for stream in (1, 2):
                os.dup2(target, stream)
            os.chdir(self.tree)
            sys.path.insert(0, str(self.tree))
            os.environ["PYTHONPATH"] = str(self.tree)
            if not keep_bytecode:
                sys.dont_write_bytecode = True
                os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
            import pytest  # noqa: PLC0415

            arguments = ["-x", "-q", "--import-mode=importlib", "--strict-config", "-o", "addopts="]
            arguments += ["--hypothesis-profile=mutants", "-p", "no:cacheprovider", "--tb=line"]
            arguments += [f"--basetemp={self._scratch / 'tmp'}", *tests]
            code = int(pytest.main(arguments))
        finally:
            with contextlib.suppress(Exception):
                sys.stdout.flush()
                sys.stderr.flush()
            os._exit(code)


def _settle_hypothesis() -> None:
    """Take the same examples every time, whatever time they need, and the first that fails."""
    from hypothesis import HealthCheck, Phase, settings  # noqa: PLC0415

    settings.register_profile(
        "mutants",
        database=None,
        deadline=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


def _wait(child: int) -> tuple[int, float]:
    """Return the status of *child* and the seconds it used; its own children end with it."""
    deadline = time.monotonic() + PATIENCE
    ended = 0
    while not ended and time.monotonic() < deadline:
        time.sleep(0.02)
        ended, status, usage = os.wait4(child, os.WNOHANG)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    if not ended:
        _, status, usage = os.wait4(child, 0)
    return status, usage.ru_utime + usage.ru_stime
