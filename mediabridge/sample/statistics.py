"""How often what occurs: the immigration agency's counts of June 2025 where it publishes any.

Nationalities and statuses that the published figures do not break down share the rest
by estimate; so do the events, for which no counts are published.
"""

from __future__ import annotations

from typing import Final

from mediabridge.records.events import IsaEvent, MunicipalEvent
from mediabridge.records.values import Category
from mediabridge.sample.draw import Weighted

ISA_NOTICES_PER_RESIDENT: Final = 0.5
MUNICIPAL_NOTICES_PER_RESIDENT: Final = 0.6
WORKING_DAYS: Final = 245
"""Per year; together these give the notices of an ordinary day."""

CATEGORIES: Final = Weighted(
    {
        Category.MID_LONG_TERM: 3_686_327,
        Category.SPECIAL_PERMANENT: 270_292,
        Category.TEMPORARY_REFUGE: 4_000,
        Category.PROVISIONAL_STAY: 12_000,
        Category.TRANSITIONAL_BIRTH: 12_000,
        Category.TRANSITIONAL_NATIONALITY_LOSS: 4_000,
    }
)

NATIONALITIES: Final = Weighted(
    {
        "CHN": 900_738,
        "VNM": 660_483,
        "PHL": 349_714,
        "NPL": 273_229,
        "IDN": 230_000,
        "BRA": 210_000,
        "MMR": 160_000,
        "KOR": 155_000,
        "LKA": 80_000,
        "TWN": 72_000,
        "USA": 66_000,
        "THA": 65_000,
        "IND": 57_000,
        "PER": 49_000,
        "BGD": 40_000,
        "PAK": 30_000,
        "GBR": 20_000,
        "KHM": 27_000,
        "MNG": 22_000,
        "FRA": 15_000,
        "NGA": 4_000,
        "UKR": 4_000,
        "XXA": 500,
    }
)

SPECIAL_PERMANENT_NATIONALITIES: Final = Weighted({"KOR": 245_000, "PRK": 23_000, "TWN": 2_292})

STATUSES: Final = Weighted(
    {
        "601": 932_090,
        "226": 458_109,
        "253": 200_000,
        "254": 120_000,
        "251": 70_000,
        "255": 59_432,
        "401": 435_203,
        "241": 331_000,
        "242": 5_196,
        "403": 320_000,
        "604": 230_000,
        "602": 150_000,
        "603": 55_000,
        "501": 110_000,
        "221": 42_000,
        "230": 46_000,
        "212": 24_000,
        "211": 3_000,
        "213": 3_000,
        "214": 3_000,
        "227": 18_000,
        "225": 15_000,
        "228": 13_000,
        "103": 7_500,
        "105": 4_300,
        "223": 2_700,
        "229": 2_700,
        "301": 2_600,
        "224": 1_300,
        "402": 700,
        "104": 600,
        "106": 200,
        "222": 160,
    }
)

MID_LONG_TERM_EVENTS: Final = Weighted(
    {
        IsaEvent.N02: 42,
        IsaEvent.N01: 14,
        IsaEvent.N07: 8,
        IsaEvent.N18: 8,
        IsaEvent.N05: 6,
        IsaEvent.N06: 5,
        IsaEvent.N09: 4,
        IsaEvent.N03: 4,
        IsaEvent.N16: 4,
        IsaEvent.N17: 3,
        IsaEvent.N15: 1,
        IsaEvent.N08: 0.5,
        IsaEvent.N10: 0.5,
    }
)

EVENTS: Final = {
    Category.MID_LONG_TERM: MID_LONG_TERM_EVENTS,
    Category.SPECIAL_PERMANENT: Weighted(
        {IsaEvent.N14: 90, IsaEvent.N16: 5, IsaEvent.N17: 4, IsaEvent.N15: 1}
    ),
    Category.TEMPORARY_REFUGE: Weighted({IsaEvent.N12: 80, IsaEvent.N11: 20}),
    Category.PROVISIONAL_STAY: Weighted({IsaEvent.N12: 80, IsaEvent.N11: 20}),
    Category.TRANSITIONAL_BIRTH: Weighted({IsaEvent.N04: 93, IsaEvent.N13: 7}),
    Category.TRANSITIONAL_NATIONALITY_LOSS: Weighted({IsaEvent.N04: 100}),
}

MUNICIPAL_EVENTS: Final = Weighted(
    {
        MunicipalEvent.M01: 24,
        MunicipalEvent.M02: 16,
        MunicipalEvent.M03: 2,
        MunicipalEvent.M04: 16,
        MunicipalEvent.M05: 22,
        MunicipalEvent.M06: 10,
        MunicipalEvent.M07: 2,
        MunicipalEvent.M08: 0.2,
        MunicipalEvent.M09: 1,
        MunicipalEvent.M10: 1,
        MunicipalEvent.M11: 2,
        MunicipalEvent.M12: 1.8,
        MunicipalEvent.M13: 2,
    }
)
