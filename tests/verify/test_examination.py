"""Steps 2 to 8 of one bundle: each check alone, with what it found and what it wanted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import FrozenInstanceError, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mediabridge import errors
from mediabridge.bundle import layout
from mediabridge.bundle.stages import SealedBundle, VerifiedBundle
from mediabridge.clock import from_rfc3339
from mediabridge.config import LIMITS, PROFILE
from mediabridge.kinds import Kind
from mediabridge.trust.trust_data import Revocation, RouteRule, TrustData
from mediabridge.verify.examination import Examination, Expectation
from mediabridge.verify.order import RouteState
from mediabridge.verify.verdict import Step, Verdict
from tests.verify.bundles import BUNDLE, NOON, Maker, header, manifest, sha256, unpacked

STATION = layout.STATION_SIGNATURE
APPROVAL = layout.approval_name("officer-1")
READER = Expectation(now=NOON, mode="training", station="registry-01")
Facts = Mapping[str, object]


def examine(
    sealed: SealedBundle, trust: TrustData, expected: Expectation = READER
) -> tuple[Examination, Verdict]:
    verdict = Verdict()
    with verdict.check(Step.TREE, "staging"):
        pass
    return Examination(sealed, trust, expected, verdict), verdict


def refusal(
    sealed: SealedBundle, trust: TrustData, expected: Expectation = READER
) -> tuple[str, Facts]:
    """The reason and the facts of the first check that fails; the verdict says the same."""
    examination, verdict = examine(sealed, trust, expected)
    with pytest.raises(errors.MediabridgeError) as refused:
        examination.verify()
    assert verdict.reason == refused.value.reason
    return verdict.checks[-1].name, refused.value.facts


def both_kinds(trust: TrustData) -> TrustData:
    """Trust data in which the two kinds of the manifest may travel on this route."""
    wide = rule().model_copy(update={"kinds": (Kind.ISA_NOTICE, Kind.RESIDENCE_REPORT)})
    return trust.model_copy(update={"routes": (wide,)})


def rule(approvals: int = 1, sender: str = "lgwan-01", receiver: str = "registry-01") -> RouteRule:
    return RouteRule(
        sender=sender, receiver=receiver, approvals=approvals, kinds=(Kind.ISA_NOTICE,)
    )


# --- what is right ------------------------------------------------------------


def test_right_bundle_is_verified(maker: Maker) -> None:
    sealed = maker.sealed()
    examination, verdict = examine(sealed, maker.trust)
    assert examination.verify() == VerifiedBundle(
        sealed, header(), sha256(sealed.sums), ("officer-1",)
    )
    assert [
        (int(each.step.number), each.name, each.wanted, each.got) for each in verdict.checks
    ] == [
        (1, "staging", "", ""),
        (2, "trust-data", "1", "1"),
        (3, "sums-grammar", "the one spelling", "the one spelling"),
        (3, "station-signature", "a known station", "lgwan-01"),
        (3, "header-hash", "as signed", "as signed"),
        (3, "approvals", ">= 1", "officer-1"),
        (4, "profile", PROFILE, PROFILE),
        (4, "mode", "training", "training"),
        (4, "destination", "registry-01", "registry-01"),
        (4, "sender", "lgwan-01", "lgwan-01"),
        (4, "keys-valid", "2026-11-24T00:00:00Z", "2026-11-24T00:00:00Z"),
        (
            4,
            "dates",
            "2026-11-24T00:00:00Z .. 2026-12-24T00:00:00Z",
            "2026-11-24T12:00:00Z",
        ),
        (5, "file-set", "2", "2"),
        (5, "file-hashes", "as signed", "as signed"),
    ]
    assert verdict.passed


def test_sender_needs_no_hashes(maker: Maker) -> None:
    examination, verdict = examine(maker.sealed(), maker.trust)
    signed = examination.verify_signed()
    assert (signed.header, signed.approvers) == (header(), ("officer-1",))
    assert signed.digests == dict(maker.sealed().digests)
    assert verdict.checks[-1].name == "file-set"
    with pytest.raises(FrozenInstanceError):
        signed.approvers = ()  # type: ignore[misc]


def test_officer_looks_at_any_route(maker: Maker) -> None:
    examination, verdict = examine(maker.sealed(), maker.trust, replace(READER, station=None))
    examination.verify()
    (destination,) = [each for each in verdict.checks if each.name == "destination"]
    assert destination.wanted == "any known route"


def test_two_officers_are_told_by_name(maker: Maker) -> None:
    sealed = maker.sealed(approvers=("officer-2", "officer-1"))
    examination, verdict = examine(sealed, maker.trust)
    assert examination.verify().approvers == ("officer-1", "officer-2")
    (approvals,) = [each for each in verdict.checks if each.name == "approvals"]
    assert approvals.got == "officer-1, officer-2"


def test_route_without_approvals(maker: Maker) -> None:
    trust = maker.trust.model_copy(update={"routes": (rule(approvals=0),)})
    examination, verdict = examine(maker.sealed(approvers=()), trust)
    assert examination.verify().approvers == ()
    (approvals,) = [each for each in verdict.checks if each.name == "approvals"]
    assert (approvals.wanted, approvals.got) == (">= 0", "0")


def test_expectation_stays_as_it_was_given() -> None:
    with pytest.raises(FrozenInstanceError):
        READER.station = None  # type: ignore[misc]


# --- steps 2 and 3 ---------------------------------------------------------------


def test_older_trust_data_refused(maker: Maker) -> None:
    assert refusal(maker.sealed(header(trust_version=2)), maker.trust) == (
        "header-hash",
        {"detail": "version 1, the bundle needs 2"},
    )


def test_newer_trust_data_accepted(maker: Maker) -> None:
    trust = maker.trust.model_copy(update={"version": 2})
    examination, _ = examine(maker.sealed(), trust)
    assert examination.verify().header.trust_version == 1


def test_list_in_another_spelling_refused(maker: Maker) -> None:
    sums = maker.sealed().sums.upper()
    sealed = maker.sealed(sums=sums, signatures=maker.signatures(sums))
    assert refusal(sealed, maker.trust) == (
        "sums-grammar",
        {"detail": "line 1 is not in its form"},
    )


def test_header_that_was_not_signed_refused(maker: Maker) -> None:
    other = header(not_after="2026-12-25T00:00:00Z").to_bytes()
    assert refusal(maker.sealed(header=other), maker.trust) == (
        "header-hash",
        {"name": "header.json"},
    )


Spoil = Callable[[Maker, bytes], dict[str, bytes]]


def _signed(name: str, key: str, namespace: str) -> Spoil:
    def spoil(maker: Maker, sums: bytes) -> dict[str, bytes]:
        spaces = {
            "bundle": maker.trust.bundle_namespace,
            "approve": maker.trust.approve_namespace,
        }
        return {name: maker.sign(sums, key, spaces.get(namespace, namespace))}

    return spoil


@pytest.mark.parametrize(
    ("spoil", "check", "reason", "facts"),
    [
        (
            _signed(STATION, "officer-2", "bundle"),
            "station-signature",
            errors.SignerRoleError,
            {"signer": "officer-2", "got": "officer", "name": STATION, "wanted": "station"},
        ),
        (
            _signed(STATION, "lgwan-01", "approve"),
            "station-signature",
            errors.SignatureNamespaceError,
            {
                "name": STATION,
                "got": "mediabridge-approve-v1@city.training.example",
                "wanted": "mediabridge-bundle-v1@city.training.example",
            },
        ),
        (
            _signed(STATION, "lgwan-01", "x" * 101),
            "station-signature",
            errors.SignatureNamespaceError,
            {
                "name": STATION,
                "got": "x" * 100,
                "wanted": "mediabridge-bundle-v1@city.training.example",
            },
        ),
        (
            lambda maker, _sums: maker.signatures(b"another list", approvers=()),
            "station-signature",
            errors.SignatureInvalidError,
            {"name": STATION},
        ),
        (
            lambda _maker, _sums: {STATION: b"rubbish"},
            "station-signature",
            errors.SignatureMalformedError,
            None,
        ),
        (
            _signed(APPROVAL, "clerk-1", "approve"),
            "approvals",
            errors.SignerRoleError,
            {"signer": "clerk-1", "got": "clerk", "name": APPROVAL, "wanted": "officer"},
        ),
        (
            _signed(APPROVAL, "lgwan-01", "approve"),
            "approvals",
            errors.SignerRoleError,
            {"signer": "lgwan-01", "got": "lgwan", "name": APPROVAL, "wanted": "officer"},
        ),
        (
            _signed(APPROVAL, "officer-2", "approve"),
            "approvals",
            errors.SignerRoleError,
            {"signer": "officer-2", "got": "officer-2", "name": APPROVAL, "wanted": "officer-1"},
        ),
        (
            _signed(APPROVAL, "officer-1", "bundle"),
            "approvals",
            errors.SignatureNamespaceError,
            {
                "name": APPROVAL,
                "got": "mediabridge-bundle-v1@city.training.example",
                "wanted": "mediabridge-approve-v1@city.training.example",
            },
        ),
    ],
)
def test_signature_refused(
    maker: Maker, spoil: Spoil, check: str, reason: type[errors.MediabridgeError], facts: Facts
) -> None:
    sums = maker.sealed().sums
    sealed = maker.sealed(signatures={**maker.signatures(sums), **spoil(maker, sums)})
    examination, verdict = examine(sealed, maker.trust)
    with pytest.raises(reason) as refused:
        examination.verify()
    assert verdict.checks[-1].name == check
    assert facts is None or refused.value.facts == facts
    if facts is None:
        assert refused.value.facts["name"] == STATION


@pytest.mark.parametrize(
    ("holder", "name", "check"),
    [("lgwan-01", STATION, "station-signature"), ("officer-1", APPROVAL, "approvals")],
)
def test_stranger_and_revoked_key_refused(maker: Maker, holder: str, name: str, check: str) -> None:
    key = maker.fingerprint(holder)
    without = maker.trust.model_copy(
        update={
            "stations": tuple(each for each in maker.trust.stations if each.id != holder),
            "people": tuple(each for each in maker.trust.people if each.name != holder),
        }
    )
    assert refusal(maker.sealed(), without) == (check, {"name": name, "fingerprint": key})
    lost = Revocation(key=key, at="2026-11-25T00:00:00Z", reason="KEY_LOST")
    revoked = maker.trust.model_copy(update={"revoked": (lost,)})
    assert refusal(maker.sealed(), revoked) == (check, {"signer": holder, "name": name})


@pytest.mark.parametrize(
    ("needed", "approvers", "facts"),
    [
        (1, (), {"wanted": 1}),
        (2, (), {"wanted": 2}),
        (2, ("officer-1",), {"got": 1, "wanted": 2}),
        (3, ("officer-1", "officer-2"), {"got": 2, "wanted": 3}),
    ],
)
def test_approvals_are_counted(
    maker: Maker, needed: int, approvers: tuple[str, ...], facts: Facts
) -> None:
    trust = maker.trust.model_copy(update={"routes": (rule(approvals=needed),)})
    assert refusal(maker.sealed(approvers=approvers), trust) == ("approvals", facts)


@pytest.mark.parametrize(("others", "needed"), [((), 1), ((0,), 1), ((1, 2), 2), ((2, 0), 2)])
def test_unknown_route_has_the_strictest_rule(
    maker: Maker, others: tuple[int, ...], needed: int
) -> None:
    names = ("lgwan-02", "lgwan-03")
    routes = tuple(rule(each, sender=name) for each, name in zip(others, names, strict=False))
    trust = maker.trust.model_copy(update={"routes": routes})
    assert refusal(maker.sealed(approvers=()), trust) == ("approvals", {"wanted": needed})


# --- step 4 -------------------------------------------------------------------


def test_profile_refused(maker: Maker) -> None:
    trust = maker.trust.model_copy(update={"profiles": ("one", "two")})
    assert refusal(maker.sealed(), trust) == ("profile", {"got": PROFILE, "wanted": "one, two"})


@pytest.mark.parametrize(
    ("bundle", "reader", "city"),
    [
        ("live", "training", "training"),
        ("training", "live", "training"),
        ("training", "training", "live"),
        ("live", "live", "training"),
    ],
)
def test_mode_refused(maker: Maker, bundle: str, reader: Any, city: str) -> None:
    trust = maker.trust.model_copy(update={"mode": city})
    expected = replace(READER, mode=reader)
    assert refusal(maker.sealed(header(mode=bundle)), trust, expected) == (
        "mode",
        {"got": bundle, "wanted": reader},
    )


def test_other_destination_refused(maker: Maker) -> None:
    assert refusal(maker.sealed(), maker.trust, replace(READER, station="registry-02")) == (
        "destination",
        {"got": "registry-01", "wanted": "registry-02"},
    )


@pytest.mark.parametrize("reader", ["registry-01", None])
def test_unknown_route_refused(maker: Maker, reader: str | None) -> None:
    trust = maker.trust.model_copy(update={"routes": ()})
    assert refusal(maker.sealed(), trust, replace(READER, station=reader)) == (
        "destination",
        {"got": "registry-01", "wanted": reader or "any known route"},
    )


def test_station_in_anothers_name_refused(maker: Maker) -> None:
    assert refusal(maker.sealed(station="registry-01"), maker.trust) == (
        "sender",
        {"got": "registry-01", "wanted": "lgwan-01"},
    )


def _validity(trust: TrustData, holder: str, **dates: str) -> TrustData:
    return trust.model_copy(
        update={
            "stations": tuple(
                each.model_copy(update=dates) if each.id == holder else each
                for each in trust.stations
            ),
            "people": tuple(
                each.model_copy(update=dates) if each.name == holder else each
                for each in trust.people
            ),
        }
    )


@pytest.mark.parametrize("holder", ["lgwan-01", "officer-1"])
def test_key_counts_at_the_bundles_own_time(maker: Maker, holder: str) -> None:
    created = header().created
    for start, end in ((created, "2027-01-01T00:00:00Z"), ("2026-01-01T00:00:00Z", created)):
        trust = _validity(maker.trust, holder, valid_from=start, valid_until=end)
        examine(maker.sealed(), trust)[0].verify()
    for start, end, wanted in (
        ("2026-11-24T00:00:01Z", "2027-01-01T00:00:00Z", "2026-11-24T00:00:01Z"),
        ("2026-01-01T00:00:00Z", "2026-11-23T23:59:59Z", "2026-11-23T23:59:59Z"),
    ):
        trust = _validity(maker.trust, holder, valid_from=start, valid_until=end)
        assert refusal(maker.sealed(), trust) == (
            "keys-valid",
            {"signer": holder, "got": created, "wanted": wanted},
        )


SKEW = timedelta(seconds=LIMITS.clock_skew_seconds)
SECOND = timedelta(seconds=1)
CREATED, NOT_AFTER = from_rfc3339(header().created), from_rfc3339(header().not_after)


@pytest.mark.parametrize("now", [CREATED - SKEW, CREATED, NOT_AFTER])
def test_dates_include_their_ends(maker: Maker, now: datetime) -> None:
    examine(maker.sealed(), maker.trust, replace(READER, now=now))[0].verify()


def test_expired_bundle_refused(maker: Maker) -> None:
    expected = replace(READER, now=NOT_AFTER + SECOND)
    assert refusal(maker.sealed(), maker.trust, expected) == (
        "dates",
        {"got": "2026-12-24T00:00:01Z", "wanted": "2026-12-24T00:00:00Z"},
    )


def test_bundle_of_the_future_refused(maker: Maker) -> None:
    expected = replace(READER, now=CREATED - SKEW - SECOND)
    name, facts = refusal(maker.sealed(), maker.trust, expected)
    assert (name, facts["got"]) == ("dates", "2026-11-24T00:00:00Z")
    assert from_rfc3339(str(facts["wanted"])) == CREATED - SKEW - SECOND


def test_order_is_that_of_the_sender(maker: Maker) -> None:
    asked = []

    def routes(sender: str) -> RouteState:
        asked.append(sender)
        return RouteState(seq=1, sums_sha256="1" * 64)

    expected = replace(READER, routes=routes)
    third = maker.sealed(header(seq=3, prev="2" * 64))
    name, facts = refusal(third, maker.trust, expected)
    assert (name, facts["got"], facts["wanted"]) == ("order", 3, 2)
    second = maker.sealed(header(seq=2, prev="1" * 64))
    examination, verdict = examine(second, maker.trust, expected)
    examination.verify()
    (order,) = [each for each in verdict.checks if each.name == "order"]
    assert (order.wanted, order.got) == ("2", "2")
    assert asked == ["lgwan-01", "lgwan-01"]


# --- step 5 -------------------------------------------------------------------


def test_folder_with_another_name_refused(maker: Maker) -> None:
    assert refusal(maker.sealed(name="cd" * 16), maker.trust) == (
        "file-set",
        {"detail": "the folder is not named after the bundle"},
    )


def test_other_set_of_files_refused(maker: Maker) -> None:
    wanted = ("file-set", {"detail": "the files are not those of the signed list"})
    digests = dict(maker.sealed().digests)
    surplus = {**digests, layout.part_name(2): "0" * 64}
    missing = {name: digests[name] for name in digests if name != layout.part_name(1)}
    for found in (surplus, missing):
        assert refusal(maker.sealed(digests=found), maker.trust) == wanted
    # The list and the stick agree, but the header tells another number of parts.
    for listed in (surplus, missing):
        assert refusal(maker.sealed(listed=listed, digests=listed), maker.trust) == wanted


@pytest.mark.parametrize("name", [layout.KEYS, layout.part_name(0), layout.part_name(1)])
def test_changed_file_refused(maker: Maker, name: str) -> None:
    digests = {**maker.sealed().digests, name: "0" * 64}
    assert refusal(maker.sealed(digests=digests), maker.trust) == ("file-hashes", {"name": name})


# --- steps 6 to 8 -------------------------------------------------------------


def test_opened_after_its_contents_were_checked(maker: Maker) -> None:
    examination, verdict = examine(maker.sealed(), both_kinds(maker.trust))
    verified = examination.verify()
    asked = []

    def opener(bundle: VerifiedBundle) -> Any:
        asked.append(bundle)
        return unpacked(manifest())

    opened = examination.open(verified, opener)
    examination.check_log(lambda: None)
    examination.check_said(lambda: None)
    assert asked == [verified]
    assert (opened.verified, opened.manifest) == (verified, manifest())
    assert opened.files["isa.csv"] == Path("isa.csv")
    assert [
        (each.step.number, each.name, each.wanted, each.got) for each in verdict.checks[-7:]
    ] == [
        (6, "unwrap-decrypt-unpack", "every part", "every part"),
        (7, "digests-counts-summary", "5", "5"),
        (7, "recipient-key", "of the sender, for this station", "none"),
        (7, "prepared-by", "somebody else", "a name without a signature"),
        (7, "approvals-by-kind", ">= 1", "officer-1"),
        (8, "log-section", "as both stations know them", "as both stations know them"),
        (8, "log-entries", "says what came", "says what came"),
    ]


def test_who_prepared_it_is_part_of_step_7(maker: Maker) -> None:
    """Claim C84. In a live city the bundle is refused without a signature, and says by whom."""
    live = both_kinds(maker.trust).model_copy(update={"mode": "live"})
    sealed = maker.sealed(header(mode="live"))
    told = manifest(prepared=maker.prepared(manifest(), header(mode="live")))
    examination, verdict = examine(sealed, live, replace(READER, mode="live"))
    examination.open(examination.verify(), lambda _: unpacked(told))
    found = [each for each in verdict.checks if each.name == "prepared-by"]
    assert [(each.step, each.got) for each in found] == [(Step.MANIFEST, "clerk-1")]
    examination, verdict = examine(sealed, live, replace(READER, mode="live"))
    verified = examination.verify()
    with pytest.raises(errors.NotPreparedError):
        examination.open(verified, lambda _: unpacked(manifest()))
    assert (verdict.checks[-1].name, verdict.passed) == ("prepared-by", False)


def test_failure_of_opener_and_checker_is_the_verdicts(maker: Maker) -> None:
    def fail(*_: object) -> Any:
        raise errors.NotARecipientError(bundle=BUNDLE)

    examination, verdict = examine(maker.sealed(), both_kinds(maker.trust))
    verified = examination.verify()
    with pytest.raises(errors.NotARecipientError):
        examination.open(verified, fail)
    assert (verdict.checks[-1].step, verdict.checks[-1].passed) == (Step.DECRYPT, False)

    examination, verdict = examine(maker.sealed(), both_kinds(maker.trust))
    examination.open(examination.verify(), lambda _bundle: unpacked(manifest()))
    with pytest.raises(errors.NotARecipientError):
        examination.check_log(fail)
    assert (verdict.checks[-1].step, verdict.checks[-1].passed) == (Step.LOG, False)


def test_kinds_are_those_of_the_route(maker: Maker) -> None:
    trust = maker.trust.model_copy(update={"routes": (rule(),)})
    examination, verdict = examine(maker.sealed(), trust)
    verified = examination.verify()
    with pytest.raises(errors.ManifestMismatchError, match="not of this route"):
        examination.open(verified, lambda _bundle: unpacked(manifest()))
    assert verdict.checks[-1].name == "digests-counts-summary"
