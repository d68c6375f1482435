"""SHA256SUMS has exactly one spelling (format 1, section 5; claims of the threat model)."""

import contextlib
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

digests = st.binary(min_size=32, max_size=32).map(bytes.hex)
lists = st.integers(1, 12).flatmap(
    lambda parts: st.fixed_dictionaries(dict.fromkeys(layout.listed_files(parts), digests))
)


@given(lists)
def test_list_reads_back_equal(listed: dict[str, str]) -> None:
    assert parse_sums(write_sums(listed)) == listed


@given(lists, st.data())
def test_any_changed_byte_is_seen(listed: dict[str, str], data: st.DataObject) -> None:
    spelling = bytearray(write_sums(listed))
    place = data.draw(st.integers(0, len(spelling) - 1))
    spelling[place] ^= data.draw(st.integers(1, 255))
    with contextlib.suppress(SumsMalformedError):
        assert parse_sums(bytes(spelling)) != listed


@given(st.binary(max_size=600))
def test_what_is_read_was_written(data: bytes) -> None:
    try:
        listed = parse_sums(data)
    except SumsMalformedError:
        return
    assert write_sums(listed) == data


@given(lists, st.data())
def test_missing_line_is_refused(listed: dict[str, str], data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(listed)))
    remaining = {key: value for key, value in listed.items() if key != name}
    last_part = layout.part_name(len(listed) - 3)
    if name == last_part and len(listed) > 3:
        assert parse_sums(write_sums(remaining)) == remaining
        return
    with pytest.raises(SumsMalformedError):
        parse_sums(write_sums(remaining))


def test_stock_sha256sum_reads_it(tmp_path: Path, require_tool: Callable[[str], str]) -> None:
    tool = require_tool("sha256sum")
    names = layout.listed_files(3)
    for name in names:
        (tmp_path / name).write_bytes(name.encode())
    listed = {name: hashlib.sha256(name.encode()).hexdigest() for name in names}
    (tmp_path / layout.SUMS).write_bytes(write_sums(listed))
    done = subprocess.run([tool, "--strict", "-c", layout.SUMS], cwd=tmp_path, check=False)
    assert done.returncode == 0
