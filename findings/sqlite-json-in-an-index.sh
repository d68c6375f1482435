#!/usr/bin/env bash
# Guess: SQLite's json_extract() has no side effects, so with PRAGMA trusted_schema = OFF, which
#        its own documentation advises, it may stand in an index like length().
# Seen:  SQLite 3.40.1 refuses it as "unsafe use of json_extract()", and calls a file "malformed"
#        that has such an index; 3.41.2 takes both. So what a newer version made cannot even be
#        read by the one that Debian 12 has.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
for version in 3.40.1.0 3.41.2.0; do
  python3 -m venv "$version"
  "$version/bin/pip" -q --disable-pip-version-check install --only-binary :all: "apsw==$version" 2>/dev/null
done

cat >ask.py <<'PY'
import sys

import apsw

step, refused = sys.argv[1], sys.argv[2] == "refused"
db = apsw.Connection("register.db")
db.execute("PRAGMA trusted_schema = OFF")
try:
    db.execute(step)
    said = "taken"
except apsw.Error as error:
    said = str(error)
print(f"SQLite {apsw.sqlitelibversion()}: {step}: {said}")
assert ("unsafe use of json_extract()" in said) is refused, said
PY

index="CREATE INDEX sign ON held (json_extract(notice, '\$.card'))"
3.41.2.0/bin/python ask.py "CREATE TABLE held (notice TEXT)" taken
3.41.2.0/bin/python ask.py "CREATE INDEX size ON held (length(notice))" taken
3.40.1.0/bin/python ask.py "$index" refused
3.41.2.0/bin/python ask.py "$index" taken
3.40.1.0/bin/python ask.py "SELECT count(*) FROM held" refused
3.41.2.0/bin/python ask.py "SELECT count(*) FROM held" taken
