"""Handed over once, whole, and called nothing else."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from mediabridge.apply import apply_bundle
from mediabridge.apply.dropfolder import DropFolderRegistry
from mediabridge.apply.dropfolder.handing import Hand
from mediabridge.apply.places import DropFolderPlace
from mediabridge.apply.sqlite import SqliteRegistry
from mediabridge.errors import (
    AlreadyAppliedError,
    RegistryRefusedError,
    RegistryUnavailableError,
    SequenceGapError,
    SettingsError,
)
from mediabridge.records.model import IsaNotice
from tests.apply.contract.adapters import OWNER
from tests.apply.dropfolder.conftest import EXAMPLES, Open
from tests.apply.people import (
    NAMES,
    NEWER_CARD,
    NOW,
    RESIDENT,
    apply,
    bundle,
    notice,
    results,
    texts,
)

pytestmark = pytest.mark.in_turns

ROOT = Path(__file__).parents[3]
FIRST = "NYUKAN_00000001.csv"


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.is_file())


def test_every_new_notice_is_handed_over(
    registry: DropFolderRegistry, place: DropFolderPlace
) -> None:
    again = notice(notice_id="N-0002", sequence=2)
    assert results(registry, notice(), again, notice()) == ["handed_over"] * 3
    assert names(place.folder) == [FIRST]
    lines = (place.folder / FIRST).read_bytes().decode("cp932").split("\r\n")
    assert lines[0].startswith('"通知番号","異動区分","異動事由"')
    assert lines[1] == (
        '"N-0001","1","N02","20261121","AB00000001CD","ZZ00000001CD","EXAMPLE ALICE","",'
        '"19900517","女","USA","226","20291201","MEDIABRIDGE"'
    )
    # The same notice once more is no second line.
    assert [line[:8] for line in lines[1:]] == ['"N-0001"', '"N-0002"', ""]


def test_same_notice_later_is_not_handed_over_again(
    registry: DropFolderRegistry, place: DropFolderPlace
) -> None:
    apply(registry, notice())
    (place.folder / FIRST).unlink()
    assert results(registry, notice(), seq=2) == ["handed_over"]
    assert names(place.folder) == []
    assert list(registry.held()) == []


def test_number_with_other_content_is_refused(
    registry: DropFolderRegistry, place: DropFolderPlace
) -> None:
    apply(registry, notice())
    other = notice(card_number=NEWER_CARD)
    assert results(registry, other, seq=2) == ["RECORD_ID_REUSED"]
    assert names(place.folder) == [FIRST]


def test_order_and_repetition_of_bundles(
    registry: DropFolderRegistry, place: DropFolderPlace
) -> None:
    with pytest.raises(SequenceGapError):
        apply(registry, notice(), seq=2)
    apply(registry)
    assert names(place.folder) == []
    apply(registry, notice(), seq=2)
    with pytest.raises(AlreadyAppliedError):
        apply(registry, notice(), seq=2)
    assert names(place.folder) == ["NYUKAN_00000002.csv"]


def broken() -> Iterator[IsaNotice]:
    yield notice()
    raise InterruptedError


def test_nothing_of_a_broken_bundle_is_seen(
    registry: DropFolderRegistry, place: DropFolderPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mediabridge.apply.apply.APPLY_BATCH", 1)
    with pytest.raises(InterruptedError):
        apply(registry, *broken())
    assert names(place.folder) == []
    assert list(registry.journal()) == []
    assert results(registry, notice()) == ["handed_over"]
    assert names(place.folder) == [FIRST]


def test_without_its_log_entry_nothing_is_handed_over(opened: Open, place: DropFolderPlace) -> None:
    def no_log(_counts: object) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        apply_bundle(
            opened(),
            bundle(),
            texts(notice()),
            now=NOW,
            decided_by="clerk-1",
            before_commit=no_log,
            names=NAMES,
        )
    again = opened()
    assert names(place.folder) == []
    assert names(place.folder / ".mediabridge") == []
    assert list(again.journal()) == []


def test_file_of_the_same_name_is_never_replaced(opened: Open, place: DropFolderPlace) -> None:
    (place.folder / FIRST).write_text("another program's")
    with pytest.raises(RegistryUnavailableError, match=FIRST):
        apply(opened(), notice())
    assert (place.folder / FIRST).read_text() == "another program's"
    with pytest.raises(RegistryUnavailableError):
        opened()
    (place.folder / FIRST).unlink()
    assert len(list(opened().journal())) == 1
    assert names(place.folder) == [FIRST]


def test_station_that_was_put_back_hands_nothing_over_again(
    registry: DropFolderRegistry, place: DropFolderPlace, tmp_path: Path
) -> None:
    """Claim C95."""
    apply(registry, notice())
    (place.folder / FIRST).unlink()
    with DropFolderRegistry(tmp_path / "of-a-backup.db", OWNER, place) as older:
        assert results(older, notice()) == ["handed_over"]
        assert names(place.folder) == []
        apply(older, notice(notice_id="N-0002"), seq=2)
        assert names(place.folder) == ["NYUKAN_00000002.csv"]


def test_missing_folder_is_named(place: DropFolderPlace, tmp_path: Path) -> None:
    place.folder.rmdir()
    with pytest.raises(RegistryUnavailableError, match="in"):
        DropFolderRegistry(tmp_path / "registry.db", OWNER, place)


def test_residents_are_elsewhere(registry: DropFolderRegistry) -> None:
    with pytest.raises(RegistryRefusedError, match="another system"):
        registry.load_population([RESIDENT])


# --- the power goes ---------------------------------------------------------

DONE = 7
CHILD = """
import os, signal, sys
from pathlib import Path
from mediabridge.apply import apply_bundle
from mediabridge.apply.dropfolder import DropFolderRegistry
from mediabridge.apply.places import DropFolderPlace
from mediabridge.apply.sqlite import SqliteRegistry
from tests.apply.contract.adapters import OWNER
from tests.apply.people import NAMES, NOW, bundle, notice, texts

