#!/usr/bin/env bash
# Guess: with the same signatures and settings the same file gets the same answer.
# Seen: ClamAV 1.4.6 says of an archive that is nested deeper than MaxRecursion (17) "Limits.Exceeded", and of the
#       same file "OK" when it has seen the layers inside it one by one before: it remembers them as clean, and does
#       not go down. So whoever tries out whether limits are reported needs a file that was never seen.
set -euo pipefail

version=1.4.6+dfsg-0+deb12u1
work=$(mktemp -d)
source "$(dirname "$0")/clamd.bash"

printf 'Own.Marker:0:*:%s\n' "$(printf 'a marker of our own' | od -An -tx1 | tr -d ' \n')" >"$db/own.ndb"
python3 - "$work" <<'PYTHON'
import io
import pathlib
import sys
import zipfile

data = b"nothing in here"
for depth in range(1, 41):
    layer = io.BytesIO()
    with zipfile.ZipFile(layer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("a"), data, zipfile.ZIP_DEFLATED)
    data = layer.getvalue()
    (pathlib.Path(sys.argv[1]) / f"{depth}.zip").write_bytes(data)
PYTHON
start
fresh=$(scan "$work/40.zip")
stop
start
later=$(scan $(seq --format "$work/%g.zip" 40) | tail -n 1)
echo "40 layers, never seen:               $fresh"
echo "40 layers, seen one by one before:   $later"
[ "$fresh" = "stream: Heuristics.Limits.Exceeded.MaxRecursion FOUND" ]
[ "$later" = "stream: OK" ]
