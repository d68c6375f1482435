"""New TUF roots: kept when the rest of their medium is refused, and followed so far only (C38)."""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from securesystemslib.signer import CryptoSigner, SSlibKey
from tuf.api.metadata import Metadata, Root, Snapshot, Targets, Timestamp

from mediabridge.config import LIMITS
from mediabridge.errors import (
    MediabridgeError,
    MediumIoError,
    StationError,
    TrustInvalidError,
    TrustRootTooOldError,
)
from mediabridge.trust import accepted, client, keyfile
from mediabridge.trust.city import City
from mediabridge.trust.trust_data import TrustData

pytestmark = pytest.mark.in_turns

Publish = Callable[..., TrustData]
Deaths = Callable[[Callable[[], object]], Iterator[int]]
Change = Callable[[Root], object]


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "station" / "trust"


def tree(folder: Path) -> dict[str, bytes]:
    """Return what the folder of a generation holds, without its roots."""
    files = (path for path in folder.resolve().rglob("*") if path.is_file())
    kept = {str(path.relative_to(folder.resolve())): path.read_bytes() for path in files}
    return {name: data for name, data in kept.items() if "client/root" not in name}


def root_known(cache: Path) -> int:
    path = cache / "current" / "client" / "root.json"
    return Metadata[Root].from_file(str(path)).signed.version


def holder(city: City, key_id: str) -> CryptoSigner:
    secret = keyfile.load(city.key_path(key_id), b"training").secret
    return CryptoSigner(Ed25519PrivateKey.from_private_bytes(secret))


def nothing(_root: Root) -> None:
    """Change nothing: the same keys under a new version."""


def expired(root: Root) -> None:
    root.expires = datetime.now(UTC).replace(microsecond=0) - timedelta(days=1)


def new_timestamp_key(root: Root) -> None:
    """Take the key of timestamp away, as when it was stolen; the new one signs nothing yet."""
    key = Ed25519PrivateKey.generate().public_key()
    (old,) = root.roles[Timestamp.type].keyids
    root.revoke_key(old, Timestamp.type)
    root.add_key(SSlibKey.from_crypto(key), Timestamp.type)


def rotate(
    city: City,
    change: Change = nothing,
    *,
    times: int = 1,
    holders: tuple[str, ...] = ("tuf-root-1", "tuf-root-2"),
) -> None:
    """Publish the next root, or many of them."""
    metadata = city.repository / "metadata"
    newest = max(int(path.name.partition(".")[0]) for path in metadata.glob("*.root.json"))
    root: Metadata[Root] = Metadata.from_file(str(metadata / f"{newest}.root.json"))
    change(root.signed)
    keys = [holder(city, each) for each in holders]
    for _ in range(times):
        root.signed.version += 1
        root.signatures.clear()
        for key in keys:
            root.sign(key, append=True)
        root.to_file(str(metadata / f"{root.signed.version}.root.json"))


def _sign_again(city: City, name: str, kind: type[Any], change: Callable[[Any], object]) -> None:
    path = city.repository / "metadata" / name
    document = Metadata[kind].from_file(str(path))
    change(document.signed)
    document.signatures.clear()
    keys = [path.stem for path in (city.folder / "keys").glob(f"tuf-{kind.type}*.json")]
    for key in keys:
        document.sign(holder(city, key), append=True)
    document.to_file(str(path))


def expired_timestamp(city: City) -> None:
    _sign_again(city, "timestamp.json", Timestamp, expired)


def expired_targets(city: City) -> None:
    _sign_again(city, "2.targets.json", Targets, expired)


def snapshot_of_other_targets(city: City) -> None:
    def other(snapshot: Snapshot) -> None:
        snapshot.meta["targets.json"].version = 7

    _sign_again(city, "2.snapshot.json", Snapshot, other)


def no_timestamp(city: City) -> None:
    (city.repository / "metadata" / "timestamp.json").unlink()


