import re
import string

import pytest

from mediabridge import errors
from mediabridge.errors import ExitCode, MediabridgeError
from tools import reasons

EVERY = [
    found
    for found in vars(errors).values()
    if isinstance(found, type) and issubclass(found, MediabridgeError)
]
LEAVES = [found for found in EVERY if not found.__subclasses__()]
FAMILIES = [found for found in EVERY if found.__subclasses__()]


def family_of(leaf: type[MediabridgeError]) -> type[MediabridgeError]:
    """Return the ancestor just below the root, or the leaf when it stands alone."""
    return leaf.__mro__[leaf.__mro__.index(MediabridgeError) - 1]


def test_reasons_are_unique() -> None:
    names = [leaf.reason for leaf in LEAVES]
    assert sorted(names) == sorted(set(names))


def test_leaf_is_complete(subtests: pytest.Subtests) -> None:
    for leaf in LEAVES:
        with subtests.test(leaf.__name__):
            assert re.fullmatch(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*", leaf.reason)
            assert "reason" in vars(leaf)
            assert leaf.__name__.endswith("Error")
            assert leaf.__doc__
            # A sentence ends as one, or hands its end over to the detail.
            assert leaf.sentence.endswith((".", "{detail}"))
            assert leaf.hint.endswith((".", ")", "init."))
            assert leaf.exit_code is not ExitCode.DONE


def test_family_has_no_reason(subtests: pytest.Subtests) -> None:
    for family in FAMILIES:
        with subtests.test(family.__name__):
            assert (family.reason, family.sentence, family.hint) == ("", "", "")


@pytest.mark.parametrize("code", [code for code in ExitCode if code is not ExitCode.DONE])
def test_code_has_one_family(code: ExitCode) -> None:
    families = {family_of(leaf) for leaf in LEAVES if leaf.exit_code is code}
    assert len(families) == 1


def test_templates_show_every_fact(subtests: pytest.Subtests) -> None:
    for leaf in LEAVES:
        templates = leaf.sentence + leaf.hint
        names = {field for _, field, _, _ in string.Formatter().parse(templates) if field}
        # Past the leaf's own constructor, which may derive some facts from others.
        error = leaf.__new__(leaf)
        MediabridgeError.__init__(error, **{name: f"<{name}>" for name in names})
        with subtests.test(leaf.__name__):
            shown = str(error) + error.render(error.hint)
            assert all(f"<{name}>" in shown for name in names)
            assert "{" not in shown


def test_missing_fact_shows_question() -> None:
    assert "?" in str(errors.SequenceGapError(got=1))


def test_page_documents_every_reason() -> None:
    page = reasons.PAGE.read_text(encoding="utf-8")
    assert page == reasons.page(), "run make reasons"
    assert re.findall(r"^### `([^`]+)`$", page, re.MULTILINE) == [
        *(leaf.reason for leaf in sorted(reasons.leaves(), key=lambda leaf: leaf.exit_code)),
        *(member.value for _heading, members in reasons.LISTS for member in members),
    ]
    assert {leaf.reason for leaf in LEAVES} == {leaf.reason for leaf in reasons.leaves()}
