"""The page of figures says what was measured, and names what was not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from tools.performance import BEGIN, END, PAGE, SUBJECTS, Answer, Done, machine, measure, page_with


def figure(name: str, *, holds: bool | None) -> Mapping[str, Any]:
    bound = None if holds is None else 1.0
    ratio = 2.0 if holds is False else 0.5
    return {"name": name, "floor_name": "a peer", "ratio": ratio, "bound": bound, "holds": holds}


def answer(reason: str = "DONE", code: int = 0, **data: Any) -> Answer:
    return {"reason": reason, "code": code, "message": f"said {reason}", "data": data}


NO_BENCH = answer("USAGE", 2, detail="there is no bench of this name")
NO_STICK = answer("NO_MEDIUM", 30, detail="nothing is plugged in")


def answers(words: Sequence[str]) -> Answer:
    given = {
        "start": answer(figures=[figure("status", holds=True), figure("modules", holds=None)]),
        "bundle": answer(
            "BOUND_BROKEN",
            1,
            figures=[figure("collect", holds=False)],
            missing=[{"name": "sealing", "programs": ["age", "zstd"]}],
        ),
        "receipt": NO_BENCH,
        "media": NO_STICK,
    }
    return given.get(words[1], answer(figures=[figure(words[1], holds=True)]))


def test_every_bench_is_run_with_its_options() -> None:
    asked: list[Sequence[str]] = []

    def ask(words: Sequence[str]) -> Answer:
        asked.append(words)
        return answers(words)

    done = measure({"apply": ["--records", "1000"]}, ask, lambda _line: None)
    assert [each.name for each in done] == list(SUBJECTS)
    assert asked[list(SUBJECTS).index("apply")] == ["bench", "apply", "--records", "1000"]


def test_page_holds_ratios_and_names_what_is_missing() -> None:
    done = measure({}, answers, lambda _line: None)
    page = page_with(done, "two cores", PAGE.read_text("utf-8"))
    assert "| status | a peer | 0.50 | 1.00 | holds |" in page
    assert "| modules | a peer | 0.50 | - | not promised |" in page
    assert "| collect | a peer | 2.00 | 1.00 | **broken** |" in page
    absent = page.partition("Not measured in this run\n")[2]
    assert "* sealing; not installed: age, zstd\n" in absent
    assert "(`bench receipt`): said USAGE" in absent
    assert "(`bench media`): said NO_MEDIUM" in absent
    assert (
        "上限以内: 7。上限を超えたもの: 1。上限を定めていないもの: 1。測定しなかったもの: 3。"
        in page
    )
    # What was measured before is gone, and what people wrote stays.
    again = page_with(done, "two cores", page)
    assert again == page
    assert again.count(BEGIN) == again.count(END) == 1


@pytest.mark.parametrize(
    ("given", "broken"),
    [
        (answer(), False),
        (NO_BENCH, False),
        (NO_STICK, False),
        (answer("BOUND_BROKEN", 1), True),
        # A bench that failed is no bench that passed.
        (answer("INTERNAL", 1), True),
        (answer("USAGE", 2, detail="--size is a number and KiB, MiB or GiB"), True),
    ],
)
def test_only_what_is_not_here_is_let_pass(given: Answer, broken: bool) -> None:
    assert Done("media", given).broken is broken


def test_machine_is_described_without_a_name() -> None:
    assert " cores" in machine()
    assert "Python 3." in machine()
