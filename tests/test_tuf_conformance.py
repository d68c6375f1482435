"""What the public TUF conformance suite calls, played without the suite."""

import re
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from publishing import publish

from mediabridge.clock import SystemClock
from mediabridge.trust.city import City, create_city
from mediabridge.trust.generations import TARGET
from mediabridge.trust.keyfile import TRAINING_COST

pytestmark = pytest.mark.in_turns

ROOT = Path(__file__).parent.parent
WRAPPER = ROOT / "tools" / "tuf_conformance.py"


def passphrase_for(_key_id: str) -> bytes:
    return b"training"


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def city(tmp_path: Path) -> City:
    return create_city(
        tmp_path / "city",
        city="city.training.example",
        municipality_code="131016",
        clock=SystemClock(),
        passphrase_for=passphrase_for,
        cost=TRAINING_COST,
    )


@pytest.fixture
def served(city: City) -> Iterator[str]:
    handler = partial(Quiet, directory=str(city.repository))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def run(folder: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, WRAPPER, "--metadata-dir", folder, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def versions(folder: Path) -> dict[str, str]:
    found = re.compile(rb'"version": ?([0-9]+)')
    return {
        path.stem: found.findall(path.read_bytes())[-1].decode() for path in folder.glob("*.json")
    }


@pytest.fixture
def client(tmp_path: Path, city: City) -> Path:
    folder = tmp_path / "metadata"
    folder.mkdir()
    (tmp_path / "root.json").write_bytes(city.root)
    assert run(folder, "init", tmp_path / "root.json").returncode == 0
    return folder


def test_refresh_shows_what_is_in_force(client: Path, served: str) -> None:
    done = run(client, "--metadata-url", f"{served}/metadata", "refresh")
    assert (done.returncode, done.stderr) == (0, "")
    assert versions(client) == dict.fromkeys(("root", "timestamp", "snapshot", "targets"), "1")


def test_refused_refresh_changes_nothing(client: Path, served: str, city: City) -> None:
    url = f"{served}/metadata"
    assert run(client, "--metadata-url", url, "refresh").returncode == 0
    before = versions(client)
    newer = city.trust.model_copy(update={"version": 2})
    publish(city.repository, newer, publishers=city.publishers(passphrase_for), clock=SystemClock())
    (city.repository / "metadata" / "2.targets.json").write_bytes(b"{}")
    done = run(client, "--metadata-url", url, "refresh")
    assert done.returncode == 1
    assert done.stderr
    assert versions(client) == before


def test_download_is_the_signed_file(client: Path, served: str, city: City, tmp_path: Path) -> None:
    targets = tmp_path / "targets"
    targets.mkdir()
    urls = ("--metadata-url", f"{served}/metadata", "--target-base-url", f"{served}/targets")
    options = (*urls, "--target-name", TARGET, "--target-dir", targets)
    assert run(client, *options, "download").returncode == 0
    (written,) = targets.iterdir()
    (signed,) = (city.repository / "targets").iterdir()
    assert written.read_bytes() == signed.read_bytes()
    signed.write_bytes(signed.read_bytes() + b" ")
    written.unlink()
    assert run(client, *options, "download").returncode == 1
    assert not list(targets.iterdir())


def test_each_deviation_is_explained() -> None:
    lines = Path(f"{WRAPPER}.xfails").read_text("utf-8").splitlines()
    expected = {line for line in lines if not line.startswith("#")}
    page = (ROOT / "docs" / "tuf-conformance.md").read_text("utf-8")
    table = [line.split(" | ")[0] for line in page.splitlines() if line.startswith("| `test_")]
    assert {name for row in table for name in re.findall(r"`([^`]+)`", row)} == expected
