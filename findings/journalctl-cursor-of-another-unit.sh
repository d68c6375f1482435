#!/usr/bin/env bash
# Guess: `journalctl -u UNIT --after-cursor=CURSOR` shows every entry of UNIT behind that place in the
#        journal, whichever unit the entry at that place is of.
# Seen: with systemd 252 it does so only where that entry is one of UNIT's. Behind an entry that the
#       question leaves out, the first entry that it asks for is left out, too: of one there is none.
set -euo pipefail

version=252.39-1~deb12u2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download -q "systemd=$version" "libsystemd-shared=$version" "libsystemd0=$version" \
    "systemd-journal-remote=$version" libmicrohttpd12 >/dev/null 2>&1
for package in ./*.deb; do dpkg -x "$package" root; done
libraries=root/usr/lib/x86_64-linux-gnu
export LD_LIBRARY_PATH=$libraries:$libraries/systemd:root/lib/x86_64-linux-gnu:root/lib/x86_64-linux-gnu/systemd
remote=$(find root -name systemd-journal-remote -type f -perm -u+x | head -n 1)
journalctl=$(find root -name journalctl -type f -perm -u+x | head -n 1)

entry() { # number, unit, what it says
    printf '%s\n' "__REALTIME_TIMESTAMP=17959600000000$1" "__MONOTONIC_TIMESTAMP=10000$1" \
        "_BOOT_ID=0123456789abcdef0123456789abcdef" "_SYSTEMD_UNIT=$2.service" "MESSAGE=$3" ""
}
{
    entry 01 watch one
    entry 02 other between
    entry 03 watch two
    entry 04 watch three
} >entries
"$remote" -o day.journal entries >remote.log 2>&1 || { cat remote.log; exit 1; }

ask() { "$journalctl" --file day.journal --no-pager -o cat "$@"; }
behind() { ask "_SYSTEMD_UNIT=watch.service" --after-cursor="$1" | tr '\n' ' '; }
of_unit=$("$journalctl" --file day.journal --no-pager -o export MESSAGE=one | sed -n 's/^__CURSOR=//p')
of_other=$("$journalctl" --file day.journal --no-pager -o export MESSAGE=between | sed -n 's/^__CURSOR=//p')

echo "systemd $version"
echo "behind an entry of the unit: $(behind "$of_unit")"
echo "behind an entry of another:  $(behind "$of_other")"
[ "$(behind "$of_unit")" = "two three " ]
[ "$(behind "$of_other")" = "three " ]
