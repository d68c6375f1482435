"""One city, made once; tests change copies of what it says."""

import pytest

from mediabridge.trust.city import create_city
from mediabridge.trust.keyfile import TRAINING_COST
from tests.verify.bundles import FixedClock, Maker


@pytest.fixture(scope="session")
def maker(tmp_path_factory: pytest.TempPathFactory) -> Maker:
    city = create_city(
        tmp_path_factory.mktemp("city") / "city",
        city="city.training.example",
        municipality_code="131041",
        clock=FixedClock(),
        passphrase_for=lambda _key: b"training",
        cost=TRAINING_COST,
    )
    return Maker(city)
