import base64
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mediabridge import canonical
from mediabridge.bundle import sshsig
from mediabridge.errors import TrustInvalidError
from mediabridge.kinds import Kind
from mediabridge.translog.cosignature import WitnessKey
from mediabridge.translog.note import Vkey
from mediabridge.trust import keytext, trust_data
from mediabridge.trust.city import City

Document = dict[str, Any]


@pytest.fixture
def document(made_city: City) -> Document:
    loaded: Document = canonical.load(made_city.trust.dump())
    return loaded


def refusal(document: Document) -> str:
    with pytest.raises(TrustInvalidError) as caught:
        trust_data.parse(canonical.dump(document))
    return str(caught.value.facts["detail"])


def test_parse_returns_what_was_dumped(made_city: City) -> None:
    assert trust_data.parse(made_city.trust.dump()) == made_city.trust


def test_namespaces_name_the_city(made_city: City) -> None:
    assert made_city.trust.bundle_namespace == "mediabridge-bundle-v1@city.training.example"
    assert made_city.trust.approve_namespace == "mediabridge-approve-v1@city.training.example"


def test_lookups_find_only_what_exists(made_city: City) -> None:
    trust = made_city.trust
    station = trust.station("registry-01")
    assert station is not None
    assert station.role == "registry"
    assert trust.station("registry-02") is None
    assert trust.holder_of(keytext.fingerprint(station.key)) == station
    assert trust.holder_of("SHA256:" + "A" * 43) is None
    back = trust.route("registry-01", "lgwan-01")
    assert back is not None
    assert back.kinds == ("municipal_notice", "residence_report")
    assert trust.route("lgwan-01", "lgwan-02") is None


def test_holder_may_be_a_person(made_city: City) -> None:
    officer = next(each for each in made_city.trust.people if each.name == "officer-2")
    assert made_city.trust.holder_of(keytext.fingerprint(officer.key)) == officer


def test_bundle_is_wrapped_to_escrow_too(made_city: City) -> None:
    wanted = made_city.trust.recipients_for("registry-01")
    assert [each.id for each in wanted] == ["registry-01", "escrow"]


def test_revocation_is_by_fingerprint(document: Document) -> None:
    revoked = keytext.fingerprint(document["people"][1]["key"])
    other = keytext.fingerprint(document["people"][2]["key"])
    document["revoked"] = [{"key": revoked, "at": "2026-04-01T00:00:00Z", "reason": "KEY_LOST"}]
    trust = trust_data.parse(canonical.dump(document))
    assert trust.is_revoked(revoked)
    assert not trust.is_revoked(other)


def test_duplicate_json_key_is_refused(made_city: City) -> None:
    data = made_city.trust.dump().replace(b'{"city":', b'{"city":"a.example","city":', 1)
    with pytest.raises(TrustInvalidError, match="a key occurs twice"):
        trust_data.parse(data)


def test_other_spelling_is_refused(made_city: City) -> None:
    with pytest.raises(TrustInvalidError, match="RFC 8785"):
        trust_data.parse(made_city.trust.dump() + b"\n")


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("format", 2),
        ("format", "1"),
        ("city", "City.example"),
        ("city", 'a.example",cert-authority'),
        ("municipality_code", "13101"),
        ("municipality_code", "１３１０１６"),
        ("mode", "test"),
        ("version", 0),
        ("version", True),
        ("profiles", []),
        ("profiles", ["NONE"]),
        ("stations", {}),
        ("comment", "hello"),
    ],
)
def test_wrong_member_is_refused(document: Document, member: str, value: object) -> None:
    document[member] = value
    assert f"trust.json: {member}" in refusal(document)


@pytest.mark.parametrize(
    ("part", "member", "value"),
    [
        ("stations", "id", "-lgwan"),
        ("stations", "id", "lgwan_01"),
        ("stations", "id", "a" * 32),
        ("stations", "id", "lgwan-01\n"),
        ("stations", "role", "officer"),
        ("stations", "witness_key", "city.training.example/witness/lgwan-01+00000000+BAAA"),
        ("stations", "log_key", "city.training.example/log/lgwan-01+00000000+AAAA"),
        ("stations", "valid_from", "2026-02-30T00:00:00Z"),
        ("stations", "valid_from", "2026-02-03 00:00:00"),
        ("people", "role", "registry"),
        ("people", "key", "ssh-rsa AAAAB3NzaC1yc2E="),
        ("people", "email", "someone@example.org"),
        ("recipients", "key", base64.b64encode(b"\x04" * 1665).decode()),
        ("recipients", "key", "AAAA"),
        ("routes", "approvals", -1),
        ("routes", "approvals", 17),
        ("routes", "kinds", ["everything"]),
    ],
)
def test_wrong_entry_is_refused(document: Document, part: str, member: str, value: object) -> None:
    document[part][0][member] = value
    assert f"{part}.0" in refusal(document)


