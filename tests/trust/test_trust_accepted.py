"""What was accepted is read without the client, and judged as the client judges it (C39).

So is what is only recognised by its bytes, for a command that decides nothing.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import Metadata, Root, Snapshot, Targets, Timestamp

from mediabridge.errors import MediabridgeError, TrustInvalidError
from mediabridge.trust import accepted, client, recognised, seen
from mediabridge.trust.city import City
from mediabridge.trust.keyfile import load
from mediabridge.trust.trust_data import TrustData

pytestmark = pytest.mark.in_turns

Publish = Callable[..., TrustData]
Fault = Callable[["Store"], object]


class Store:
    """The folders of one station, and the keys of its city: what a test bends."""

    def __init__(self, cache: Path, city: City, older: Path) -> None:
        self.cache = cache
        self.city = city
        self.generation = cache / (cache / "current").readlink()
        self.client = self.generation / "client"
        self.metadata = self.generation / "repository/metadata"
        self.older = older
        """The same folders as they were one version earlier."""

    @property
    def target(self) -> Path:
        (found,) = (self.generation / "repository/targets").iterdir()
        return found

    def copies(self, role: str) -> list[Path]:
        kept = [*self.metadata.glob(f"*{role}.json"), self.client / f"{role}.json"]
        return [path for path in kept if path.exists()]

    def sign_again(self, kind: type[Any], change: Callable[[Any], object]) -> None:
        """Change the metadata of a role wherever it is kept, signed by the keys of that role."""
        ids = [path.stem for path in (self.city.folder / "keys").glob(f"tuf-{kind.type}*.json")]
        for path in self.copies(kind.type):
            document = Metadata[kind].from_file(str(path))
            change(document.signed)
            document.signatures.clear()
            for key in map(self._signer, ids):
                document.sign(key, append=True)
            document.to_file(str(path))

    def _signer(self, key_id: str) -> CryptoSigner:
        secret = load(self.city.key_path(key_id), b"training").secret
        return CryptoSigner(Ed25519PrivateKey.from_private_bytes(secret))


def _json(path: Path, change: Callable[[Any], object]) -> None:
    document = json.loads(path.read_bytes())
    change(document)
    path.write_bytes(json.dumps(document).encode())


def nothing(_store: Store) -> None:
    pass


def _garbage(role: str, *, both: bool = True) -> Fault:
    def fault(store: Store) -> None:
        for path in store.copies(role) if both else [store.client / f"{role}.json"]:
            path.write_bytes(b"{}")

    fault.__name__ = f"garbage_{role}_{both}"
    return fault


def _lost(role: str, *, both: bool = True) -> Fault:
    def fault(store: Store) -> None:
        for path in store.copies(role) if both else [store.client / f"{role}.json"]:
            path.unlink()

    fault.__name__ = f"lost_{role}_{both}"
    return fault


def _unsigned(role: str) -> Fault:
    def fault(store: Store) -> None:
        for path in store.copies(role):
            _json(path, lambda document: document["signatures"].pop())

    fault.__name__ = f"unsigned_{role}"
    return fault


def _longer_valid(role: str) -> Fault:
    def later(document: Any) -> None:
        document["signed"]["expires"] = "2099-01-01T00:00:00Z"

    def fault(store: Store) -> None:
        for path in store.copies(role):
            _json(path, later)

    fault.__name__ = f"longer_valid_{role}"
    return fault


def _expired(kind: type[Any], *, at: datetime) -> Fault:
    def fault(store: Store) -> None:
        store.sign_again(kind, lambda signed: setattr(signed, "expires", at))

    fault.__name__ = f"expired_{kind.type}_{at.year}"
    return fault


def _older(name: str) -> Fault:
    """Put back one file, or a folder of them, of the version before."""

    def fault(store: Store) -> None:
        source, to = store.older / name, store.generation / name
        if source.is_dir():
            shutil.rmtree(to)
            shutil.copytree(source, to, symlinks=True)
        else:
            shutil.copyfile(source, to)

    fault.__name__ = f"older_{name}"
    return fault


def _version(kind: type[Any], version: int) -> Fault:
    def fault(store: Store) -> None:
        store.sign_again(kind, lambda signed: setattr(signed, "version", version))

    fault.__name__ = f"version_{kind.type}_{version}"
    return fault


def snapshot_of_other_targets(store: Store) -> None:
    def other(snapshot: Snapshot) -> None:
        snapshot.meta["targets.json"].version = 7

    store.sign_again(Snapshot, other)


def snapshot_without_targets(store: Store) -> None:
    store.sign_again(Snapshot, lambda snapshot: snapshot.meta.clear())


def targets_without_ours(store: Store) -> None:
    store.sign_again(Targets, lambda targets: targets.targets.clear())


def root_of_one_holder(store: Store) -> None:
    def one(document: Any) -> None:
        del document["signatures"][1:]

    for path in store.metadata.glob("*.root.json"):
        _json(path, one)


def root_of_another_number(store: Store) -> None:
    newest = max(store.metadata.glob("*.root.json"))
    newest.rename(store.metadata / "5.root.json")


def root_twice(store: Store) -> None:
    newest = max(store.metadata.glob("*.root.json"))
    shutil.copyfile(newest, store.metadata / "9.root.json")


def no_root(store: Store) -> None:
    for path in store.metadata.glob("*.root.json"):
        path.unlink()


def root_with_files_without_hashes(store: Store) -> None:
    store.sign_again(Root, lambda root: setattr(root, "consistent_snapshot", False))


def other_target(store: Store) -> None:
    data = store.target.read_bytes()
    store.target.write_bytes(data.replace(b'"version":2', b'"version":3'))


def longer_target(store: Store) -> None:
    store.target.write_bytes(store.target.read_bytes() + b"\n")


def no_target(store: Store) -> None:
    store.target.unlink()


def target_behind_a_link(store: Store) -> None:
    link = store.target
    link.rename(store.generation / "moved")
    link.symlink_to("../../moved")


def only_the_clients_target_differs(store: Store) -> None:
    (store.client / "trust.json").write_bytes(b"{}")


def pipe_for_timestamp(store: Store) -> None:
    (store.metadata / "timestamp.json").unlink()
    os.mkfifo(store.metadata / "timestamp.json")


def deep_timestamp(store: Store) -> None:
    for path in store.copies("timestamp"):
        path.write_bytes(b"[" * 5_000)


def timestamp_is_a_root(store: Store) -> None:
    newest = max(store.metadata.glob("*.root.json"))
    for path in store.copies("timestamp"):
        shutil.copyfile(newest, path)


LONG_AGO = datetime(1969, 12, 31, tzinfo=UTC)
YESTERDAY = datetime.now(UTC).replace(microsecond=0) - timedelta(days=1)
KINDS = (Root, Timestamp, Snapshot, Targets)
ROLES = ("timestamp", "snapshot", "targets")

FAULTS: list[Fault] = [
    nothing,
    *(make(role) for make in (_garbage, _lost, _unsigned, _longer_valid) for role in ROLES),
    *(make(role, both=False) for make in (_garbage, _lost) for role in ROLES),
    *(_expired(kind, at=at) for kind in KINDS for at in (LONG_AGO, YESTERDAY)),
    *(_version(kind, version) for kind in KINDS for version in (1, 3)),
    *(_older(f"client/{role}.json") for role in ROLES),
    *map(_older, ("repository/metadata/timestamp.json", "repository/metadata", "client")),
    *map(_older, ("repository", "repository/targets")),
    snapshot_of_other_targets,
    snapshot_without_targets,
    targets_without_ours,
    root_of_one_holder,
    root_of_another_number,
    root_twice,
    no_root,
    root_with_files_without_hashes,
    other_target,
    longer_target,
    no_target,
    target_behind_a_link,
    only_the_clients_target_differs,
    pipe_for_timestamp,
    deep_timestamp,
    timestamp_is_a_root,
]  # fmt: skip


@pytest.fixture
def store(city: City, tmp_path: Path, publish_next: Publish) -> Store:
    cache = tmp_path / "station" / "trust"
    client.refresh(city.repository, cache, city.root)
    shutil.copytree(cache / (cache / "current").readlink(), tmp_path / "older", symlinks=True)
    publish_next(2, routes=())
    client.refresh(city.repository, cache, city.root)
    return Store(cache, city, tmp_path / "older")


_Read = TypeVar("_Read")


def _verdict(judge: Callable[[], _Read]) -> _Read | tuple[type[Exception], str]:
    try:
        return judge()
    except (MediabridgeError, ValueError) as error:
        return type(error), str(error)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_verdict_is_that_of_the_client(store: Store, fault: Fault) -> None:
    fault(store)
    repository = accepted.repository_copy(store.cache)
    wanted = _verdict(lambda: client.reread(repository))
    assert _verdict(lambda: accepted.current(store.cache)) == wanted
    shown = seen.of(wanted) if isinstance(wanted, TrustData) else wanted
    assert _verdict(lambda: recognised.current(store.cache)) == shown


def test_what_is_laid_out_is_read_without_the_client(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = client.reread(accepted.repository_copy(store.cache))
    monkeypatch.delattr(client, "reread")
    assert accepted.current(store.cache) == wanted


@pytest.mark.parametrize(
    "fault",
    [_unsigned("targets"), _longer_valid("snapshot"), other_target, root_of_one_holder, no_target,
     snapshot_of_other_targets, _older("repository"), _expired(Targets, at=LONG_AGO)],
    ids=lambda fault: fault.__name__,
)  # fmt: skip
def test_what_is_not_in_order_is_refused(store: Store, fault: Fault) -> None:
    fault(store)
    with pytest.raises(TrustInvalidError):
        accepted.current(store.cache)


def test_what_is_as_it_was_taken_over_is_recognised_without_the_library(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = seen.of(accepted.current(store.cache)), accepted.expires(store.cache)
    monkeypatch.delattr(accepted, "current")
    monkeypatch.delattr(accepted, "expires")
    assert (recognised.current(store.cache), recognised.expires(store.cache)) == wanted


def _not_noted(store: Store) -> None:
    (store.generation / recognised.NOTED).unlink()


def _one_file_more(store: Store) -> None:
    (store.generation / "client/another").touch()


def _root_behind_another_link(store: Store) -> None:
    link = store.client / "root.json"
    link.unlink()
    link.symlink_to(store.client / "root_history/1.root.json")


@pytest.mark.parametrize("change", [_not_noted, _one_file_more, _root_behind_another_link])
def test_what_is_not_recognised_is_verified(
    store: Store, change: Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = accepted.current(store.cache), accepted.expires(store.cache)
    change(store)
    asked: list[Path] = []
    monkeypatch.setattr(accepted, "current", lambda cache: asked.append(cache) or wanted[0])
    monkeypatch.setattr(accepted, "expires", lambda cache: asked.append(cache) or wanted[1])
    shown = (recognised.current(store.cache), recognised.expires(store.cache))
    assert shown == (seen.of(wanted[0]), wanted[1])
    assert asked == [store.cache, store.cache]


def test_nothing_of_the_network_is_loaded(store: Store) -> None:
    script = (
        "import sys; from pathlib import Path; from mediabridge.trust import accepted;"
        "accepted.current(Path(sys.argv[1])); print(*sys.modules)"
    )
    command = [sys.executable, "-c", script, str(store.cache)]
    modules = set(subprocess.check_output(command, text=True).split())
    assert modules & {"http.client", "ssl", "tuf.ngclient", "urllib3"} == set()
