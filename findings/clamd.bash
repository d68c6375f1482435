# Sourced by the findings about ClamAV: a daemon of their own, of the Debian package's $version, in $work, behind a socket.
# It defines: start and stop, ask COMMAND (to the daemon), scan FILE… (by INSTREAM), and $db, the folder of the signatures.

db=$work/${db_name:-db}
trap 'stop; rm -rf "$work"' EXIT
mkdir "$db" "$work/tmp"
(
    cd "$work"
    apt-get download -q clamav-daemon=$version libclamav12=$version libmspack0 >/dev/null
    for package in *.deb; do dpkg -x "$package" tools; done
)
LD_LIBRARY_PATH=$(dirname "$(find "$work/tools" -name 'libclamav.so.12' | head -n 1)")
export LD_LIBRARY_PATH
cat >"$work/clamd.conf" <<CONF
LocalSocket $work/clamd.ctl
DatabaseDirectory $db
TemporaryDirectory $work/tmp
Foreground yes
AlertExceedsMax yes
CONF

stop() { if [ -n "${daemon:-}" ]; then kill "$daemon" 2>/dev/null && wait "$daemon" || true; fi; rm -f "$work/clamd.ctl"; daemon=; }
start() {
    "$work/tools/usr/sbin/clamd" -c "$work/clamd.conf" >"$work/log" 2>&1 &
    daemon=$!
    until [ "$(ask PING 2>/dev/null)" = PONG ]; do kill -0 "$daemon" || { cat "$work/log"; exit 1; }; sleep 0.1; done
}
talk() { # COMMAND, or INSTREAM FILE…: one answer for each
    python3 - "$work/clamd.ctl" "$@" <<'PYTHON'
import pathlib
import socket
import sys

place, command, *files = sys.argv[1:]
for data in [pathlib.Path(name).read_bytes() for name in files] or [None]:
    with socket.socket(socket.AF_UNIX) as daemon:
        daemon.connect(place)
        daemon.sendall(b"z%b\0" % command.encode())
        if data is not None:
            daemon.sendall(len(data).to_bytes(4, "big") + data + bytes(4))
        print(daemon.makefile("rb").read().rstrip(b"\0").decode())
PYTHON
}
ask() { talk "$1"; }
scan() { talk INSTREAM "$@"; }
"$work/tools/usr/sbin/clamd" --version
