"""What the stock TUF client makes of a wrong clock, and that ours goes by the time it is given."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tuf.api.exceptions import ExpiredMetadataError
from tuf.ngclient import Updater
from tuf.ngclient._internal import trusted_metadata_set

from mediabridge.errors import TrustInvalidError
from mediabridge.trust import accepted, client
from mediabridge.trust.city import City
from mediabridge.trust.folder_source import FolderSource
from mediabridge.trust.repository import Expiry
from mediabridge.trust.trust_data import TrustData

Publish = Callable[..., TrustData]

DEAD_BATTERY = datetime(1970, 1, 1, tzinfo=UTC)
WRONG_YEAR = datetime(2099, 7, 1, tzinfo=UTC)


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def machine_says(monkeypatch: pytest.MonkeyPatch, time: datetime) -> None:
    """Let the TUF client, and nothing else, find this time on the machine."""

    class Standing(dt.datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]
            return time.astimezone(tz)

    class Module:
        datetime = Standing
        timezone = dt.timezone

    monkeypatch.setattr(trusted_metadata_set, "datetime", Module)


def stock(city: City, folder: Path) -> None:
    """Run the stock client as anybody would."""
    folder.mkdir()
    source = FolderSource(city.repository)
    Updater(str(folder), "metadata", fetcher=source, bootstrap=city.root).refresh()


def test_stock_client_in_2099_refuses_what_is_good(
    city: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stock(city, tmp_path / "today")
    machine_says(monkeypatch, WRONG_YEAR)
    with pytest.raises(ExpiredMetadataError, match=r"Final root\.json is expired"):
        stock(city, tmp_path / "2099")
    machine_says(monkeypatch, datetime.now(UTC) + timedelta(days=6 * 365))
    with pytest.raises(ExpiredMetadataError, match=r"timestamp\.json is expired"):
        stock(city, tmp_path / "six years on")


def test_stock_client_in_1970_accepts_what_has_expired(
    city: City, tmp_path: Path, publish_next: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_next(expiry=Expiry(timestamp=timedelta(days=-1)))
    with pytest.raises(ExpiredMetadataError):
        stock(city, tmp_path / "today")
    machine_says(monkeypatch, DEAD_BATTERY)
    stock(city, tmp_path / "1970")


@pytest.mark.parametrize("machine", [DEAD_BATTERY, WRONG_YEAR], ids=["1970", "2099"])
def test_ours_goes_by_the_time_it_is_given(
    city: City,
    cache: Path,
    publish_next: Publish,
    monkeypatch: pytest.MonkeyPatch,
    machine: datetime,
) -> None:
    machine_says(monkeypatch, machine)
    now = datetime.now(UTC)
    assert client.refresh(city.repository, cache, city.root, now=now) == city.trust
    assert accepted.current(cache) == city.trust
    publish_next(expiry=Expiry(timestamp=timedelta(days=-1)))
    with pytest.raises(TrustInvalidError, match="it has expired"):
        client.refresh(city.repository, cache, city.root, now=now)


def test_what_ran_out_can_be_opened_and_followed_by_the_next(
    city: City, cache: Path, publish_next: Publish
) -> None:
    client.refresh(city.repository, cache, city.root)
    until = accepted.expires(cache)
    assert set(until) == {"root", "timestamp", "snapshot", "targets"}
    later = max(until.values()) - timedelta(days=1)
    assert min(until.values()) < later
    assert accepted.current(cache) == city.trust
    with pytest.raises(TrustInvalidError, match="it has expired"):
        client.refresh(city.repository, cache, city.root, now=later)
    decade = timedelta(days=3653)
    newest = publish_next(expiry=Expiry(targets=decade, snapshot=decade, timestamp=decade))
    assert client.refresh(city.repository, cache, city.root, now=later) == newest
