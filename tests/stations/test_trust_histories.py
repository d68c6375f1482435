"""Whatever trust data a city has had, and in whatever order its sticks come (claim C61).

A random history of a city: keys of officers and of the sending station are revoked, given
back and replaced, and the keys of the TUF root rotate. Each bundle was sealed and approved
under one of its versions, and is on a stick with the trust data of that day, or with an older
one where an update was lost on the way. The sticks come to the receiver in any order, some of
them more than once, some never.
"""

from __future__ import annotations

import shutil
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from attacks.world import World, copy_of, passphrase_for, scratch
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from publishing import publish
from securesystemslib.signer import CryptoSigner, SSlibKey
from tuf.api.metadata import Metadata, Root, Timestamp

from mediabridge.bundle import layout, sshsig
from mediabridge.clock import SystemClock, to_rfc3339
from mediabridge.errors import (
    MediabridgeError,
    SignerRevokedError,
    SignerUnknownError,
    TrustInvalidError,
    TrustOlderError,
)
from mediabridge.media import staging
from mediabridge.stations.registry import RegistryStation
from mediabridge.trust import keyfile, keytext, repository, signers
from mediabridge.trust.trust_data import Revocation, TrustData
from mediabridge.verify import Examination, Expectation, Verdict
from mediabridge.verify.verdict import Step

pytestmark = pytest.mark.in_turns

PEOPLE = ("officer-1", "officer-2", "lgwan-01")
CHANGES = st.sampled_from(
    [*(("revoke", each) for each in PEOPLE), *(("replace", each) for each in PEOPLE),
     ("restore", ""), ("rotate", ""), ("nothing", "")]
)  # fmt: skip
BEHIND = st.sampled_from([0, 0, 1, 2])
"""How many updates the sender had not got yet, when it wrote a stick."""


@dataclass
class City:
    """A city whose trust data changes, and the sticks it has written."""

    world: World
    trust: TrustData
    sticks: list[tuple[Path, int]] = field(default_factory=list)
    """Each with the version of the trust data on it."""
    keys: dict[str, signers.FileSigner] = field(default_factory=dict)
    timestamp: signers.Signer | None = None

    def change(self, what: str, who: str) -> None:
        """Publish the next version, with one change."""
        changes: dict[str, Any] = {"version": self.trust.version + 1}
        if what == "revoke":
            key = keytext.fingerprint(self._public(who))
            if not self.trust.is_revoked(key):
                at = to_rfc3339(SystemClock().now())
                changes["revoked"] = (
                    *self.trust.revoked, Revocation(key=key, at=at, reason="LOST")
                )  # fmt: skip
        elif what == "replace":
            stored = signers.new_ssh_key(who)
            self.keys[who] = signers.signer(stored)
            group = "stations" if who == "lgwan-01" else "people"
            changes[group] = tuple(
                each.model_copy(update={"key": stored.public}) if each.label == who else each
                for each in getattr(self.trust, group)
            )
        elif what == "restore":
            changes["revoked"] = ()
        elif what == "rotate":
            self._rotate()
        self.trust = self.trust.model_copy(update=changes)
        publishers = self.world.city.publishers(passphrase_for)
        if self.timestamp is not None:
            publishers = repository.Publishers(
                publishers.targets, publishers.snapshot, self.timestamp
            )
        publish(self.world.city.repository, self.trust, publishers=publishers, clock=SystemClock())
        self.keep()

    def keep(self) -> None:
        """Remember the repository as it is now."""
        shutil.copytree(self.world.city.repository, self._kept(self.trust.version))

    def _kept(self, version: int) -> Path:
        return self.world.root / f"repository-{version}"

    def write(self, bundle: Path, officer: str, *, behind: int = 0) -> None:
        """Write a stick: a bundle signed today, and trust data so many versions behind."""
        stick = self.world.root / f"stick-{len(self.sticks)}"
        carried = max(1, self.trust.version - behind)
        shutil.copytree(self._kept(carried), layout.trust_folder(stick))
        target = layout.bundles_folder(stick) / bundle.name
        shutil.copytree(bundle, target)
        sums = (target / layout.SUMS).read_bytes()
        for name in target.glob("SHA256SUMS.*.sig"):
            name.unlink()
        station = self._sign(sums, "lgwan-01", self.trust.bundle_namespace)
        (target / layout.STATION_SIGNATURE).write_bytes(station)
        approval = self._sign(sums, officer, self.trust.approve_namespace)
        (target / layout.approval_name(officer)).write_bytes(approval)
        self.sticks.append((stick, carried))

    def _sign(self, sums: bytes, who: str, namespace: str) -> bytes:
        signer = self.keys.get(who) or self.world.key(who)
        return sshsig.sign(sums, namespace=namespace, signer=signer)

    def _public(self, who: str) -> str:
        holder = self.trust.station(who) or next(
            each for each in self.trust.people if each.name == who
        )
        return holder.key

    def _rotate(self) -> None:
        """Publish a new root with another key for timestamp; the old one counts no more."""
        metadata = self.world.city.repository / "metadata"
        newest = max(int(each.name.partition(".")[0]) for each in metadata.glob("*.root.json"))
        root: Metadata[Root] = Metadata.from_file(str(metadata / f"{newest}.root.json"))
        stored = signers.new_tuf_key("timestamp")
        self.timestamp = signers.signer(stored)
        (old,) = root.signed.roles[Timestamp.type].keyids
        root.signed.revoke_key(old, Timestamp.type)
        private = Ed25519PrivateKey.from_private_bytes(stored.secret)
        root.signed.add_key(SSlibKey.from_crypto(private.public_key()), Timestamp.type)
        root.signed.version += 1
        root.signatures.clear()
        for key_id in ("tuf-root-1", "tuf-root-2"):
            secret = keyfile.load(self.world.city.key_path(key_id), b"training").secret
            signer = CryptoSigner(Ed25519PrivateKey.from_private_bytes(secret))
            root.sign(signer, append=True)
        root.to_file(str(metadata / f"{root.signed.version}.root.json"))


