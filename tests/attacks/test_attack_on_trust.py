"""Trust data on the stick: older, tampered with, missing, of another city, too old for a bundle."""

import json
import shutil
from pathlib import Path

import pytest
from attacks.forge import Forge, changed
from attacks.refusals import assert_refused
from attacks.world import World, make_world

from mediabridge.bundle import layout
from mediabridge.errors import TrustInvalidError, TrustRollbackError


def _metadata(world: World) -> Path:
    return layout.trust_folder(world.medium) / "metadata"


def test_trust_rolled_back(world: World) -> None:
    """Claim C38."""
    old = world.root / "old-trust"
    shutil.copytree(world.city.repository, old)
    world.publish()
    world.import_()
    world.bundle.rename(world.root / "aside")
    world.send()
    shutil.rmtree(layout.trust_folder(world.medium))
    shutil.copytree(old, layout.trust_folder(world.medium))
    assert_refused(world, TrustRollbackError)


def test_trust_without_its_newest_version(world: World) -> None:
    """Claim C39. The stick hides the new version's files, but its timestamp has been seen."""
    world.publish()
    for name in ("2.targets.json", "2.snapshot.json"):
        (_metadata(world) / name).unlink()
    assert_refused(world, TrustInvalidError)


@pytest.mark.parametrize("name", ["timestamp.json", "1.snapshot.json", "1.targets.json"])
def test_trust_tampered_with(world: World, name: str) -> None:
    """Claim C39."""
    world.publish()
    path = _metadata(world) / name.replace("1.", "2.")
    document = json.loads(path.read_bytes())
    document["signed"]["expires"] = "2099-01-01T00:00:00Z"
    path.write_text(json.dumps(document))
    assert_refused(world, TrustInvalidError)


def test_trust_target_tampered_with(world: World) -> None:
    """Claim C39."""
    trust = world.publish()
    targets = layout.trust_folder(world.medium) / "targets"
    (path,) = [each for each in targets.iterdir() if each.read_bytes() == trust.dump()]
    path.write_bytes(path.read_bytes().replace(b'"approvals":1', b'"approvals":0'))
    assert_refused(world, TrustInvalidError)


def test_trust_with_one_signature_missing(world: World) -> None:
    """Claim C39. Two people publish trust data; one of them alone cannot."""
    world.publish()
    path = _metadata(world) / "2.targets.json"
    document = json.loads(path.read_bytes())
    document["signatures"] = document["signatures"][:1]
    path.write_text(json.dumps(document, indent=1))
    assert_refused(world, TrustInvalidError)


def test_trust_of_another_city(world: World, tmp_path: Path) -> None:
    """Claims C19 and C39."""
    other = make_world(tmp_path / "other")
    shutil.rmtree(layout.trust_folder(world.medium))
    shutil.copytree(other.city.repository, layout.trust_folder(world.medium))
    assert_refused(world, TrustInvalidError)


def test_trust_missing(world: World) -> None:
    """Claim C39."""
    shutil.rmtree(layout.trust_folder(world.medium))
    assert_refused(world, TrustInvalidError)


def test_trust_behind_a_link(world: World) -> None:
    """Claims C6 and C39."""
    path = _metadata(world) / "timestamp.json"
    path.rename(world.root / "elsewhere")
    path.symlink_to(world.root / "elsewhere")
    assert_refused(world, TrustInvalidError)


def test_bundle_of_newer_trust(world: World, forge: Forge) -> None:
    """Claim C39."""
    forge.seal(header=changed(trust_version=2))
    assert_refused(world, TrustInvalidError)
