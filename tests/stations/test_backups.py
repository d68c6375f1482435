"""A station is saved whole while it is in use, and comes back whole or not at all."""

import hashlib
import shutil
import sqlite3
import struct
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from attacks.records import isa_csv
from attacks.world import (
    FIRST_NOTICES,
    World,
    copy_of,
    make_world,
    passphrase_for,
    scratch,
    tree_of,
)
from cryptography.cobblestone import Cobblestone256Encryptor
from trust.test_trust_client_roots import new_timestamp_key, root_known, rotate

from mediabridge import canonical, errors
from mediabridge.bench.remaining import Watched
from mediabridge.bundle import layout, sshsig
from mediabridge.bundle.backup import Member, parse_backup_header
from mediabridge.bundle.header import header_digest
from mediabridge.bundle.parts import encrypt_part, part_context
from mediabridge.bundle.sums import write_sums
from mediabridge.bundle.wraps import wrap
from mediabridge.clock import SystemClock
from mediabridge.durable import folder_appearing
from mediabridge.progress import NullProgress
from mediabridge.stations.backups import saving
from mediabridge.stations.backups.gathering import saved_folders
from mediabridge.stations.backups.restoring import Restored, restore
from mediabridge.stations.backups.saving import Saved, back_up
from mediabridge.stations.home import Home
from mediabridge.trust import signers
from mediabridge.trust.fields import ESCROW

pytestmark = pytest.mark.in_turns


@pytest.fixture(scope="module")
def busy() -> Any:
    """Give a world in which each station has something of everything; not to be changed."""
    with scratch() as root:
        world = make_world(Path(root, "world"))
        world.send(isa_csv(*FIRST_NOTICES))
        world.import_()
        path = world.root / "more.csv"
        path.write_bytes(isa_csv((4, 1)))
        with world.lgwan() as station:
            station.collect(path)
        yield world


@pytest.fixture
def world(busy: World, tmp_path: Path) -> World:
    return copy_of(busy, tmp_path / "world")


def save(world: World, station: str = "lgwan-01", name: str = "backup") -> Saved:
    with world.open(station) as opened:
        return back_up(opened, world.root / name, operator="clerk-1")


def bring_back(world: World, name: str = "backup", home: str = "again", **given: Any) -> Restored:
    key = given.pop("key", "escrow-recipient")
    return restore(
        world.root / home,
        world.root / name,
        given.pop("bootstrap", world.city.root),
        lambda _city: signers.open_recipient_key(world.city.key_path(key), passphrase_for(key)),
        clock=given.pop("clock", SystemClock()),
        progress=given.pop("progress", NullProgress()),
    )


def content(path: Path) -> list[str]:
    connection = sqlite3.connect(path)
    try:
        return list(connection.iterdump())
    finally:
        connection.close()


@pytest.mark.parametrize("station", ["lgwan-01", "registry-01"])
def test_everything_comes_back(world: World, station: str) -> None:
    """Claim C68."""
    home = world.home(station)
    with world.open(station) as opened:
        size, root = opened.log.size(), opened.log.root().hex()
    saved = save(world, station)
    assert (saved.log_size, saved.log_root, saved.left_out) == (size, root, 0)
    restored = bring_back(world)
    assert (restored.station, restored.log_size, restored.log_root) == (station, size, root)
    again = World(world.root).home("again")
    for name in ("keys", "inbox", "outbox", "delivered", "receipts"):
        assert tree_of(again.root / name) == tree_of(home.root / name), name
    for name in ("station.json", "trust/root.json"):
        assert (again.root / name).read_bytes() == (home.root / name).read_bytes()
    if station == "registry-01":
        assert content(again.registry) == content(home.registry)
    private = [path for path in again.root.rglob("*") if again.trust_cache not in path.parents]
    assert {path.stat().st_mode & 0o077 for path in private if path.is_file()} == {0}
    shutil.rmtree(home.root)
    again.root.rename(home.root)
    entries = world.log(station)
    assert [entry.event.value for entry in entries[size:]] == ["station-restored"]
    assert entries[size].facts["log_root"] == root


