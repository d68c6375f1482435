"""JSON from outside is measured before anything reads it, on every interpreter alike (C10).

Readers of JSON go down as many calls as a document is nested. Python 3.11 gives up at 1,000,
3.12 and 3.13 much later, and what is written in their own language gives up earlier than both.
"""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from attacks.world import World, make_world
from hypothesis import given
from hypothesis import strategies as st
from readers import JSON_READERS

from mediabridge import canonical
from mediabridge.config import LIMITS
from mediabridge.errors import MediabridgeError, TrustInvalidError
from mediabridge.trust import client

DEPTHS = [LIMITS.json_depth + 1, 990, 1_000, 1_200, 3_000, 9_000, 100_000]
"""One too many, and what each of the interpreters, and the libraries on it, gives up at."""


def nested(depth: int) -> bytes:
    return b"[" * depth + b"]" * depth


_REFUSED = r"nested too deeply|line is too long|at most \d+|larger than \d+"


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("name", JSON_READERS)
@pytest.mark.parametrize("closed", [True, False], ids=["closed", "cut off"])
def test_deep_document_is_refused_by_its_reader(
    name: str, depth: int, closed: bool, tmp_path: Path
) -> None:
    data = b'{"format":' + nested(depth - 1) + b"}"
    with pytest.raises((MediabridgeError, ValueError), match=_REFUSED):
        JSON_READERS[name](data if closed else data[: depth + 11], tmp_path)


def test_canonical_form_is_written_as_deep_as_it_is_read() -> None:
    at_most = nested(LIMITS.json_depth)
    assert canonical.dump(canonical.load(at_most)) == at_most
    with pytest.raises(ValueError, match=f"at most {LIMITS.json_depth}"):
        canonical.load(nested(LIMITS.json_depth + 1))


anything = st.recursive(
    st.none() | st.integers() | st.text(alphabet='a"\\[]{}:,\n長', max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text('[{"\\'), inner, max_size=3)
    ),
)


def depth_of(document: Any) -> int:
    match document:
        case list():
            return 1 + max(map(depth_of, document), default=0)
        case dict():
            return 1 + max(map(depth_of, document.values()), default=0)
    return 0


@given(document=anything, wrapped=st.integers(LIMITS.json_depth - 4, LIMITS.json_depth + 4))
def test_brackets_in_text_are_not_counted(document: Any, wrapped: int) -> None:
    for _ in range(wrapped):
        document = [document]
    for data in (json.dumps(document).encode(), json.dumps(document, ensure_ascii=False).encode()):
        if depth_of(document) <= LIMITS.json_depth:
            canonical.check_depth(data)
        else:
            with pytest.raises(ValueError, match="nested too deeply"):
                canonical.check_depth(data)


@given(data=st.lists(st.sampled_from([b'"', b"\\", b"[", b"]", b"{", b"x", b"\xff"])))
def test_any_bytes_are_measured(data: list[bytes]) -> None:
    # Whatever json would still read of it, it goes down no further than was counted.
    joined = b"".join(data)
    try:
        canonical.check_depth(joined)
    except ValueError:
        assert joined.count(b"[") + joined.count(b"{") > LIMITS.json_depth


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(tmp_path_factory.mktemp("world"))


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("name", ["timestamp", "1.snapshot", "1.targets", "2.root"])
def test_deep_trust_data_is_refused_unread(
    world: World, tmp_path: Path, name: str, depth: int
) -> None:
    # An unknown member outside "signed" breaks no signature: the TUF client took it, or not,
    # depending on the interpreter.
    medium = tmp_path / "medium"
    shutil.copytree(world.city.repository, medium)
    path = medium / "metadata" / f"{name}.json"
    signed = path if path.exists() else medium / "metadata" / "1.root.json"
    data = signed.read_bytes()
    path.write_bytes(b'{"x":' + nested(depth) + b"," + data.removeprefix(b"{"))
    with pytest.raises(TrustInvalidError, match=f"{name}.json: nested too deeply"):
        client.refresh(medium, tmp_path / "cache", world.city.root)


@pytest.mark.parametrize("depth", DEPTHS)
def test_deep_first_root_is_refused_unread(world: World, tmp_path: Path, depth: int) -> None:
    root = b'{"x":' + nested(depth) + b"," + world.city.root.removeprefix(b"{")
    with pytest.raises(TrustInvalidError, match="nested too deeply"):
        client.refresh(world.city.repository, tmp_path / "cache", root)


def test_no_document_of_ours_comes_near_the_limit(world: World) -> None:
    documents = [path.read_bytes() for path in world.city.folder.rglob("*.json")]
    assert len(documents) > 10
    assert max(depth_of(json.loads(data)) for data in documents) <= 6
