"""The verdict says what happened, and no step can be made early."""

import pytest

from mediabridge.errors import HashMismatchError
from mediabridge.verify.verdict import Step, Verdict


def _pass(verdict: Verdict, *steps: Step) -> None:
    for step in steps:
        with verdict.check(step, step.value):
            pass


def test_steps_follow_the_format() -> None:
    verdict = Verdict()
    _pass(verdict, *Step)
    assert verdict.passed
    assert [check.step.number for check in verdict.checks] == list(range(1, 11))


@pytest.mark.parametrize("early", list(Step)[1:])
def test_early_step_is_our_mistake(early: Step) -> None:
    verdict = Verdict()
    _pass(verdict, *[step for step in Step if step.number < early.number - 1])
    with pytest.raises(RuntimeError):
        _pass(verdict, early)


def test_step_of_several_checks() -> None:
    verdict = Verdict()
    _pass(verdict, Step.TREE, Step.TRUST, Step.TRUST, Step.TRUST, Step.SIGNATURES)
    assert verdict.codes() == ["1.1:pass", "2.1:pass", "2.2:pass", "2.3:pass", "3.1:pass"]


def test_check_says_what_was_found() -> None:
    verdict = Verdict()
    with verdict.check(Step.TREE, "names", wanted="two") as it:
        it.got = "three"

    def differs() -> None:
        with verdict.check(Step.TRUST, "hash", wanted="a") as it:
            it.got = "b"
            raise HashMismatchError(name="x")

    with pytest.raises(HashMismatchError):
        differs()
    assert [check.as_dict() for check in verdict.checks] == [
        {
            "step": 1,
            "name": "names",
            "passed": True,
            "wanted": "two",
            "got": "three",
            "reason": "",
        },
        {
            "step": 2,
            "name": "hash",
            "passed": False,
            "wanted": "a",
            "got": "b",
            "reason": "HASH_MISMATCH",
        },
    ]


def test_step_back_is_our_mistake() -> None:
    verdict = Verdict()
    _pass(verdict, Step.TREE, Step.TRUST)
    with pytest.raises(RuntimeError):
        _pass(verdict, Step.TREE)


def test_failure_is_kept_and_ends_it() -> None:
    verdict = Verdict()
    _pass(verdict, Step.TREE)
    with pytest.raises(HashMismatchError), verdict.check(Step.TRUST, "a"):
        raise HashMismatchError(name="x")
    assert (verdict.passed, verdict.reason) == (False, "HASH_MISMATCH")
    assert verdict.codes() == ["1.1:pass", "2.1:fail"]
    assert verdict.checks[-1].got == "HASH_MISMATCH"
    with pytest.raises(RuntimeError):
        _pass(verdict, Step.SIGNATURES)


def test_nothing_checked_is_not_passed() -> None:
    assert not Verdict().passed
