"""What a command loads: everybody waits for its start, and it needs little of what there is."""

import subprocess
import sys
from importlib import import_module

import pytest
from attacks.world import World

NOT_TO_LOOK = {
    # Libraries for what is read, written, mended or measured, not for looking at it.
    "jinja2", "lxml", "psycopg", "pyeclib", "pyudev", "requests", "stdnum", "zstandard",
    # What speaks to a network; this program never does.
    "http.client", "ssl", "tuf.ngclient", "urllib3",
    # The rules of records, and the stages that carry them.
    "mediabridge.apply.dropfolder",
    "mediabridge.apply.rules",
    "mediabridge.bundle.opening",
    "mediabridge.bundle.seal",
    "mediabridge.records.csv",
    "mediabridge.records.model",
    "mediabridge.records.rules",
    "mediabridge.records.xml",
    "mediabridge.stations.incoming.taking",
    "mediabridge.stations.outgoing.collecting",
    "mediabridge.stations.outgoing.sealing",
    "mediabridge.stations.registry",
    "mediabridge.verify.examination",
    # Private keys, the ciphers they are kept by, and what signs; looking asks for no passphrase.
    "cryptography.hazmat.primitives.kdf",
    "mediabridge.stations.keyring",
    "mediabridge.stations.officers",
    "mediabridge.stations.voiding",
    "mediabridge.trust.client",
    "mediabridge.trust.keyfile",
    "mediabridge.trust.signers",
    # What comes from a stick.
    "mediabridge.media.staging",
    "mediabridge.verify.void",
}  # fmt: skip

SCRIPT = """
import sys
from mediabridge.cli._app import run
code = run(sys.argv[1:])
print(code, *sys.modules, file=sys.stderr)
"""


def loaded(*words: str) -> set[str]:
    """Return the modules of a process that has carried out a command."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, *words], capture_output=True, check=True, text=True
    )
    code, *modules = done.stderr.splitlines()[-1].split()
    assert code == "0", done.stderr
    return set(modules)


@pytest.mark.parametrize("command", [("status",), ("bundles", "list"), ("media", "list")])
def test_looking_at_the_lgwan_station_loads_no_rules(city: World, command: tuple[str, ...]) -> None:
    found = loaded("--home", str(city.home("lgwan-01").root), *command)
    assert "mediabridge.stations.lgwan" in found
    assert found & NOT_TO_LOOK == set()


@pytest.mark.parametrize("command", [("status",), ("held", "list")])
def test_looking_at_a_registry_in_a_file_loads_no_other_adapter_and_no_reader(
    city: World, command: tuple[str, ...]
) -> None:
    found = loaded("--home", str(city.home("registry-01").root), *command)
    assert "mediabridge.apply.sqlite" in found
    others = {"mediabridge.apply.dropfolder", "mediabridge.apply.postgres"}
    readers = {"lxml", "mediabridge.records.csv.reader", "mediabridge.records.xml"}
    assert found & (others | readers) == set()


@pytest.mark.parametrize("name", ["apply", "bundle", "verify", "stations.incoming",
                                  "stations.outgoing", "stations.sticks"])  # fmt: skip
def test_package_has_what_it_offers(name: str) -> None:
    package = import_module(f"mediabridge.{name}")
    assert all(getattr(package, each) is not None for each in package.__all__)
    with pytest.raises(AttributeError, match="has no attribute"):
        _ = package.nothing_of_this_name
