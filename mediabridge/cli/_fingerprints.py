"""How a fingerprint looks on a terminal, and how a person is made to read the paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mediabridge.cli._ask import reply
from mediabridge.cli._context import Context
from mediabridge.cli._result import Table
from mediabridge.locale import n_, text

if TYPE_CHECKING:
    from collections.abc import Collection

    from mediabridge.trust.fingerprint import Fingerprint

_COLUMNS = 3
_BLANK = "______"


def words_table(
    context: Context, fingerprint: Fingerprint, *, hidden: Collection[int] = ()
) -> Table:
    """Return the twelve words with their numbers; those that are *hidden* stand on paper only."""
    words = fingerprint.words(context.lang)
    cells = [
        f"{number:>2} {_BLANK if number in hidden else word}"
        for number, word in enumerate(words, start=1)
    ]
    rows = [cells[start : start + _COLUMNS] for start in range(0, len(cells), _COLUMNS)]
    return Table([text("Fingerprint in words"), *[""] * (_COLUMNS - 1)], rows)


def compared(context: Context, fingerprint: Fingerprint) -> bool:
    """Show *fingerprint* but for some words, and ask for those from the paper form.

    Whoever has not looked at the paper cannot answer, and whoever typed ahead has not either.

    Raises:
        NotInteractiveError: nobody is there to answer.
    """
    from mediabridge.trust.fingerprint import numbers_to_ask
    from mediabridge.trust.paper import code_lines

    hidden = numbers_to_ask()
    context.say("Compare this with the paper form, word by word or with a camera.")
    for line in code_lines(fingerprint):
        context.show(line)
    context.show(words_table(context, fingerprint, hidden=hidden))
    numbers = ", ".join(map(str, hidden))
    question = n_("If all that is shown is right: the words {numbers} of the paper form")
    return fingerprint.has_words(hidden, reply(context, question, numbers=numbers))
