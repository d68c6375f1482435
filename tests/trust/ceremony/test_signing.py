"""Who may sign when, and what no signature survives."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from trust.ceremony.office import Ceremony

from mediabridge import canonical
from mediabridge.errors import (
    CeremonyIncompleteError,
    DraftChangedError,
    DraftInvalidError,
    UsageError,
)
from mediabridge.trust import tuf_keys
from mediabridge.trust.ceremony import changes, entries, folder, signing
from mediabridge.trust.ceremony.reasons import Reason

pytestmark = pytest.mark.in_turns

ORDER = ("root-1", "root-2", "targets-1", "targets-2", "snapshot-1", "timestamp-1")


@pytest.fixture
def drafted(fresh: Ceremony) -> Ceremony:
    """The first version, with nobody's signature."""
    fresh.begin()
    fresh.take_in(*fresh.office.everybody())
    fresh.route()
    return fresh


@pytest.mark.parametrize("signed", range(len(ORDER)))
def test_only_the_next_in_line_can_sign(drafted: Ceremony, signed: int) -> None:
    drafted.sign_all(*ORDER[:signed]) if signed else None
    role = ORDER[signed].partition("-")[0]
    later = [name for name in ORDER[signed + 1 :] if not name.startswith(role)]
    for name in later:
        with pytest.raises(CeremonyIncompleteError) as refused:
            drafted.sign(name)
        assert refused.value.facts["role"] == role
    drafted.sign(ORDER[signed])


def test_what_is_missing_is_said_by_name(drafted: Ceremony) -> None:
    drafted.sign("root-2")
    opened = drafted.opened
    first, *_ = signing.standings(opened.wanted, opened.published)
    assert (first.role, first.signed, first.missing) == ("root", ("root-2",), ("root-1", "root-3"))
    assert first.needed == 2


def test_half_a_pair_counts_half(drafted: Ceremony) -> None:
    classical, _lattice = drafted.office.tuf("root-1")
    signing.sign(drafted.opened, tuf_keys.signer(classical))
    opened = drafted.opened
    first, *_ = signing.standings(opened.wanted, opened.published)
    assert first.needed == 3
    assert "root-1" in first.signed
    assert "root-1" in first.missing


@pytest.mark.parametrize("sort", [0, 1], ids=["classical", "lattice"])
def test_keys_of_one_sort_are_not_enough(drafted: Ceremony, sort: int) -> None:
    """Claim C65."""
    for name in ("root-1", "root-2", "root-3"):
        signing.sign(drafted.opened, tuf_keys.signer(drafted.office.tuf(name)[sort]))
    with pytest.raises(CeremonyIncompleteError):
        drafted.sign("targets-1")


def test_nobody_signs_twice(drafted: Ceremony) -> None:
    drafted.sign("root-1")
    with pytest.raises(UsageError, match="already"):
        drafted.sign("root-1")


def test_a_stranger_has_nothing_to_sign(drafted: Ceremony) -> None:
    with pytest.raises(UsageError, match="nothing to sign"):
        drafted.sign("root-9")


def test_root_holders_are_not_needed_where_the_root_stays(ceremony: Ceremony) -> None:
    ceremony.change(
        changes.to_trust(lambda trust: entries.routed(trust, "lgwan-01", "registry-01", 2))
    )
    with pytest.raises(UsageError, match="nothing to sign"):
        ceremony.sign("root-1")
    ceremony.sign_all("targets-1", "targets-2", "snapshot-1", "timestamp-1")
    assert ceremony.publish().version == 2


Tamper = Callable[[dict[str, Any]], object]
TAMPERED: list[tuple[str, Tamper]] = [
    ("targets", lambda draft: draft["trust"]["routes"][0].update(approvals=0)),
    ("targets", lambda draft: draft["targets"]["signed"].update(expires="2099-01-01T00:00:00Z")),
    ("root", lambda draft: draft["root"]["signed"]["roles"]["root"].update(threshold=5)),
    ("root", lambda draft: draft["root"]["signed"].update(expires="2099-01-01T00:00:00Z")),
    ("targets", lambda draft: draft["targets"]["signatures"][0].update(sig="00" * 64)),
]


@pytest.mark.parametrize(("role", "tamper"), TAMPERED)
def test_a_draft_that_changed_after_a_signature_is_refused(
    drafted: Ceremony, role: str, tamper: Tamper
) -> None:
    """Claim C64."""
    drafted.sign_all(*ORDER[:3])
    file = drafted.path / "draft.json"
    document = json.loads(file.read_bytes())
    tamper(document)
    file.write_bytes(canonical.dump(document))
    with pytest.raises(DraftChangedError) as refused:
        drafted.sign("targets-2")
    assert refused.value.facts["role"] == role
    assert f"{role}-1" in refused.value.facts["names"]


