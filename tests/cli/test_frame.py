import io
import json
import os
import pty
import select
import subprocess
import sys
import threading
from pathlib import Path
from types import ModuleType
from typing import Annotated

import pytest
import typer

from mediabridge.cli import _table
from mediabridge.cli._app import run
from mediabridge.cli._ask import confirm, passphrase
from mediabridge.cli._context import Context
from mediabridge.cli._progress import LineProgress, progress_for
from mediabridge.cli._result import Result, Table
from mediabridge.config import MIB
from mediabridge.errors import (
    AlreadyAppliedError,
    ExitCode,
    NotInteractiveError,
    SequenceGapError,
)
from mediabridge.locale import n_
from mediabridge.shown.pace import percent
from mediabridge.shown.wrapping import wrapped

HEAVY = {"cryptography", "lxml", "pydantic", "rich.console", "sqlite3", "tuf", "zstandard"}


def trial(
    context: Context,
    how: Annotated[str, typer.Argument(help=n_("The station's folder (also MEDIABRIDGE_HOME)."))],
    count: Annotated[int, typer.Option(help=n_("Print the version and stop."))] = 3,
    keep: Annotated[Path | None, typer.Option(help=n_("Set up a station."))] = None,
) -> Result:
    if how == "refuse":
        raise SequenceGapError(got=32, wanted=31, route="a/b", sender="a", where="Look for it.")
    if how == "again":
        raise AlreadyAppliedError(seq=31, route="a/b")
    if how == "crash":
        raise RuntimeError("Taro Yamada, born 1990")  # noqa: EM101, TRY003 - what must not be shown
    if how == "stop":
        raise KeyboardInterrupt
    if how == "ask":
        confirm(context, "Set up a station.")
    context.say("Set up a station.")
    table = Table(["件", "n"], [["交換データ", "1"], ["x", "20"]], right=frozenset({1}))
    data = {"home": str(context.home), "count": count, "keep": keep and str(keep)}
    return Result(["done", table], data)


