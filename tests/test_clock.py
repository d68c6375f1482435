"""A time is read in the one form in which it is written, whatever else could be one."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediabridge.clock import from_rfc3339, to_rfc3339

TIME = "2026-04-01T00:35:00Z"


@given(st.datetimes(datetime(1000, 1, 1)))  # noqa: DTZ001 - made aware below
def test_what_is_written_is_read(instant: datetime) -> None:
    whole = instant.replace(microsecond=0, tzinfo=UTC)
    read = from_rfc3339(to_rfc3339(whole))
    assert read == whole
    assert read.utcoffset() == whole.utcoffset()


@pytest.mark.parametrize(
    "text",
    [
        *("", "Z", TIME[:-1], f"{TIME} ", f" {TIME}", TIME.lower(), TIME.replace("T", " ")),
        *(TIME.replace("Z", "+00:00"), TIME.replace("Z", "-00:00"), TIME.replace("Z", "+09:00")),
        *("2026-04-01", "20260401T003500Z", "2026-W14-3T00:35:00Z", "2026-04-01T00:35Z"),
        *("2026-04-01T00:35:00.000Z", "2026-04-01T00:35:00,5Z", "2026-04-01T24:00:00Z"),
        *("2026-02-30T00:00:00Z", "2026-13-01T00:00:00Z", "2026-04-01T00:35:60Z"),
        *("0000-01-01T00:00:00Z", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"),
        *("0001-01-01T00:00:00", "9999-12-31T23:59:59", "2026-04-01\ud80000:35:00Z"),
        *("２026-04-01T00:35:00Z", "2026-04-01T00:35:00\x00"),
    ],
)
def test_no_other_form_is(text: str) -> None:
    with pytest.raises(ValueError, match="not in the form"):
        from_rfc3339(text)


@given(st.text("0123456789-:TZ+. W", max_size=24))
def test_nothing_but_that_form_is_ever_read(text: str) -> None:
    try:
        instant = from_rfc3339(text)
    except ValueError:
        return
    assert to_rfc3339(instant) == text
