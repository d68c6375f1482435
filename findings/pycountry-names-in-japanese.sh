#!/usr/bin/env bash
# Guess: pycountry's Japanese names are those that Japanese administration prints.
# Seen: pycountry 26.2.16 still says グルジア for Georgia (ジョージア since 2015), カーボヴェルデ for
#       Cabo Verde, and 中国領・台湾 for a region that residence cards print as 台湾. Babel 2.18.0,
#       with the names of the CLDR, has the first three right and keeps the ヴ of ネーヴィス alone.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" -q --disable-pip-version-check install pycountry==26.2.16 babel==2.18.0 2>/dev/null

"$work/venv/bin/python" - <<'PY'
import gettext

import pycountry
from babel import Locale

japanese = gettext.translation("iso3166-1", pycountry.LOCALES_DIR, languages=["ja"]).gettext
cldr = Locale("ja").territories
seen = {}
for code in ("GEO", "CPV", "TWN", "KNA"):
    country = pycountry.countries.get(alpha_3=code)
    seen[code] = (japanese(country.name), cldr[country.alpha_2])
    print(code, "pycountry:", seen[code][0], " CLDR:", seen[code][1])
assert seen == {
    "GEO": ("グルジア", "ジョージア"),
    "CPV": ("カーボヴェルデ", "カーボベルデ"),
    "TWN": ("中国領・台湾", "台湾"),
    "KNA": ("セントクリストファー・ネーヴィス", "セントクリストファー・ネーヴィス"),
}, seen
PY