def stick_with_an_error(city: City) -> None:
    # A name longer than any file system bears stands for the error that a bad stick gives.
    (city.repository / "metadata" / "timestamp.json").unlink()
    (city.repository / "metadata" / "timestamp.json").symlink_to("x" * 4000)


def tampered_target(city: City) -> None:
    for path in (city.repository / "targets").iterdir():
        path.write_bytes(path.read_bytes().replace(b'"approvals":1', b'"approvals":0'))


def third_root_of_one_holder(city: City) -> None:
    rotate(city, holders=("tuf-root-3",))


def third_root_is_no_json(city: City) -> None:
    (city.repository / "metadata" / "3.root.json").write_bytes(b"[" * 5_000)


LATER_STEPS = [
    expired_timestamp,
    expired_targets,
    snapshot_of_other_targets,
    no_timestamp,
    stick_with_an_error,
    tampered_target,
    third_root_of_one_holder,
    third_root_is_no_json,
]


@pytest.mark.parametrize("fault", LATER_STEPS)
def test_new_root_is_kept_when_a_later_step_refuses(
    city: City, cache: Path, publish_next: Publish, fault: Callable[[City], None]
) -> None:
    client.refresh(city.repository, cache, city.root)
    before = tree(cache / "current")
    rotate(city)
    publish_next()
    fault(city)
    with pytest.raises((TrustInvalidError, MediumIoError)):
        client.refresh(city.repository, cache, city.root)
    assert root_known(cache) == 2
    assert tree(cache / "current") == before
    assert accepted.current(cache) == city.trust
    assert len(list(cache.glob("g-*"))) == 1


def test_new_root_is_kept_when_the_station_refuses(
    city: City, cache: Path, publish_next: Publish
) -> None:
    def refuse(_found: TrustData, _signers: tuple[str, ...]) -> None:
        raise StationError(detail="another city")

    client.refresh(city.repository, cache, city.root)
    rotate(city)
    publish_next()
    with pytest.raises(StationError):
        client.refresh(city.repository, cache, city.root, before_switch=refuse)
    assert root_known(cache) == 2
    assert accepted.current(cache) == city.trust


def test_expired_new_root_is_kept_and_refuses(city: City, cache: Path) -> None:
    client.refresh(city.repository, cache, city.root)
    rotate(city, expired)
    with pytest.raises(TrustInvalidError, match="expired"):
        client.refresh(city.repository, cache, city.root)
    assert root_known(cache) == 2
    assert accepted.current(cache) == city.trust


@pytest.mark.parametrize("holders", [("tuf-root-1",), ("tuf-targets-1", "tuf-targets-2")])
def test_unverified_root_is_not_kept(city: City, cache: Path, holders: tuple[str, ...]) -> None:
    client.refresh(city.repository, cache, city.root)
    rotate(city, holders=holders)
    with pytest.raises(TrustInvalidError, match="signatures are missing"):
        client.refresh(city.repository, cache, city.root)
    assert root_known(cache) == 1
    assert not (cache / "current/client/root_history/2.root.json").exists()


def test_replaced_key_signs_nothing_more(
    city: City, cache: Path, tmp_path: Path, publish_next: Publish
) -> None:
    client.refresh(city.repository, cache, city.root)
    shutil.copytree(city.repository, tmp_path / "with root 2")
    rotated = City(tmp_path / "with root 2", city.trust)
    shutil.copytree(city.folder / "keys", rotated.folder / "keys")
    shutil.copytree(city.repository, rotated.repository)
    rotate(rotated, new_timestamp_key)
    no_timestamp(rotated)
    with pytest.raises(TrustInvalidError):
        client.refresh(rotated.repository, cache, city.root)
    # What a thief of the old key publishes, without a word of the new root.
    publish_next(2, routes=())
    with pytest.raises(TrustInvalidError, match="signatures are missing"):
        client.refresh(city.repository, cache, city.root)
    assert accepted.current(cache) == city.trust


