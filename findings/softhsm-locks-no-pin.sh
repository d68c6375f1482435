#!/usr/bin/env bash
# Guess: a PKCS#11 token locks its PIN after some wrong ones in a row, and warns before the last try (CKF_USER_PIN_FINAL_TRY).
# Seen: SoftHSM 2.6.1 counts to one (CKF_USER_PIN_COUNT_LOW) and locks nothing; the right PIN opens it after a hundred wrong ones.
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

venv/bin/python - <<'PY'
import os

import pkcs11
from pkcs11 import TokenFlag
from pkcs11.exceptions import PinIncorrect

library = pkcs11.lib(os.environ["MODULE"])
for _ in range(100):
    try:
        library.get_token(token_label="first").open(user_pin="9999")
        raise SystemExit("a wrong PIN opened it")
    except PinIncorrect:
        pass
flags = library.get_token(token_label="first").flags
print("after 100 wrong PINs:", flags)
assert not flags & TokenFlag.USER_PIN_LOCKED, flags
with library.get_token(token_label="first").open(user_pin="1234"):
    print("the right PIN opens it")
PY
