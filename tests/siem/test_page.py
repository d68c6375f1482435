"""The page for those who run a SIEM has the table that the exporter goes by."""

from pathlib import Path

from mediabridge.translog.siem import ecs, ocsf
from mediabridge.translog.siem.meaning import MEANS

PAGE = Path(__file__).parents[2] / "docs/operations/siem.md"


def rows() -> list[str]:
    return [
        f"| `{event.value}` | {means.category}, {means.type}, {means.outcome} "
        f"| {means.activity.called}{', ' * bool(means.entity)}{means.entity} |"
        for event, means in MEANS.items()
    ]


def test_the_page_has_every_event_as_it_is_written() -> None:
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line.startswith("| `") and line.count("|") == 4] == rows()


def test_the_page_names_the_versions() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert f"ECS {ecs.VERSION}" in page
    assert f"OCSF {ocsf.VERSION}" in page
