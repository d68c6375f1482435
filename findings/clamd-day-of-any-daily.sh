#!/usr/bin/env bash
# Guess: the day that VERSION tells is that of the official signatures (daily.cvd), whatever else is loaded.
# Seen: ClamAV 1.4.6 tells the day of whichever container was loaded last from a path with "daily." in it, also of
#       one's own unsigned signatures; the same file under another name has no day at all.
set -euo pipefail

version=1.4.6+dfsg-0+deb12u1
work=$(mktemp -d)
source "$(dirname "$0")/clamd.bash"

# One signature of our own, in the container that sigtool --unsigned makes, of 15 November 2023.
container() {
    python3 - "$1" <<'PYTHON'
import hashlib
import io
import pathlib
import sys
import tarfile

head = "ClamAV-VDB:15 Nov 2023 00-00 +0000:7:1:90:X:X:me:1700006400"
name = pathlib.Path(sys.argv[1]).stem
signatures = b"Own.Marker:0:*:%b\n" % b"a marker of our own".hex().encode()
info = f"{head}\n{name}.ndb:{len(signatures)}:{hashlib.sha256(signatures).hexdigest()}\n".encode()
packed = io.BytesIO()
with tarfile.open(fileobj=packed, mode="w:gz", format=tarfile.USTAR_FORMAT) as archive:
    for member, data in (("COPYING", b"-"), (f"{name}.info", info), (f"{name}.ndb", signatures)):
        entry = tarfile.TarInfo(member)
        entry.size = len(data)
        archive.addfile(entry, io.BytesIO(data))
pathlib.Path(sys.argv[1]).write_bytes(head.encode().ljust(512) + packed.getvalue())
PYTHON
}
said_of() { # NAME: what VERSION says when our own signatures are called so
    rm -f "$db"/*
    container "$db/$1"
    start
    ask VERSION
    stop
}
plain=$(said_of own.cud)
named=$(said_of not-daily.cud)
echo "own.cud:       $plain"
echo "not-daily.cud: $named"
[ "$plain" = "ClamAV 1.4.6" ]
[[ "$named" = "ClamAV 1.4.6/7/Wed Nov 15 "*" 2023" || "$named" = "ClamAV 1.4.6/7/Tue Nov 14 "*" 2023" ]]
