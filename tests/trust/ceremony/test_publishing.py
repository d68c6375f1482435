"""The stock client is the reader: of a first version, of a changed root, and after a power cut."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from trust.ceremony.office import Ceremony, now
from tuf.api.metadata import Metadata

from mediabridge import canonical
from mediabridge.errors import CeremonyIncompleteError, DraftInvalidError, TrustInvalidError
from mediabridge.trust import client, requests, tuf_keys
from mediabridge.trust.ceremony import changes, entries, publishing
from mediabridge.trust.ceremony.folder import Folder
from mediabridge.trust.ceremony.reasons import Reason
from mediabridge.trust.trust_data import TrustData

pytestmark = pytest.mark.in_turns

Deaths = Callable[[Callable[[], object]], Iterator[int]]
PUBLISHERS = ("targets-1", "targets-2", "snapshot-1", "timestamp-1")


def station(ceremony: Ceremony, cache: Path) -> TrustData:
    """Take what is published, as a station that was set up with the first root."""
    folder = Folder(ceremony.path)
    with publishing.in_force(folder) as repository:
        return client.refresh(repository, cache, folder.first_root.read_bytes())


def revoke(ceremony: Ceremony, name: str) -> None:
    ceremony.change(
        changes.to_trust(lambda trust: entries.revoked(trust, name, Reason.KEY_LOST, now()))
    )


def rotate(ceremony: Ceremony, leaving: str, coming: str) -> None:
    request = requests.read(ceremony.office.holder(coming, "root"), name="r")
    ceremony.change(changes.exchange("root", leaving, (request,)))


def test_a_station_takes_each_version(ceremony: Ceremony, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    assert station(ceremony, cache).version == 1
    rotate(ceremony, "root-1", "root-4")
    ceremony.sign_all("root-2", "root-3", *PUBLISHERS)
    assert ceremony.publish().version == 2
    assert station(ceremony, cache).version == 2
    revoke(ceremony, "officer-1")
    ceremony.sign_all(*PUBLISHERS)
    ceremony.publish()
    assert len(station(ceremony, cache).revoked) == 1
    assert station(ceremony, tmp_path / "new").version == 3


def test_a_new_root_needs_old_and_new_holders(ceremony: Ceremony) -> None:
    """Claim C64. Two of the new ones are not enough where one of them is no old one."""
    rotate(ceremony, "root-1", "root-4")
    ceremony.sign_all("root-3", "root-4")
    with pytest.raises(CeremonyIncompleteError) as refused:
        ceremony.sign("targets-1")
    assert refused.value.facts["count"] == 2
    ceremony.sign_all("root-1", *PUBLISHERS)
    assert ceremony.publish().version == 2


def test_a_holder_who_left_signs_no_more(ceremony: Ceremony) -> None:
    rotate(ceremony, "root-1", "root-4")
    ceremony.sign_all("root-2", "root-3", *PUBLISHERS)
    ceremony.publish()
    rotate(ceremony, "root-2", "root-5")
    ceremony.sign_all("root-2", "root-4")
    with pytest.raises(CeremonyIncompleteError):
        ceremony.sign("targets-1")


def test_new_publishers_count_from_the_new_root_on(ceremony: Ceremony) -> None:
    request = requests.read(ceremony.office.holder("targets-3", "targets"), name="r")
    ceremony.change(changes.exchange("targets", "targets-1", (request,)))
    ceremony.sign_all("root-1", "root-2")
    with pytest.raises(Exception, match="nothing to sign"):
        ceremony.sign("targets-1")
    ceremony.sign_all("targets-2", "targets-3", "snapshot-1", "timestamp-1")
    assert ceremony.publish().version == 2


def test_a_root_that_says_the_same_can_be_renewed(ceremony: Ceremony) -> None:
    ceremony.change(lambda plan: plan, renew=True)
    ceremony.sign_all("root-1", "root-3", *PUBLISHERS)
    ceremony.publish()
    published = ceremony.opened.published
    assert published is not None
    assert published.root.version == 2


def test_nothing_is_published_before_it_is_complete(ceremony: Ceremony) -> None:
    revoke(ceremony, "officer-1")
    for name in PUBLISHERS:
        with pytest.raises(CeremonyIncompleteError):
            ceremony.publish()
        ceremony.sign(name)
    ceremony.publish()
    with pytest.raises(DraftInvalidError, match="there is none"):
        ceremony.publish()


def test_published_history_that_was_changed_is_refused(ceremony: Ceremony) -> None:
    (target,) = (ceremony.path / "published/000001/targets").iterdir()
    target.write_bytes(target.read_bytes().replace(b"officer-1", b"officer-9"))
    with pytest.raises(TrustInvalidError):
        revoke(ceremony, "officer-1")


def test_a_crash_leaves_the_old_version_or_the_new(
    ceremony: Ceremony, tmp_path: Path, deaths: Deaths
) -> None:
    revoke(ceremony, "officer-1")
    ceremony.sign_all(*PUBLISHERS)
    finished = Ceremony(ceremony.office, tmp_path / "finished")
    shutil.copytree(ceremony.path, finished.path)
    finished.publish()
    accepted = Folder(finished.path).version(2)
    untouched = tmp_path / "untouched"
    shutil.copytree(ceremony.path, untouched)
    seen = set()
    for step in deaths(lambda: publishing.write(Folder(ceremony.path), accepted, 2)):
        seen.add(station(ceremony, tmp_path / f"cache-{step}").version)
        if ceremony.opened.draft is not None:
            ceremony.publish()
        assert station(ceremony, tmp_path / f"then-{step}").version == 2
        shutil.rmtree(ceremony.path)
        shutil.copytree(untouched, ceremony.path)
    assert seen == {1, 2}


@pytest.mark.parametrize("sort", [0, 1], ids=["classical", "lattice"])
def test_the_stock_client_takes_no_root_of_one_sort(
    ceremony: Ceremony, tmp_path: Path, sort: int
) -> None:
    """Claim C65. Every key of one sort, in the hands of somebody who has broken it."""
    rotate(ceremony, "root-1", "root-4")
    ceremony.sign_all("root-2", "root-3", *PUBLISHERS)
    root = ceremony.opened.wanted.root
    assert root is not None
    forged = Metadata(root.signed)
    for name in ("root-1", "root-2", "root-3", "root-4"):
        forged.sign(tuf_keys.signer(ceremony.office.tuf(name)[sort]), append=True)
    ceremony.publish()
    stick = Folder(ceremony.path).version(2)
    (stick / "metadata" / "2.root.json").write_bytes(forged.to_bytes())
    first = (ceremony.path / "root.json").read_bytes()
    with pytest.raises(TrustInvalidError):
        client.refresh(stick, tmp_path / "cache", first)


def test_a_version_lies_under_its_own_number(ceremony: Ceremony) -> None:
    """Otherwise an old version, put under a high number, would go onto every stick."""
    revoke(ceremony, "officer-1")
    ceremony.sign_all(*PUBLISHERS)
    ceremony.publish()
    folder = Folder(ceremony.path)
    shutil.copytree(folder.version(1), folder.version(9))
    with pytest.raises(TrustInvalidError), publishing.in_force(folder):
        pass


def _link(place: Path) -> None:
    place.symlink_to("/dev/zero")


def _large(place: Path) -> None:
    with place.open("wb") as file:
        file.truncate(2**40)


def test_what_does_not_belong_to_a_version_is_not_read(ceremony: Ceremony) -> None:
    """A pipe stands for all of it: a device that is read without being asked for has no end."""
    os.mkfifo(Folder(ceremony.path).version(1) / "metadata" / "7.root.json.old")
    revoke(ceremony, "officer-1")
    ceremony.sign_all(*PUBLISHERS)
    assert ceremony.publish().version == 2
    (Folder(ceremony.path).version(2) / "more").symlink_to("/dev/zero")
    with publishing.in_force(Folder(ceremony.path)) as repository:
        assert {each.name for each in repository.iterdir()} == {"metadata", "targets"}


@pytest.mark.parametrize("put", [os.mkfifo, _link, _large])
def test_a_first_root_that_is_no_plain_file_is_refused(
    ceremony: Ceremony, put: Callable[[Path], None]
) -> None:
    root = Folder(ceremony.path).version(1) / "metadata" / "1.root.json"
    root.unlink()
    put(root)
    with pytest.raises(TrustInvalidError):
        ceremony.opened  # noqa: B018 - it is read here


def test_nothing_is_written_that_the_stock_client_refuses(ceremony: Ceremony) -> None:
    """Claim C64. Every signature is there and good; the client alone finds it out of date."""
    revoke(ceremony, "officer-1")
    file = ceremony.path / "draft.json"
    document = json.loads(file.read_bytes())
    document["snapshot"]["signed"]["expires"] = "2020-01-01T00:00:00Z"
    file.write_bytes(canonical.dump(document))
    ceremony.sign_all(*PUBLISHERS)
    before = {path: path.read_bytes() for path in ceremony.path.rglob("*") if path.is_file()}
    with pytest.raises(TrustInvalidError):
        ceremony.publish()
    after = {path: path.read_bytes() for path in ceremony.path.rglob("*") if path.is_file()}
    assert after == before
