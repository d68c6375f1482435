import json
import os
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import Metadata, Root, Targets

from mediabridge.clock import SystemClock
from mediabridge.config import LIMITS
from mediabridge.errors import (
    MediumIoError,
    StationError,
    TrustInvalidError,
    TrustOlderError,
    TrustRollbackError,
)
from mediabridge.trust import accepted, client, keyfile, repository, signers
from mediabridge.trust.city import City
from mediabridge.trust.repository import Expiry, Publishers, RootHolders
from mediabridge.trust.trust_data import TrustData

pytestmark = pytest.mark.in_turns

Publish = Callable[..., TrustData]
Deaths = Callable[[Callable[[], object]], Iterator[int]]


def tree(folder: Path) -> dict[str, bytes | Path]:
    return {
        str(path.relative_to(folder)): path.readlink() if path.is_symlink() else path.read_bytes()
        for path in folder.rglob("*")
        if path.is_symlink() or path.is_file()
    }


def edit(path: Path, change: Callable[[Any], object]) -> None:
    document = json.loads(path.read_bytes())
    change(document)
    path.write_bytes(json.dumps(document).encode())


def tuf_signers(count: int) -> list[signers.FileSigner]:
    return [signers.signer(signers.new_tuf_key(f"tuf-{number}")) for number in range(count)]


def make_repository(
    folder: Path, trust: TrustData, publishers: Publishers, expiry: Expiry | None = None
) -> bytes:
    root = RootHolders(tuf_signers(2))
    return repository.create(
        folder, trust, root=root, publishers=publishers, clock=SystemClock(), expiry=expiry
    )


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "station" / "trust"


def test_refresh_returns_trust_data(city: City, cache: Path) -> None:
    assert client.refresh(city.repository, cache, city.root) == city.trust
    assert accepted.current(cache) == city.trust


def test_refresh_follows_new_versions(city: City, cache: Path, publish_next: Publish) -> None:
    client.refresh(city.repository, cache, city.root)
    second = publish_next(2, routes=())
    third = publish_next(3, routes=city.trust.routes[:1])
    assert second != third
    assert client.refresh(city.repository, cache, city.root) == third
    assert accepted.current(cache) == third


def test_same_version_again_is_accepted(city: City, cache: Path) -> None:
    client.refresh(city.repository, cache, city.root)
    before = tree(accepted.repository_copy(cache))
    assert client.refresh(city.repository, cache, city.root) == city.trust
    assert tree(accepted.repository_copy(cache)) == before


def test_accepted_files_serve_the_next_station(
    city: City, cache: Path, tmp_path: Path, publish_next: Publish
) -> None:
    client.refresh(city.repository, cache, city.root)
    newest = publish_next()
    client.refresh(city.repository, cache, city.root)
    shutil.rmtree(city.repository)
    copy = accepted.repository_copy(cache)
    assert client.refresh(copy, tmp_path / "other", city.root) == newest


def test_one_generation_is_kept(city: City, cache: Path) -> None:
    for _ in range(3):
        client.refresh(city.repository, cache, city.root)
    (cache / "g-left-by-a-crash").mkdir()
    client.refresh(city.repository, cache, city.root)
    assert len(list(cache.glob("g-*"))) == 1


