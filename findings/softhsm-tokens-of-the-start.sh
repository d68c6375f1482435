#!/usr/bin/env bash
# Guess: C_GetSlotList lists the tokens that are there now, so a program sees a second one that arrives, and one that goes.
# Seen: SoftHSM 2.6.1 lists what it found at C_Initialize. A new token is not seen before C_Finalize and C_Initialize; once the
#       files of one are gone, asking for any token ends in CKR_GENERAL_ERROR.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download -q softhsm2-common=2.6.1-2.1 softhsm2=2.6.1-2.1 libsofthsm2=2.6.1-2.1 libbotan-2-19 libtspi1 >/dev/null
for package in *.deb; do dpkg -x "$package" tools; done
python3 -m venv venv
venv/bin/pip -q --disable-pip-version-check install python-pkcs11==0.10.1 2>/dev/null
lib=$work/tools/usr/lib
LD_LIBRARY_PATH=$(dirname "$(find "$lib" -name 'libbotan-2.so*' | head -n 1)")
export LD_LIBRARY_PATH SOFTHSM2_CONF=$work/softhsm2.conf MODULE
MODULE=$(find "$lib" -name libsofthsm2.so | head -n 1)
mkdir tokens
printf 'directories.tokendir = %s/tokens\nobjectstore.backend = file\nlog.level = ERROR\n' "$work" >"$SOFTHSM2_CONF"
make_token() {
    tools/usr/bin/softhsm2-util --module "$MODULE" --init-token --free --label "$1" --so-pin 00000000 --pin 1234 >/dev/null
}
tools/usr/bin/softhsm2-util --version
make_token first

make_second=$(declare -f make_token)
export make_second
venv/bin/python - <<'PY'
import os
import shutil
import subprocess
from pathlib import Path

import pkcs11
from pkcs11.exceptions import GeneralError

library = pkcs11.lib(os.environ["MODULE"])


def labels():
    return sorted(each.label for each in library.get_tokens() if each.label)


before = labels()
subprocess.run(["bash", "-c", os.environ["make_second"] + "; make_token second"], check=True)
print("before, after:", before, labels())
assert labels() == before == ["first"]
library.reinitialize()
print("after C_Finalize and C_Initialize:", labels())
assert labels() == ["first", "second"]
for folder in Path("tokens").iterdir():
    shutil.rmtree(folder)
try:
    print("all gone:", labels())
    raise SystemExit("tokens that are gone are told from an error now")
except GeneralError as error:
    print("all gone:", type(error).__name__)
library.reinitialize()
assert labels() == []
PY
