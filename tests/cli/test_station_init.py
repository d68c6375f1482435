"""``station init --municipality``: a city is made only where residents have an office."""

import json
from pathlib import Path

import pytest

from mediabridge.cli._app import run


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("010006", "keeps no resident records"),
        ("011002", "keeps no resident records"),
        ("221317", "is not in force on"),
        ("131042", "there is no municipality"),
    ],
    ids=["prefecture", "city as a whole", "closed ward", "wrong check digit"],
)
def test_city_of_no_office_is_refused_and_leaves_nothing(
    code: str, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    city, home = tmp_path / "city", tmp_path / "home"
    words = ["station", "init", "lgwan-01", "--city", str(city), "--municipality", code]
    assert run(["--home", str(home), "--json", *words]) == 2
    answer = json.loads(capsys.readouterr().out)
    assert answer["reason"] == "USAGE"
    assert says in json.dumps(answer)
    assert not city.exists()
    assert not home.exists()
