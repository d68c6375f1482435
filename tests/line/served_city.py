"""The city of a world, at a hub of its own; and the hub, in its stations' settings."""

from __future__ import annotations

import shutil
from pathlib import Path

from attacks.world import World
from line.over import AGENCY, LGWAN

from tests.hub.processes import SETTINGS
from tests.hub.town import hub_certificate


def city_hub(world: World) -> Path:
    """Return the settings of a hub that knows the city of *world*, on SQLite."""
    folder = world.root / "hub"
    served = folder / "cities/131041"
    served.mkdir(parents=True)
    shutil.copyfile(world.city.folder / "root.json", served / "root.json")
    (served / "trust").symlink_to(world.city.repository)
    shown, key = hub_certificate(folder)
    database = f'adapter = "sqlite"\npath = "{folder}/hub.db"'
    path = folder / "hub.toml"
    path.write_text(
        SETTINGS.format(
            cities=served.parent, certificate=shown, key=key, database=database, more=""
        )
    )
    return path


def connect_to(world: World, port: int) -> None:
    """Write the hub into the settings of both ends of the line."""
    lines = f'[line]\nhub = "https://localhost:{port}"\nca = "{world.root}/hub/hub.pem"\n'
    for station in (AGENCY, LGWAN):
        path = world.home(station).settings_file
        path.write_text(lines)
        path.chmod(0o600)