def test_current_needs_a_first_refresh(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for cache in (tmp_path / "empty", tmp_path / "absent"):
        with pytest.raises(StationError):
            accepted.current(cache)
        with pytest.raises(StationError):
            accepted.repository_copy(cache)


def test_current_notices_damage(city: City, cache: Path) -> None:
    client.refresh(city.repository, cache, city.root)
    target = next((accepted.repository_copy(cache) / "targets").iterdir())
    target.write_bytes(target.read_bytes().replace(b"isa_notice", b"isa_notixe"))
    with pytest.raises(TrustInvalidError, match="not the one that was signed"):
        accepted.current(cache)


def test_current_notices_lost_files(city: City, cache: Path) -> None:
    client.refresh(city.repository, cache, city.root)
    shutil.rmtree(accepted.repository_copy(cache).parent / "client")
    with pytest.raises(TrustInvalidError):
        accepted.current(cache)


def test_older_medium_is_told_as_such(
    city: City, cache: Path, tmp_path: Path, publish_next: Publish
) -> None:
    shutil.copytree(city.repository, tmp_path / "old")
    publish_next()
    client.refresh(city.repository, cache, city.root)
    before = tree(cache)
    with pytest.raises(TrustOlderError, match="version 1, known is 2") as told:
        client.refresh(tmp_path / "old", cache, city.root)
    assert told.value.facts["version"] == 1
    assert tree(cache) == before


@pytest.mark.parametrize("fault", ["_tampered_target", "_one_signature_of_the_old"])
def test_older_medium_that_is_not_genuine_is_invalid(
    city: City, cache: Path, tmp_path: Path, publish_next: Publish, fault: str
) -> None:
    shutil.copytree(city.repository, tmp_path / "old")
    publish_next()
    client.refresh(city.repository, cache, city.root)
    FORGERIES[fault](tmp_path / "old")
    with pytest.raises(TrustInvalidError):
        client.refresh(tmp_path / "old", cache, city.root)


def test_medium_before_a_rotation_of_its_keys_is_older(
    city: City, cache: Path, tmp_path: Path
) -> None:
    # Everything on the old medium was signed by keys that the new root no longer names.
    shutil.copytree(city.repository, tmp_path / "old")
    shutil.rmtree(city.repository)
    signer = signers.signer(signers.new_tuf_key("new"))
    publishers = Publishers(city.publishers(lambda _: b"training").targets, signer, signer)
    newer = city.trust.model_copy(update={"version": 2})
    holders = RootHolders(
        [
            signers.open_signer(city.key_path(f"tuf-root-{number}"), b"training")
            for number in (1, 2, 3)
        ]
    )
    repository.create(
        city.repository, newer, root=holders, publishers=publishers, clock=SystemClock()
    )
    metadata = city.repository / "metadata"
    root: Metadata[Root] = Metadata.from_file(str(metadata / "1.root.json"))
    root.signed.version = 2
    root.signatures.clear()
    for holder in holders.signers:
        secret = keyfile.load(city.key_path(holder.id), b"training").secret
        root.sign(CryptoSigner(Ed25519PrivateKey.from_private_bytes(secret)), append=True)
    root.to_file(str(metadata / "2.root.json"))
    shutil.copyfile(tmp_path / "old" / "metadata" / "1.root.json", metadata / "1.root.json")
    assert client.refresh(city.repository, cache, city.root) == newer
    with pytest.raises(TrustOlderError, match="version 1, known is 2"):
        client.refresh(tmp_path / "old", cache, city.root)
    assert accepted.current(cache) == newer


def test_older_trust_data_under_newer_timestamp_is_rollback(
    city: City, cache: Path, tmp_path: Path, publish_next: Publish, publishers: Publishers
) -> None:
    # A thief of the snapshot and timestamp keys, but not of the two targets keys.
    shutil.copytree(city.repository, tmp_path / "old")
    publish_next()
    client.refresh(city.repository, cache, city.root)
    for name, signer in (
        ("1.snapshot", publishers.snapshot),
        ("timestamp", publishers.timestamp),
    ):
        path = tmp_path / "old" / "metadata" / f"{name}.json"
        metadata: Metadata[Any] = Metadata.from_file(str(path))
        metadata.signed.version = 9
        if name == "timestamp":
            metadata.signed.snapshot_meta.version = 9
        key_id = next(iter(metadata.signatures))
        metadata.signatures[key_id].signature = signer.sign(metadata.signed_bytes).hex()
        metadata.to_file(str(path.with_name(path.name.replace("1.", "9."))))
    with pytest.raises(TrustRollbackError):
        client.refresh(tmp_path / "old", cache, city.root)


@pytest.mark.parametrize("role", ["targets", "snapshot", "timestamp"])
def test_expired_metadata_is_refused(
    city: City, cache: Path, publish_next: Publish, role: str
) -> None:
    publish_next(expiry=Expiry(**{role: timedelta(days=-1)}))
    with pytest.raises(TrustInvalidError, match="it has expired"):
        client.refresh(city.repository, cache, city.root)


def test_expired_root_is_refused(
    city: City, cache: Path, tmp_path: Path, publishers: Publishers
) -> None:
    expiry = Expiry(root=timedelta(days=-1))
    root = make_repository(tmp_path / "medium", city.trust, publishers, expiry)
    with pytest.raises(TrustInvalidError, match="it has expired"):
        client.refresh(tmp_path / "medium", cache, root)


def test_root_rotation_is_followed(city: City, cache: Path, tmp_path: Path) -> None:
    client.refresh(city.repository, cache, city.root)
    _rotate(city, ["tuf-root-1", "tuf-root-3"])
    assert client.refresh(city.repository, cache, city.root) == city.trust
    copy = accepted.repository_copy(cache)
    assert (copy / "metadata" / "2.root.json").is_file()
    assert client.refresh(copy, tmp_path / "other", city.root) == city.trust


def test_root_rotation_needs_two_holders(city: City, cache: Path) -> None:
    client.refresh(city.repository, cache, city.root)
    _rotate(city, ["tuf-root-1"])
    with pytest.raises(TrustInvalidError, match="signatures are missing"):
        client.refresh(city.repository, cache, city.root)


def _rotate(city: City, holders: list[str]) -> None:
    metadata = city.repository / "metadata"
    root: Metadata[Root] = Metadata.from_file(str(metadata / "1.root.json"))
    root.signed.version = 2
    root.signatures.clear()
    for holder in holders:
        secret = keyfile.load(city.key_path(holder), b"training").secret
        root.sign(CryptoSigner(Ed25519PrivateKey.from_private_bytes(secret)), append=True)
    root.to_file(str(metadata / "2.root.json"))


def _no_timestamp(medium: Path) -> None:
    (medium / "metadata" / "timestamp.json").unlink()


def _no_metadata(medium: Path) -> None:
    shutil.rmtree(medium / "metadata")


def _no_target(medium: Path) -> None:
    shutil.rmtree(medium / "targets")


def _one_targets_signature(medium: Path) -> None:
    path = medium / "metadata" / "2.targets.json"
    edit(path, lambda document: document["signatures"].pop())


def _same_signature_twice(medium: Path) -> None:
    path = medium / "metadata" / "2.targets.json"
    edit(path, lambda document: document["signatures"].__setitem__(1, document["signatures"][0]))


def _longer_validity(medium: Path) -> None:
    path = medium / "metadata" / "timestamp.json"
    edit(path, lambda document: document["signed"].update(expires="2099-01-01T00:00:00Z"))


def _tampered_target(medium: Path) -> None:
    for path in (medium / "targets").iterdir():
        path.write_bytes(path.read_bytes().replace(b'"approvals":1', b'"approvals":0'))


def _oversized_timestamp(medium: Path) -> None:
    os.truncate(medium / "metadata" / "timestamp.json", LIMITS.trust_file_bytes + 1)


def _oversized_target(medium: Path) -> None:
    for path in (medium / "targets").iterdir():
        os.truncate(path, LIMITS.trust_file_bytes + 1)


def _linked_timestamp(medium: Path) -> None:
    path = medium / "metadata" / "timestamp.json"
    path.rename(medium / "elsewhere")
    path.symlink_to(medium / "elsewhere")


def _linked_folder(medium: Path) -> None:
    (medium / "metadata").rename(medium / "elsewhere")
    (medium / "metadata").symlink_to("elsewhere")


def _pipe_for_timestamp(medium: Path) -> None:
    (medium / "metadata" / "timestamp.json").unlink()
    os.mkfifo(medium / "metadata" / "timestamp.json")


def _folder_for_timestamp(medium: Path) -> None:
    (medium / "metadata" / "timestamp.json").unlink()
    (medium / "metadata" / "timestamp.json").mkdir()


def _oversized_next_root(medium: Path) -> None:
    path = medium / "metadata" / "2.root.json"
    path.touch()
    os.truncate(path, LIMITS.trust_file_bytes + 1)


def _foreign_next_root(medium: Path) -> None:
    path = medium / "metadata" / "2.root.json"
    shutil.copy(medium / "metadata" / "1.root.json", path)


def _root_as_timestamp(medium: Path) -> None:
    metadata = medium / "metadata"
    shutil.copy(metadata / "1.root.json", metadata / "timestamp.json")


def _no_json(medium: Path) -> None:
    (medium / "metadata" / "timestamp.json").write_bytes(b"\xff" * 100)


def _deep_json(medium: Path) -> None:
    (medium / "metadata" / "timestamp.json").write_bytes(b"[" * 200_000)


def _one_signature_of_the_old(medium: Path) -> None:
    path = medium / "metadata" / "1.targets.json"
    edit(path, lambda document: document["signatures"].pop())


FORGERIES = {each.__name__: each for each in (_tampered_target, _one_signature_of_the_old)}

FAULTS = [
    _no_timestamp,
    _no_metadata,
    _no_target,
    _one_targets_signature,
    _same_signature_twice,
    _longer_validity,
    _tampered_target,
    _oversized_timestamp,
    _oversized_target,
    _linked_timestamp,
    _linked_folder,
    _pipe_for_timestamp,
    _folder_for_timestamp,
    _oversized_next_root,
    _foreign_next_root,
    _root_as_timestamp,
    _no_json,
    _deep_json,
]


@pytest.mark.parametrize("fault", FAULTS)
def test_refusal_leaves_the_cache(
    city: City, cache: Path, publish_next: Publish, fault: Callable[[Path], None]
) -> None:
    client.refresh(city.repository, cache, city.root)
    before = tree(cache)
    publish_next()
    fault(city.repository)
    with pytest.raises(TrustInvalidError):
        client.refresh(city.repository, cache, city.root)
    assert tree(cache) == before
    assert accepted.current(cache) == city.trust


def test_unreadable_medium_is_told_apart(city: City, cache: Path, tmp_path: Path) -> None:
    with pytest.raises(MediumIoError, match="File name too long"):
        client.refresh(tmp_path / ("x" * 300), cache, city.root)


def test_repaired_medium_is_accepted_after_refusal(
    city: City, cache: Path, tmp_path: Path, publish_next: Publish
) -> None:
    client.refresh(city.repository, cache, city.root)
    newest = publish_next()
    shutil.copytree(city.repository, tmp_path / "good")
    _tampered_target(city.repository)
    with pytest.raises(TrustInvalidError):
        client.refresh(city.repository, cache, city.root)
    assert client.refresh(tmp_path / "good", cache, city.root) == newest


def test_crash_leaves_accepted_trust_data(
    city: City, cache: Path, publish_next: Publish, deaths: Deaths
) -> None:
    client.refresh(city.repository, cache, city.root)
    newest, root = publish_next(), city.root
    seen = set()
    for _ in deaths(lambda: client.refresh(city.repository, cache, root)):
        seen.add(accepted.current(cache).version)
    assert seen == {1, 2}
    assert accepted.current(cache) == newest
    assert len(list(cache.glob("g-*"))) == 1


def test_foreign_root_is_refused(city: City, cache: Path, tmp_path: Path) -> None:
    first, second, third = tuf_signers(3)
    publishers = Publishers([first, second], third, third)
    foreign = make_repository(tmp_path / "foreign", city.trust, publishers)
    with pytest.raises(TrustInvalidError, match="signatures are missing or wrong"):
        client.refresh(city.repository, cache, foreign)
    assert tree(cache) == {}


def test_garbage_bootstrap_is_refused(city: City, cache: Path) -> None:
    with pytest.raises(TrustInvalidError):
        client.refresh(city.repository, cache, b"{}")


class Lying(TrustData):
    """Trust data whose file says another version than its signed metadata."""

    def dump(self) -> bytes:
        return TrustData.model_construct(**{**dict(self), "version": 7}).dump()


def test_version_inside_must_match(
    city: City, cache: Path, tmp_path: Path, publishers: Publishers
) -> None:
    lying = Lying.model_construct(**dict(city.trust))
    root = make_repository(tmp_path / "medium", lying, publishers)
    with pytest.raises(TrustInvalidError, match="has version 7, its signatures say 1"):
        client.refresh(tmp_path / "medium", cache, root)


def test_medium_without_trust_data_is_refused(
    city: City, cache: Path, tmp_path: Path, publishers: Publishers
) -> None:
    root = make_repository(tmp_path / "medium", city.trust, publishers)
    path = tmp_path / "medium" / "metadata" / "1.targets.json"
    targets: Metadata[Targets] = Metadata.from_file(str(path))
    targets.signed.targets = {}
    for signer, signature in zip(publishers.targets, targets.signatures.values(), strict=True):
        signature.signature = signer.sign(targets.signed_bytes).hex()
    targets.to_file(str(path))
    with pytest.raises(TrustInvalidError, match="not among the signed files"):
        client.refresh(tmp_path / "medium", cache, root)
