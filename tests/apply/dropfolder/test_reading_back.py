"""What the vendor's system says becomes the outcome, once, and travels home."""

from __future__ import annotations

from pathlib import Path

import pytest

from mediabridge.apply.dropfolder import DropFolderRegistry
from mediabridge.apply.journal import Resolution
from mediabridge.apply.places import DropFolderPlace
from mediabridge.errors import RegistryRefusedError
from tests.apply.dropfolder.conftest import Open
from tests.apply.people import NOW, apply, notice, results

SECOND = notice(notice_id="N-0002", sequence=2)
NAME = "NYUKAN_00000001_KEKKA.csv"


@pytest.fixture
def answered(registry: DropFolderRegistry) -> DropFolderRegistry:
    apply(registry, notice(), SECOND)
    return registry


def answer(place: DropFolderPlace, *lines: str, name: str = NAME) -> Path:
    assert place.results is not None
    path = place.results / name
    path.write_bytes("\r\n".join(["通知番号,処理結果,備考", *lines, ""]).encode("cp932"))
    return path


def read_back(registry: DropFolderRegistry) -> list[tuple[str, str, str | None, int]]:
    told: list[Resolution] = []
    count = registry.read_back(NOW, "registry-01", told.append)
    assert count == len(told)
    return [
        (each.outcome.record_id, str(each.outcome.result), each.outcome.reason, each.supplement)
        for each in told
    ]


def test_each_notice_gets_its_outcome(answered: DropFolderRegistry, place: DropFolderPlace) -> None:
    assert read_back(answered) == []
    path = answer(place, "N-0001,00,", "N-0002,10,該当者なし")
    told = read_back(answered)
    assert told == [
        ("N-0001", "applied", None, 1),
        ("N-0002", "not_found", "RECEIVING_SYSTEM", 2),
    ]
    assert [each.outcome.record_id for each in answered.decisions()] == ["N-0001", "N-0002"]
    assert not path.exists()
    assert (path.parent / ".mediabridge" / NAME).exists()
    # What comes again is answered by what the vendor said.
    assert results(answered, notice(), SECOND, seq=2) == ["already_applied", "RECEIVING_SYSTEM"]


def test_same_answer_again_is_none(answered: DropFolderRegistry, place: DropFolderPlace) -> None:
    answer(place, "N-0001,00,")
    assert len(read_back(answered)) == 1
    answer(place, "N-0001,00,")
    assert read_back(answered) == []
    answer(place, "N-0001,99,", "N-0002,00,")
    assert [each[1:] for each in read_back(answered)] == [
        ("rejected", "RECEIVING_SYSTEM", 2), ("applied", None, 3),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        (["N-0001,77,"], "row 1"),
        (["N-0001"], "row 1"),
        (["N-9999,00,"], "not handed over"),
        (["N-0001,00,", "N-0002,00,", "N-0001,10,"], "row 3"),
        (['N-0001,"00'], "form"),
    ],
)
def test_answer_that_is_not_understood_changes_nothing(
    answered: DropFolderRegistry, place: DropFolderPlace, lines: list[str], problem: str
) -> None:
    path = answer(place, *lines)
    with pytest.raises(RegistryRefusedError, match=problem) as refused:
        read_back(answered)
    assert "N-9999" not in str(refused.value)
    assert list(answered.decisions()) == []
    assert path.exists()


def test_other_columns_are_refused(answered: DropFolderRegistry, place: DropFolderPlace) -> None:
    assert place.results is not None
    (place.results / NAME).write_bytes(b"id,code\r\nN-0001,00\r\n")
    with pytest.raises(RegistryRefusedError, match="columns"):
        read_back(answered)


def test_without_its_log_entry_nothing_is_settled(
    answered: DropFolderRegistry, place: DropFolderPlace
) -> None:
    path = answer(place, "N-0001,00,")

    def no_log(_resolution: Resolution) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        answered.read_back(NOW, "registry-01", no_log)
    assert list(answered.decisions()) == []
    assert path.exists()
    assert len(read_back(answered)) == 1


def test_file_of_no_bundle_is_left_alone(opened: Open, place: DropFolderPlace) -> None:
    path = answer(place, "N-0001,00,", name="NYUKAN_00000009_KEKKA.csv")
    assert read_back(opened()) == []
    assert path.exists()
