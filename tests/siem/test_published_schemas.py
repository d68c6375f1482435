"""Every event, with every fact it may have, is of the schemas as they are published."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import jsonschema
import pytest
from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema
from siem import lines

from mediabridge.translog.events import Event
from mediabridge.translog.siem import ecs, meaning, ocsf
from mediabridge.translog.vocabulary import FACTS
from tools import ecs_schema

ECS = json.loads(ecs_schema.FIELDS.read_text())


@cache
def of_class(uid: int) -> Any:
    schema = OcsfJsonSchemaEmbedded(get_ocsf_schema(version=ocsf.VERSION))
    name = schema.lookup_class_name_from_uid(uid)
    return jsonschema.Draft202012Validator(schema.get_class_schema(class_name=name, profiles=[]))


def ocsf_problems(line: Any) -> list[str]:
    return [
        f"{each.json_path}: {each.message}"
        for each in of_class(line["class_uid"]).iter_errors(line)
    ]


def test_every_event_has_a_meaning() -> None:
    assert list(meaning.MEANS) == list(Event)


def test_what_a_line_says_of_its_entry_hides_no_fact() -> None:
    assert {"log", "actor", "station"}.isdisjoint(FACTS)


def test_every_event_is_of_ecs() -> None:
    assert ECS["version"] == ecs.VERSION
    judged = {name: ecs_schema.problems(ECS["fields"], line) for name, line in lines.ecs_lines()}
    assert {name: found for name, found in judged.items() if found} == {}
    assert len(judged) == 2 * len(Event)


def test_every_event_is_of_ocsf() -> None:
    judged = {name: ocsf_problems(line) for name, line in lines.ocsf_lines()}
    assert {name: found for name, found in judged.items() if found} == {}
    assert len(judged) == 2 * len(Event)


def test_activities_are_called_as_ocsf_calls_them() -> None:
    for each in meaning.Activity:
        published = get_ocsf_schema(version=ocsf.VERSION)["classes"]
        (found,) = [one for one in published.values() if one["uid"] == each.of_class]
        activity = found["attributes"]["activity_id"]["enum"][str(each.number)]["caption"]
        assert each.called == f"{found['caption']}: {activity}"


@pytest.mark.parametrize(
    "spoilt",
    [
        {"activity_id": 77}, {"foo": 1}, {"severity_id": "x"}, {"time": "now"}, {"type_uid": 1},
        {"metadata": {}}, {"entity": None}, {"actor": "clerk-1"},
    ],
    ids=str,
)  # fmt: skip
def test_a_spoilt_line_is_not_of_ocsf(spoilt: dict[str, Any]) -> None:
    line = ocsf.event(lines.entry(Event.BUNDLE_SEALED), 5, lines.LOG)
    assert ocsf_problems(line) == []
    assert ocsf_problems(line | spoilt) != []


@pytest.mark.parametrize(
    "spoilt",
    [
        {"foo": 1}, {"@timestamp": 5}, {"labels": {"seq": 31}}, {"host": {"names": "lgwan-01"}},
        {"user": {"id": ["clerk-1"]}}, {"related": {"user": "clerk-1"}},
        {"file": {"hash": {"sha256": 1}}},
    ],
    ids=str,
)  # fmt: skip
def test_a_spoilt_line_is_not_of_ecs(spoilt: dict[str, Any]) -> None:
    line = ecs.document(lines.entry(Event.BUNDLE_SEALED), 5, lines.LOG)
    assert ecs_schema.problems(ECS["fields"], line) == []
    assert len(ecs_schema.problems(ECS["fields"], line | spoilt)) == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [("category", ["nonsense"]), ("type", ["nonsense"]), ("type", ["denied"]),
     ("outcome", "lost"), ("sequence", "5"), ("kind", "thing")],
)  # fmt: skip
def test_neither_is_one_of_another_kind(name: str, value: Any) -> None:
    line = ecs.document(lines.entry(Event.BUNDLE_SEALED), 5, lines.LOG)
    line["event"][name] = value
    assert ecs_schema.problems(ECS["fields"], line) != []
