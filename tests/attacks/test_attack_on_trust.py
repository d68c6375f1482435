"""Trust data on the stick: older, tampered with, missing, of another city, too old for a bundle."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from attacks.forge import Forge, changed
from attacks.refusals import assert_refused
from attacks.world import World, make_world, passphrase_for
from tuf.api.metadata import Metadata

from mediabridge.bundle import layout
from mediabridge.clock import SystemClock, to_rfc3339
from mediabridge.errors import SignerRevokedError, TrustInvalidError, TrustRollbackError
from mediabridge.translog.events import Event
from mediabridge.trust import keytext, recognised
from mediabridge.trust.trust_data import Revocation


def _metadata(world: World) -> Path:
    return layout.trust_folder(world.medium) / "metadata"


def _old_stick(world: World) -> None:
    """Put on the stick the trust data of before an update that the receiver has taken."""
    old = world.root / "old-trust"
    shutil.copytree(world.city.repository, old)
    world.publish()
    world.import_()
    world.bundle.rename(world.root / "aside")
    world.send()
    shutil.rmtree(layout.trust_folder(world.medium))
    shutil.copytree(old, layout.trust_folder(world.medium))


def test_trust_rolled_back(world: World) -> None:
    """Claim C38. The stick's is not taken; the bundle is judged by the receiver's own."""
    _old_stick(world)
    (taken,) = world.import_()
    assert (taken.seq, taken.older_trust) == (2, 1)
    (entry,) = [each for each in world.log() if each.event is Event.TRUST_OLDER]
    assert entry.facts["trust_version"] == 1
    with world.registry() as station:
        assert station.trust.version == 2


def test_trust_rolled_back_brings_no_revoked_key_back(world: World) -> None:
    """Claims C29 and C38."""
    old = world.root / "old-trust"
    shutil.copytree(world.city.repository, old)
    world.import_()
    bundle = world.bundle
    bundle.rename(world.root / "aside")
    world.send()
    officer = next(each for each in world.city.trust.people if each.name == "officer-1")
    revoked = Revocation(
        key=keytext.fingerprint(officer.key), at=to_rfc3339(SystemClock().now()), reason="KEY_LOST"
    )
    world.publish(revoked=(revoked,))
    with world.registry() as station:
        station.accept_trust(layout.trust_folder(world.medium))
    shutil.rmtree(layout.trust_folder(world.medium))
    shutil.copytree(old, layout.trust_folder(world.medium))
    assert_refused(world, SignerRevokedError, first=(Event.TRUST_OLDER,))


def test_trust_rolled_back_in_part(world: World) -> None:
    """Claim C38. A thief of the keys of snapshot and timestamp shows old targets as new."""
    _old_stick(world)
    publishers = world.city.publishers(passphrase_for)
    for name, signer in (
        ("1.snapshot", publishers.snapshot),
        ("timestamp", publishers.timestamp),
    ):
        path = _metadata(world) / f"{name}.json"
        metadata: Metadata[Any] = Metadata.from_file(str(path))
        metadata.signed.version = 9
        if name == "timestamp":
            metadata.signed.snapshot_meta.version = 9
        key_id = next(iter(metadata.signatures))
        metadata.signatures[key_id].signature = signer.sign(metadata.signed_bytes).hex()
        metadata.to_file(str(path.with_name(path.name.replace("1.", "9."))))
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


def test_trust_forged_at_the_station_together_with_the_list_of_its_digests(world: World) -> None:
    """Claim C39. Who looks may be shown it; nothing is decided by it."""
    cache = world.home("lgwan-01").trust_cache
    generation = cache / (cache / "current").readlink()
    (target,) = (generation / "repository/targets").iterdir()
    forged = target.read_bytes().replace(b'"version":1', b'"version":7')
    assert forged != target.read_bytes()
    for path in (target, generation / "client/trust.json"):
        path.write_bytes(forged)
    recognised.note(generation)
    with world.lgwan() as station:
        assert station.seen_trust.version == 7
        with pytest.raises(TrustInvalidError):
            station.seal(empty=True)