def test_accepted_data_stays_in_force_and_travels_as_it_was(
    city: City, cache: Path, tmp_path: Path
) -> None:
    client.refresh(city.repository, cache, city.root)
    rotate(city, new_timestamp_key)
    with pytest.raises(TrustInvalidError):
        client.refresh(city.repository, cache, city.root)
    assert accepted.current(cache) == city.trust
    assert (
        client.refresh(accepted.repository_copy(cache), tmp_path / "peer", city.root) == city.trust
    )


def test_root_of_a_first_refused_medium_is_kept(city: City, cache: Path, tmp_path: Path) -> None:
    first = city.root
    rotate(city)
    shutil.copytree(city.repository, tmp_path / "good")
    no_timestamp(city)
    with pytest.raises(TrustInvalidError):
        client.refresh(city.repository, cache, first)
    assert root_known(cache) == 2
    for question in (accepted.current, accepted.repository_copy):
        with pytest.raises(StationError, match="no trust data was accepted here yet"):
            question(cache)
    assert client.refresh(tmp_path / "good", cache, first) == city.trust
    assert accepted.current(cache) == city.trust


def test_kept_root_need_not_be_brought_again(
    city: City, cache: Path, publish_next: Publish
) -> None:
    client.refresh(city.repository, cache, city.root)
    rotate(city)
    timestamp = city.repository / "metadata" / "timestamp.json"
    timestamp.rename(city.folder / "timestamp.json")
    with pytest.raises(TrustInvalidError):
        client.refresh(city.repository, cache, city.root)
    (city.folder / "timestamp.json").rename(timestamp)
    (city.repository / "metadata" / "2.root.json").unlink()
    newest = publish_next()
    assert client.refresh(city.repository, cache, city.root) == newest
    assert (accepted.repository_copy(cache) / "metadata" / "2.root.json").exists()


def test_crash_while_a_root_is_kept_leaves_accepted_data(
    city: City, cache: Path, deaths: Deaths
) -> None:
    client.refresh(city.repository, cache, city.root)
    root = city.root
    rotate(city)
    no_timestamp(city)

    def refused() -> None:
        with pytest.raises(MediabridgeError):
            client.refresh(city.repository, cache, root)

    seen = set()
    for _ in deaths(refused):
        assert accepted.current(cache) == city.trust
        seen.add(root_known(cache))
    assert seen == {1, 2}


FEWEST = LIMITS.trust_root_rotations


def test_as_many_rotations_as_are_followed_are_no_error(city: City, cache: Path) -> None:
    rotate(city, times=FEWEST)
    assert client.refresh(city.repository, cache, city.root) == city.trust
    assert client.refresh(city.repository, cache, city.root) == city.trust
    assert root_known(cache) == FEWEST + 1


def test_one_rotation_too_many_is_named_and_has_a_way_out(
    city: City, cache: Path, publish_next: Publish
) -> None:
    first = city.root
    client.refresh(city.repository, cache, first)
    rotate(city, times=FEWEST + 1)
    newest = publish_next()
    for _ in range(2):
        with pytest.raises(TrustRootTooOldError) as refusal:
            client.refresh(city.repository, cache, first)
        facts = refusal.value.facts
        assert (facts["first"], facts["newest"], facts["limit"]) == (1, FEWEST + 1, FEWEST)
        assert accepted.current(cache) == city.trust
    # The way out of ADR 0002: the newest root that was followed becomes the first one.
    followed = (cache / "current" / "client" / "root.json").read_bytes()
    assert json.loads(followed)["signed"]["version"] == FEWEST + 1
    assert client.refresh(city.repository, cache, followed) == newest
    assert root_known(cache) == FEWEST + 2


def test_rotation_too_far_is_named_before_its_new_keys(city: City, cache: Path) -> None:
    # What lies behind the last root that is followed may be signed by keys not seen yet.
    rotate(city, times=FEWEST)
    rotate(city, new_timestamp_key)
    os.truncate(city.repository / "metadata" / "timestamp.json", 100)
    with pytest.raises(TrustRootTooOldError):
        client.refresh(city.repository, cache, city.root)
