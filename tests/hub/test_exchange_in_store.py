"""The exchange once more, with its contents in a store that speaks S3."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mediabridge.hub.hub import open_database
from mediabridge.hub.settings import load
from tests.hub.conftest import in_postgres, settings_file
from tests.hub.test_exchange import (  # noqa: F401 - played here
    PART,
    Call,
    reason,
    sealed,
    test_a_bundle_goes_from_one_process_to_the_other,
    test_a_download_goes_on_at_any_byte,
    test_an_upload_goes_on_where_it_stood_and_parts_may_come_again,
    test_another_content_under_a_number_that_is_complete_is_refused,
    test_bytes_that_are_not_those_announced_are_asked_for_again,
    test_one_part_sent_twice_at_once_is_there_once,
    test_waiting_comes_in_pages,
    test_what_is_not_right_is_told_to_its_sender_and_shown_to_nobody,
)
from tests.hub.town import Town

if TYPE_CHECKING:
    from tests.apply.postgres.cluster import Cluster
    from tests.hub.stores import ObjectStore

pytestmark = pytest.mark.in_turns


@pytest.fixture(scope="module")
def settings(
    made: Town,
    cluster: Cluster,
    object_store: ObjectStore,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    folder = tmp_path_factory.mktemp("hub")
    return settings_file(made, folder, in_postgres(cluster, folder), object_store.lines())


def test_what_the_store_spoilt_is_said_and_sent_again(
    made: Town, call: Call, settings: Path
) -> None:
    """Claim C145."""
    sender, receiver = call("lgwan-01", 0), call("lgwan-02", 1)
    sent = sealed(made)
    sender.send(sent)
    database = open_database(load(settings))
    assert database.store is not None
    with database.transaction() as session:
        ((key,),) = session.rows(
            "SELECT key FROM object JOIN bundle ON id = bundle_id WHERE bundle = ? AND name = ?",
            *(sent.id, PART),
        )
    database.store.put(key, bytes(len(sent.files[PART])))
    database.close()
    path = f"bundles/{sent.id}/files/{PART}"
    assert reason(receiver.ask("GET", path)) == (500, "HUB_CONTENT_DAMAGED")
    assert reason(receiver.ask("GET", path)) == (404, "NOT_AT_HUB")
    assert sent.id not in receiver.waiting()
    assert sender.send(sent)["state"] == "complete"
    assert receiver.ask("GET", path)[:2] == (200, sent.files[PART])
