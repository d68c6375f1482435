"""The kanji of JIS come from Python itself: they are made again on every machine."""

from mediabridge.records.names.store import _SHIPPED
from tools import build_notice582


def test_jis_kanji_are_reproducible() -> None:
    lines = build_notice582.kanji(build_notice582.jis_kanji())
    shipped = (_SHIPPED / "jis_kanji.tsv").read_text(encoding="utf-8")
    assert "\n".join(lines) + "\n" == shipped
