"""What the libraries say of a command line that does not fit, in the reader's words.

typer and argparse speak English only. Each of their sayings is recognised by its form; one
that is not known, as after an update of the library, is never shown as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from mediabridge.locale import n_, text, translate

if TYPE_CHECKING:
    from collections.abc import Sequence

_SAYINGS: Final[Mapping[str, str]] = {
    r"No such command '(?P<name>.*?)'\..*": n_("there is no command {name}"),
    r"Missing command\.": n_("a command is missing after the words given"),
    r"Got unexpected extra argument\(s\) \((?P<name>.*)\)": n_("too many words: {name}"),
    r"No such option: (?P<name>.*?) \(Possible options: (?P<known>.*)\)": n_(
        "there is no option {name}; perhaps meant: {known}"
    ),
    r"No such option: (?P<name>.*)": n_("there is no option {name}"),
    r"Option '(?P<name>.*)' requires .*": n_("the option {name} needs a value after it"),
    r"Option '(?P<name>.*)' does not take a value\.": n_("the option {name} takes no value"),
    r"Missing option '(?P<name>.*?)'.*": n_("the option {name} is missing"),
    r"Missing argument '(?P<name>.*?)'.*": n_("{name} is missing"),
    r"Invalid value for '(?P<name>.*?)': .* is not one of (?P<known>.*?)\.?": n_(
        "the value of {name} is not one of {known}"
    ),
    r"Invalid value for '(?P<name>.*?)': (file|dir|path) '(?P<path>.*)' does not exist\.": n_(
        "{path}, given for {name}, does not exist"
    ),
    r"Invalid value for '(?P<name>.*?)': (file|dir|path) '(?P<path>.*)' is a file\.": n_(
        "{path}, given for {name}, is a file and not a folder"
    ),
    r"Invalid value for '(?P<name>.*?)': (file|dir|path) '(?P<path>.*)' is a directory\.": n_(
        "{path}, given for {name}, is a folder and not a file"
    ),
    r"Invalid value for '(?P<name>.*?)': (file|dir|path) '(?P<path>.*)' is not readable\.": n_(
        "{path}, given for {name}, may not be read by this user"
    ),
    r"Invalid value for '(?P<name>.*?)': .*valid (integer|number).*": n_(
        "the value of {name} is not a number"
    ),
    r"Invalid value for '(?P<name>.*?)': .*greater than or equal to (?P<limit>\S+?)\.?": n_(
        "the value of {name} is less than {limit}"
    ),
    r"Invalid value for '(?P<name>.*?)': .*less than or equal to (?P<limit>\S+?)\.?": n_(
        "the value of {name} is more than {limit}"
    ),
    r"Invalid value for '(?P<name>.*?)': .*": n_("the value of {name} does not fit"),
    r"argument (?P<name>\S+): invalid choice: .* \(choose from (?P<known>.*)\)": n_(
        "the value of {name} is not one of {known}"
    ),
    r"argument (?P<name>\S+): expected one argument": n_(
        "the option {name} needs a value after it"
    ),
    r"argument (?P<name>\S+): ignored explicit argument .*": n_("the option {name} takes no value"),
}
"""The form of a saying, to what it means; the first that fits counts."""


def in_our_words(saying: str) -> str:
    """Return what typer or argparse means by *saying*, in the language in use."""
    for form, msgid in _SAYINGS.items():
        if found := re.fullmatch(form, saying, re.DOTALL):
            return text(msgid, **{name: _bare(fact) for name, fact in found.groupdict().items()})
    return text("its words do not fit together")


def _bare(listed: str) -> str:
    """Return a list of names without the quotation marks that a library puts around each."""
    return re.sub(r"(?:(?<=^)|(?<=, ))'(.*?)'(?=,|$)", r"\1", listed)


def language_asked(words: Sequence[str], languages: Sequence[str]) -> str | None:
    """Return the language that *words* ask for, also where the rest of them does not fit."""
    pairs = zip(["", *words], [*words, ""], strict=True)
    asked = [after for before, after in pairs if before == "--lang"]
    asked += [word.removeprefix("--lang=") for word in words if word.startswith("--lang=")]
    return next((each for each in asked if each in languages), None)


_SORTS: Final = {
    "str": n_("text"),
    "int": n_("whole number"),
    "int range": n_("whole number"),
    "file": n_("file"),
    "dir": n_("folder"),
    "path": n_("file"),
    "Path": n_("file"),
}
"""typer's names for what an option takes."""


def sort_named(name: str) -> str:
    """Return *name*, as ``--key <file>``, with what the option takes in the reader's words."""

    def named(found: re.Match[str]) -> str:
        sort = _SORTS.get(found[1])
        return f"<{translate(sort)}>" if sort else found[0]

    return re.sub(r"<(?:list\[)?(\w+(?: range)?)\]?>", named, name)
