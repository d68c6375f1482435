"""Carry rows of one kind from station to station with whatever program is on the path.

python journey.py FOLDER KIND SENDER RECEIVER FIELD    rows of JSON on one line of stdin

Prints one JSON object: how many records arrived, with which outcome, what was seen on the
way, and what a record is refused for that has an individual number in FIELD.
"""

import io
import json
import sys
from pathlib import Path
from typing import Any

from attacks.world import World, make_world

import mediabridge
from mediabridge.errors import RecordsRefusedError
from mediabridge.kinds import Kind
from mediabridge.records.fields import FIELDS
from mediabridge.records.files import open_records
from mediabridge.records.load import Loader
from mediabridge.records.tables import shipped
from mediabridge.records.xml import XmlWriter

NUMBER = "1234-5678-9018"


def csv_text(kind: Kind, rows: list[dict[str, str]]) -> str:
    columns = list(FIELDS[kind])
    lines = [columns, *([row.get(name, "") for name in columns] for row in rows)]
    return "".join(",".join(f'"{cell}"' for cell in line) + "\r\n" for line in lines)


def survives_xml(kind: Kind, rows: list[dict[str, str]]) -> bool:
    records = [Loader(kind, shipped()).load(row) for row in rows]
    stream = io.BytesIO()
    with XmlWriter(stream, kind, tables=shipped()) as writer:
        for record in records:
            writer.write(record)
    stream.seek(0)
    return list(open_records(stream, kind, tables=shipped())) == records


def refused_for(world: World, sender: str, path: Path) -> list[tuple[str, str]]:
    with world.open(sender) as station:
        try:
            station.collect(path)
        except RecordsRefusedError as error:
            return [(each.field, each.reason.value) for each in error.errors]
    return []


def main(folder: str, kind: Kind, sender: str, receiver: str, field: str) -> dict[str, Any]:
    rows: list[dict[str, str]] = json.loads(sys.stdin.readline())
    world = make_world(Path(folder))
    content = csv_text(kind, rows)
    world.send(content.encode(), station=sender)
    (taken,) = world.import_(receiver)
    sent = [fact for entry in world.log(sender) if (fact := entry.facts.get("kind"))]
    world.send(station=receiver)
    (answer,) = world.import_(sender)
    with world.open(sender) as station:
        closed = dict(station.books.outcome_counts())
    spoilt = Path(folder, "spoilt.csv")
    spoilt.write_text(csv_text(kind, [{**rows[0], field: f"no. {NUMBER}"}]), encoding="utf-8")
    return {
        "program": mediabridge.__file__,
        "outcomes": taken.outcomes,
        "receipts": answer.receipts,
        "closed": closed,
        "in_log": sent,
        "xml": survives_xml(kind, rows),
        "delivered": [path.name for path in sorted(world.home(receiver).delivered.rglob("*.csv"))],
        "refused_for": refused_for(world, sender, spoilt),
    }


if __name__ == "__main__":
    folder, kind, sender, receiver, field = sys.argv[1:]
    sys.stdout.write(json.dumps(main(folder, Kind(kind), sender, receiver, field)))
