"""``station.json``: what is seen to be right without its model is what the model accepts."""

import random
from typing import Any

import pytest

from mediabridge import canonical
from mediabridge.stations import who, who_model

RIGHT: dict[str, Any] = {
    "format": 1,
    "station": "lgwan-01",
    "role": "lgwan",
    "mode": "training",
    "city": "city.example.jp",
    "municipality_code": "131041",
    "time_zone": "Asia/Tokyo",
}
VALUES: list[Any] = [
    None, True, False, 0, 1, 2, -1, "", "1", "lgwan", "registry", "live", "training", "LIVE",
    "lgwan-01\n", "-", "a" * 31, "a" * 32, "é", "\ud7ff", [], {}, ["lgwan"], {"mode": "live"},
]  # fmt: skip


def spoilt(chance: random.Random) -> Any:
    """Return a document that is right, or wrong in up to three places."""
    document = dict(RIGHT)
    for _ in range(chance.randrange(4)):
        name = chance.choice([*RIGHT, "another"])
        if chance.random() < 0.3:
            document.pop(name, None)
        else:
            document[name] = chance.choice(VALUES)
    return chance.choice(VALUES) if chance.random() < 0.02 else document


def verdict(document: object) -> dict[str, Any] | str:
    try:
        return who_model.checked(document)
    except ValueError as error:
        return str(error)


def test_what_is_read_is_what_its_model_says() -> None:
    chance = random.Random("station.json")  # noqa: S311 - which cases are tried
    seen = []
    for _ in range(3000):
        document = spoilt(chance)
        wanted = verdict(document)
        try:
            found: object = vars(who.parse(canonical.dump(document)))
        except ValueError as error:
            found = str(error)
        assert found == wanted, document
        seen.append((isinstance(wanted, dict), who._is_surely_right(document)))
    # Refused, accepted at once, and never accepted without its model where that would not.
    assert (False, False) in seen
    assert (True, True) in seen
    assert (False, True) not in seen


def test_a_right_file_needs_no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(who_model, "checked")
    without = {name: each for name, each in RIGHT.items() if name not in {"format", "time_zone"}}
    for document in (RIGHT, without):
        config = who.parse(canonical.dump(document))
        assert canonical.load(config.to_bytes()) == {"format": 1, **document}


def test_members_that_are_given_are_judged_alike() -> None:
    with pytest.raises(ValueError, match=r"^station: .*; role: "):
        who.made(**{**RIGHT, "station": "Lgwan", "role": "city"})
