from __future__ import annotations

import json
from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediabridge import canonical
from mediabridge.config import LIMITS
from mediabridge.translog import events
from mediabridge.translog.events import Entry, Event, Fact
from mediabridge.translog.recovery import Recovery
from mediabridge.translog.removal import Removal

TIME = "2026-04-01T00:00:00Z"
SHA256 = "9f" * 32
_BLOB = ("U1NIU0lHAAAAAQAAA" + "b" * 53, *("B" * 70,) * 4, "+/==")
SIGNATURE = "\n".join(("-----BEGIN SSH SIGNATURE-----", *_BLOB, "-----END SSH SIGNATURE-----", ""))
FULL: dict[str, Fact] = {
    "alarm_sha256": SHA256,
    "backup": "0f" * 16,
    "blocks": 120,
    "content": SHA256,
    "damaged": 2,
    "days": 400,
    "files": 18,
    "first": 31,
    "kinds": ["isa_notice:12", "municipal_notice:0"],
    "last": 34,
    "prev": SHA256,
    "receipts": 2,
    "log_root": "ab" * 32,
    "log_size": 100,
    "applied": 3,
    "approvers": ["officer-1", "officer-2"],
    "bundle": "0123456789abcdef" * 2,
    "checks": ["1:pass", "4.2:pass", "8:fail"],
    "droppings": 2,
    "errors": 0,
    "file_bytes": 1024,
    "file_sha256": SHA256,
    "foreign": 1,
    "held": 1,
    "kind": "isa_notice",
    "medium": "M-0007",
    "mode": "training",
    "operation": "correction",
    "order_sha256": SHA256,
    "peer_root": SHA256,
    "peer_size": 12,
    "reason": "SEQUENCE_GAP",
    "receipt": "fedcba9876543210" * 2,
    "receipt_sha256": SHA256,
    "recipient_sha256": "9" * 64,
    "records": 4,
    "refused": 0,
    "result": "not_found",
    "retired_sha256": SHA256,
    "route_from": "lgwan",
    "route_to": "registry",
    "second": "clerk-2",
    "seq": 31,
    "signature": SIGNATURE,
    "signers": ["lgwan"],
    "summary": SHA256,
    "sums": SHA256,
    "sort": "program",
    "supplement": 1,
    "trust_version": 2,
    "witness": "registry",
    "witness_sha256": SHA256,
    "bundle_count": 1,
    "bundles": ["0123456789abcdef" * 2],
    "bytes": 4096,
    "capacity": 64 * 2**20,
    "device_sha256": SHA256,
    "holder": "clerk-1",
    "holders": ["head-office", "safe-1"],
    "medium_sha256": SHA256,
    "planned_minutes": 240,
    "trip": 1,
    "key": "officer-1",
    "wrong": 3,
    "nonce": "0" * 32,
    "asked_about": SHA256,
    "engine": "ClamAV 1.4.6",
    "scan": "over-limit",
    "signatures": "2026-11-28T08:23:00Z",
    "warned": ["FILE_NOT_SCANNED"],
}


def build(**facts: Any) -> bytes:
    return events.build(
        Event.BUNDLE_APPLIED, time=TIME, station="registry", actor="clerk-1", facts=facts
    )


def document(**changes: Any) -> bytes:
    return canonical.dump({**json.loads(build(seq=31)), **changes})


def test_every_fact_travels() -> None:
    assert FULL.keys() == events.FACTS.keys()
    assert events.parse(build(**FULL), "registry") == Entry(
        Event.BUNDLE_APPLIED, TIME, "registry", "clerk-1", FULL
    )


def test_entry_bytes_known() -> None:
    assert build(seq=31, route_from="lgwan") == (
        b'{"actor":"clerk-1","event":"bundle-applied","facts":{"route_from":"lgwan","seq":31},'
        b'"format":1,"station":"registry","time":"2026-04-01T00:00:00Z"}'
    )


PERSONAL = [
    "NGUYEN VAN AN",
    "Nguyen Van An",
    "グエン・ヴァン・アン",
    "阮文安",
    "1990-01-01",
    "19900101",
    "1990-01-0a1",
    "AB12345678CD",
    "ab12345678cd",
    "123456789012",
    "090-1234-5678",
    "千代田1-1",
    "an.nguyen@example.jp",
]


def test_personal_data_refused(subtests: pytest.Subtests) -> None:
    for name, value in product(sorted(events.FACTS), PERSONAL):
        for attempt in (value, [value], {"value": value}):
            with (
                subtests.test(name, attempt=attempt),
                pytest.raises(ValueError, match=f"the value of {name} does not have") as caught,
            ):
                build(**{name: attempt})
            with subtests.test(f"{name} is not repeated", attempt=attempt):
                assert value not in str(caught.value)


@pytest.mark.parametrize("value", PERSONAL)
def test_personal_actor_refused(value: str) -> None:
    with pytest.raises(ValueError, match="the value of actor"):
        events.build(Event.BUNDLE_SEALED, time=TIME, station="lgwan", actor=value, facts={})


