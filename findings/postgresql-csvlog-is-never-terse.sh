#!/usr/bin/env bash
# Guess: with log_error_verbosity = terse, which leaves DETAIL and CONTEXT out, no row that the server refuses
#        stands in its log.
# Seen: PostgreSQL 15.18 heeds it in the log for people only. csvlog and jsonlog have the whole row, and the line of
#       COPY, whatever it says.
# postgresql.bash unpacks that server in the temporary folder, and takes both away at the end.
set -euo pipefail

version=15.18-0+deb12u1
work=$(mktemp -d)
. "$(dirname "$0")/postgresql.bash"
start "-c logging_collector=on -c log_directory=$work/logs \
    -c log_destination=stderr,csvlog,jsonlog -c log_error_verbosity=terse"

sql --command "CREATE TABLE person (name text, born text CHECK (born ~ '^[0-9-]+$'))"
printf 'EXAMPLE ALICE\t17.5.1990\n' | sql --command "COPY person FROM STDIN" 2>/dev/null && exit 1
stop fast

lines() { cat "$work"/logs/*."$1" | grep --count 'EXAMPLE ALICE' || true; }
for kind in log csv json; do echo "$kind: $(lines $kind) lines with the name"; done
[ "$(lines log)" = 0 ]
[ "$(lines csv)" = 1 ]
[ "$(lines json)" = 1 ]
