from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from publishing import publish
from tuf.api.metadata import Metadata, Root, Targets

from mediabridge.clock import SystemClock
from mediabridge.errors import TrustInvalidError, UsageError
from mediabridge.trust import client, repository, signers
from mediabridge.trust.city import City
from mediabridge.trust.repository import Publishers, RootHolders
from mediabridge.trust.trust_data import TrustData

Publish = Callable[..., TrustData]
Deaths = Callable[[Callable[[], object]], Iterator[int]]


def names(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_layout_is_standard_tuf(city: City) -> None:
    metadata = {"1.root.json", "1.targets.json", "1.snapshot.json", "timestamp.json"}
    found = names(city.repository)
    assert {name for name in found if name.startswith("metadata/")} == {
        f"metadata/{name}" for name in metadata
    }
    (target,) = found - {f"metadata/{name}" for name in metadata}
    assert target.startswith("targets/")
    assert target.endswith(".trust.json")


def test_root_asks_for_two_of_three(city: City) -> None:
    root: Metadata[Root] = Metadata.from_bytes(city.root)
    asked = {name: (role.threshold, len(role.keyids)) for name, role in root.signed.roles.items()}
    assert asked == {"root": (2, 3), "targets": (2, 2), "snapshot": (1, 1), "timestamp": (1, 1)}
    assert root.signed.consistent_snapshot


def test_publish_keeps_older_files(city: City, publish_next: Publish) -> None:
    before = names(city.repository)
    publish_next()
    added = names(city.repository) - before
    assert before < names(city.repository)
    assert {"metadata/2.targets.json", "metadata/2.snapshot.json"} < added


def test_publish_needs_both_targets_keys(city: City, publishers: Publishers) -> None:
    before = names(city.repository)
    alone = Publishers(publishers.targets[:1], publishers.snapshot, publishers.timestamp)
    trust = city.trust.model_copy(update={"version": 2})
    with pytest.raises(UsageError, match="targets has 1 of the 2 signatures"):
        publish(city.repository, trust, publishers=alone, clock=SystemClock())
    assert names(city.repository) == before


def test_publish_refuses_contradictions(city: City, publish_next: Publish) -> None:
    before = names(city.repository)
    with pytest.raises(TrustInvalidError, match="names the unknown station lgwan-02"):
        publish_next(stations=city.trust.stations[:2])
    assert names(city.repository) == before


def test_create_needs_enough_root_keys(city: City, tmp_path: Path, publishers: Publishers) -> None:
    root = RootHolders([signers.signer(signers.new_tuf_key("root-1"))], threshold=2)
    with pytest.raises(UsageError, match="root has 1 of the 2 signatures"):
        repository.create(
            tmp_path / "new", city.trust, root=root, publishers=publishers, clock=SystemClock()
        )


def test_create_replaces_no_repository(city: City, publishers: Publishers) -> None:
    root = RootHolders([signers.signer(signers.new_tuf_key("root-1"))], threshold=1)
    with pytest.raises(UsageError, match="already"):
        repository.create(
            city.repository, city.trust, root=root, publishers=publishers, clock=SystemClock()
        )


def test_targets_version_is_trust_version(city: City, publish_next: Publish) -> None:
    publish_next()
    path = city.repository / "metadata" / "2.targets.json"
    targets: Metadata[Targets] = Metadata.from_file(str(path))
    assert targets.signed.version == 2
    assert list(targets.signed.targets) == ["trust.json"]


def test_crash_leaves_a_usable_repository(
    city: City, tmp_path: Path, publish_next: Publish, deaths: Deaths
) -> None:
    # A publication that died is repeated, so the last step succeeds only once.
    seen = set()
    for step in deaths(publish_next):
        trust = client.refresh(city.repository, tmp_path / f"cache-{step}", city.root)
        seen.add(trust.version)
        if trust.version == 2:
            break
    assert seen == {1, 2}