def test_key_with_comment_is_refused(document: Document) -> None:
    document["people"][0]["key"] += " clerk@desk"
    assert "without comment" in refusal(document)


@pytest.mark.parametrize("reason", ["lost", "LOST\n", ""])
def test_revocation_reason_is_a_word(document: Document, reason: str) -> None:
    fingerprint = keytext.fingerprint(document["people"][0]["key"])
    document["revoked"] = [{"key": fingerprint, "at": "2026-04-01T00:00:00Z", "reason": reason}]
    assert "revoked.0.reason" in refusal(document)


def _same_id(document: Document) -> str:
    document["people"][0]["name"] = "registry-01"
    return "id registry-01 occurs 2 times"


def _same_key(document: Document) -> str:
    document["people"][2]["key"] = document["people"][1]["key"]
    return "officer-1 and officer-2 have the same key"


def _log_key_signs_bundles(document: Document) -> str:
    log_key = Vkey.parse(document["stations"][0]["log_key"])
    document["stations"][0]["key"] = sshsig.openssh_key(log_key.public_key)
    return "lgwan-01 and log of lgwan-01 have the same key"


def _witness_key_signs_the_log(document: Document) -> str:
    station = document["stations"][0]
    witness = WitnessKey.parse(station["witness_key"])
    station["log_key"] = Vkey(Vkey.parse(station["log_key"]).name, witness.public_key).encode()
    return "log of lgwan-01 and witness lgwan-01 have the same key"


def _one_witness_for_two(document: Document) -> str:
    stations = document["stations"]
    names = [WitnessKey.parse(each["witness_key"]).name for each in stations]
    key = WitnessKey.parse(stations[0]["witness_key"]).public_key
    stations[1]["witness_key"] = WitnessKey(names[1], key).encode()
    return "witness lgwan-01 and witness registry-01 have the same key"


def _foreign_witness(document: Document) -> str:
    document["stations"][0]["witness_key"] = document["stations"][1]["witness_key"]
    return "the witness key of lgwan-01 should be named city.training.example/witness/lgwan-01"


def _same_recipient_key(document: Document) -> str:
    document["recipients"][1]["key"] = document["recipients"][0]["key"]
    return "recipient lgwan-01 and recipient registry-01 have the same key"


def _same_recipient(document: Document) -> str:
    document["recipients"][1]["id"] = "lgwan-01"
    return "recipient lgwan-01 occurs 2 times"


def _unknown_recipient(document: Document) -> str:
    document["recipients"][0]["station"] = "lgwan-09"
    return "recipient lgwan-01 names the unknown station lgwan-09"


def _unknown_receiver(document: Document) -> str:
    document["routes"][0]["receiver"] = "registry-09"
    return "route lgwan-01 to registry-09 names the unknown station registry-09"


def _route_to_itself(document: Document) -> str:
    document["routes"][0]["receiver"] = "lgwan-01"
    return "route lgwan-01 to lgwan-01 leads to its own sender"


def _same_route(document: Document) -> str:
    document["routes"].append(document["routes"][0])
    return "route lgwan-01 to registry-01 occurs 2 times"


def _same_kind(document: Document) -> str:
    document["routes"][0]["kinds"] = ["isa_notice", "isa_notice"]
    route = "route lgwan-01 to registry-01"
    return f"{route}: kind notice of the Immigration Services Agency occurs 2 times"


def _never_valid(document: Document) -> str:
    document["people"][0]["valid_until"] = document["people"][0]["valid_from"]
    return "clerk-1 is valid from"


def _foreign_log(document: Document) -> str:
    document["stations"][0]["log_key"] = document["stations"][1]["log_key"]
    return "the log key of lgwan-01 should be named city.training.example/log/lgwan-01"


def _station_named_escrow(document: Document) -> str:
    document["stations"][2]["id"] = "escrow"
    return "a station may not be called escrow"


def _same_profile(document: Document) -> str:
    document["profiles"] *= 2
    return f"profile {document['profiles'][0]} occurs 2 times"


def _revoked_twice(document: Document) -> str:
    entry = {"key": "SHA256:" + "A" * 43, "at": "2026-04-01T00:00:00Z", "reason": "LOST"}
    document["revoked"] = [entry, entry]
    return f"revocation {entry['key']} occurs 2 times"


