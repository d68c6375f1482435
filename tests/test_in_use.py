"""What the program itself does not use is not in it: a helper of the tests lives with the tests."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
Named = ast.FunctionDef | ast.ClassDef

CALLED_BY_OTHERS = {
    "mediabridge/cli/_typed.py": {"list_commands", "get_command", "get_help"},  # Typer
    "mediabridge/kiosk/app.py": {  # Textual
        *("on_key", "on_answer_given", "on_input_submitted"),
        *("action_key", "action_back", "action_leave"),
    },
    "mediabridge/kiosk/stage.py": {  # Textual
        *("on_mount", "on_stage_followed", "on_unmount", "on_resize", "_fatal_error"),
    },
    "mediabridge/kiosk/widgets.py": {"on_click", "on_key"},  # Textual
    "mediabridge/hub/app.py": {"openapi"},  # FastAPI
    "mediabridge/hub/pages/answering.py": {"begin", "style", "show"},  # as above
    "mediabridge/hub/routes.py": {  # as above
        *("waiting", "announce", "look", "put", "complete", "get", "taken", "faults", "trust"),
    },
    "mediabridge/line/certificate.py": {"issue"},  # a station, and whoever writes a client
    "mediabridge/records/csv/writer.py": {"PeopleCsvWriter"},  # what such a file is: records.md
    "mediabridge/records/names/characters.py": {"escape_gaiji", "unescape_gaiji"},  # vendors
    "mediabridge/stations/offices/splitting.py": {"writable"},  # io
    "mediabridge/translog/merkle.py": {"verify_inclusion"},  # whoever audits a log
    "mediabridge/trust/folder_source.py": {"_fetch"},  # python-tuf
    "mediabridge/trust/tuf_tokens.py": {"from_priv_key_uri"},  # securesystemslib
}
"""What a library calls, or who writes a program of their own for our formats."""


class Module:
    """One module of the program or its tools, and every name that is used in it."""

    def __init__(self, path: Path) -> None:
        self.tree = ast.parse(path.read_bytes())
        self.place = path.relative_to(ROOT).as_posix()
        self.words = list(path.relative_to(ROOT).with_suffix("").parts)
        self.names = Counter[str]()
        self.imports: set[tuple[str, str]] = set()
        self.reached: set[tuple[str, str]] = set()
        """(module, name) of what is used as ``module.name``."""
        aliases: dict[str, str] = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Name):
                self.names[node.id] += 1
            elif isinstance(node, ast.Attribute):
                self.names[node.attr] += 1
                of = node.value
                if isinstance(of, ast.Name | ast.Attribute):
                    self.reached.add((of.id if isinstance(of, ast.Name) else of.attr, node.attr))
            elif isinstance(node, ast.keyword) and node.arg:
                self.names[node.arg] += 1
            elif isinstance(node, ast.ImportFrom) and node.module:
                self.imports |= {(node.module, each.name) for each in node.names}
                aliases |= {each.asname: each.name for each in node.names if each.asname}
        self.reached |= {(aliases[of], name) for of, name in self.reached if of in aliases}
        if path.name == "__init__.py":
            # A package that offers a name does not use it.
            self.imports = {each for each in self.imports if each[1] in self.names}

    def uses(self, node: Named) -> bool:
        """Tell whether *node*, which stands here, is used here, other than by itself."""
        if node.name not in self.names:
            return False
        own = sum(
            node.name in {getattr(each, "id", ""), getattr(each, "attr", "")}
            for each in ast.walk(node)
        )
        return self.names[node.name] > own


@cache
def modules() -> list[Module]:
    """Return the program, and the tools that generate its pages."""
    paths = (path for folder in ("mediabridge", "tools") for path in (ROOT / folder).rglob("*.py"))
    return [Module(path) for path in sorted(paths)]


@cache
def used() -> set[tuple[str, str]]:
    """Return (module or package, name) for every name that another module uses."""
    return {name for module in modules() for name in module.imports | module.reached}


def is_used(module: Module, node: Named) -> bool:
    """Tell whether the program uses *node*, which stands in *module*."""
    packages = {".".join(module.words[:length]) for length in range(1, len(module.words) + 1)}
    return module.uses(node) or any(
        (each, node.name) in used() for each in packages | set(module.words)
    )


def unfound(module: Module, nodes: Iterator[Named]) -> Iterator[tuple[str, Named]]:
    """Yield those of *nodes* that are not called by a name that others gave."""
    for node in nodes:
        by_others = CALLED_BY_OTHERS.get(module.place, ())
        if not node.name.startswith("__") and node.name not in by_others:
            yield module.place, node


def test_every_function_and_class_is_used() -> None:
    unused = []
    for module in modules():
        # A command is found by its name in the table; some states are a reason by their name.
        if re.match(r"mediabridge/cli/[a-z]|mediabridge/errors/_medium|tools/", module.place):
            continue
        nodes = (node for node in module.tree.body if isinstance(node, Named))
        unused += [
            (place, node.name)
            for place, node in unfound(module, nodes)
            if not is_used(module, node)
        ]
    assert unused == []


def test_every_method_is_used() -> None:
    known = {name for module in modules() for name in module.names}
    unused = []
    for module in modules():
        # What is decorated has told somebody of itself.
        nodes = (
            each
            for node in ast.walk(module.tree)
            if isinstance(node, ast.ClassDef)
            for each in node.body
            if isinstance(each, ast.FunctionDef) and not each.decorator_list
        )
        unused += [
            (place, node.name)
            for place, node in unfound(module, nodes)
            if node.name not in known and place.startswith("mediabridge")
        ]
    assert unused == []
