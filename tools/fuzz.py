"""Run one fuzz target for a bounded time.

    python -m tools.fuzz csv 60

The target and its corpus are in ``tests/fuzz``; what the fuzzer finds interesting goes
to a scratch folder, what breaks the target is written beside the corpus and printed.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["mediabridge"]):
    from tests.fuzz.targets import TARGETS

CORPUS = Path(__file__).resolve().parent.parent / "tests" / "fuzz" / "corpus"


def main(name: str, seconds: str) -> None:
    """Fuzz the target *name* for *seconds*; the process ends with the fuzzer's exit code."""
    corpus = CORPUS / name
    with tempfile.TemporaryDirectory() as scratch:
        atheris.Setup(
            [
                sys.argv[0],
                f"-max_total_time={int(seconds)}",
                f"-artifact_prefix={corpus}/found-",
                "-max_len=8192",
                "-rss_limit_mb=1024",
                "-print_final_stats=1",
                scratch,
                str(corpus),
            ],
            TARGETS[name],
        )
        atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:3])