@pytest.fixture(autouse=True)
def _trial_command(monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("mediabridge.cli.trial")
    vars(module)["trial"] = trial
    monkeypatch.setitem(sys.modules, module.__name__, module)
    entry = _table.Entry("trial", n_("Set up a station."), "trial")
    monkeypatch.setattr(_table, "COMMANDS", (*_table.COMMANDS, entry))


def answer(capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    answer: dict[str, object] = json.loads(out)
    assert answer["schema"] == "mediabridge.result/1"
    return answer


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("entry", _table.COMMANDS, ids=lambda entry: entry.name)
def test_every_command_explains_itself(
    entry: _table.Entry, language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["--lang", language, *entry.name.split(), "--help"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("Usage: " if language == "en" else "使い方: ")
    assert f"mediabridge {entry.name}" in shown


def test_help_lists_commands(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--lang", "ja", "--help"]) == 0
    page = capsys.readouterr().out
    assert all(f"  {word} " in page for word in _table.below(""))
    assert "媒体" in page


def test_no_words_show_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([]) == 0
    assert capsys.readouterr().out.startswith("Usage: mediabridge")


def test_command_help_is_translated(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["trial", "--help", "--lang", "ja"]) == 0
    page = capsys.readouterr().out
    assert "端末のフォルダーです" in page
    assert "(必須)" in page
    assert "指定しない場合: 3" in page


def test_result_as_text(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["trial", "ok"]) == 0
    out, err = capsys.readouterr()
    assert out.splitlines() == [
        "done",
        "件           n",
        "----------  --",
        "交換データ   1",
        "x           20",
    ]
    assert err == "Set up a station.\n"


@pytest.mark.parametrize(
    "words",
    [
        ["--home", "/a", "--json", "trial", "ok", "--count", "5"],
        ["trial", "ok", "--count=5", "--json", "--home=/a"],
        ["trial", "--count", "5", "--home", "/a", "ok", "--json"],
    ],
)
def test_global_options_stand_anywhere(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(words) == 0
    result = answer(capsys)
    assert (result["ok"], result["code"], result["reason"]) == (True, 0, "DONE")
    assert result["data"] == {"home": "/a", "count": 5, "keep": None}


def test_home_from_environment(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MEDIABRIDGE_HOME", "/b")
    assert run(["trial", "ok", "--json"]) == 0
    assert answer(capsys)["data"] == {"home": "/b", "count": 3, "keep": None}


@pytest.mark.parametrize(
    ("own", "home"),
    [
        ("/var/lib/mediabridge", "/var/lib/mediabridge"),
        ("/home/clerk-1", "/home/clerk-1/.local/share/mediabridge"),
    ],
)
def test_home_of_an_installed_station_is_that_of_its_account(
    own: str, home: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("MEDIABRIDGE_HOME", raising=False)
    monkeypatch.setenv("HOME", own)
    assert run(["trial", "ok", "--json"]) == 0
    assert answer(capsys)["data"] == {"home": home, "count": 3, "keep": None}


def test_refusal_is_two_lines(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["trial", "refuse"]) == ExitCode.BUNDLE_ORDER
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines() == [
        "mediabridge: error: Bundle number 31 of the route a/b is missing; this is number 32.",
        (
            "mediabridge: hint: Look for it. Bring number 31 first. What is lost, a writes again on"
            " any medium, or issues it anew (mediabridge bundles reissue)."
        ),
    ]


def test_refusal_in_japanese(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["trial", "refuse", "--lang", "ja"]) == ExitCode.BUNDLE_ORDER
    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith("エラー: 経路 a/b の第 31 号")
    assert second.startswith("次にすること: ")


def test_refusal_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["trial", "refuse", "--json"]) == ExitCode.BUNDLE_ORDER
    result = answer(capsys)
    assert (result["ok"], result["code"], result["reason"]) == (False, 11, "SEQUENCE_GAP")
    facts = {"got": 32, "wanted": 31, "route": "a/b", "sender": "a", "where": "Look for it."}
    assert result["data"] == facts


def test_repetition_is_success(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["trial", "again"]) == ExitCode.NOTHING_NEW
    out, err = capsys.readouterr()
    assert out.startswith("Bundle number 31 of the route a/b was already applied.")
    assert err == ""


def test_crash_shows_no_values(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["trial", "crash", "--json"]) == ExitCode.INTERNAL
    out, err = capsys.readouterr()
    assert "Taro" not in out + err
    assert "Traceback" not in err
    assert json.loads(out)["data"] == {"detail": "RuntimeError"}


def test_crash_traceback_on_request(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MEDIABRIDGE_DEBUG", "1")
    assert run(["trial", "crash"]) == ExitCode.INTERNAL
    assert "Traceback" in capsys.readouterr().err


def test_interruption_has_its_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["trial", "stop"]) == ExitCode.INTERRUPTED
    assert "Interrupted" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        ["tril"],
        ["trial"],
        ["trial", "ok", "more"],
        ["trial", "ok", "--unknown"],
        ["trial", "ok", "--count", "many"],
        ["--lang", "fr"],
        ["--home"],
        ["bundles"],
    ],
)
def test_wrong_usage_is_named(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*words, "--json"]) == ExitCode.USAGE
    assert answer(capsys)["reason"] == "USAGE"


def test_question_without_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["trial", "ask", "--json"]) == ExitCode.USAGE
    assert answer(capsys)["reason"] == "NOT_INTERACTIVE"


def test_passphrase_without_terminal(tmp_path: Path) -> None:
    with pytest.raises(NotInteractiveError):
        passphrase(Context(tmp_path), "Set up a station.")


def _answer_when_asked(master: int, typed: str) -> None:
    """Type *typed* at the terminal once the question stands there."""
    shown = b""
    while b"no]" not in shown and "いいえ".encode() not in shown:
        shown += os.read(master, 1024)
    os.write(master, f"{typed}\n".encode())


@pytest.mark.parametrize(("typed", "expected"), [("y", True), ("n", False), ("", False)])
def test_only_yes_is_yes(
    typed: str, expected: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    master, slave = pty.openpty()
    person = threading.Thread(target=_answer_when_asked, args=(master, typed), daemon=True)
    with (
        os.fdopen(slave, "r", encoding="utf-8") as terminal,
        os.fdopen(os.dup(slave), "w", encoding="utf-8") as screen,
    ):
        monkeypatch.setattr(sys, "stdin", terminal)
        monkeypatch.setattr(sys, "stderr", screen)
        person.start()
        assert confirm(Context(tmp_path), "Set up a station.") is expected
        monkeypatch.undo()
    person.join()
    os.close(master)


def test_version_without_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    assert capsys.readouterr().out.startswith("mediabridge ")


def test_help_imports_nothing_heavy() -> None:
    finished = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "mediabridge", "--help"],
        capture_output=True,
        check=True,
        encoding="utf-8",
        env={**os.environ, "LANG": "en_US.UTF-8", "LC_ALL": ""},
    )
    imported = {line.rpartition("|")[2].strip() for line in finished.stderr.splitlines()}
    assert "typer" in imported
    assert imported & HEAVY == set()
    commands = {f"mediabridge.cli.{entry.module}" for entry in _table.COMMANDS if entry.module}
    assert imported & commands == set()


def test_reader_goes_away() -> None:
    command = f"{sys.executable} -m mediabridge --version | true; exit ${{PIPESTATUS[0]}}"
    finished = subprocess.run(["bash", "-c", command], capture_output=True, check=False)
    assert (finished.returncode, finished.stderr) == (0, b"")


@pytest.mark.parametrize(
    ("paragraph", "width", "expected"),
    [
        ("one two three", 8, ["one two", "three"]),
        ("媒体を抜く。", 10, ["媒体を抜", "く。"]),
        ("媒体を運ぶ。", 8, ["媒体を運", "ぶ。"]),
        ("媒体 (USB) です。", 10, ["媒体 (USB)", "です。"]),
        ("", 8, []),
    ],
)
def test_wrapping_counts_columns(paragraph: str, width: int, expected: list[str]) -> None:
    assert wrapped(paragraph, width) == expected


def test_progress_lines_are_rare() -> None:
    now = [0.0]
    stream = io.StringIO()
    progress = LineProgress(stream, lambda: now[0])
    progress.start("Set up a station.", 200 * MIB)
    for second in range(1, 11):
        now[0] = float(second)
        progress.advance(10 * MIB)
    progress.finish()
    assert stream.getvalue().splitlines() == [
        "Set up a station.: 25%, about 0:15 left, 10.0 MB/s",
        "Set up a station.: 50%, about 0:10 left, 10.0 MB/s",
    ]


def test_progress_of_what_is_counted_names_no_bytes() -> None:
    now, stream = [0.0], io.StringIO()
    progress = LineProgress(stream, lambda: now[0])
    progress.start("Set up a station.", 10, counted=True)
    now[0] = 6.0
    progress.advance(4)
    progress.finish()
    assert stream.getvalue().splitlines() == ["Set up a station.: 40%, about 0:09 left"]


def test_progress_bar_on_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    master, slave = pty.openpty()
    with os.fdopen(slave, "w", encoding="utf-8") as screen:
        monkeypatch.setattr(sys, "stderr", screen)
        monkeypatch.setenv("TERM", "xterm")
        progress = progress_for(screen)
        progress.start("Set up a station.", 4)
        progress.advance(2)
        progress.finish()
        progress.finish()
        monkeypatch.undo()
        drawn = ""
        # The terminal hands out what was drawn in pieces.
        while select.select([master], [], [], 0)[0]:
            drawn += os.read(master, 65536).decode(errors="replace")
    os.close(master)
    assert "[###############...............]  50%  Set up a station." in drawn


@pytest.mark.parametrize(("done", "total", "shown"), [(0, 0, 100), (1, 3, 33), (9, 3, 100)])
def test_percent_stays_in_bounds(done: int, total: int, shown: int) -> None:
    assert percent(done, total) == shown


def test_narrow_terminal_encoding() -> None:
    script = """
import sys
from mediabridge.cli import main
sys.argv = ["mediabridge", "--version"]
try:
    main()
finally:
    print("正")
"""
    finished = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
    )
    assert finished.stdout.endswith(b"\n\\u6b63\n")


def test_python_looks_for_cycles_seldom() -> None:
    script = """
import gc, sys
from mediabridge.cli import main
sys.argv = ["mediabridge", "--version"]
try:
    main()
finally:
    print(gc.isenabled(), gc.get_threshold()[0], gc.get_freeze_count() > 10_000)
"""
    finished = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    # And at its end not at all.
    assert finished.stdout.splitlines()[-1] == b"True 10000 True"
