"""What a ceremony can change, and what it refuses to draft."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import partial

import pytest
from trust.ceremony.office import NEEDED, Ceremony, Office, now

from mediabridge.bundle import sshsig
from mediabridge.errors import DraftInvalidError, UsageError
from mediabridge.kinds import Kind
from mediabridge.trust import requests
from mediabridge.trust.ceremony import changes, differences, entries, roles
from mediabridge.trust.ceremony.changes import Change
from mediabridge.trust.ceremony.reasons import Reason
from mediabridge.trust.fields import ESCROW

pytestmark = pytest.mark.in_turns


def read(data: bytes) -> requests.Request:
    return requests.read(data, name="request.json")


def test_a_whole_city_is_made_of_requests(ceremony: Ceremony) -> None:
    published = ceremony.opened.published
    assert published is not None
    trust = published.trust
    assert [each.id for each in trust.stations] == ["lgwan-01", "registry-01"]
    assert [each.name for each in trust.people] == ["officer-1", "officer-2", "clerk-1"]
    assert [each.station for each in trust.recipients] == ["lgwan-01", "registry-01", ESCROW]
    assert (trust.version, trust.mode) == (1, "live")
    holders = {role: list(roles.holders(published.root, role)) for role in roles.ROLES}
    assert holders["root"] == ["root-1", "root-2", "root-3"]
    assert {role: roles.needed(published.root, role) for role in roles.ROLES} == NEEDED


def test_a_second_ceremony_does_not_begin_in_the_same_folder(ceremony: Ceremony) -> None:
    with pytest.raises(UsageError, match="already"):
        ceremony.begin()


def test_without_a_ceremony_nothing_changes(fresh: Ceremony) -> None:
    with pytest.raises(UsageError, match="trust init"):
        fresh.take_in(fresh.office.person("officer-3", "officer"))
    assert not fresh.path.exists()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (lambda office: office.person("officer-1", "officer"), "officer-1"),
        (lambda office: office.station("lgwan-01", "lgwan"), "lgwan-01"),
        (lambda office: office.holder("root-1", "root"), "holds a key of root already"),
        (lambda office: office.holder("targets-1", "snapshot"), "has a purpose already"),
        (lambda _office: Office("training").person("x", "officer"), r"training.*live"),
        (lambda _office: Office("training").holder("x", "root"), r"training.*live"),
    ],
)
def test_what_is_there_or_elsewhere_is_not_taken_in(
    ceremony: Ceremony, data: Callable[[Office], bytes], says: str
) -> None:
    with pytest.raises(UsageError, match=says):
        ceremony.take_in(data(ceremony.office))
    assert ceremony.opened.draft is None


def test_a_key_of_a_role_may_not_sign_bundles(ceremony: Ceremony) -> None:
    office = Office("live", made=dict(ceremony.office.made))
    twin = office.tuf("snapshot-1")[0]
    ssh = office.ssh("officer-7")
    office.made["officer-7"] = type(ssh)(ssh.kind, ssh.id, _ssh_text(twin.public), twin.secret)
    with pytest.raises(UsageError, match="that of a station or a person"):
        ceremony.take_in(office.person("officer-7", "officer"))


def _ssh_text(public: str) -> str:
    return sshsig.openssh_key(bytes.fromhex(public))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (changes.to_trust(lambda trust: entries.removed(trust, "nobody")), "nobody"),
        (
            changes.to_trust(
                lambda trust: entries.revoked(trust, "nobody", Reason.KEY_LOST, now())
            ),
            "nobody",
        ),
        (changes.to_trust(lambda trust: entries.routed(trust, "x", "lgwan-01", 1)), "x"),
        (changes.to_trust(lambda trust: entries.routed(trust, "lgwan-01", "x", 1)), "x"),
        (changes.to_trust(lambda trust: entries.without_route(trust, "x", "y")), "no route"),
        (changes.exchange("root", "root-9", ()), "holds no key"),
        (changes.to_root(lambda root: roles.with_needed(root, "root", 0)), "at least one"),
    ],
)
def test_what_is_not_there_cannot_be_changed(ceremony: Ceremony, change: Change, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        ceremony.change(change)


def test_a_key_is_revoked_once(ceremony: Ceremony) -> None:
    change = changes.to_trust(
        lambda trust: entries.revoked(trust, "officer-1", Reason.LEFT_OFFICE, now())
    )
    ceremony.change(change)
    with pytest.raises(UsageError, match="revoked already"):
        ceremony.change(change)


def test_nothing_is_sealed_to_a_revoked_station(ceremony: Ceremony) -> None:
    stolen = Reason.STATION_STOLEN
    ceremony.change(
        changes.to_trust(lambda trust: entries.revoked(trust, "lgwan-01", stolen, now()))
    )
    trust = ceremony.opened.wanted.trust
    assert [each.id for each in trust.stations] == ["lgwan-01", "registry-01"]
    assert [each.id for each in trust.recipients] == ["registry-01", "escrow-1"]
    assert trust.routes == ()


def test_with_a_station_go_its_keys_and_routes(ceremony: Ceremony) -> None:
    ceremony.change(changes.to_trust(lambda trust: entries.removed(trust, "lgwan-01")))
    trust = ceremony.opened.wanted.trust
    assert [each.id for each in trust.stations] == ["registry-01"]
    assert [each.id for each in trust.recipients] == ["registry-01", "escrow-1"]
    assert trust.routes == ()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (changes.exchange("root", "root-1", ()), None),
        (changes.exchange("targets", "targets-1", ()), "targets has 1 of the 2 holders"),
        (changes.to_root(lambda root: roles.with_needed(root, "root", 1)), "root: 1 has to sign"),
        (changes.to_root(lambda root: roles.with_needed(root, "targets", 1)), "targets: 1 has"),
    ],
)
def test_a_live_city_needs_two_people(ceremony: Ceremony, change: Change, says: str | None) -> None:
    ceremony.change(change)
    if says is None:
        ceremony.sign("root-2")
        return
    with pytest.raises(DraftInvalidError, match=says):
        ceremony.sign("root-2")


def test_pairs_by_all_or_by_none(ceremony: Ceremony) -> None:
    office = ceremony.office
    alone = Office("live", pairs=False, made=dict(office.made))
    coming = read(alone.holder("root-4", "root"))
    ceremony.change(changes.exchange("root", "root-1", (coming,)))
    with pytest.raises(DraftInvalidError, match="no ML-DSA key of root-4"):
        ceremony.sign("root-2")


def test_pairs_need_a_majority(ceremony: Ceremony) -> None:
    coming = read(ceremony.office.holder("root-4", "root"))
    ceremony.change(changes.exchange("root", None, (coming,)))
    with pytest.raises(DraftInvalidError, match="2 of 4 is no majority"):
        ceremony.sign("root-2")


def test_every_change_is_said(ceremony: Ceremony) -> None:
    published = ceremony.opened.published
    assert published is not None
    ceremony.take_in(ceremony.office.person("officer-3", "officer"))
    for change in (
        changes.to_trust(lambda trust: entries.removed(trust, "clerk-1")),
        changes.to_trust(lambda trust: entries.routed(trust, "lgwan-01", "registry-01", 2)),
        changes.to_trust(
            lambda trust: entries.revoked(trust, "officer-1", Reason.LEFT_OFFICE, now())
        ),
        changes.exchange("root", "root-1", (read(ceremony.office.holder("root-5", "root")),)),
    ):
        ceremony.change(change)
    draft = ceremony.opened.wanted
    said = [
        (each.kind, each.what, each.name)
        for each in (
            *differences.of_root(published.root, draft.authority(published)),
            *differences.of_trust(published.trust, draft.trust),
        )
    ]
    officer = next(each for each in draft.trust.revoked)
    assert said == [
        ("removed", "root", "root-1"),
        ("added", "root", "root-5"),
        ("removed", "person", "clerk-1"),
        ("added", "person", "officer-3"),
        ("changed", "route", "lgwan-01>registry-01"),
        ("added", "revoked", officer.key),
    ]
    assert len(set(said)) == len(said)


def test_a_log_key_is_shown_by_more_than_its_short_id(ceremony: Ceremony) -> None:
    """Of the 32 bits of that id, somebody can make a second key in an afternoon."""
    trust = ceremony.opened.published.trust  # type: ignore[union-attr]
    told = [each for each in differences.of_trust(None, trust) if each.what == "station"]
    for station, each in zip(trust.stations, told, strict=True):
        assert hashlib.sha256(station.log_key.encode()).hexdigest()[:32] in each.sentence


def test_nothing_is_said_where_nothing_changed(ceremony: Ceremony) -> None:
    published = ceremony.opened.published
    assert published is not None
    assert differences.of_root(published.root, published.root) == []
    assert differences.of_trust(published.trust, published.trust) == []


def test_who_registers_media_is_never_widened_by_a_removal(ceremony: Ceremony) -> None:
    """An empty list means every officer, so the last one is not taken out of it."""
    for names in (("officer-1", "officer-2"), ("officer-1",)):
        ceremony.change(changes.to_trust(partial(entries.registered_by, officers=names)))
    gone = changes.to_trust(lambda trust: entries.removed(trust, "officer-1"))
    with pytest.raises(UsageError, match="last who registers media"):
        ceremony.change(gone)
    ceremony.change(changes.to_trust(lambda trust: entries.registered_by(trust, ("officer-2",))))
    ceremony.change(gone)
    assert ceremony.opened.wanted.trust.media_officers == ("officer-2",)


def test_a_kind_can_need_more_approvals(ceremony: Ceremony) -> None:
    more = {"isa_notice": 2}
    ceremony.change(
        changes.to_trust(lambda trust: entries.routed(trust, "lgwan-01", "registry-01", 1, more))
    )
    published, draft = ceremony.opened.published, ceremony.opened.wanted
    assert published is not None
    (said,) = differences.of_trust(published.trust, draft.trust)
    assert "notice of the Immigration Services Agency: 2" in said.sentence
    assert draft.trust.routes[-1].approvals_for({"isa_notice": 1}) == 2


def test_whoever_signs_is_told_what_a_population_takes(ceremony: Ceremony) -> None:
    ceremony.change(
        changes.to_trust(lambda trust: entries.routed(trust, "lgwan-01", "registry-01", 2))
    )
    published, draft = ceremony.opened.published, ceremony.opened.wanted
    assert published is not None
    said = [each.sentence for each in differences.of_trust(published.trust, draft.trust)]
    assert any(f"{Kind.ISA_POPULATION.facts.english}: 3" in each for each in said), said


def test_route_whose_population_nobody_could_send_is_not_drafted(ceremony: Ceremony) -> None:
    """A bundle holds sixteen approvals; a population takes one more than a day."""

    def routed(sender: str, receiver: str, approvals: int) -> None:
        step = partial(entries.routed, sender=sender, receiver=receiver, approvals=approvals)
        ceremony.change(changes.to_trust(step))

    with pytest.raises(UsageError, match="would take 17, and a bundle holds 16 at most"):
        routed("lgwan-01", "registry-01", 16)
    assert ceremony.opened.draft is None
    routed("lgwan-01", "registry-01", 15)
    # What goes the other way has no population.
    routed("registry-01", "lgwan-01", 16)


def test_parity_of_a_route_stays_until_somebody_changes_it(ceremony: Ceremony) -> None:
    def routed(percent: int | None) -> int:
        step = partial(
            entries.routed, sender="lgwan-01", receiver="registry-01", approvals=2, parity=percent
        )
        ceremony.change(changes.to_trust(step))
        route = ceremony.opened.wanted.trust.route("lgwan-01", "registry-01")
        assert route is not None
        return route.parity_percent

    assert routed(30) == 30
    assert routed(None) == 30
    published, draft = ceremony.opened.published, ceremony.opened.wanted
    assert published is not None
    (said,) = differences.of_trust(published.trust, draft.trust)
    assert "; parity: 30 % (" in said.sentence
    assert "; parity: 10 %)" in said.sentence
    assert routed(0) == 0
    for wrong in (-5, 7, 55):
        with pytest.raises(UsageError):
            routed(wrong)


def test_new_route_has_the_usual_parity(ceremony: Ceremony) -> None:
    published = ceremony.opened.published
    assert published is not None
    trust = published.trust
    bare = entries.without_route(trust, "lgwan-01", "registry-01")
    route = entries.routed(bare, "lgwan-01", "registry-01", 1).route("lgwan-01", "registry-01")
    assert route is not None
    assert (route.parity_percent, route.parity_columns) == (10, 2)