place = DropFolderPlace.model_validate_json(sys.argv[1], strict=False)
registry, survive = DropFolderRegistry(Path(sys.argv[2]), OWNER, place), int(sys.argv[3])

def hook(event, arguments):
    global survive
    if event in {"os.rename", "os.remove", "os.mkdir"} or (event == "open" and arguments[2] & 3):
        survive -= 1
        if survive == -1:
            os.kill(os.getpid(), signal.SIGKILL)

def log(_counts):
    global survive
    survive -= 1
    if survive == -1:
        os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(hook)
apply_bundle(registry, bundle(), texts(notice()), now=NOW, decided_by="clerk-1", before_commit=log,
             names=NAMES)
if survive >= 0:
    sys.exit(DONE)
os.kill(os.getpid(), signal.SIGKILL)
""".replace("DONE", str(DONE))


def taken_away(folder: Path) -> list[str]:
    """Do what the vendor's system does with its files; return which there were."""
    found = sorted(folder.glob("*.csv"))
    for path in found:
        path.unlink()
    return [path.name for path in found]


@pytest.mark.parametrize("vendor_is_quick", [True, False])
def test_killed_at_every_change(
    place: DropFolderPlace, tmp_path: Path, vendor_is_quick: bool
) -> None:
    """Claim C95. The vendor gets the file once, whatever dies and however quick it is."""
    moments = 0
    while True:
        folder = tmp_path / f"in-{moments}"
        folder.mkdir()
        here = place.model_copy(update={"folder": folder})
        memory, got = tmp_path / f"memory-{moments}.db", []
        command = [sys.executable, "-c", CHILD, here.model_dump_json(), str(memory), str(moments)]
        code = subprocess.run(command, cwd=ROOT, check=False).returncode
        if vendor_is_quick:
            got += taken_away(folder)
        with DropFolderRegistry(memory, OWNER, here) as registry:
            if not list(registry.journal()):
                assert got == []
                apply(registry, notice())
            got += taken_away(folder)
            assert got == [FIRST]
            assert names(folder / ".mediabridge") == []
        if code == DONE:
            break
        assert code == -signal.SIGKILL
        moments += 1
    assert moments >= 5


def test_hand_over_needs_the_journal(place: DropFolderPlace) -> None:
    hand = Hand(place.folder)
    for name in ("a" * 32, "b" * 32):
        with hand.growing() as output:
            output.write(name.encode())
        hand.ready(name)
    hand.hand_over(lambda bundle: "one.csv" if bundle.startswith("a") else None)
    assert names(place.folder) == ["one.csv"]
    assert names(place.folder / ".mediabridge") == []


def test_name_that_is_not_all_seiji_is_not_handed_over(
    place: DropFolderPlace, opened: Open
) -> None:
    """Claim C99: nobody knows what the other system would make of it, and nobody is asked."""
    with opened() as registry:
        told = notice(notice_id="N-0001", name_kanji="例张")
        note = notice(
            notice_id="N-0002", sequence=2, event_code="N18", operation_hint="note",
            name_kanji="例张",
        )  # fmt: skip
        right = notice(notice_id="N-0003", sequence=3, name_kanji="例刘云")
        assert results(registry, told, note, right) == [
            "KANJI_NOT_SEIJI", "handed_over", "handed_over",
        ]  # fmt: skip
        outcomes = {each.record_id: each.result for each in registry.outcomes(f"{1:032x}")}
        assert outcomes["N-0001"] == "rejected"
        assert list(registry.held()) == []
    (name,) = names(place.folder)
    content = (place.folder / name).read_bytes()
    assert content.count(b"N-000") == 2
    assert b"N-0001" not in content


def test_second_example_is_xml(place: DropFolderPlace, tmp_path: Path) -> None:
    xml = place.model_copy(update={"profile": EXAMPLES / "dropfolder-xml.toml", "results": None})
    with DropFolderRegistry(tmp_path / "xml.db", OWNER, xml) as registry:
        apply(registry, notice(name_kanji="髙𠮟"))
    (name,) = names(place.folder)
    assert name == f"{1:032x}.xml"
    content = (place.folder / name).read_text("utf-8")
    assert content.startswith(
        "<?xml version='1.0' encoding='UTF-8'?>\n<通知一覧><通知><番号>N-0001</番号>"
    )
    assert "<区分>修正</区分>" in content
    assert "<氏名漢字>髙𠮟</氏名漢字>" in content
    assert content.endswith("</通知></通知一覧>")


@pytest.mark.parametrize("people", [[RESIDENT], []], ids=["residents", "a held notice"])
def test_register_does_not_become_a_memory(
    tmp_path: Path, opened: Open, people: list[dict[str, str]]
) -> None:
    """Nobody would find its residents any more, nor decide on what it holds."""
    with SqliteRegistry(tmp_path / "registry.db", OWNER) as register:
        register.load_population(people)
        apply(register, notice(name_roman="EXAMPLE BEATRICE"))
        assert len(list(register.held())) == 1
        before = register.fingerprint()
    with pytest.raises(SettingsError, match=r"registry\.db is in use"):
        opened()
    with SqliteRegistry(tmp_path / "registry.db", OWNER) as register:
        assert register.fingerprint() == before
