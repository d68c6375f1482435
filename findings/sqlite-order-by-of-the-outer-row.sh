#!/usr/bin/env bash
# Guess: in a scalar subquery of SQLite every clause may name a column of the row outside, so
#        ORDER BY can prefer what fits that row best, as in other databases.
# Seen:  WHERE and HAVING see the row outside, ORDER BY does not: "no such column", in 3.40.1 and
#        in 3.50.4 alike. A value that the subquery itself has, and WHERE makes equal, does.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
for version in 3.40.1.0 3.50.4.0; do
  python3 -m venv "$version"
  "$version/bin/pip" -q --disable-pip-version-check install --only-binary :all: "apsw==$version" 2>/dev/null
done

cat >ask.py <<'PY'
import apsw

db = apsw.Connection("")
db.execute("CREATE TABLE entry (card); CREATE TABLE holder (card, person, present)")
db.execute("INSERT INTO entry VALUES ('A'); INSERT INTO holder VALUES ('A', 1, 'B'), ('A', 2, 'A')")
for clause, wanted in (
    ("WHERE holder.present = entry.card", [(2,)]),
    ("GROUP BY person HAVING present = entry.card", [(2,)]),
    ("WHERE holder.card = entry.card ORDER BY present = holder.card DESC LIMIT 1", [(2,)]),
    ("WHERE holder.card = entry.card ORDER BY present = entry.card DESC LIMIT 1", None),
):
    try:
        seen = db.execute(f"SELECT (SELECT person FROM holder {clause}) FROM entry").fetchall()
    except apsw.Error as error:
        seen = None
        assert "no such column: entry.card" in str(error), error
    print(f"SQLite {apsw.sqlitelibversion()}: {clause}: {seen or 'no such column'}")
    assert seen == wanted, seen
PY

for version in 3.40.1.0 3.50.4.0; do
  "$version/bin/python" ask.py
done
