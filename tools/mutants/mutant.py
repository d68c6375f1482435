"""The mutants of one module, and what each is called.

A mutant's name is what a reader sees of it: the file, the function, the line as it was and
as it became. It holds until one of these changes; a number would change with every edit.
"""

from __future__ import annotations

import ast
import contextlib
import difflib
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.util import read_python_source
from cosmic_ray.work_item import MutationSpec

from tools.mutants.operators import OPERATORS

_DEFERRED: Final = re.compile(r"\s*defer_build=(?:True|False),?")


class Identity(NamedTuple):
    """What a mutant is called, in the list of survivors too."""

    file: str
    function: str
    was: str
    now: str
    nth: int = 1
    """Which of the changes of this function that read alike."""


class Mutant(NamedTuple):
    """One change of one module."""

    identity: Identity
    source: str
    spec: MutationSpec


def mutants_of(root: Path, file: str) -> Iterator[Mutant]:
    """Yield the mutants of *file*, a path below *root*."""
    source = read_python_source(root / file)
    alike = Counter[Identity]()
    for name, operator in OPERATORS.items():
        places = [
            (node, start, end)
            for node in ast_nodes(get_ast(source))
            for start, end in operator.mutation_positions(node)
        ]
        for occurrence, (node, start, end) in enumerate(places):
            mutated = mutate_code(source, operator, occurrence)
            if _means_nothing(node) or _is_only_later(source, mutated) or not _is_python(mutated):
                continue
            identity = Identity(file, _qualified_name(node), *_lines(source, mutated))
            alike[identity] += 1
            identity = identity._replace(nth=alike[identity])
            spec = MutationSpec(file, name, occurrence, start, end, {}, identity.function)
            yield Mutant(identity, mutated, spec)


def _means_nothing(node: Any) -> bool:
    """Tell what only a type checker would notice: annotations, a Callable's items, a Protocol."""
    union = node.type == "operator" and node.value == "|"
    inner, outer = node, node.parent
    while outer is not None:
        before = inner.get_previous_sibling()
        annotation = outer.type == "tfpdef" or (outer.type == "funcdef" and before == "->")
        if union and (annotation or (outer.type == "annassign" and inner is outer.children[1])):
            return True
        if inner.type == "trailer" and getattr(before, "value", "") == "Callable":
            return True
        if outer.type == "classdef" and "Protocol" in str(outer.get_super_arglist()):
            return True
        inner, outer = outer, outer.parent
    return False


def _is_only_later(source: str, mutated: str) -> bool:
    """Tell what changes nothing but when pydantic builds a model: at import, or at first use."""
    return _DEFERRED.sub("", source) == _DEFERRED.sub("", mutated)


def _is_python(source: str) -> bool:
    with contextlib.suppress(SyntaxError):
        ast.parse(source)
        return True
    return False


def _qualified_name(node: Any) -> str:
    names = []
    while node is not None:
        if node.type in {"funcdef", "classdef"}:
            names.append(node.name.value)
        node = node.parent
    return ".".join(reversed(names)) or "(module)"


def _lines(source: str, mutated: str) -> tuple[str, str]:
    """Return the lines that differ, before and after, without their indent."""
    changes = list(difflib.ndiff(source.splitlines(), mutated.splitlines()))
    was, now = (
        "\n".join(
            line[2:].strip() for line in changes if line.startswith(sign) and line[2:].strip()
        )
        for sign in ("- ", "+ ")
    )
    return was, now
