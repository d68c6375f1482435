"""Software under attack, by somebody who can sign as the station and as some of its officers."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest
from attacks.forge import Document, Forge, Inner, isa_file
from attacks.refusals import assert_refused
from attacks.world import World
from packages import build_package

from mediabridge import canonical
from mediabridge.errors import (
    ApprovalMissingError,
    ApprovalsTooFewError,
    ManifestMalformedError,
    ManifestMismatchError,
)
from mediabridge.trust.ceremony import entries

LGWAN, REGISTRY = "lgwan-01", "registry-01"
OFFICERS = ("officer-1", "officer-2")


@pytest.fixture
def package(tmp_path: Path) -> bytes:
    return build_package(tmp_path, "99.1").read_bytes()


def described(data: bytes, **lies: Any) -> Document:
    honest = {
        "name": "mediabridge",
        "version": "99.1",
        "sort": "program",
        "role": "any",
        "replaces": "",
        "size": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
    }
    return honest | lies


def inner(data: bytes, number: int = 1, **lies: Any) -> Inner:
    return Inner(f"software-{number:04d}.bin", "software/1", 0, data, entry=lies)


def seal(forge: Forge, files: list[Inner], told: list[Document], *approvers: str) -> None:
    """Seal *files*, of which the summary says what is *told* of software."""
    seen: list[Document] = []

    def rewrite(manifest: Document) -> Document:
        summary = {**manifest["summary"], **({"software": told} if told else {})}
        seen.append({**manifest, "summary": summary})
        return seen[-1]

    def bind(header: Document) -> Document:
        manifest = seen[-1]
        salted = bytes.fromhex(manifest["salt"]) + canonical.dump(manifest["summary"])
        return {**header, "summary": hashlib.sha256(salted).hexdigest()}

    forge.seal(files=files, manifest=rewrite, header=bind, approvers=approvers)


def allow(world: World, **routes: int) -> None:
    trust = entries.routed(world.city.trust, LGWAN, REGISTRY, 1, software=2)
    if "approvals" in routes:
        trust = entries.routed(trust, LGWAN, REGISTRY, routes["approvals"], software=2)
    world.publish(routes=trust.routes)


def refused(world: World, error: type[Exception]) -> None:
    assert_refused(world, error)  # type: ignore[arg-type]
    assert not world.home(REGISTRY).software.exists()


def test_what_two_officers_approved_is_kept(world: World, forge: Forge, package: bytes) -> None:
    """The control."""
    seal(forge, [inner(package)], [described(package)], *OFFICERS)
    allow(world)
    world.import_()
    assert (world.home(REGISTRY).software / hashlib.sha256(package).hexdigest()).is_dir()


@pytest.mark.parametrize(
    ("approvers", "error"),
    [((), ApprovalMissingError), (("officer-1",), ApprovalsTooFewError)],
)
@pytest.mark.parametrize("usual", [0, 1])
def test_too_few_officers(
    world: World,
    forge: Forge,
    package: bytes,
    *,
    approvers: tuple[str, ...],
    error: type[Exception],
    usual: int,
) -> None:
    """Claim C115. Whatever is enough for a day's notices."""
    seal(forge, [inner(package)], [described(package)], *approvers)
    allow(world, approvals=usual)
    refused(world, error)


def test_on_a_route_that_carries_none(world: World, forge: Forge, package: bytes) -> None:
    """Claim C116."""
    seal(forge, [inner(package)], [described(package)], *OFFICERS)
    refused(world, ManifestMismatchError)


def test_beside_a_days_notices(world: World, forge: Forge, package: bytes) -> None:
    """Claim C116."""
    seal(forge, [isa_file((1, 1)), inner(package)], [described(package)], *OFFICERS)
    allow(world)
    refused(world, ManifestMismatchError)


@pytest.mark.parametrize(
    "lies",
    [
        {"sha256": "0" * 64},
        {"size": 1},
        {"size": 0},
        {"size": 2**31 + 1},
        {"sort": "script"},
        {"name": "other"},
        {"name": "../mediabridge"},
        {"version": ""},
        {"version": "1 || reboot"},
        {"role": "lgwan-02"},
        {"replaces": "-1"},
    ],
    ids=lambda lies: "-".join(f"{name}={value}"[:20] for name, value in lies.items()),
)
def test_description_of_something_else(
    world: World, forge: Forge, package: bytes, lies: dict[str, Any]
) -> None:
    """Claims C117, C120."""
    seal(forge, [inner(package)], [described(package, **lies)], *OFFICERS)
    allow(world)
    refused(world, ManifestMalformedError)


def test_file_that_nobody_described(world: World, forge: Forge, package: bytes) -> None:
    """Claim C117."""
    seal(forge, [inner(package)], [], *OFFICERS)
    allow(world)
    refused(world, ManifestMalformedError)


def test_description_without_a_file(world: World, forge: Forge, package: bytes) -> None:
    """Claim C117."""
    seal(forge, [], [described(package)], *OFFICERS)
    allow(world)
    refused(world, ManifestMalformedError)


def test_one_file_twice(world: World, forge: Forge, package: bytes) -> None:
    """Claim C117."""
    told = [described(package), described(package, version="99.2")]
    seal(forge, [inner(package), inner(package, 2)], told, *OFFICERS)
    allow(world)
    refused(world, ManifestMalformedError)


def test_bytes_that_were_exchanged(world: World, forge: Forge, package: bytes) -> None:
    """Claim C117. The officers signed for others."""
    approved = described(package)
    lying = inner(package[:-1] + b"x", sha256=approved["sha256"])
    seal(forge, [lying], [approved], *OFFICERS)
    allow(world)
    refused(world, ManifestMismatchError)
