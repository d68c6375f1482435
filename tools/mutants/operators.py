"""What is changed, one change a mutant.

Cosmic Ray's own operators turn comparisons, arithmetic, words and numbers around. The rest
is ours, because the faults this project fears are omissions: a call that was left out (an
fsync), a refusal that was left out, an entry missing from a table, an item missing from a call.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, Final

from cosmic_ray.operators.provider import OperatorProvider
from parso.python.tree import Name
from parso.python.tree import Operator as Sign

Span = tuple[tuple[int, int], tuple[int, int]]
Node = Any
"""A node of parso, whose classes differ in what they have; ``type`` tells them apart."""


class RemoveStatement:
    """``os.fsync(file)``, ``raise …``, ``return …``, ``total += 1`` become ``pass``."""

    _KINDS: ClassVar = {"atom_expr", "raise_stmt", "return_stmt", "yield_expr", "del_stmt"}

    def mutation_positions(self, node: Node) -> Iterator[Span]:
        """See Cosmic Ray's Operator."""
        if node.parent is None or node.parent.type != "simple_stmt":
            return
        sign = getattr(node.children[1], "value", "") if node.type == "expr_stmt" else ""
        bare = node.type == "keyword" and node.value in {"raise", "return", "yield"}
        if bare or node.type in self._KINDS or (sign.endswith("=") and sign != "="):
            yield node.start_pos, node.end_pos

    def mutate(self, node: Node, index: int) -> Node:
        """See Cosmic Ray's Operator."""
        del index
        return _written(node, "pass")


class RemoveItem:
    """An item is taken out of a set, list, tuple or dict that is written down."""

    def mutation_positions(self, node: Node) -> Iterator[Span]:
        """See Cosmic Ray's Operator."""
        if node.type in {"testlist_comp", "dictorsetmaker"} and "comp_for" not in str(
            [child.type for child in node.children]
        ):
            for item in _items(node):
                yield item[0].start_pos, item[-1].end_pos

    def mutate(self, node: Node, index: int) -> Node:
        """See Cosmic Ray's Operator."""
        return _without(node, _items(node)[index])


class RemoveOnlyItem:
    """A set or list of one item is empty."""

    def mutation_positions(self, node: Node) -> Iterator[Span]:
        """See Cosmic Ray's Operator."""
        if node.type != "atom" or node.children[0].value not in {"{", "["}:
            return
        inner = node.children[1].type
        if node.children[1] is not node.children[-1] and inner not in {
            "testlist_comp",
            "dictorsetmaker",
        }:
            yield node.start_pos, node.end_pos

    def mutate(self, node: Node, index: int) -> Node:
        """See Cosmic Ray's Operator."""
        del index
        return _written(node, "set()" if node.children[0].value == "{" else "[]")


class RemoveKeyword:
    """A keyword argument is taken out of a call."""

    def mutation_positions(self, node: Node) -> Iterator[Span]:
        """See Cosmic Ray's Operator."""
        for item in self._named(node):
            yield item[0].start_pos, item[-1].end_pos

    def mutate(self, node: Node, index: int) -> Node:
        """See Cosmic Ray's Operator."""
        return _without(node, self._named(node)[index])

    @staticmethod
    def _named(node: Node) -> list[list[Node]]:
        items = _items(node) if node.type == "arglist" else []
        return [item for item in items if item[0].type == "argument" and item[0].children[1] == "="]


class Negate:
    """A condition becomes its opposite; Cosmic Ray's AddNot negates only its first part."""

    def mutation_positions(self, node: Node) -> Iterator[Span]:
        """See Cosmic Ray's Operator."""
        for place in self._conditions(node):
            yield node.children[place].start_pos, node.children[place].end_pos

    def mutate(self, node: Node, index: int) -> Node:
        """See Cosmic Ray's Operator."""
        place = self._conditions(node)[index]
        condition = node.children[place]
        code = condition.get_code(include_prefix=False)
        node.children[place] = _written(condition, f"not ({code})")
        return node

    @staticmethod
    def _conditions(node: Node) -> list[int]:
        """Return the places of the conditions of ``if``, ``elif``, ``while``, ``x if c else y``."""
        if node.type == "ternary" or (node.type == "test" and len(node.children) > 1):
            return [2]
        if node.type in {"if_stmt", "while_stmt", "comp_if"}:
            words = ("if", "elif", "while")
            return [
                place + 1
                for place, child in enumerate(node.children)
                if getattr(child, "value", "") in words
            ]
        return []


