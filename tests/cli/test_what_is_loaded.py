"""What a command loads: everybody waits for its start, and it needs little of what there is."""

import subprocess
import sys
from importlib import import_module
from pkgutil import iter_modules

import pytest
from attacks.world import World

from mediabridge.cli import _plain_words

NOT_TO_LOOK = {
    # Libraries for what is read, written, mended or measured, not for looking at it.
    "jinja2", "lxml", "psycopg", "pyeclib", "pyudev", "requests", "stdnum", "typst", "xlsxwriter",
    "zstandard",
    # What speaks to a network; this program never does.
    "http.client", "ssl", "tuf.ngclient", "urllib3",
    # What verifies trust data, with all that it could sign with: looking recognises its bytes.
    "mediabridge.trust.accepted", "pkcs11", "securesystemslib", "tuf",
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

LIBRARIES = {"typer", "pydantic", "pydantic_core"}
"""What parses options, and what validates: each takes as long as all that a look has to do."""

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
    # Without options there is nothing to parse; and what there is to read was validated before, or
    # is plainly right.
    plain = _plain_words.call_of(command) is not None
    assert (found & LIBRARIES == set()) == plain
    assert found & NOT_TO_LOOK == set()


RULES = {"mediabridge.apply.rules", "mediabridge.records.model"}
"""What the notices that are read from a register are made of; ``status`` reads none."""

NOT_AT_A_REGISTER = NOT_TO_LOOK - RULES - {"mediabridge.stations.registry"} | {
    # Other adapters, and what changes a register or answers for a change.
    "mediabridge.apply.apply",
    "mediabridge.apply.naming",
    "mediabridge.apply.postgres",
    "mediabridge.apply.resolve",
    "mediabridge.apply.sqlite.writer",
    "mediabridge.receipt.accept",
    "mediabridge.receipt.issue",
    "mediabridge.records.names.conversion",
    "mediabridge.records.csv.reader",
}  # fmt: skip


def test_status_of_a_registry_in_a_file_loads_nothing_that_changes_it(city: World) -> None:
    found = loaded("--home", str(city.home("registry-01").root), "status")
    assert "mediabridge.apply.sqlite" in found
    assert found & (NOT_AT_A_REGISTER | RULES | LIBRARIES) == set()


def test_held_notices_are_listed_without_another_adapter_and_without_a_reader(
    city: World,
) -> None:
    found = loaded("--home", str(city.home("registry-01").root), "held", "list")
    assert "mediabridge.apply.sqlite" in found
    assert found & LIBRARIES == set()
    # Nor what shows one of them with all that can be decided on it.
    deciding = {"mediabridge.apply.casework", "mediabridge.apply.resolve"}
    others = {"mediabridge.apply.dropfolder", "mediabridge.apply.postgres", "urllib3"}
    readers = {"lxml", "mediabridge.records.csv.reader", "mediabridge.records.xml"}
    assert found & (deciding | others | readers) == set()


OFFERING = ("apply", "bundle", "receipt", "records.names", "verify")
STAGES = ("stations.incoming", "stations.outgoing", "stations.sticks")


@pytest.mark.parametrize("name", [*OFFERING, *STAGES])
def test_package_has_what_it_offers(name: str) -> None:
    package = import_module(f"mediabridge.{name}")
    assert all(getattr(package, each) is not None for each in package.__all__)
    with pytest.raises(AttributeError, match="has no attribute"):
        _ = package.nothing_of_this_name


@pytest.mark.parametrize("name", OFFERING)
def test_nothing_that_is_offered_has_the_name_of_a_module(name: str) -> None:
    package = import_module(f"mediabridge.{name}")
    # The module, once somebody had imported it, would take the place of what is offered.
    assert not {each.name for each in iter_modules(package.__path__)} & set(package.__all__)
