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
    with pytest.raises(RuntimeError):
        _pass(verdict, Step.SIGNATURES)


def test_nothing_checked_is_not_passed() -> None:
    assert not Verdict().passed