class ReplaceInWithNotIn:
    """``a in b`` becomes ``a not in b``."""

    def mutation_positions(self, node: Node) -> Iterator[Span]:
        """See Cosmic Ray's Operator."""
        if node.type == "keyword" and node.value == "in" and node.parent.type == "comparison":
            yield node.start_pos, node.end_pos

    def mutate(self, node: Node, index: int) -> Node:
        """See Cosmic Ray's Operator."""
        del index
        return _written(node, "not in")


class ReplaceNotInWithIn:
    """``a not in b`` becomes ``a in b``."""

    def mutation_positions(self, node: Node) -> Iterator[Span]:
        """See Cosmic Ray's Operator."""
        if node.type == "comp_op" and node.children[-1].value == "in":
            yield node.start_pos, node.end_pos

    def mutate(self, node: Node, index: int) -> Node:
        """See Cosmic Ray's Operator."""
        del index
        return _written(node, "in")


_OURS: Final = (
    RemoveStatement,
    RemoveItem,
    RemoveOnlyItem,
    RemoveKeyword,
    Negate,
    ReplaceInWithNotIn,
    ReplaceNotInWithIn,
)
# Of each family one swap a sign: the nearest, which is the hardest to notice.
_THEIRS: Final = (
    "ExceptionReplacer",
    "NumberReplacer",
    "RemoveDecorator",
    "ReplaceAndWithOr",
    "ReplaceBinaryOperator_Add_Sub",
    "ReplaceBinaryOperator_BitAnd_BitOr",
    "ReplaceBinaryOperator_BitOr_BitAnd",
    "ReplaceBinaryOperator_BitXor_BitOr",
    "ReplaceBinaryOperator_Div_Mul",
    "ReplaceBinaryOperator_FloorDiv_Mul",
    "ReplaceBinaryOperator_LShift_RShift",
    "ReplaceBinaryOperator_Mod_Mul",
    "ReplaceBinaryOperator_Mul_FloorDiv",
    "ReplaceBinaryOperator_Pow_Mul",
    "ReplaceBinaryOperator_RShift_LShift",
    "ReplaceBinaryOperator_Sub_Add",
    "ReplaceBreakWithContinue",
    "ReplaceComparisonOperator_Eq_NotEq",
    "ReplaceComparisonOperator_GtE_Gt",
    "ReplaceComparisonOperator_Gt_GtE",
    "ReplaceComparisonOperator_IsNot_Is",
    "ReplaceComparisonOperator_Is_IsNot",
    "ReplaceComparisonOperator_LtE_Lt",
    "ReplaceComparisonOperator_Lt_LtE",
    "ReplaceComparisonOperator_NotEq_Eq",
    "ReplaceContinueWithBreak",
    "ReplaceFalseWithTrue",
    "ReplaceOrWithAnd",
    "ReplaceTrueWithFalse",
    "ReplaceUnaryOperator_Delete_Invert",
    "ReplaceUnaryOperator_Delete_Not",
    "ReplaceUnaryOperator_Delete_USub",
    "ZeroIterationForLoop",
)

_PROVIDER: Final = OperatorProvider()
OPERATORS: Final[dict[str, Any]] = {
    **{name: _PROVIDER[name]() for name in _THEIRS},
    **{operator.__name__: operator() for operator in _OURS},
}


def _written(node: Node, code: str) -> Node:
    return Name(code, node.start_pos, prefix=node.get_first_leaf().prefix)


def _items(node: Node) -> list[list[Node]]:
    """Return the items of *node*, each with the comma that follows it."""
    items: list[list[Node]] = [[]]
    for child in node.children:
        items[-1].append(child)
        if child == ",":
            items.append([])
    return [item for item in items if item]


def _without(node: Node, gone: list[Node]) -> Node:
    kept = [child for child in node.children if not any(child is one for one in gone)]
    # What is left of a tuple of two is still a tuple.
    if len(kept) == 1 and node.type == "testlist_comp" and node.parent.children[0] == "(":
        kept.append(Sign(",", kept[0].end_pos))
    node.children = kept
    return node