def test_page_of_the_format_names_every_folder_that_is_saved() -> None:
    page = Path(__file__).parents[2] / "docs/format/backup.md"
    (names,) = (
        line for line in page.read_text("utf-8").split("\n\n") if "MUST be `station" in line
    )
    assert [
        each.name for each in saved_folders(Home(Path())) if f"`{each.name}/`" not in names
    ] == []


def test_entry_comes_before_the_backup_and_says_no_name(world: World) -> None:
    saved = save(world)
    entry = world.log("lgwan-01")[-1]
    sums = (world.root / "backup" / layout.SUMS).read_bytes()
    assert (entry.event.value, entry.actor) == ("station-backed-up", "clerk-1")
    assert dict(entry.facts) == {
        "backup": saved.backup,
        "bytes": saved.bytes,
        "files": saved.files,
        "log_root": saved.log_root,
        "log_size": saved.log_size,
        "sums": hashlib.sha256(sums).hexdigest(),
    }


def test_clear_parts_hold_no_person_and_no_notice(world: World) -> None:
    """Claim C68."""
    save(world)
    folder = world.root / "backup"
    clear = b"".join(
        path.read_bytes() for path in folder.iterdir() if layout.part_index(path.name) is None
    )
    plain = (world.home("lgwan-01").inbox.glob("*.csv").__next__()).read_bytes()
    everything = b"".join(path.read_bytes() for path in folder.iterdir())
    for secret in (b"clerk-1", b"officer-1", b"isa_notice"):
        assert secret not in clear
    assert plain.splitlines()[1] not in everything
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        [*layout.listed_files(2), layout.SUMS, layout.STATION_SIGNATURE]
    )


def test_backup_is_one_moment_while_others_wait(world: World, monkeypatch: Any) -> None:
    """No other command gets in between the first and the last file (the station's lock)."""
    monkeypatch.setattr("mediabridge.locking.STATION_WAIT_SECONDS", 0)
    tried = []

    def meanwhile(station: Any) -> Any:
        with pytest.raises(errors.StationBusyError), world.lgwan():
            pass
        tried.append(True)
        return gathered(station)

    gathered = saving.gathered
    monkeypatch.setattr(saving, "gathered", meanwhile)
    save(world)
    assert tried == [True]


def test_database_held_open_by_another_program_is_copied_whole(world: World) -> None:
    """A viewer in the middle of a read changes nothing; one that writes is waited out or named."""
    viewer = sqlite3.connect(world.home("lgwan-01").books, isolation_level=None)
    viewer.execute("BEGIN")
    viewer.execute("SELECT * FROM bundles").fetchone()
    save(world)
    viewer.execute("ROLLBACK")
    viewer.close()
    bring_back(world)
    assert content(world.root / "again/station.db") != []


@pytest.mark.parametrize("what", ["file", "full folder", "link"])
def test_nothing_is_overwritten(world: World, what: str) -> None:
    target = world.root / "backup"
    if what == "file":
        target.write_bytes(b"mine")
    elif what == "link":
        (world.root / "other").mkdir()
        target.symlink_to(world.root / "other")
    else:
        target.mkdir()
        (target / "mine").write_bytes(b"mine")
    before = tree_of(world.root / "backup"), len(world.log("lgwan-01"))
    with pytest.raises(OSError, match="not empty" if what == "full folder" else "Not a directory"):
        save(world)
    assert (tree_of(target), len(world.log("lgwan-01"))) == before
    assert list(world.root.glob(".backup*")) == []


def test_empty_folder_is_taken(world: World) -> None:
    (world.root / "backup").mkdir()
    save(world)
    assert (world.root / "backup" / layout.SUMS).is_file()


def test_full_disk_leaves_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    class Full:
        free = 100

    monkeypatch.setattr(saving.shutil, "disk_usage", lambda _path: Full)
    with pytest.raises(OSError, match="No space left"):
        save(world)
    assert not (world.root / "backup").exists()
    assert list(world.root.glob(".backup*")) == []
    assert list(world.home("lgwan-01").work.iterdir()) == []
    assert world.log("lgwan-01")[-1].event.value != "station-backed-up"


