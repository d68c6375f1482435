"""The shipped tables against the official ones, entry by entry."""

import csv
import json
import unicodedata
from collections.abc import Iterable
from functools import partial

import pytest

from mediabridge.records import names
from mediabridge.records.names import Reason, Rule, table
from mediabridge.records.names.conversion import REASONS
from tests.codes.shared_data import shared_data

check = partial(names.check, table=names.table())
convert = partial(names.convert, table=names.table())

# F96F and F9A1 stand in Table 1 of the notice; lists that count shapes leave them out.
ONLY_IN_NOTICE = {"\uf96f", "\uf9a1"}


def official_rows(name: str) -> list[tuple[str, ...]]:
    rows = json.loads(shared_data("nyukanseiji.json").read_text(encoding="utf-8"))[name]
    return [tuple(chr(int(code, 16)) for code in row) for row in rows]


def official_seiji() -> set[str]:
    with shared_data("seiji_13285.tsv").open(encoding="utf-8", newline="") as stream:
        return {chr(int(row["seiji_code"], 16)) for row in csv.DictReader(stream, delimiter="\t")}


@pytest.mark.parametrize(
    ("name", "rule", "size"),
    [("table4_1", Rule.TABLE_4_1, 8203), ("table4_2", Rule.TABLE_4_2, 9327)],
)
def test_table_4_is_official(name: str, rule: Rule, size: int) -> None:
    official = {
        source: (rule, number, targets[0], targets[1] if len(targets) > 1 else "")
        for number, (source, *targets) in enumerate(official_rows(name), 1)
    }
    ours = {source: cells for source, cells in table().cells.items() if cells[0] is rule}
    assert len(official) == size
    assert ours == official


def test_special_is_official() -> None:
    with shared_data("notice582_special14.tsv").open(encoding="utf-8", newline="") as stream:
        official = {
            row["src_char"]: (row["rank1_char"], row["rank2_char"])
            for row in csv.DictReader(stream, delimiter="\t")
        }
    ours = {
        source: cells[2:] for source, cells in table().cells.items() if cells[0] is Rule.SPECIAL
    }
    assert len(official) == 14
    assert ours == official


def test_seiji_set_is_official() -> None:
    official = official_seiji()
    assert len(official) == 13_285
    assert table().seiji - official == ONLY_IN_NOTICE
    assert official <= table().seiji


def test_table_1_is_seiji() -> None:
    codes = shared_data("notice582_table1_codes.txt").read_text(encoding="ascii").split()
    assert len(codes) == 178
    assert {chr(int(code, 16)) for code in codes} <= table().seiji


def test_every_seiji_stays() -> None:
    for character in official_seiji() | ONLY_IN_NOTICE:
        assert convert(character, gaiji=True).converted == character
        assert check(character, gaiji=True) == ()


def test_special_stays_at_rank_1() -> None:
    special = [source for source, cells in table().cells.items() if cells[0] is Rule.SPECIAL]
    result = convert("".join(special))
    assert result.converted == "".join(special)
    assert {character.rule for character in result.characters} == {Rule.SPECIAL}


def test_every_source_converts_once() -> None:
    for source, (rule, _, rank1, rank2) in table().cells.items():
        assert convert(source, gaiji=True).converted == rank1
        if rank2:
            for reason in REASONS[rule]:
                assert convert(source, gaiji=True, rank2={0: reason}).converted == rank2
        for target in filter(None, (rank1, rank2)):
            again = convert(target)
            assert again.converted == target
            assert again.characters[0].rule in (Rule.SEIJI, Rule.SPECIAL)


def changed_by_nfc(characters: Iterable[str]) -> set[str]:
    return {char for char in characters if unicodedata.normalize("NFC", char) != char}


def test_normalising_would_change_names() -> None:
    # Why nothing here may normalise: if this fails, the warning in the documents is out of date.
    cells = table().cells
    targets = {target for row in cells.values() for target in row[2:]}
    seiji = changed_by_nfc(official_seiji())
    assert (len(seiji), len(changed_by_nfc(cells)), len(changed_by_nfc(targets))) == (75, 263, 39)
    assert all(convert(char).converted == char for char in seiji)


EXAMPLES = [
    "邓鄧",
    "赵趙",
    "孙孫",
    "许許",
    "谭譚",
    "伟偉",
    "军軍",
    "兰蘭",
    "庆慶",
    "韩韓",
    "贾賈",
    "贺賀",
    "书書",
    "张張弡",
    "陈陳陣",
    "马馬碼",
    "郑鄭奠",
    "钟鐘鍾",
    "卢盧廬",
    "冯馮憑",
    "谢謝繹",
    "萧蕭䔥",
    "顾顧雇",
    "鹏鵬鳳",
    "历暦歴",
    "龙竜龍",
    "钱銭錢",
    "传伝傳",
    "赖頼賴",
    "艳艶艷",
    "艺藝芸",
    "尔尓",
    "亚亜亞",
]
LOOK_ALIKES = ["玏功", "喡暐", "㐵仠", "乒兵丘"]


@pytest.mark.parametrize(
    ("example", "rule"),
    [(example, Rule.TABLE_4_1) for example in EXAMPLES]
    + [(example, Rule.TABLE_4_2) for example in LOOK_ALIKES]
    + [("刘刘劉", Rule.SPECIAL), ("姜姜薑", Rule.SPECIAL)],
)
def test_published_example(example: str, rule: Rule) -> None:
    source, rank1, *rank2 = example
    (character,) = convert(source).characters
    assert character.rule is rule
    assert character.result == rank1
    assert [character.row.rank2] == (rank2 or [""])
    if rank2:
        assert convert(source, rank2={0: Reason.EARLIER_STAY}).converted == rank2[0]


@pytest.mark.parametrize("character", list("云叶芸沈范于吴阳黄国了与"))
def test_published_seiji_stays(character: str) -> None:
    (result,) = convert(character).characters
    assert result.rule is Rule.SEIJI
    assert result.result == character
    assert result.row is None
