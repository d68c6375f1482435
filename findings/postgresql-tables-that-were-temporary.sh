#!/usr/bin/env bash
# Guess: with search_path = 'register, pg_temp', the order that the manual advises so that no temporary table stands
#        before a real one, CREATE TABLE fails when the schema "register" is not there or not ours.
# Seen: PostgreSQL 15.18 makes the table in pg_temp, without a word: the client that made it finds it, fills it and commits;
#       with its connection all of it is gone.
# postgresql.bash unpacks that server in the temporary folder, and takes both away at the end.
set -euo pipefail

version=15.18-0+deb12u1
work=$(mktemp -d)
. "$(dirname "$0")/postgresql.bash"
start

first=$(sql --set ON_ERROR_STOP=1 <<'END'
SET search_path = register, pg_temp;
BEGIN;
CREATE TABLE journal (bundle text);
INSERT INTO journal VALUES ('first');
COMMIT;
SELECT count(*) FROM journal;
END
)
echo "rows for the client that wrote them: $first"
echo "tables of that name afterwards: $(sql --command "SELECT count(*) FROM pg_class WHERE relname = 'journal'")"
[ "$first" = 1 ]
[ "$(sql --command "SELECT count(*) FROM pg_class WHERE relname = 'journal'")" = 0 ]
