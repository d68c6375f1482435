"""Keep docs/reasons.md in step with mediabridge/errors/, the closed lists, and their translations.

python -m tools.reasons update    write the page
python -m tools.reasons check     exit 1 unless update would change nothing
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from mediabridge import errors
from mediabridge.errors import ExitCode, MediabridgeError
from mediabridge.install.judging import Unfit
from mediabridge.install.orders import Trouble
from mediabridge.locale import Language, set_language, translate
from mediabridge.locale.spoken import Spoken
from mediabridge.media.trips import CarriageState, ServiceState
from mediabridge.stations.outgoing.rejection import Consequence, Rejection
from mediabridge.translog.recovery import Recovery
from mediabridge.translog.removal import Removal
from mediabridge.verify.recovery import RecoveryReason

PAGE = Path(__file__).resolve().parent.parent / "docs" / "reasons.md"

HEAD = """\
# Reasons / 理由の一覧

Every way mediabridge refuses. The *reason* is the contract: screens, log entries, verdicts and
`--json` use it, and it never changes its meaning. The exit code sums reasons up for a shell.
Then what a transfer log or `--json` says of media, of interrupted journeys and of bundles that
were sent back. Generated from `mediabridge/errors/` and the closed lists by `make reasons`; do
not edit.

mediabridge が処理を断る理由の一覧です。理由の名前は、画面・授受記録・判定・`--json` で共通です。
その後に、媒体、中断された処理、差し戻した交換データについて、授受記録や
`--json` に現れる名前が続きます。
"""

CODES = {
    ExitCode.INTERNAL: ("unexpected internal error", "予期しない内部エラー"),
    ExitCode.USAGE: ("wrong usage", "使い方の誤り"),
    ExitCode.BUNDLE_CONTENT: (
        "bundle refused: signature, key, recipient, content",
        "交換データの拒否: 署名・鍵・宛先・内容",
    ),
    ExitCode.BUNDLE_ORDER: (
        "bundle refused: order, replay, expired",
        "交換データの拒否: 順序・再使用・期限切れ",
    ),
    ExitCode.LOG_ALARM: ("log alarm", "授受記録の警報"),
    ExitCode.NOTHING_NEW: ("verified, nothing new (already applied)", "検証済み・新しい内容なし"),
    ExitCode.MEDIUM: ("medium unusable", "媒体を使えません"),
    ExitCode.RECORDS: ("record content refused", "連携データの内容の拒否"),
    ExitCode.REGISTRY: ("registry refused, rolled back", "住民記録側での拒否(取り消し済み)"),
    ExitCode.APPROVAL: ("approval or second person missing", "承認または二人目の担当者がいません"),
    ExitCode.CONFIGURATION: ("configuration or key store", "設定または鍵の保管"),
    ExitCode.INTERRUPTED: ("interrupted", "中断"),
    ExitCode.TERMINATED: ("ended from outside", "外部からの終了"),
}
"""What each code sums up, in both languages; 0 needs no reason."""


LISTS: Sequence[tuple[str, type[Spoken]]] = (
    ("put right after an interruption / 中断の後に行った処置", Recovery),
    ("removed by a retention rule / 保存期間の定めによる削除", Removal),
    ("software that is not for a machine / 端末に合わないソフトウェア", Unfit),
    ("a version that was ordered and is not there / 指示したのに入らなかった版", Trouble),
    ("a bundle that was sent back / 差し戻した交換データ", Rejection),
    ("a bundle that went back with another / 一緒に戻された交換データ", Consequence),
    ("a bundle opened with the escrow key / 預託鍵で開く理由", RecoveryReason),
    ("a copy on a medium / 媒体上の写しの状態", CarriageState),
    ("a medium in the register / 台帳の媒体の状態", ServiceState),
)
"""What is no refusal: the heading of each closed list, and the list."""


def leaves() -> list[type[MediabridgeError]]:
    """Return every class that stands for one reason, in the order of mediabridge/errors/."""
    classes = (
        found
        for _, found in inspect.getmembers(errors, inspect.isclass)
        if issubclass(found, MediabridgeError) and not found.__subclasses__()
    )
    # By file, then by line: a line more in one file moves nothing of another.
    return sorted(classes, key=lambda found: (found.__module__, inspect.getsourcelines(found)[1]))


def page() -> str:
    """Return the whole page."""
    by_code = sorted(leaves(), key=lambda leaf: leaf.exit_code)
    sections = (
        _section(code, list(group)) for code, group in groupby(by_code, lambda leaf: leaf.exit_code)
    )
    return "\n".join([HEAD, *sections, *(_list(*each) for each in LISTS)])


def _section(code: ExitCode, members: list[type[MediabridgeError]]) -> str:
    english, japanese = CODES[code]
    entries = "\n".join(line for leaf in members for line in _entry(leaf))
    return f"## {int(code)}: {english} / {japanese}\n\n{entries}"


def _entry(leaf: type[MediabridgeError]) -> Iterator[str]:
    yield f"### `{leaf.reason}`\n"
    yield f"{inspect.cleandoc(leaf.__doc__ or '')}\n"
    yield from (f"- {line}" for line in _translations(leaf.sentence, leaf.hint))
    yield ""


def _list(heading: str, members: type[Spoken]) -> str:
    lines = []
    for member in members:
        lines.append(f"### `{member.value}`\n")
        lines += [f"- {line}" for line in _translations(member.sentence)]
        lines.append("")
    return f"## {heading}\n\n" + "\n".join(lines)


def _translations(*msgids: str) -> Iterator[str]:
    """Yield the sentences in each language, one line a language."""
    for chosen in (Language.EN, Language.JA):
        set_language(chosen)
        yield "<br>".join(translate(msgid) for msgid in msgids)


def main(action: str) -> int:
    """Carry out *action*; return the exit code."""
    wanted = page()
    if action == "update":
        PAGE.write_text(wanted, encoding="utf-8")
        return 0
    if PAGE.read_text(encoding="utf-8") == wanted:
        return 0
    print(f"{PAGE.name} is out of date: run make reasons", file=sys.stderr)
    return 1


if __name__ == "__main__":
    if sys.argv[1:] not in (["update"], ["check"]):
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
