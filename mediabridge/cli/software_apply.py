"""``mediabridge software apply``: what root's service gives, and nobody else."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mediabridge.cli._context import Context
from mediabridge.cli._result import Result
from mediabridge.config import INSTALLER
from mediabridge.locale import n_, text

if TYPE_CHECKING:
    from mediabridge.install.machine import Machine


def apply(
    context: Context,
    *,
    folder: Annotated[
        Path, typer.Option(help=n_("The installer's own folder, which root alone may write."))
    ] = INSTALLER,
    root: Annotated[
        Path, typer.Option(help=n_("Another root than the machine's, to rehearse it."))
    ] = Path("/"),
) -> Result:
    from mediabridge.install import admitting
    from mediabridge.install.machine import Machine

    machine = Machine(context.home, folder, root)
    signed = admitting.ordered(machine)
    if signed is None:
        return Result([text("Nothing is ordered.")], {"ordered": None})
    admitting.admit(machine, signed, context.clock, _place)
    return Result([], {"ordered": signed.order.digest})


def _place(machine: Machine) -> None:
    """Become the script that calls dpkg: no module of ours is loaded while dpkg replaces them."""
    sys.stdout.flush()
    words = map(os.fspath, (machine.own_placer, machine.folder, machine.root))
    os.execv("/bin/sh", ["/bin/sh", *words])  # noqa: S606 - root's own copy, and fixed words
