import pytest

from mediabridge.errors import UsageError
from mediabridge.records.names import encodable, table


def codes(text: str, encoding: str) -> list[str]:
    return [found.code for found in encodable(text, encoding)]


@pytest.mark.parametrize(
    ("text", "encoding", "missing"),
    [
        ("髙﨑", "cp932", []),
        ("髙﨑", "shift_jis", ["U+9AD9", "U+FA11"]),
        ("髙﨑", "shift_jis_2004", ["U+9AD9"]),
        ("吴强𠮷", "cp932", ["U+5434", "U+5F3A", "U+20BB7"]),
        ("吴", "euc_jis_2004", []),
        ("吴强𠮷", "utf-8", []),
        ("吴强𠮷", "utf-16", []),
        ("か゚", "shift_jis_2004", []),
        ("か゚", "shift_jis", ["U+309A"]),
    ],
)
def test_vendor_encoding_holds(text: str, encoding: str, missing: list[str]) -> None:
    assert codes(text, encoding) == missing


@pytest.mark.parametrize(
    ("encoding", "held"),
    [
        ("shift_jis", 6356),
        ("cp932", 6689),
        ("shift_jis_2004", 10_051),
        ("euc_jp", 12_157),
        ("euc_jis_2004", 13_109),
    ],
)
def test_published_counts(encoding: str, held: int) -> None:
    # CP932 also has codes for the five 正字 of private use, but for a vendor's own characters.
    seiji = "".join(sorted(table().seiji))
    assert len(seiji) - len(encodable(seiji, encoding)) == held


@pytest.mark.parametrize("encoding", ["cp932", "shift_jis_2004", "euc_jp", "gb18030"])
def test_vendor_private_use_is_not_ours(encoding: str) -> None:
    assert codes("\ue400", encoding) == ["U+E400"]


def test_lossy_codec_is_not_trusted() -> None:
    assert "¥".encode("shift_jis") == b"\\"
    assert codes("¥", "shift_jis") == ["U+00A5"]


def test_selector_counts_with_its_base() -> None:
    (found,) = encodable("A辻\U000e0101", "cp932")
    assert (found.position, found.code) == (1, "U+8FBB U+E0101")


@pytest.mark.parametrize("encoding", ["nonsense", "base64", "a\x00b", ""])
def test_unknown_encoding_refused(encoding: str) -> None:
    with pytest.raises(UsageError):
        encodable("張", encoding)
