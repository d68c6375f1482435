"""Keep the message catalogues in step with the source.

    python -m tools.messages update    find every message, update .po, compile .mo
    python -m tools.messages missing   list the messages without a translation
    python -m tools.messages check     exit 1 unless update would change nothing

A message is the literal argument of a function in ``MARKERS``, or a class attribute
``sentence`` or ``hint`` (:mod:`mediabridge.errors`). After adding one: ``make messages``,
then translate what it lists in the ``.po`` and run it again.
"""

from __future__ import annotations

import ast
import io
import sys
from collections import defaultdict
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from mediabridge.locale import Language
from tools.build_catalogues import StableCatalog, compiled

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "mediabridge"
CATALOGUES = {
    each.value: SOURCE / "locale" / each / "LC_MESSAGES" / "mediabridge.po"
    for each in Language
    if each is not Language.EN
}
"""English is what the messages are written in."""

MARKERS = {"text": 0, "n_": 0, "say": 0, "confirm": 1, "passphrase": 1, "reply": 1}
"""Function or method to the position of its message."""

ATTRIBUTES = frozenset({"sentence", "hint"})

HEADER_COMMENT = "# Translations of mediabridge; kept by tools/messages.py (make messages)."

Messages = dict[str, set[str]]
"""Message id, in order of appearance, to the files it occurs in."""


def find_messages(source: Path = SOURCE) -> Messages:
    """Return every message id below *source*.

    Raises:
        SystemExit: a marked message is built at run time, so nobody can translate it.
    """
    found: Messages = defaultdict(set)
    for path in sorted(source.rglob("*.py")):
        name = path.relative_to(source.parent).as_posix()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), name)):
            for value in _marked(node):
                found[_literal(value, name)].add(name)
    # A variable, whose message is marked where it is defined; or a family without a sentence.
    found.pop("", None)
    return found


def _marked(node: ast.AST) -> list[ast.expr]:
    """Return the expressions in *node* that must be message ids."""
    if isinstance(node, ast.Call):
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        position = MARKERS.get(name, len(node.args))
        return node.args[position : position + 1]
    if isinstance(node, ast.ClassDef):
        return [value for part in node.body for value in _attribute(part)]
    return []


def _attribute(statement: ast.stmt) -> list[ast.expr]:
    """Return the value of a class attribute that holds a message."""
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if name in ATTRIBUTES:
            return [value]
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value) if (
            name in ATTRIBUTES
        ):
            return [value]
    return []


def _literal(value: ast.expr, name: str) -> str:
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        return value.value
    marked_by_itself = isinstance(value, ast.Call) and getattr(value.func, "id", "") in MARKERS
    if marked_by_itself or isinstance(value, ast.Name | ast.Attribute | ast.Subscript):
        return ""
    sys.exit(f"{name}:{value.lineno}: a message must be a plain literal; use translate() to show")


def updated(language: str, path: Path, messages: Messages) -> StableCatalog:
    """Return the catalogue at *path* with exactly *messages*, keeping its translations."""
    old = Catalog(locale=language)
    if path.exists():
        with path.open("rb") as stream:
            old = read_po(stream, locale=language)
    new = StableCatalog(locale=language, header_comment=HEADER_COMMENT, fuzzy=False)
    for msgid, names in messages.items():
        known = old.get(msgid)
        new.add(
            msgid,
            known.string if known else "",
            locations=[(name, 0) for name in sorted(names)],
            flags=["python-brace-format"] if "{" in msgid else [],
        )
    return new


def rendered(catalogue: StableCatalog) -> tuple[bytes, bytes]:
    """Return the ``.po`` and ``.mo`` bytes of *catalogue*."""
    po = io.BytesIO()
    write_po(po, catalogue, width=100, include_lineno=False)
    return po.getvalue(), compiled(catalogue)


def untranslated(catalogue: Catalog) -> list[str]:
    """Return the message ids of *catalogue* that have no translation yet."""
    return [str(message.id) for message in catalogue if message.id and not message.string]


def main(action: str) -> int:
    """Carry out *action* for every catalogue; return the exit code."""
    messages = find_messages()
    trouble = False
    for language, path in CATALOGUES.items():
        catalogue = updated(language, path, messages)
        po, mo = rendered(catalogue)
        if action == "update":
            path.write_bytes(po)
            path.with_suffix(".mo").write_bytes(mo)
        elif action == "check" and path.read_bytes() != po:
            print(f"{path.relative_to(ROOT)} is out of date: run make messages", file=sys.stderr)
            trouble = True
        missing = untranslated(catalogue)
        for msgid in missing:
            print(f"{language}: no translation: {msgid}")
        trouble = trouble or (bool(missing) and action == "check")
    return int(trouble)


if __name__ == "__main__":
    if sys.argv[1:] not in (["update"], ["missing"], ["check"]):
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
