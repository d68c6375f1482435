"""``mediabridge verify``: an officer checks a bundle without being able to read it."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mediabridge.cli._context import Context
from mediabridge.cli._result import Result, Table
from mediabridge.cli._show import verdict_data, verdict_table
from mediabridge.errors import MediabridgeError, NothingOnMediumError
from mediabridge.locale import n_, text

if TYPE_CHECKING:
    from mediabridge.trust.trust_data import TrustData
    from mediabridge.verify import Verdict


def verify(
    context: Context,
    path: Annotated[Path, typer.Argument(help=n_("A medium, or one bundle's folder on it."))],
    *,
    root: Annotated[
        Path | None,
        typer.Option(help=n_("The city's root.json, where there is no station."), dir_okay=False),
    ] = None,
) -> Result:
    """Check a bundle without decrypting it, and say every check."""
    from mediabridge.bundle import layout
    from mediabridge.media import tree

    medium, names = _place(path)
    names = names or tree.bundles_on(medium)
    if not names:
        raise NothingOnMediumError(wanted=text("anyone"))
    lines: list[str | Table] = []
    data = []
    tree.refuse_linked_folders(medium)
    trust = _trust(context, layout.trust_folder(medium), root)
    for name in names:
        verdict = _examine(context, medium, name, trust)
        lines += [
            text(
                "Bundle {bundle}: the signatures and every file hold; the order was not looked at.",
                bundle=name,
            )
        ]
        lines += [verdict_table(verdict, full=True)]
        data.append({"bundle": name, "checks": verdict_data(verdict)})
    return Result(lines, {"bundles": data})


def _place(path: Path) -> tuple[Path, list[str]]:
    """Return the medium and the bundle's name when *path* is one bundle's folder."""
    from mediabridge.bundle import layout

    bundle = path.absolute()
    bundles = bundle.parent
    if (bundles.parent.name, bundles.name) == (layout.ROOT, layout.BUNDLES):
        return bundles.parent.parent, [bundle.name]
    return path, []


def _trust(context: Context, repository: Path, root: Path | None) -> TrustData:
    from mediabridge.stations.home import Home
    from mediabridge.trust import client

    if root is None:
        home = Home(context.home)
        home.config()
        return client.current(home.trust_cache)
    with tempfile.TemporaryDirectory() as scratch:
        return client.refresh(repository, Path(scratch, "cache"), root.read_bytes())


def _examine(context: Context, medium: Path, name: str, trust: TrustData) -> Verdict:
    from mediabridge.media import staging
    from mediabridge.verify import Examination, Expectation, Verdict
    from mediabridge.verify.verdict import Step

    verdict = Verdict()
    expectation = Expectation(now=context.clock.now(), mode=trust.mode)
    try:
        with tempfile.TemporaryDirectory() as scratch:
            with verdict.check(Step.TREE, "names-kinds-sizes", wanted=n_("a plain bundle")) as it:
                sealed = staging.stage(medium, name, Path(scratch))
                it.got = it.wanted
            Examination(sealed, trust, expectation, verdict).verify()
    except MediabridgeError as error:
        context.show(verdict_table(verdict))
        error.facts["checks"] = verdict_data(verdict)
        raise
    return verdict