def taken(station: RegistryStation, stick: Path) -> type[MediabridgeError] | None:
    """Do what an import does with the trust data and the signatures; return the refusal."""
    (bundle,) = layout.bundles_folder(stick).iterdir()
    expectation = Expectation(now=station.clock.now(), mode="training", station=station.id)
    with scratch() as work:
        sealed = staging.stage(stick, bundle.name, Path(work))
        try:
            with suppress(TrustOlderError):
                station.accept_trust(layout.trust_folder(stick))
            verdict = Verdict()
            with verdict.check(Step.TREE, "names-kinds-sizes"):
                pass
            Examination(sealed, station.trust, expectation, verdict).verify()
        except MediabridgeError as error:
            return type(error)
    return None


def forbidden(stick: Path, trust: TrustData) -> bool:
    """Say, without the code under test, whether *trust* forbids a signature on the stick."""
    (bundle,) = layout.bundles_folder(stick).iterdir()
    revoked = {each.key for each in trust.revoked}
    listed = {keytext.fingerprint(each.key) for each in (*trust.stations, *trust.people)}
    signed = [sshsig.parse(path.read_bytes(), name="") for path in bundle.glob("*.sig")]
    prints = {sshsig.fingerprint(each.public_key) for each in signed}
    return bool(prints & revoked) or not prints <= listed


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.data_too_large],
)
@given(data=st.data())
def test_no_history_brings_a_revoked_key_back_or_loses_a_good_bundle(
    sent: World, data: st.DataObject
) -> None:
    """Claim C61."""
    with scratch() as root:
        world = copy_of(sent, Path(root) / "world")
        (bundle,) = world.bundles.iterdir()
        city, versions = City(world, world.city.trust), {1: world.city.trust}
        city.keep()
        city.write(bundle, "officer-1")
        for what, who in data.draw(st.lists(CHANGES, min_size=1, max_size=6)):
            city.change(what, who)
            versions[city.trust.version] = city.trust
            officer, behind = data.draw(st.sampled_from(PEOPLE[:2])), data.draw(BEHIND)
            city.write(bundle, officer, behind=behind)
        city.write(bundle, "officer-1")
        trips = data.draw(st.lists(st.integers(0, len(city.sticks) - 1), max_size=8))
        seen = 1
        with world.registry() as station:
            # At the end the newest trust data arrives, and then every stick once more.
            for number in [*trips, len(city.sticks) - 1, *range(len(city.sticks))]:
                stick, carried = city.sticks[number]
                seen = max(seen, carried)
                refusal = taken(station, stick)
                assert station.trust == versions[seen]
                if forbidden(stick, versions[seen]):
                    assert refusal in {SignerRevokedError, SignerUnknownError}
                else:
                    assert refusal is None


def test_a_stick_that_lost_a_file_of_its_trust_data_is_still_refused(sent: World) -> None:
    """Claim C39. Only what is genuine as a whole is passed over as older."""
    with scratch() as root:
        world = copy_of(sent, Path(root) / "world")
        (bundle,) = world.bundles.iterdir()
        city = City(world, world.city.trust)
        city.keep()
        city.write(bundle, "officer-1")
        city.change("nothing", "")
        city.write(bundle, "officer-1")
        with world.registry() as station:
            (old, _), (new, _) = city.sticks
            assert taken(station, new) is None
            assert taken(station, old) is None
            (layout.trust_folder(old) / "metadata" / "1.targets.json").unlink()
            assert taken(station, old) is TrustInvalidError
