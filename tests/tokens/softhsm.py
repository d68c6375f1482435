"""Real PKCS#11 tokens in a folder: SoftHSM2, made and taken away as a test needs them."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mediabridge.stations.home import Home

PIN = "493817"
MODULES = (
    Path("/usr/lib/softhsm/libsofthsm2.so"),
    Path("/usr/lib64/pkcs11/libsofthsm2.so"),
    Path("/usr/local/lib/softhsm/libsofthsm2.so"),
)
ED25519 = bytes.fromhex("06032b6570")
"""The curve as an object identifier (RFC 8410)."""


@dataclass(frozen=True)
class SoftHsm:
    """The tokens that are plugged in: one folder each."""

    folder: Path
    tool: str
    module: Path

    def __post_init__(self) -> None:
        (self.folder / "tokens").mkdir()
        self.config.write_text(
            f"directories.tokendir = {self.folder}/tokens\nobjectstore.backend = file\n"
            "log.level = ERROR\nslots.removable = true\n"
        )

    @property
    def config(self) -> Path:
        return self.folder / "softhsm2.conf"

    def plug_in(self, label: str, *, noticed: bool = True) -> Path:
        """Make a new token, which the library has *noticed* or not; return its folder."""
        before = set((self.folder / "tokens").iterdir())
        words = ["--init-token", "--free", "--label", label, "--so-pin", "00000000", "--pin", PIN]
        subprocess.run(
            [self.tool, *words],
            env={"SOFTHSM2_CONF": str(self.config)},
            check=True,
            capture_output=True,
        )
        if noticed:
            self.notice()
        (token,) = set((self.folder / "tokens").iterdir()) - before
        return token

    @staticmethod
    def pull_out(token: Path) -> None:
        shutil.rmtree(token)

    def notice(self) -> Any:
        """Let the library look anew; return it."""
        import pkcs11

        library = pkcs11.lib(str(self.module.resolve()))
        library.reinitialize()
        return library

    def serials(self, label: str) -> list[str]:
        found = [each for each in self.notice().get_tokens() if each.label == label]
        return sorted(each.serial.decode() for each in found)

    def uri(self, token: str, key: str) -> str:
        return f"pkcs11:token={token};object={key}?module-path={self.module}"

    def make_p384(self, token: str, key: str) -> bytes:
        """Make a pair; return the raw public key."""
        from pkcs11 import KeyType, Mechanism
        from pkcs11.util.ec import encode_named_curve_parameters

        curve = encode_named_curve_parameters("secp384r1")
        return self._pair(token, key, KeyType.EC, curve, Mechanism.EC_KEY_PAIR_GEN)[-97:]

    def make_ed25519(self, token: str, key: str) -> bytes:
        """Make a pair; return the raw public key."""
        from pkcs11 import KeyType, Mechanism

        mechanism = Mechanism.EC_EDWARDS_KEY_PAIR_GEN
        return self._pair(token, key, KeyType.EC_EDWARDS, ED25519, mechanism)[-32:]

    def make_aes(self, token: str, key: str, *, bits: int = 256, leaves: bool = False) -> None:
        from pkcs11 import Attribute, KeyType, MechanismFlag

        with self._open(token) as session:
            session.generate_key(
                KeyType.AES,
                bits,
                store=True,
                label=key,
                capabilities=MechanismFlag.WRAP | MechanismFlag.UNWRAP,
                template={Attribute.EXTRACTABLE: leaves, Attribute.SENSITIVE: not leaves},
            )

    def _open(self, token: str) -> Any:
        return self.notice().get_token(token_label=token).open(user_pin=PIN, rw=True)

    def _pair(self, token: str, key: str, kind: Any, curve: bytes, mechanism: Any) -> bytes:
        from pkcs11 import Attribute

        with self._open(token) as session:
            domain = session.create_domain_parameters(
                kind, {Attribute.EC_PARAMS: curve}, local=True
            )
            public, _ = domain.generate_keypair(mechanism=mechanism, store=True, label=key)
            return bytes(public[Attribute.EC_POINT])


def settle(hsm: SoftHsm, home: Home) -> None:
    """Write the settings of a station with all keys in the token ``lgwan-01``."""
    lines = {"station": "bundles", "log": "log", "witness": "witness", "recipient": "wrap"}
    text = "".join(f'{name} = "{hsm.uri("lgwan-01", key)}"\n' for name, key in lines.items())
    home.settings_file.write_text(f"[keys]\n{text}")
    home.settings_file.chmod(0o600)
