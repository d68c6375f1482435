"""What a power cut leaves of a disk: all that it was told to keep, and any part of the rest."""

from pathlib import Path

from medium import Write
from telling import PIECE, left_of

OLD, NEW = b"o" * PIECE, b"n" * PIECE


def _left(tmp_path: Path, seed: str, told: list[Write | None]) -> list[bytes]:
    start = tmp_path / "start.img"
    start.write_bytes(OLD * 8)
    data = left_of(start, told, seed, tmp_path / "left.img").read_bytes()
    return [data[at : at + PIECE] for at in range(0, len(data), PIECE)]


def test_what_it_was_told_to_keep_is_there(tmp_path: Path) -> None:
    told = [Write(PIECE, NEW * 2), Write(6 * PIECE, NEW), None]
    assert _left(tmp_path, "any", told) == [OLD, NEW, NEW, OLD, OLD, OLD, NEW, OLD]


def test_of_the_rest_each_piece_is_there_or_not_and_nothing_else_is(tmp_path: Path) -> None:
    told = [Write(0, NEW), None, Write(4 * PIECE, NEW * 4)]
    left = {tuple(_left(tmp_path, f"seed {each}", told)) for each in range(20)}
    assert len(left) > 2
    assert {each[:4] for each in left} == {(NEW, OLD, OLD, OLD)}
    assert {piece for each in left for piece in each[4:]} == {OLD, NEW}


def test_a_seed_draws_the_same_again(tmp_path: Path) -> None:
    told: list[Write | None] = [Write(0, NEW * 8)]
    assert _left(tmp_path, "a", told) == _left(tmp_path, "a", told)
