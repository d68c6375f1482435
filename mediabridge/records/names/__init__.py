"""Names in 正字, as Ministry of Justice Notice 582 of 2011 requires.

    result = convert("张伟", table=table(site_dir))
    result.converted    # "張偉", or None while a character needs a decision
    result.characters   # per character: result, rank 2, rule, row of the table
    result.table        # which version of the notice's tables said so

``check`` tells which characters of a name are not 正字, and ``encodable`` which of
them a vendor's system cannot hold. There is no function that guesses: what the
notice does not decide is decided by a person. Do not normalise names (NFC, NFKC)
before or after; 75 正字 would become other characters.
"""

from typing import TYPE_CHECKING

from mediabridge.lazily import offered

if TYPE_CHECKING:
    from mediabridge.records.names.characters import escape_gaiji, unescape_gaiji
    from mediabridge.records.names.conversion import (
        REASONS,
        Character,
        Conversion,
        Reason,
        Stop,
        check,
        convert,
    )
    from mediabridge.records.names.correspondence import NamesTable, Row, Rule
    from mediabridge.records.names.store import load, table
    from mediabridge.records.names.vendors import Unencodable, encodable

__getattr__ = offered(
    __name__,
    {
        "characters": ("escape_gaiji", "unescape_gaiji"),
        "conversion": ("REASONS", "Character", "Conversion", "Reason", "Stop", "check", "convert"),
        "correspondence": ("NamesTable", "Row", "Rule"),
        "store": ("load", "table"),
        "vendors": ("Unencodable", "encodable"),
    },
)

__all__ = [
    "REASONS",
    "Character",
    "Conversion",
    "NamesTable",
    "Reason",
    "Row",
    "Rule",
    "Stop",
    "Unencodable",
    "check",
    "convert",
    "encodable",
    "escape_gaiji",
    "load",
    "table",
    "unescape_gaiji",
]