def _media_clerk(document: Document) -> str:
    document["media_officers"] = ["clerk-1"]
    return "clerk-1 registers media, but is no officer"


def _kind_of_another_route(document: Document) -> str:
    document["routes"][0]["approvals_by_kind"] = {"municipal_notice": 2}
    return "route lgwan-01 to registry-01: approvals for notice of a municipality that mean nothing"


def _kind_with_fewer_approvals(document: Document) -> str:
    document["routes"][0]["approvals_by_kind"] = {"isa_notice": 1}
    route = "route lgwan-01 to registry-01"
    return f"{route}: approvals for notice of the Immigration Services Agency that mean nothing"


def _population_with_fewer_approvals(document: Document) -> str:
    document["routes"][0] |= {"approvals": 2, "approvals_by_kind": {"isa_population": 2}}
    route, kind = "route lgwan-01 to registry-01", Kind.ISA_POPULATION.facts.english
    return f"{route}: approvals for {kind} that mean nothing"


CONTRADICTIONS = [
    _population_with_fewer_approvals,
    _media_clerk,
    _kind_of_another_route,
    _kind_with_fewer_approvals,
    _same_id,
    _same_key,
    _log_key_signs_bundles,
    _witness_key_signs_the_log,
    _one_witness_for_two,
    _foreign_witness,
    _same_recipient_key,
    _same_recipient,
    _unknown_recipient,
    _unknown_receiver,
    _route_to_itself,
    _same_route,
    _same_kind,
    _never_valid,
    _foreign_log,
    _station_named_escrow,
    _same_profile,
    _revoked_twice,
]


@pytest.mark.parametrize("contradict", CONTRADICTIONS)
def test_contradiction_is_named(document: Document, contradict: Callable[[Document], str]) -> None:
    problem = contradict(document)
    assert problem in refusal(document)


def test_all_contradictions_are_listed(document: Document) -> None:
    problems = [_same_key(document), _unknown_receiver(document), _never_valid(document)]
    detail = refusal(document)
    assert [problem for problem in problems if problem not in detail] == []


def test_all_wrong_entries_are_listed(document: Document) -> None:
    document["version"] = 0
    document["people"][1]["role"] = "mayor"
    document["routes"][0]["kinds"] = ["everything"]
    detail = refusal(document)
    for place in ("version", "people.1.role", "routes.0.kinds.0"):
        assert place in detail


def test_refusal_does_not_repeat_input(document: Document) -> None:
    document["people"][0]["name"] = "山田太郎"
    assert "山田" not in refusal(document)


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_cleanly(data: bytes) -> None:
    with pytest.raises(TrustInvalidError):
        trust_data.parse(data)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


@settings(max_examples=60)
@given(data=st.data())
def test_any_replaced_entry_is_refused_cleanly(made_city: City, data: st.DataObject) -> None:
    document = canonical.load(made_city.trust.dump())
    part = data.draw(st.sampled_from(["stations", "people", "recipients", "routes"]))
    member = data.draw(st.sampled_from(sorted(document[part][0])))
    before = document[part][0][member]
    document[part][0][member] = data.draw(JSON.filter(lambda value: value != before))
    try:
        trust = trust_data.parse(canonical.dump(document))
    except TrustInvalidError:
        return
    assert canonical.load(trust.dump()) == document


def test_the_strictest_number_of_approvals_counts(document: Document) -> None:
    document["routes"][1]["approvals_by_kind"] = {"municipal_notice": 3, "residence_report": 2}
    rule = trust_data.parse(canonical.dump(document)).routes[1]
    assert rule.approvals_for({}) == 1
    assert rule.approvals_for({"municipal_notice": 0}) == 1
    assert rule.approvals_for({"residence_report": 1}) == 2
    assert rule.approvals_for({"residence_report": 1, "municipal_notice": 1}) == 3


@pytest.mark.parametrize(
    ("usual", "said", "wanted"),
    [(0, 0, 2), (1, 0, 2), (1, 2, 2), (2, 0, 3), (2, 5, 5), (16, 0, 17)],
)
def test_population_takes_more_approvals_than_a_day(
    document: Document, usual: int, said: int, wanted: int
) -> None:
    """Claim C96. One person more than usual, never one alone; trust data can only ask for more."""
    by_kind = {"isa_population": said} if said else {}
    document["routes"][0] |= {"approvals": usual, "approvals_by_kind": by_kind}
    rule = trust_data.parse(canonical.dump(document)).routes[0]
    assert rule.approvals_for({"isa_population": 1}) == wanted
    assert rule.approvals_for({"isa_notice": 1, "isa_population": 0}) == usual