DAMAGED: list[Tamper] = [
    lambda draft: draft.pop("snapshot"),
    lambda draft: draft.update(more=1),
    lambda draft: draft["snapshot"]["signed"].update(version=7),
    lambda draft: draft["timestamp"]["signed"]["meta"]["snapshot.json"].update(version=7),
    lambda draft: draft["trust"].update(version=2),
    lambda draft: draft["trust"].update(city="city.other.example"),
    lambda draft: draft["targets"]["signed"].update(_type="root"),
    lambda draft: draft["targets"]["signed"].update(_type="nothing"),
    lambda draft: draft.update(targets={}),
    lambda draft: draft["root"]["signed"].update(version=2),
    lambda draft: draft.update(root=None),
]


def _key_of(draft: dict[str, Any], name: str, kind: str = "ed25519") -> dict[str, Any]:
    keys: list[dict[str, Any]] = [
        key
        for key in draft["root"]["signed"]["keys"].values()
        if (key["x-mediabridge-holder"], key["keytype"]) == (name, kind)
    ]
    return keys[0]


def _two_ids_of_one_key(draft: dict[str, Any]) -> None:
    """Give the second holder of targets the key of the first, under a third id."""
    signed = draft["root"]["signed"]
    first, _ = signed["roles"]["targets"]["keyids"]
    signed["keys"]["ab" * 32] = signed["keys"][first] | {"x-mediabridge-holder": "targets-3"}
    signed["roles"]["targets"]["keyids"].append("ab" * 32)


ROOTS_THAT_HIDE: list[Tamper] = [
    # The id that is shown stays the same, the key under it does not.
    lambda draft: _key_of(draft, "targets-1").update(keyval={"public": "11" * 32}),
    lambda draft: _key_of(draft, "targets-1").update(keyval=_key_of(draft, "snapshot-1")["keyval"]),
    lambda draft: _key_of(draft, "targets-1").update(scheme="rsassa-pss-sha256"),
    lambda draft: _key_of(draft, "targets-1").update(more=1),
    lambda draft: _key_of(draft, "targets-1").update({"x-mediabridge-holder": "x\n+ y"}),
    lambda draft: _key_of(draft, "targets-1").update({"x-mediabridge-holder": 7}),
    _two_ids_of_one_key,
    # One holder who counts twice.
    lambda draft: _key_of(draft, "root-3").update({"x-mediabridge-holder": "root-1"}),
    lambda draft: draft["root"]["signed"]["roles"]["targets"]["keyids"].append("cd" * 32),
    lambda draft: draft["root"]["signed"]["roles"]["targets"]["keyids"].pop(),
    lambda draft: draft["root"]["signed"]["roles"]["targets"].update(more=1),
    lambda draft: draft["root"]["signed"].update(more=1),
    lambda draft: draft["root"]["signed"].update(consistent_snapshot=False),
]


@pytest.mark.parametrize("hide", ROOTS_THAT_HIDE)
def test_a_root_that_hides_something_is_refused_before_anybody_signs(
    drafted: Ceremony, hide: Tamper
) -> None:
    """Claim C64. The ids and names that people are shown would stay what they were."""
    file = drafted.path / "draft.json"
    document = json.loads(file.read_bytes())
    hide(document)
    file.write_bytes(canonical.dump(document))
    with pytest.raises(DraftInvalidError):
        folder.open_folder(drafted.path)


@pytest.mark.parametrize("damage", DAMAGED)
def test_a_damaged_draft_is_refused(drafted: Ceremony, damage: Tamper) -> None:
    file = drafted.path / "draft.json"
    document = json.loads(file.read_bytes())
    damage(document)
    file.write_bytes(canonical.dump(document))
    with pytest.raises(DraftInvalidError):
        drafted.sign("root-1")


@pytest.mark.parametrize("data", [b"", b"{}", b"[" * 100, b"\xff", b'{"format": 1}'])
def test_no_draft_at_all_is_refused(drafted: Ceremony, data: bytes) -> None:
    (drafted.path / "draft.json").write_bytes(data)
    with pytest.raises(DraftInvalidError):
        drafted.sign("root-1")


def test_only_what_was_shown_is_signed(drafted: Ceremony) -> None:
    shown = drafted.opened
    drafted.change(changes.to_trust(lambda trust: entries.removed(trust, "clerk-1")))
    before = (drafted.path / "draft.json").read_bytes()
    with pytest.raises(DraftInvalidError, match="after it was shown"):
        signing.sign(shown, tuf_keys.signer(drafted.office.tuf("root-1")[0]))
    assert (drafted.path / "draft.json").read_bytes() == before


def test_a_change_loses_the_signatures_of_what_it_changes(drafted: Ceremony) -> None:
    drafted.sign_all(*ORDER[:4])
    change = changes.to_trust(
        lambda trust: entries.revoked(trust, "officer-1", Reason.KEY_LOST, drafted.valid.start)
    )
    assert drafted.change(change) == ["targets-1", "targets-2"]
    opened = drafted.opened
    first, second, *_ = signing.standings(opened.wanted, opened.published)
    assert (first.needed, second.needed) == (0, 2)
