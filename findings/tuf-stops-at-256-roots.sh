#!/usr/bin/env bash
# Guess: a client that is given its first root finds the newest one, however often it was changed; or
#        says that it cannot.
# Seen: tuf 7.0.1 follows max_root_rotations (256) from the first root at every refresh, roots that it
#       has in its cache included, and goes on with what it has: nothing tells that there are more.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv tools
tools/bin/python -m pip --disable-pip-version-check install --quiet \
    tuf==7.0.1 securesystemslib==1.6.0 cryptography==50.0.2

tools/bin/python - <<'END'
import pathlib
import tuf
from datetime import datetime, timedelta, timezone
from securesystemslib.signer import CryptoSigner
from tuf.api.exceptions import DownloadHTTPError
from tuf.api.metadata import Metadata, Root, Snapshot, Targets, Timestamp
from tuf.ngclient import FetcherInterface, Updater, UpdaterConfig

ROTATIONS = UpdaterConfig().max_root_rotations + 10
expires = datetime.now(timezone.utc).replace(microsecond=0) + timedelta(days=9)
key = CryptoSigner.generate_ed25519()
files = {}


def publish(name, signed):
    metadata = Metadata(signed)
    metadata.sign(key)
    files[name] = metadata.to_bytes()


root = Root(expires=expires)
for role in ("root", "timestamp", "snapshot", "targets"):
    root.add_key(key.public_key, role)
for version in range(1, ROTATIONS + 2):
    root.version = version
    publish(f"{version}.root.json", root)
publish("timestamp.json", Timestamp(expires=expires))
publish("1.snapshot.json", Snapshot(expires=expires))
publish("1.targets.json", Targets(expires=expires))


class Files(FetcherInterface):
    def _fetch(self, url):
        name = url.rpartition("/")[2]
        if name not in files:
            raise DownloadHTTPError(name, 404)
        yield files[name]


for time in ("first", "second"):
    updater = Updater("cache", "metadata", fetcher=Files(), bootstrap=files["1.root.json"])
    updater.refresh()
    newest = pathlib.Path("cache/root.json").resolve().name
    print(f"tuf {tuf.__version__}, {time} refresh: no error, root {newest} of {ROTATIONS + 1}")
    assert newest == f"{UpdaterConfig().max_root_rotations + 1}.root.json"
END