def test_disk_that_forgets_is_found_out(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is read back is compared before anybody is told that there is a backup."""
    encrypt = saving.encrypt_part

    def forgetful(source: Any, length: int, target: Path, **keys: Any) -> str:
        digest = encrypt(source, length, target, **keys)
        data = bytearray(target.read_bytes())
        data[-1] ^= 1
        target.write_bytes(data)
        return digest

    monkeypatch.setattr(saving, "encrypt_part", forgetful)
    with pytest.raises(errors.BackupNotMadeError, match="reads back differently"):
        save(world)
    assert not (world.root / "backup").exists()


def test_what_does_not_decrypt_to_what_was_saved_is_no_backup(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Other(saving.Stream):
        def readinto(self, buffer: memoryview) -> int:
            count = super().readinto(buffer)
            buffer[0] ^= 1 if count else 0
            return count

    monkeypatch.setattr(saving, "Stream", Other)
    with pytest.raises(errors.BackupNotMadeError, match="decrypt"):
        save(world)


def test_file_that_changes_while_it_is_saved(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    gathered = saving.gathered

    def shorter(station: Any) -> Any:
        found = list(gathered(station))
        one = found[-1]
        return [*found[:-1], Member(one.name, one.path, one.size + 1)]

    monkeypatch.setattr(saving, "gathered", shorter)
    with pytest.raises(errors.BackupNotMadeError, match="changed meanwhile"):
        save(world)


def test_without_escrow_key_there_is_no_backup(world: World) -> None:
    recipients = tuple(each for each in world.city.trust.recipients if each.station != ESCROW)
    world.publish(recipients=recipients)
    with world.lgwan() as station:
        station.accept_trust(layout.trust_folder(world.medium))
    with pytest.raises(errors.BackupNotMadeError, match="escrow"):
        save(world)


def test_links_and_strange_names_stay_out_and_are_counted(world: World) -> None:
    inbox = world.home("lgwan-01").inbox
    (inbox / "名簿.csv").write_bytes(b"not ours")
    (inbox / "passwd").symlink_to("/etc/passwd")
    assert save(world).left_out == 1
    bring_back(world)
    assert not (world.root / "again/inbox/passwd").exists()
    assert not (world.root / "again/inbox/名簿.csv").exists()


# --- restoring ------------------------------------------------------------------------


def refused(world: World, error: type[errors.MediabridgeError], **given: Any) -> None:
    with pytest.raises(error):
        bring_back(world, **given)
    assert not (world.root / "again").exists()
    assert list(world.root.glob(".again*")) == []


def test_station_that_is_there_is_never_replaced(world: World) -> None:
    """Claim C69."""
    save(world)
    before = tree_of(world.home("lgwan-01").root)
    with pytest.raises(OSError, match="not empty"):
        bring_back(world, home="lgwan-01")
    assert tree_of(world.home("lgwan-01").root) == before


@pytest.mark.parametrize("name", [*layout.listed_files(2), layout.SUMS, layout.STATION_SIGNATURE])
def test_any_changed_byte_is_refused(world: World, name: str) -> None:
    """Claim C69."""
    save(world)
    path = world.root / "backup" / name
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    refused(world, errors.MediabridgeError)


@pytest.mark.parametrize("name", [*layout.listed_files(2), layout.SUMS, layout.STATION_SIGNATURE])
def test_any_missing_file_is_refused(world: World, name: str) -> None:
    save(world)
    (world.root / "backup" / name).unlink()
    refused(world, errors.BundleError)


def test_other_city_is_refused(world: World, busy: World) -> None:
    """Claim C69: the root that was given by hand decides, not the one inside."""
    save(world)
    with scratch() as root:
        other = make_world(Path(root, "other"))
        refused(world, errors.TrustInvalidError, bootstrap=other.city.root)
    assert busy.root.exists()


def test_key_that_is_not_the_escrows_opens_nothing(world: World) -> None:
    """Claim C68."""
    save(world)
    refused(world, errors.NotARecipientError, key="lgwan-01-recipient")


def test_signature_of_a_bundle_or_of_another_station_is_none(world: World) -> None:
    """Claim C69."""
    save(world)
    folder = world.root / "backup"
    sums = (folder / layout.SUMS).read_bytes()
    trust = world.city.trust
    for namespace, signer, error in (
        (trust.bundle_namespace, "lgwan-01", errors.SignatureNamespaceError),
        (trust.backup_namespace, "registry-01", errors.BackupInvalidError),
        (trust.backup_namespace, "officer-1", errors.SignerRoleError),
    ):
        signature = sshsig.sign(sums, namespace=namespace, signer=world.key(signer))
        (folder / layout.STATION_SIGNATURE).write_bytes(signature)
        refused(world, error)


# A hostile archive: whoever has the escrow's public key, which is public, can encrypt anything;
# one that holds the station's key, too, can sign it.

Rewrite = Callable[[list[tuple[bytes, bytes]]], list[tuple[bytes, bytes]]]


def forge(world: World, rewrite: Rewrite) -> None:
    """Make ``backup`` anew from the station's own files, with heads and bodies as *rewrite* has."""
    with world.lgwan() as station:
        station.home.empty_work()
        members = saving.in_order(list(saving.gathered(station)))
        size, root = station.log.size(), station.log.root().hex()
        files = [(member.head()[2:], member.path.read_bytes()) for member in members]
    save(world)
    folder = world.root / "backup"
    header = parse_backup_header((folder / layout.HEADER).read_bytes())
    pieces = rewrite(files)
    plain = b"".join(struct.pack(">H", len(head)) + head + body for head, body in pieces)
    contents = canonical.dump(
        {
            "backup": header.backup,
            "files": len(pieces),
            "format": 1,
            "log_root": root,
            "log_size": size,
            "size": len(plain),
        }
    )
    head = header.to_bytes()
    digest, key = header_digest(head), Cobblestone256Encryptor.generate_key()
    recipients = [each.public_key for each in world.city.trust.recipients if each.station == ESCROW]
    keys = wrap(key, recipients, digest=digest)
    (folder / layout.KEYS).write_bytes(keys)
    digests = {layout.HEADER: hashlib.sha256(head).hexdigest()}
    digests[layout.KEYS] = hashlib.sha256(keys).hexdigest()
    for index, part in enumerate((contents, plain)):
        path = folder / layout.part_name(index)
        path.unlink()
        context = part_context(digest, index, 2)
        digests[path.name] = encrypt_part(BytesIO(part), len(part), path, key=key, context=context)
    sums = write_sums(digests)
    (folder / layout.SUMS).write_bytes(sums)
    signature = sshsig.sign(
        sums, namespace=world.city.trust.backup_namespace, signer=world.key("lgwan-01")
    )
    (folder / layout.STATION_SIGNATURE).write_bytes(signature)


def named(name: str, size: int) -> bytes:
    return canonical.dump({"name": name, "size": size})


def test_forge_alone_changes_nothing(world: World) -> None:
    """What is refused below is refused for what was rewritten, and for nothing else."""
    forge(world, lambda files: files)
    assert bring_back(world).station == "lgwan-01"


def test_log_that_is_not_the_one_listed_is_refused(world: World) -> None:
    with world.lgwan():
        earlier = world.home("lgwan-01").log.read_bytes()
    save(world, name="another")

    def older(files: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        return [
            (named("log.db", len(earlier)), earlier) if b'"log.db"' in head else (head, body)
            for head, body in files
        ]

    forge(world, older)
    refused(world, errors.BackupInvalidError)


@pytest.mark.parametrize(
    "name",
    [
        "../evil", "/etc/evil", "keys/../../evil", "inbox/.hidden", "evil", "work/evil",
        "refused/evil", "inbox//evil", "inbox/a\\b", "inbox/x\n", "passphrase.training",
        "keysx/evil", "inbox", "inbox/" + "x" * 200,
    ],
)  # fmt: skip
def test_name_of_no_station_is_refused(world: World, name: str) -> None:
    """Claim C69."""
    forge(world, lambda files: sorted([*files, (named(name, 4), b"evil")], key=_order))
    outside = tree_of(world.root.parent)
    refused(world, errors.BackupInvalidError)
    assert tree_of(world.root.parent) == outside


def _order(piece: tuple[bytes, bytes]) -> tuple[bool, list[str]]:
    name = canonical.load(piece[0])["name"]
    return not name.startswith("trust/"), name.split("/")


REWRITES: dict[str, Rewrite] = {
    "a file twice": lambda files: [*files, files[-1]],
    "out of order": lambda files: [*files[:-2], files[-1], files[-2]],
    "trust data last": lambda files: sorted(files, key=lambda each: not _order(each)[0]),
    "trust data alone": lambda files: [each for each in files if not _order(each)[0]],
    "a body too short": lambda files: [*files[:-1], (files[-1][0], files[-1][1][:-1])],
    "a body too long": lambda files: [*files[:-1], (files[-1][0], files[-1][1] + b"x")],
    "a size beyond everything": lambda files: [*files[:-1], (named("tables/x", 2**52), b"")],
    "a negative size": lambda files: [
        *files,
        (b'{"name":"tables/x","size":-1}', b""),
    ],
    "another spelling": lambda files: [*files, (b'{"size":0, "name":"tables/x"}', b"")],
    "another member": lambda files: [
        *files,
        (b'{"link":"/etc/passwd","name":"tables/x","size":0}', b""),
    ],
    "a file that is a folder": lambda files: [
        *files,
        (named("tables/x", 0), b""),
        (named("tables/x/y", 0), b""),
    ],
}


@pytest.mark.parametrize("rewrite", REWRITES.values(), ids=REWRITES)
def test_hostile_stream_is_refused(world: World, rewrite: Rewrite) -> None:
    """Claim C69."""
    forge(world, rewrite)
    refused(world, errors.MediabridgeError)


def test_damaged_database_is_not_restored(world: World) -> None:
    def damaged(files: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        return [
            (head, body[:4096] + b"\xff" * 8192 + body[12288:])
            if b'"station.db"' in head
            else (head, body)
            for head, body in files
        ]

    forge(world, damaged)
    with pytest.raises(errors.BackupInvalidError, match=r"station\.db"):
        bring_back(world)


def test_database_of_another_station_is_not_restored(world: World) -> None:
    other = world.home("registry-01").books.read_bytes()

    def foreign(files: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        return [
            (named("station.db", len(other)), other) if b'"station.db"' in head else (head, body)
            for head, body in files
        ]

    forge(world, foreign)
    refused(world, errors.BooksForeignError)


def test_bad_signature_is_seen_before_anything_else_is_unpacked(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Claim C69: the rest of an archive that no station signed never touches the disk."""
    save(world)
    folder = world.root / "backup"
    sums = (folder / layout.SUMS).read_bytes()
    signature = sshsig.sign(
        sums, namespace=world.city.trust.backup_namespace, signer=world.key("registry-01")
    )
    (folder / layout.STATION_SIGNATURE).write_bytes(signature)
    opened: list[str] = []
    from mediabridge.bundle import backup  # noqa: PLC0415 - its name is the test's own

    new_file = backup.new_file
    monkeypatch.setattr(
        backup, "new_file", lambda path: (opened.append(path.name), new_file(path))[1]
    )
    refused(world, errors.BackupInvalidError)
    assert opened
    assert "station.json" not in opened


def test_leftover_of_a_power_cut_goes_first(tmp_path: Path) -> None:
    left = tmp_path / ".again.unfinished"
    left.mkdir()
    (left / "plain").write_bytes(b"a name")
    with folder_appearing(tmp_path / "again") as draft:
        assert list(draft.iterdir()) == []
    assert [path.name for path in tmp_path.iterdir()] == ["again"]


def test_remembered_roots_come_back(world: World) -> None:
    """A root that was verified while the rest was refused is remembered after restoring, too."""
    rotate(world.city, new_timestamp_key)
    world.carry_trust()
    with world.lgwan() as station, pytest.raises(errors.TrustInvalidError):
        station.accept_trust(layout.trust_folder(world.medium))
    assert root_known(world.home("lgwan-01").trust_cache) == 2
    save(world)
    bring_back(world)
    assert root_known(world.root / "again/trust/cache") == 2


def test_backup_tells_how_far_it_is(world: World) -> None:
    with world.lgwan() as station:
        station.progress = heard = Watched(seconds=lambda: 0.0)
        back_up(station, world.root / "backup", operator="clerk-1")
    steps = ["Copying the databases", "Encrypting", "Reading back", "Decrypting"]
    assert [step.label for step in heard.steps] == steps
    assert all(step.ticks[-1][1] == step.total for step in heard.steps)
    heard = Watched(seconds=lambda: 0.0)
    bring_back(world, progress=heard)
    steps = ["Reading the backup", "Decrypting", "Checking the databases"]
    assert [step.label for step in heard.steps] == steps
    assert all(step.ticks[-1][1] == step.total for step in heard.steps)
