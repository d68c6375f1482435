"""``mediabridge kiosk``: the screen of the person at the desk."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum, unique
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from mediabridge import stopping
from mediabridge.cli._about import About
from mediabridge.cli._context import Context
from mediabridge.cli._result import Result
from mediabridge.cli._station import open_station, passphrases
from mediabridge.errors import KioskLibraryError, NotInteractiveError, UsageError
from mediabridge.locale import n_, text
from mediabridge.progress import NullProgress

if TYPE_CHECKING:
    import typer

    from mediabridge.cli._options import PassphraseFile
    from mediabridge.kiosk.session import Means, Session
    from mediabridge.progress import Progress
    from mediabridge.stations.desk import Desk
    from mediabridge.trust.passphrase import PassphraseSource


@unique
class Size(StrEnum):
    """How large the answers are."""

    NORMAL = "normal"
    LARGE = "large"


def kiosk(
    context: Context,
    *,
    keys: Annotated[
        Path | None,
        typer.Option(help=n_("The folder of people's key files, each NAME.json."), file_okay=False),
    ] = None,
    size: Annotated[Size, typer.Option(help=n_("How large the answers are."))] = Size.NORMAL,
    contrast: Annotated[
        bool, typer.Option("--contrast", help=n_("White on black, without any other colour."))
    ] = False,
    furigana: Annotated[
        bool,
        typer.Option(
            "--furigana", help=n_("How the kanji are read stands behind them, as after F6.")
        ),
    ] = False,
    plain: Annotated[
        bool,
        typer.Option(
            "--plain", help=n_("A dialogue line by line, without any drawing, for screen readers.")
        ),
    ] = False,
    tray: Annotated[
        Path | None,
        typer.Option(
            help=n_("A folder with in, for files to take in, and out, for carrying slips."),
            file_okay=False,
        ),
    ] = None,
    idle_minutes: Annotated[
        int, typer.Option(min=1, max=60, help=n_("The screen is locked after so many minutes."))
    ] = 5,
    passphrase_file: PassphraseFile = None,
) -> Result:
    from mediabridge.kiosk.session import Session
    from mediabridge.stations.home import Home

    looks = {"large": size is Size.LARGE, "contrast": contrast, "furigana": furigana}
    if plain and any(looks.values()):
        raise UsageError(
            detail=text("--plain draws nothing: --size, --contrast and --furigana are not for it")
        )
    config = Home(context.home).config()
    _require_terminal(context)
    source = _sources(context, passphrase_file)
    means = _means(context, config, source, keys, idle_minutes, tray=tray)
    if plain:
        _talk(Session(means))
    else:
        _draw(Session(means), **looks)
    return Result([text("The screen was closed.")])


def _talk(session: Session) -> None:
    import sys

    from mediabridge.kiosk.dialogue import Dialogue
    from mediabridge.kiosk.ending import told
    from mediabridge.kiosk.terminal import Terminal

    with stopping.put_off(partial(told, session)):
        Dialogue(session, Terminal(sys.stdin.fileno(), sys.stderr)).run()


def _draw(session: Session, **looks: bool) -> None:
    try:
        from mediabridge.kiosk.app import Kiosk
    except ModuleNotFoundError as missing:
        raise KioskLibraryError(name=missing.name or "?") from None
    from mediabridge.kiosk.ending import told

    app = Kiosk(session, **looks)
    with stopping.put_off(partial(told, session)):
        app.run()
    if app.failed is not None:
        raise app.failed


def _require_terminal(context: Context) -> None:
    import sys

    if context.json or not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise NotInteractiveError(detail=text("the screen of the person at the desk"))


def _sources(context: Context, file: Path | None) -> PassphraseSource:
    """Return the passphrases of the station's keys, asked for now: later the screen is in use."""
    from mediabridge.stations.home import Home

    source = cache(passphrases(context, file, context.home))
    for each in sorted(Home(context.home).keys.glob("*.json")):
        source(each.stem)
    return source


def _means(
    context: Context,
    config: Any,
    source: PassphraseSource,
    keys: Path | None,
    idle_minutes: int,
    *,
    tray: Path | None = None,
) -> Means:
    from mediabridge.cli._tray import RoleTray
    from mediabridge.kiosk.session import Means
    from mediabridge.kiosk.tray import OwnTray
    from mediabridge.stations.home import Home

    desk = context.desk
    own = OwnTray(tray) if tray else None
    return Means(
        Home(context.home),
        config,
        partial(_opened, context, source),
        context.clock,
        keys=desk.layout.keys(desk.role) if desk else keys,
        account=desk.account if desk else None,
        role=desk.role if desk else None,
        idle_seconds=idle_minutes * 60.0,
        tray=RoleTray(desk) if desk else own,
    )


def _opened(
    context: Context, source: PassphraseSource, *, progress: Progress | None, **more: Any
) -> Desk:
    # Nothing of it may ask or print: the screen is the kiosk's.
    quiet = replace(
        context, json=True, about=About(context.home), progress=progress or NullProgress()
    )
    return open_station(quiet, source=source, **more)
