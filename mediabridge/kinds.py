"""What travels in a bundle: every kind of record, spelt here and nowhere else.

Manifest, trust data, transfer log, receipts, readers, command line and generated pages all
take their kinds from :class:`Kind`. This module is the lowest of all and imports none of
the others. A new kind is one member here, its model (``records/model.py``), its fields
(``records/fields.py``) and its rules (``records/rules.py``).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, unique
from typing import Final, Literal, Self, get_args

Role = Literal["agency", "lgwan", "registry"]
"""Where a station stands: at the agency, on LGWAN, or beside the register; in that order."""


@dataclass(frozen=True)
class Extract:
    """How a file tells that it is the whole of one extract, and nothing of another.

    Such a file travels alone, and more people have to approve it than the news of a day:
    what is missing in it counts as much as what is there.
    """

    same_fields: tuple[str, ...]
    """The fields that have one value in all rows of a file."""

    total_field: str
    """The field that says how many records the extract has."""

    moment_field: str
    """The time of which it tells the state."""

    unique_field: str
    """The field that, besides the id, no two records share where they have it."""


@dataclass(frozen=True)
class Facts:
    """What is to be known of one kind of record."""

    sender: Role
    """Which side of a municipality sends such records; its other side takes them.

    What the LGWAN side sends it may have from the agency's station, and what it is sent may go on
    to there: see :func:`kinds_between`.
    """

    id_field: str
    """The field that identifies one of them."""

    reason_field: str
    """The field that says why one is sent; an officer sees how many have which."""

    japanese: str
    """What a clerk calls it."""

    english: str
    law: str
    """The article it rests on."""

    moment_field: str | None = None
    """The time by which its records are ordered, then by ``sequence``; None: in no order."""

    extract: Extract | None = None
    """What makes a file of them one whole, of which no part means anything; None: it is none."""


@unique
class Kind(StrEnum):
    """The kinds of record; the value is also the file stem and the XML element."""

    facts: Facts

    def __new__(cls, value: str, facts: Facts | None = None) -> Self:
        """Make the name the value and keep *facts* beside it, without which there is no kind."""
        if facts is None:
            msg = f"nothing is known of the kind {value}"
            raise TypeError(msg)
        member = str.__new__(cls, value)
        member._value_ = value
        member.facts = facts
        return member

    ISA_NOTICE = (
        "isa_notice",
        Facts(
            sender="lgwan",
            id_field="notice_id",
            reason_field="event_code",
            japanese="法務省通知",
            english="notice of the Immigration Services Agency",
            law="住基法30条の50",
            moment_field="issued_at",
        ),
    )
    MUNICIPAL_NOTICE = (
        "municipal_notice",
        Facts(
            sender="registry",
            id_field="notice_id",
            reason_field="event_code",
            japanese="市町村通知",
            english="notice of a municipality",
            law="入管法61条の8の2",
            moment_field="processed_at",
        ),
    )
    RESIDENCE_REPORT = (
        "residence_report",
        Facts(
            sender="registry",
            id_field="report_id",
            reason_field="report_kind",
            japanese="住居地届出の伝達",
            english="relay of a place-of-residence notification",
            law="入管法施行令2条",
        ),
    )

    ISA_POPULATION = (
        "isa_population",
        Facts(
            sender="lgwan",
            id_field="entry_id",
            reason_field="art30_45_category",
            japanese="在留外国人全件（入管庁側）",
            english="full population of the city as the Immigration Services Agency has it",
            law="",
            extract=Extract(
                same_fields=("extract_id", "as_of", "total"),
                total_field="total",
                moment_field="as_of",
                unique_field="card_number",
            ),
        ),
    )

    @property
    def schema_id(self) -> str:
        """What a manifest calls a file of such records; the number is the layout's version."""
        return f"{self.value}/1"


RECEIPT_SCHEMA: Final = "receipt/1"
"""A receipt, which is carried beside the records and is none itself."""

LOG_SCHEMA: Final = "translog/1"
"""The sender's section of its transfer log."""

SOFTWARE: Final = "software"
"""What is no record and travels all the same: files that nothing here reads, each described."""

SOFTWARE_SCHEMA: Final = f"{SOFTWARE}/1"
"""Such a file; what it is says the approval summary (:mod:`mediabridge.bundle.software`)."""

SCHEMAS: Final = (
    *(kind.schema_id for kind in Kind),
    RECEIPT_SCHEMA,
    LOG_SCHEMA,
    SOFTWARE_SCHEMA,
)
"""Everything that an inner file of a bundle can be."""

_KIND_OF: Final = {kind.schema_id: kind for kind in Kind}


def kind_of_schema(schema_id: str) -> Kind | None:
    """Return the kind of the records in a file of *schema_id*, or None if it holds none."""
    return _KIND_OF.get(schema_id)


def collected_kind(schema_id: str) -> str | None:
    """Return what the log calls a collected file of *schema_id*, or None: nobody collects it."""
    return SOFTWARE if schema_id == SOFTWARE_SCHEMA else kind_of_schema(schema_id)


def kinds_between(sender: Role, receiver: Role) -> tuple[Kind, ...]:
    """Return the kinds of record that a station of the one role sends to one of the other.

    Nothing goes past the LGWAN side: between the agency and a registry there is none.
    """
    if {sender, receiver} == {"agency", "registry"}:
        return ()
    order = get_args(Role)
    onwards: Role = "lgwan" if order.index(sender) < order.index(receiver) else "registry"
    side = sender if sender == receiver else onwards
    return tuple(kind for kind in Kind if kind.facts.sender == side)
