"""When something that is done once a day was due last."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from mediabridge.stations.schedule import newest_moment

TOKYO = ZoneInfo("Asia/Tokyo")


@pytest.mark.parametrize(
    ("now", "wanted"),
    [
        ("2026-11-27T16:29:59", "2026-11-26T16:30:00"),
        ("2026-11-27T16:30:00", "2026-11-27T16:30:00"),
        ("2026-11-27T23:59:59", "2026-11-27T16:30:00"),
        ("2026-11-28T00:00:00", "2026-11-27T16:30:00"),
        ("2027-01-01T09:00:00", "2026-12-31T16:30:00"),
    ],
)
def test_moment_is_the_last_one_by_the_clocks_of_the_station(now: str, wanted: str) -> None:
    here = datetime.fromisoformat(now).replace(tzinfo=TOKYO)
    found = newest_moment(here.astimezone(UTC), time(16, 30), TOKYO)
    assert found == datetime.fromisoformat(wanted).replace(tzinfo=TOKYO)
