"""SHA256SUMS has one spelling, and the stock tool reads it."""

import hashlib
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediabridge.bundle import layout
from mediabridge.bundle.sums import parse_sums, write_sums
from mediabridge.errors import SumsMalformedError

DIGEST = st.binary(min_size=32, max_size=32).map(bytes.hex)


@st.composite
def lists(draw: st.DrawFn) -> dict[str, str]:
    """Draw the digests of a bundle of some parts."""
    names = layout.listed_files(draw(st.integers(1, 12)))
    return {name: draw(DIGEST) for name in names}


@given(lists())
def test_written_list_reads_back(digests: dict[str, str]) -> None:
    assert parse_sums(write_sums(digests)) == digests


@given(st.binary(max_size=400))
def test_bytes_are_refused_or_the_one_spelling(data: bytes) -> None:
    _refused_or_same(data)


@given(lists(), st.data())
def test_edited_list_is_refused_or_the_one_spelling(
    digests: dict[str, str], data: st.DataObject
) -> None:
    """An edit that is accepted changes what the list says; never only how it says it."""
    sums = bytearray(write_sums(digests))
    place = data.draw(st.integers(0, len(sums)))
    length = data.draw(st.integers(0, 3))
    piece = data.draw(st.sampled_from([b"", b" ", b"\n", b"\r", b"*", b"\\", b"0", b"A", b"\xe9"]))
    edited = bytes(sums[:place] + piece + sums[place + length :])
    accepted = _refused_or_same(edited)
    assert accepted is None or edited == bytes(sums) or accepted != digests


def _refused_or_same(data: bytes) -> dict[str, str] | None:
    try:
        digests = parse_sums(data)
    except SumsMalformedError:
        return None
    assert write_sums(digests) == data
    return digests


@pytest.mark.parametrize("parts", [1, 2, 255, 256])
def test_as_many_parts_as_allowed(parts: int) -> None:
    names = layout.listed_files(parts)
    assert list(parse_sums(write_sums(dict.fromkeys(names, "0" * 64)))) == names


def test_one_part_too_many() -> None:
    names = layout.listed_files(257)
    with pytest.raises(SumsMalformedError):
        parse_sums(write_sums(dict.fromkeys(names, "0" * 64)))


def test_stock_tool_reads_it(tmp_path: Path, require_tool: Callable[[str], str]) -> None:
    names = layout.listed_files(3)
    for name in names:
        (tmp_path / name).write_bytes(name.encode())
    digests = {name: hashlib.sha256(name.encode()).hexdigest() for name in names}
    (tmp_path / layout.SUMS).write_bytes(write_sums(digests))
    command = [require_tool("sha256sum"), "--strict", "-c", layout.SUMS]
    assert subprocess.run(command, cwd=tmp_path, check=False, capture_output=True).returncode == 0
    (tmp_path / names[0]).write_bytes(b"changed")
    assert subprocess.run(command, cwd=tmp_path, check=False, capture_output=True).returncode == 1
