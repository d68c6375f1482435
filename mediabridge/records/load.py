"""From text to a record that is right, or to every reason why it is not.

The fast path lets pydantic's compiled core check a row and then asks the rules.
Only a row that fails is looked at a second time, field by field, so that all its
errors are found and named by this project's own reasons.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any, Final, get_type_hints

from pydantic import TypeAdapter, ValidationError

from mediabridge.kinds import Kind
from mediabridge.records import never_carried
from mediabridge.records.fields import FIELDS, Field, Need
from mediabridge.records.malformed import Explanation, explain
from mediabridge.records.model import ADAPTERS, BASES, Record, classes_of
from mediabridge.records.reasons import Reason, RecordError
from mediabridge.records.rules import CHECKS, Breach
from mediabridge.records.tables import RuleTables
from mediabridge.records.values import Category

_SHOWN_CHARACTERS: Final = 100

# A rule that misses a value says nothing when the value is there but was refused.
_ABSENCE: Final = {
    Reason.NAME_MISSING: frozenset({"name_roman", "name_kanji"}),
    Reason.ORIGINAL_WITHOUT_KANJI: frozenset({"name_kanji"}),
}


class RecordInvalidError(ValueError):
    """A row is not a record; :attr:`errors` lists every reason, without values in its text."""

    def __init__(self, errors: list[RecordError]) -> None:
        """Keep *errors*; the message names codes only."""
        self.errors = errors
        super().__init__(", ".join(error.reason.value for error in errors))


class _Known(dict[str, Any]):
    """Values by identifier; the ones that are not there are None."""

    def __missing__(self, identifier: str) -> None:
        return None


class Loader:
    """Turns rows of one kind into records."""

    def __init__(self, kind: Kind, tables: RuleTables) -> None:
        """Judge records of *kind* by the code *tables* of the site."""
        self.kind = kind
        self._validate = ADAPTERS[kind].validator.validate_python
        self._base: type[Record] = BASES[kind]
        self._classes = classes_of(kind)
        self._check = CHECKS[kind]
        self._tables = tables
        self._scans = never_carried.scans(FIELDS[kind].values())

    def load(self, values: Mapping[str, str], row: int = 1) -> Record:
        """Return the record that *values* (text by identifier, absent left out) make.

        Raises:
            RecordInvalidError: with all errors of the row, numbered *row*.
        """
        try:
            record: Record = self._validate(values)
        except ValidationError as refusal:
            errors = self._explain(values, row)
            if not errors:
                # The model knows a reason that the field table does not: our own mistake.
                raise
            raise RecordInvalidError(errors) from refusal
        breaches = self._check(record.__dict__, self._tables)
        carried = never_carried.in_valid_row(values, self._scans)
        if breaches or carried:
            errors = [self._broken(breach, values, row) for breach in breaches]
            raise RecordInvalidError(self._with_forbidden(errors, carried, row))
        return record

    def made(self, values: Mapping[str, str]) -> Record:
        """Return the record that *values* make which were found right, by the same tables."""
        record: Record = self._validate(values)
        return record

    def check(self, record: Record, row: int = 1) -> dict[str, str]:
        """Return *record* as text by identifier, absent values left out.

        Raises:
            RecordInvalidError: the record was built past the rules.
        """
        values = to_text(record)
        self.load(values, row)
        return values

    def _explain(self, values: Mapping[str, str], row: int) -> list[RecordError]:
        """Look at every field by itself, then at what is left together."""
        fields = FIELDS[self.kind]
        category = _category(values)
        cls = self._classes.get(category, self._base) if category else self._base
        good = _Known()
        errors = [
            # The name is shown as a value is: whoever wrote it may have written anything.
            RecordError(row, name, Reason.FIELD_UNKNOWN, value=name)
            for name in values
            if name not in fields
        ]
        for name, item in fields.items():
            refusal = _judge(item, values.get(name), category, cls, good)
            if refusal is not None:
                errors.append(_error(item, refusal, values.get(name), row, cls))
        refused = {error.field for error in errors}
        errors.extend(
            self._broken(breach, values, row)
            for breach in self._check(good, self._tables)
            if refused.isdisjoint(_ABSENCE.get(breach.reason, frozenset({breach.field})))
        )
        return self._with_forbidden(errors, never_carried.in_any_row(values, fields), row)

    def _broken(self, breach: Breach, values: Mapping[str, str], row: int) -> RecordError:
        facts = {**FIELDS[self.kind][breach.field].facts(), **breach.facts}
        return RecordError(
            row, breach.field, breach.reason, facts, _shown(values.get(breach.field))
        )

    def _with_forbidden(
        self, errors: list[RecordError], carried: list[str], row: int
    ) -> list[RecordError]:
        kept = [error for error in errors if error.field not in carried]
        # In the order of the layout, so that every format reports the same.
        named = [name for name in FIELDS[self.kind] if name in carried]
        named += [name for name in carried if name not in FIELDS[self.kind]]
        return kept + [RecordError(row, name, Reason.MY_NUMBER) for name in named]


def to_text(record: Record) -> dict[str, str]:
    """Return the exact text of every value of *record* that is present."""
    return {
        # Most of them are plain text; asking that first is half of the time.
        name: value if type(value) is str else _spelt(value)
        for name, value in record.__dict__.items()
        if value is not None
    }


def _spelt(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def _category(values: Mapping[str, str]) -> Category | None:
    try:
        return Category(values.get("art30_45_category", ""))
    except ValueError:
        return None


def _judge(
    item: Field,
    text: str | None,
    category: Category | None,
    cls: type[Record],
    good: dict[str, Any],
) -> Explanation | None:
    """Return why *text* is refused; otherwise put its value into *good*."""
    if text is None:
        by_category = item.need is Need.CATEGORY and category in item.categories
        return (Reason.REQUIRED, {}) if item.need is Need.ALWAYS or by_category else None
    if category is not None and category not in item.categories:
        return Reason.NOT_OF_CATEGORY, {}
    adapter = _adapters(cls).get(item.identifier)
    if adapter is None:
        # Without a category nobody can say whether this item belongs to the person.
        return None
    try:
        good[item.identifier] = adapter.validate_python(text)
    except ValidationError:
        return explain(item, text)
    return None


@cache
def _adapters(cls: type[Record]) -> Mapping[str, TypeAdapter[Any]]:
    hints = get_type_hints(cls, include_extras=True)
    return {name: TypeAdapter(hints[name]) for name in cls.model_fields}


def _error(
    item: Field, refusal: Explanation, text: str | None, row: int, cls: type[Record]
) -> RecordError:
    reason, found = refusal
    facts = {**item.facts(), **found}
    if item.identifier == "card_type":
        # A category has one kind of card only.
        facts["allowed"] = ", ".join(_card_types(cls))
    return RecordError(row, item.identifier, reason, facts, _shown(text))


def _card_types(cls: type[Record]) -> tuple[str, ...]:
    literal = get_type_hints(cls).get("card_type")
    return tuple(getattr(literal, "__args__", ()))


def _shown(text: str | None) -> str | None:
    return None if text is None else text[:_SHOWN_CHARACTERS]
