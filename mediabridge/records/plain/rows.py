"""Batches of rows of text, taken apart by category and turned into columns."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import compress, count
from typing import Final

from mediabridge.kinds import Kind
from mediabridge.records.fields import FIELDS
from mediabridge.records.model import BASES, Record, classes_of
from mediabridge.records.plain.forms import Form
from mediabridge.records.plain.rules import RULES, Columns
from mediabridge.records.tables import RuleTables

_CATEGORY: Final = "art30_45_category"


class PlainRows:
    """Looks at rows of one kind, whose columns are always in the same order."""

    def __init__(self, kind: Kind, tables: RuleTables, names: Sequence[str]) -> None:
        """Judge by *tables* rows that have the columns *names*, identifiers of *kind*."""
        self._width = len(names)
        self._at = names.index(_CATEGORY) if _CATEGORY in names else None
        classes = classes_of(kind) if self._at is not None else {"": BASES[kind]}
        # A kind of which nobody has said when its rules are silent has no group: all is doubtful.
        self._groups = {
            str(category): _Group(kind, str(category), cls, tables, names)
            for category, cls in classes.items()
            if kind in RULES
        }

    def doubtful(self, rows: Sequence[Sequence[str]]) -> set[int]:
        """Return the places of *rows* that are not surely right; those of another width too.

        A row that is not named is a record, breaks no rule, and nothing is to be said about it.
        """
        doubts: set[int] = set()
        for category, places in self._by_category(rows).items():
            group = self._groups.get(category)
            if group is None:
                doubts.update(places)
            else:
                doubts.update(places[one] for one in group.doubtful([rows[at] for at in places]))
        return doubts

    def _by_category(self, rows: Sequence[Sequence[str]]) -> dict[str, list[int]]:
        found: defaultdict[str, list[int]] = defaultdict(list)
        width, at = self._width, self._at
        for place, row in enumerate(rows):
            # No category is named so: whatever is of another width is in no group.
            found[("" if at is None else row[at]) if len(row) == width else "?"].append(place)
        return found


class _Group:
    """Rows of one category, which all have the same items."""

    def __init__(
        self,
        kind: Kind,
        category: str,
        cls: type[Record],
        tables: RuleTables,
        names: Sequence[str],
    ) -> None:
        self._names = names
        self._category = category
        self._rules = RULES[kind](tables)
        items = cls.model_fields
        self._forms = [(name, Form(cls, FIELDS[kind][name])) for name in names if name in items]
        self._required = [name for name, item in items.items() if item.is_required()]
        self._foreign = [name for name in names if name not in items]
        self._left_out = [name for name in FIELDS[kind] if name not in names]

    def doubtful(self, rows: Sequence[Sequence[str]]) -> set[int]:
        """Return the places of *rows* that need a closer look."""
        columns = self._columns(rows)
        doubts = set(self._by_themselves(columns))
        if not doubts:
            return set(self._rules(columns, self._category))
        # The rules compare texts of the right form only.
        places = [place for place in range(len(rows)) if place not in doubts]
        if places:
            left = self._columns([rows[place] for place in places])
            doubts.update(places[one] for one in self._rules(left, self._category))
        return doubts

    def _columns(self, rows: Sequence[Sequence[str]]) -> Columns:
        columns: Columns = dict(zip(self._names, zip(*rows, strict=True), strict=True))
        return {**columns, **self._absent(len(rows))}

    def _absent(self, count: int) -> Columns:
        return dict.fromkeys(self._left_out, ("",) * count)

    def _by_themselves(self, columns: Columns) -> Iterator[int]:
        """Doubt values that are missing, that nobody of the category has, or of no usual form."""
        for name in self._required:
            if "" in columns[name]:
                yield from compress(count(), [not text for text in columns[name]])
        for name in self._foreign:
            yield from compress(count(), columns[name])
        for name, form in self._forms:
            yield from form.doubtful(columns[name])
