"""Practice data: a believable population, its days of notices, and files with faults.

Everything is invented and says so: Roman family names begin with ``X``, kanji names
with 例, 試, 仮 or 練, addresses lie in 見本町. The same seed gives the same bytes.

    write_sample(folder, residents=2000, days=1, seed=7, start_date=date(2026, 11, 20),
        tables=shipped())
    registry.load_population(read_population(folder / "population.csv"))
"""

from typing import TYPE_CHECKING

from mediabridge.lazily import offered

if TYPE_CHECKING:
    from mediabridge.sample.files import write_sample
    from mediabridge.sample.population import Day, Population
    from mediabridge.sample.reading import read_population

__all__ = ["Day", "Population", "read_population", "write_sample"]

__getattr__ = offered(
    __name__,
    {
        "files": ("write_sample",),
        "population": ("Day", "Population"),
        "reading": ("read_population",),
    },
)
