"""The operators' pages in a real browser: shown, without a complaint, asking for nothing else."""

from __future__ import annotations

from collections.abc import Callable

import browser
import pytest

from mediabridge.hub.pages.content import PAGES
from mediabridge.locale import Language

pytestmark = [pytest.mark.heavy, pytest.mark.in_turns]


Look = Callable[[str], browser.Seen]


@pytest.fixture(scope="module")
def look(tmp_path_factory: pytest.TempPathFactory, require_tool: Callable[[str], str]) -> Look:
    """Give a browser that opens an address."""
    folder, chromium = tmp_path_factory.mktemp("browser"), require_tool("chromium")
    return lambda address: browser.look(chromium, address, folder)


@pytest.fixture(scope="module")
def blank(look: Look) -> int:
    """Give the size of a picture of nothing."""
    return len(look("about:blank").picture)


@pytest.mark.parametrize("chosen", Language)
@pytest.mark.parametrize("name", PAGES)
def test_every_page_is_shown_and_asks_only_for_its_style(
    used: int, blank: int, look: Look, name: str, chosen: Language
) -> None:
    hub = f"http://127.0.0.1:{used}"
    seen = look(f"{hub}/{chosen}/{name}")
    # A script, or a style within the page, would be complained of: its policy forbids both.
    assert seen.console == ()
    assert seen.size == (794, 1123)
    assert len(seen.picture) > 2 * blank
    assert f"{hub}/pages.css" in seen.asked
    assert [each for each in seen.asked if not each.startswith(f"{hub}/")] == []
