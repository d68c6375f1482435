"""Every input that was ever interesting keeps being tried, also where atheris is not."""

from pathlib import Path

import pytest
from fuzz.targets import TARGETS

CORPUS = Path(__file__).parent / "corpus"
CASES = [(path.parent.name, path) for path in sorted(CORPUS.rglob("*")) if path.is_file()]


def test_every_target_has_a_corpus() -> None:
    assert {name for name, _path in CASES} == set(TARGETS)


@pytest.mark.parametrize(
    ("name", "path"), CASES, ids=[f"{name}-{path.name}" for name, path in CASES]
)
def test_corpus_holds(name: str, path: Path) -> None:
    TARGETS[name](path.read_bytes())
