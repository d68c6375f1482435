"""``mediabridge watch``: plug a stick in, and what it came for is done; and what waits besides."""

from __future__ import annotations

from dataclasses import replace
from functools import cache, partial

from mediabridge.cli._clerk import (
    ClerkPassphraseFd,
    ClerkPassphraseFile,
    ClerkPlace,
    clerk_at,
)
from mediabridge.cli._context import Context
from mediabridge.cli._options import Operator, PassphraseFile
from mediabridge.cli._result import Result
from mediabridge.cli._station import open_station, passphrases
from mediabridge.locale import text


def watch(
    context: Context,
    *,
    operator: Operator = None,
    clerk_key: ClerkPlace = None,
    clerk_passphrase_file: ClerkPassphraseFile = None,
    clerk_passphrase_fd: ClerkPassphraseFd = None,
    passphrase_file: PassphraseFile = None,
) -> Result:
    from mediabridge.cli._watching import Screen
    from mediabridge.config import WATCH_TICK_SECONDS
    from mediabridge.media import watching
    from mediabridge.notify import notify
    from mediabridge.stations import settings
    from mediabridge.stations.chores import Chores
    from mediabridge.stations.clerks import at_desk
    from mediabridge.stations.home import Home
    from mediabridge.stations.signals import Hook
    from mediabridge.stations.watching import Watcher

    home = Home(context.home)
    # Whether there is a station for this user is said at once, not when a stick comes.
    config = home.config()
    rules = settings.load(home.settings_file)
    screen = Screen(context, hook := Hook(rules.watch.hook, home))
    # The passphrases of this station's keys are asked for once, not at every stick.
    source = cache(passphrases(context, passphrase_file, context.home))
    clerk = clerk_at(context, clerk_key, clerk_passphrase_file, clerk_passphrase_fd)
    clerk = replace(clerk, passphrases=cache(clerk.passphrases))
    opened = partial(open_station, context, clerk=clerk, source=source, show=screen.state)
    if config.mode == "live":
        # So is the own PIN, and a key that does not count is told before a stick comes.
        with opened() as station:
            at_desk(station, operator)
    watcher = Watcher(home, opened, screen, operator=operator)
    chores = Chores(home, opened, screen, rules, clock=context.clock, operator=operator)
    try:
        notify("READY=1")
        for snapshot in watching.watch(tick_seconds=WATCH_TICK_SECONDS):
            watcher.notice(snapshot)
            chores.look()
            hook.look()
    except KeyboardInterrupt:
        if watcher.is_busy or chores.is_busy:
            raise
    finally:
        notify("STOPPING=1")
        hook.end()
    return Result([text("Watching has ended.")])
