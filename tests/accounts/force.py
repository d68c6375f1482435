"""What a clerk's account tries by force, and where."""

from typing import Final

from accounts.desk import HOME, OFFICER, PEOPLE, TRAYS

PLACES: Final = (
    *(
        f"{HOME}/{name}"
        for name in ("", "inbox", "outbox", "station.db", "log.db", "keys", "trust")
    ),
    *(f"{HOME}/{name}" for name in ("station.json", "station.toml", "passphrase.training", "new")),
    *(f"{PEOPLE}/{name}" for name in ("", "officer", f"officer/{OFFICER}.json", "clerk", "city")),
    *(f"{TRAYS}/{name}" for name in ("", "taken", "out", "officer", "officer/in", "officer/out")),
    *(
        f"/usr/lib/mediabridge/{name}"
        for name in ("", "as-clerk", "as-officer", "enter", "program")
    ),
    "/usr/lib/systemd/system/mediabridge-watch.service",
    "/etc/systemd/system/mediabridge-watch.service",
    "/usr/share/polkit-1/rules.d/51-mediabridge-accounts.rules",
    "/etc/polkit-1/rules.d/00-mine.rules",
    "/usr/share/polkit-1/actions/org.mediabridge.accounts.policy",
    "/usr/bin/mediabridge",
)
"""Inbox, outbox, books, log, keys, trust, others' files, units and rules, by hand or by package."""

FORCE: Final = r"""
import os, sys
def put(path): open(path, "ab").close()
def inside(path): open(path + "/new", "xb").close()
def away(path): os.rename(path, path.rstrip("/") + ".away")
def instead(path): os.symlink("/etc/passwd", path + ".new"); os.replace(path + ".new", path)
def linked(path): os.link(path, os.environ["HOME"] + "/link")
def opened(path): os.chmod(path, 0o777)
def mine(path): os.chown(path, os.getuid(), os.getgid())
for path in sys.argv[1:]:
    for force in (put, inside, away, instead, linked, opened, mine, os.unlink, os.rmdir, os.mkdir):
        try:
            force(path)
        except OSError:
            continue
        print(force.__name__, path)
"""
