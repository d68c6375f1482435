#!/usr/bin/env bash
# Guess: a PKCS#11 token with ECDSA keys also signs with CKM_ECDSA_SHA384, as smart cards do.
# Seen: SoftHSM 2.6.1 has CKM_ECDSA alone; the caller hashes. It takes a hash of 64 bytes for a
#       P-384 key as well, and truncates it as FIPS 186 says.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download -q softhsm2-common=2.6.1-2.1 softhsm2=2.6.1-2.1 libsofthsm2=2.6.1-2.1 libbotan-2-19 libtspi1 >/dev/null
for package in *.deb; do dpkg -x "$package" tools; done
python3 -m venv venv
venv/bin/pip -q --disable-pip-version-check install python-pkcs11==0.10.1 cryptography==50.0.2 2>/dev/null
lib=$work/tools/usr/lib
LD_LIBRARY_PATH=$(dirname "$(find "$lib" -name 'libbotan-2.so*' | head -n 1)")
export LD_LIBRARY_PATH SOFTHSM2_CONF=$work/softhsm2.conf MODULE
MODULE=$(find "$lib" -name libsofthsm2.so | head -n 1)
mkdir tokens
printf 'directories.tokendir = %s/tokens\nobjectstore.backend = file\nlog.level = ERROR\n' "$work" >"$SOFTHSM2_CONF"
tools/usr/bin/softhsm2-util --version
tools/usr/bin/softhsm2-util --module "$MODULE" --init-token --free --label demo --so-pin 00000000 --pin 1234 >/dev/null

venv/bin/python - <<'PY'
import hashlib
import os

import pkcs11
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, encode_dss_signature
from pkcs11 import Attribute, KeyType, Mechanism
from pkcs11.util.ec import encode_named_curve_parameters

token = pkcs11.lib(os.environ["MODULE"]).get_token(token_label="demo")
names = sorted(each.name for each in token.slot.get_mechanisms() if each.name.startswith("ECDSA"))
print("mechanisms:", names)
assert names == ["ECDSA"], names
with token.open(user_pin="1234", rw=True) as session:
    curve = {Attribute.EC_PARAMS: encode_named_curve_parameters("secp384r1")}
    keys = session.create_domain_parameters(KeyType.EC, curve, local=True).generate_keypair()
    try:
        keys[1].sign(b"text", mechanism=Mechanism.ECDSA_SHA384)
        raise SystemExit("ECDSA_SHA384 works now")
    except pkcs11.exceptions.MechanismInvalid as refused:
        print("ECDSA_SHA384:", type(refused).__name__)
    raw = keys[1].sign(hashlib.sha512(b"text").digest(), mechanism=Mechanism.ECDSA)
    point = keys[0][Attribute.EC_POINT][-97:]
public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP384R1(), point)
half = len(raw) // 2
signature = encode_dss_signature(*(int.from_bytes(raw[i : i + half]) for i in (0, half)))
public.verify(signature, hashlib.sha512(b"text").digest(), ec.ECDSA(Prehashed(hashes.SHA512())))
print("a SHA-512 hash signed with P-384:", len(raw), "bytes, verified")
PY
