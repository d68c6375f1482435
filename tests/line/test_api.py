from __future__ import annotations

import pytest
from pydantic import ValidationError

from mediabridge.line import api, wire

SHA = "ab" * 32
NAMES = ("SHA256SUMS", "SHA256SUMS.station.sig", "header.json", "keys.json", "part-0000.cob")


def announced(*names: str, **other: object) -> dict[str, object]:
    files = [{"name": name, "size": 1, "sha256": SHA} for name in names]
    return {"bundle": "0" * 32, "receiver": "lgwan-01", "seq": 1, "files": files} | other


@pytest.mark.parametrize(
    "wrong",
    [
        announced(*NAMES, "part-0000.cob"),
        announced(*reversed(NAMES)),
        announced(*NAMES[1:]),
        announced("../header.json", *NAMES),
        announced(*NAMES, seq=0),
        announced(*NAMES, seq="1"),
        announced(*NAMES, sender="lgwan-01"),
    ],
    ids=["twice", "order", "no list", "foreign name", "seq", "seq as text", "unknown member"],
)
def test_an_announcement_has_one_form(wrong: dict[str, object]) -> None:
    assert api.Announcement.model_validate(announced(*NAMES))
    with pytest.raises(ValidationError):
        api.Announcement.model_validate(wrong)


def test_what_is_written_is_read_again() -> None:
    files = tuple(api.KeptFile(name=name, size=1, sha256=SHA, received=0) for name in NAMES)
    entry = api.Entry(
        bundle="0" * 32, sender="agency-01", receiver="lgwan-01", seq=7, sums_sha256=SHA,
        files=files, state="arriving", stored_at=None,
    )  # fmt: skip
    waiting = api.Waiting(bundles=(entry,), next="agency-01:7")
    assert api.Waiting.model_validate_json(waiting.model_dump_json()) == waiting


@pytest.mark.parametrize("part", [wire.Part(0, 0, 0), wire.Part(0, 1, 1), wire.Part(5, 10, 10)])
def test_a_part_is_read_as_it_was_written(part: wire.Part) -> None:
    assert wire.parse_part(str(part)) == part


@pytest.mark.parametrize(
    "wrong",
    ["", "bytes 0-1", "bytes 0-1/*", "bytes 1-0/2", "bytes 0-2/2", "bytes 00-1/2", "bytes */1"],
)
def test_any_other_part_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="Content-Range"):
        wire.parse_part(wrong)


def test_a_range_ends_where_the_file_does() -> None:
    assert wire.parse_wanted("bytes=2-", 10) == wire.Part(2, 10, 10)
    assert wire.parse_wanted("bytes=2-3", 10) == wire.Part(2, 4, 10)
    assert wire.parse_wanted("bytes=2-99", 10) == wire.Part(2, 10, 10)
    assert wire.parse_wanted("bytes=10-", 10) is None
    for wrong in ("bytes=-3", "bytes=1-2,4-5", "2-3"):
        with pytest.raises(ValueError, match="Range"):
            wire.parse_wanted(wrong, 10)


def test_the_digest_is_that_of_the_standard() -> None:
    # RFC 9530, section 2: {"hello": "world"} and a line feed.
    data = b'{"hello": "world"}\n'
    wanted = "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:"
    assert wire.content_digest(data) == wanted
