#!/usr/bin/env bash
# Guess: fsck.exfat says of a volume whether it was closed, and whether its medium has failed.
# Seen: exfatprogs 1.2.0 says "clean", exit 0, with VolumeDirty and MediaFailure set in the boot sector
#       (Microsoft's specification, 3.1.13); with -y it takes the first away without a word.
set -euo pipefail

package=exfatprogs=1.2.0-1+deb12u1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download -q "$package" >/dev/null
dpkg -x exfatprogs_*.deb tools
PATH=$work/tools/sbin:$work/tools/usr/sbin:$PATH

flags() { od -An -tx1 -j106 -N2 "$1" | tr -d ' '; }
truncate -s 16M new.img
mkfs.exfat new.img >/dev/null
echo "$package"
echo "new: flags $(flags new.img)"
[ "$(flags new.img)" = 0000 ]

check() { # flags, left by fsck.exfat -y
    cp new.img flagged.img
    printf '%b' "\\x$1\\x00" | dd of=flagged.img bs=1 seek=106 conv=notrunc status=none
    said=$(fsck.exfat -n flagged.img | tail -n 1)
    echo "flags $1: exit $?, $said"
    grep -q ': clean\.' <<<"$said"
    fsck.exfat -y flagged.img >/dev/null
    echo "  after fsck.exfat -y: $(flags flagged.img)"
    [ "$(flags flagged.img)" = "$2" ]
}
check 02 0000
check 04 0400
check 06 0400
