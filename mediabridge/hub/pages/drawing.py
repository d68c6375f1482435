"""A page as HTML: no script, no address of anybody else, one style in a file of its own."""

from __future__ import annotations

from functools import cache
from typing import Final
from urllib.parse import urlencode

import jinja2

from mediabridge import __version__
from mediabridge.clock import to_rfc3339
from mediabridge.hub.pages.content import PAGES, Asked, Page
from mediabridge.locale import Language, language, moment, text, translate
from mediabridge.locale.printing import printable
from mediabridge.report.charts import drawn
from mediabridge.report.layout import is_number, shown

STYLE: Final = "pages.css"
_PAGE: Final = "page.html"
_OTHER: Final = {Language.JA: (Language.EN, "English"), Language.EN: (Language.JA, "日本語")}
"""The other language, by the name that its readers look for."""


def html(name: str, page: Page, asked: Asked) -> str:
    """Return the *page* of this *name* in the language in use."""
    return _written(
        name,
        root="../",
        heading=translate(PAGES[name][0]),
        page=page,
        find=printable(asked.find),
        turns=_turns(page, asked),
        query=_query(asked.page, asked.find),
        at=text("As of {time}, hub {version}.", time=_now(asked), version=__version__),
    )


def refusal(heading: str, lines: tuple[str, ...], root: str) -> str:
    """Return a page that says why there is none; *root* leads from it to where all begin."""
    return _written(
        None,
        heading=heading,
        page=None,
        lines=lines,
        find="",
        turns=(),
        query="",
        at=__version__,
        root=root,
    )


def style() -> str:
    """Return the style of all pages."""
    return _environment().get_template(STYLE).render()


def _written(name: str | None, **said: object) -> str:
    other, other_name = _OTHER[language()]
    return _environment().get_template(_PAGE).render(
        name=name,
        names=[(each, translate(title)) for each, (title, _) in PAGES.items()],
        language=language().value,
        other=other.value,
        other_name=other_name,
        style=STYLE,
        skip=text("To the content"),
        contents=text("Pages"),
        find_label=text("City (a part of its domain or code)"),
        find_button=text("Look for"),
        nothing=text("There is none."),
        drawn=drawn,
        shown=shown,
        number=is_number,
        **said,
    )  # fmt: skip


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.PackageLoader("mediabridge.hub.pages"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


def _now(asked: Asked) -> str:
    return moment(to_rfc3339(asked.now))


def _turns(page: Page, asked: Asked) -> tuple[tuple[str, str], ...]:
    """Return the links to the pages before and after, each with what it is called."""
    if page.pages is None:
        return ()
    wanted = ((asked.page - 1, text("Previous page")), (asked.page + 1, text("Next page")))
    links = [(_query(at, asked.find), said) for at, said in wanted if 1 <= at <= page.pages]
    place = text("Page {page} of {pages}", page=asked.page, pages=page.pages)
    return (("", place), *links)


def _query(page: int, find: str) -> str:
    values = {"page": str(page)} if page > 1 else {}
    values |= {"find": find} if find else {}
    return f"?{urlencode(values)}" if values else ""