@pytest.mark.parametrize("name", ["name_roman", "card_number", "birth_date", "remarks", ""])
def test_unknown_fact_refused(name: str) -> None:
    with pytest.raises(ValueError, match="a name outside the closed list"):
        build(**{name: 1})


@given(st.text(min_size=1).filter(lambda text: not text.isascii()))
def test_japanese_text_refused(value: str) -> None:
    for name in events.FACTS:
        with pytest.raises(ValueError, match=f"the value of {name} does not have|surrogate"):
            build(**{name: value})


@pytest.mark.parametrize(
    "value",
    [
        "",
        SIGNATURE + "\n",
        "x" + SIGNATURE,
        SIGNATURE.replace("U1NIU0lH", "U1NIU0lG"),
        SIGNATURE.replace("BBBB\n", "BBB.\n", 1),
        SIGNATURE.replace("BBBB\n", "BBBB \n", 1),
        SIGNATURE.replace("\n", "\r\n"),
        "\n".join(SIGNATURE.split("\n")[:2] + SIGNATURE.split("\n")[-3:]),
        SIGNATURE.replace("+/==\n", ("B" * 70 + "\n") * 12 + "+/==\n"),
        SIGNATURE.replace("SSH SIGNATURE", "PGP SIGNATURE"),
    ],
)
def test_what_is_no_ssh_signature_refused(value: str) -> None:
    """Claim C42. There is no room for a text of one's own in it."""
    with pytest.raises(ValueError, match="the value of signature does not have"):
        build(signature=value)


@pytest.mark.parametrize("value", [-1, True, 1.5, 2**53, "1", None])
def test_odd_count_refused(value: Any) -> None:
    with pytest.raises(ValueError, match=r"value of seq|whole numbers|JSON cannot carry"):
        build(seq=value)


def test_long_list_refused() -> None:
    with pytest.raises(ValueError, match="the value of signers"):
        build(signers=["a"] * (LIMITS.log_list_items + 1))


@pytest.mark.parametrize(
    "time",
    ["2026-04-01T00:00:00+09:00", "2026-04-01 00:00:00Z", "2026-13-01T00:00:00Z", "now", 0, None],
)
def test_odd_time_refused(time: Any) -> None:
    with pytest.raises(ValueError, match=r"time|form|match"):
        events.parse(document(time=time), "registry")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"null",
        build(seq=31) + b"\n",
        b" " + build(seq=31),
        build(seq=31).replace(b'"seq":31', b'"seq":31,"seq":31'),
        build(seq=31).replace(b"31", b"31.0"),
        build(seq=31).replace(b"registry", b"\xff"),
        document(format=2),
        document(format=True),
        document(format="1"),
        document(event="bundle-forged"),
        document(event=["bundle-sealed"]),
        document(facts=[]),
        document(facts=None),
        document(station=7),
        document(note="free text"),
        canonical.dump({"event": "bundle-sealed"}),
        b"[" * 5000,
    ],
)
def test_malformed_entry_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        events.parse(data, "registry")


def test_other_station_refused() -> None:
    with pytest.raises(ValueError, match="an entry of station registry, should be of lgwan"):
        events.parse(build(seq=31), "lgwan")


def test_large_entry_refused() -> None:
    data = build(seq=31)
    limits = replace(LIMITS, log_entry_bytes=len(data) - 1)
    with pytest.raises(ValueError, match=f"{len(data)} bytes, at most {len(data) - 1}"):
        events.parse(data, "registry", limits)


def test_fullest_entry_fits() -> None:
    longest: dict[str, Fact] = {
        **FULL,
        "approvers": ["a" * 31] * LIMITS.log_list_items,
        "signers": ["a" * 31] * LIMITS.log_list_items,
        "checks": ["10.10:pass"] * LIMITS.log_list_items,
    }
    assert len(build(**longest)) < LIMITS.log_entry_bytes


def recovered(**facts: Any) -> bytes:
    return events.build(
        Event.JOURNEY_RECOVERED, time=TIME, station="registry", actor="registry", facts=facts
    )


@pytest.mark.parametrize("reason", Recovery)
def test_recovery_is_for_reason_of_closed_list(reason: Recovery) -> None:
    assert events.parse(recovered(reason=reason), "registry").facts == {"reason": reason.value}


@pytest.mark.parametrize("facts", [{"reason": "SOMETHING_ELSE"}, {}])
def test_recovery_for_no_known_reason_refused(facts: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="reason"):
        recovered(**facts)


@pytest.mark.parametrize("reason", ["RECEIPT_MISSING", None])
def test_removal_is_for_a_rule_of_its_list(reason: str | None) -> None:
    given = {"time": TIME, "station": "registry", "actor": "registry"}
    for rule in Removal:
        events.build(Event.KEPT_REMOVED, **given, facts={"reason": rule})
    with pytest.raises(ValueError, match="reason"):
        events.build(Event.KEPT_REMOVED, **given, facts={"reason": reason} if reason else {})


def test_recovery_that_another_version_knows_is_read() -> None:
    theirs = recovered(reason=Recovery.RECEIPT_MISSING).replace(b"RECEIPT_MISSING", b"NEW_REASON")
    assert events.parse(theirs, "registry").facts == {"reason": "NEW_REASON"}
