"""OpenStack Swift, as Debian has it, on one folder: four of its servers, until the input ends.

Run by Debian's own interpreter, which knows its modules; nothing of the project is imported.
"""

from __future__ import annotations

import gc
import json
import os
import pwd
import signal
import sys
from pathlib import Path

from swift.common import utils  # type: ignore[import-not-found]
from swift.common.ring import RingBuilder  # type: ignore[import-not-found]
from swift.common.wsgi import run_wsgi  # type: ignore[import-not-found]

COMMON = """
[DEFAULT]
swift_dir = {folder}
devices = {folder}/devices
mount_check = false
fallocate_reserve = 0
bind_ip = 127.0.0.1
bind_port = {port}
workers = 0
user = {user}
log_level = ERROR
"""
BACK = """
[pipeline:main]
pipeline = {name}-server
[app:{name}-server]
use = egg:swift#{name}
"""
FRONT = """
cert_file = {certificate}
key_file = {key}
[pipeline:main]
pipeline = catch_errors cache s3api tempauth proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:cache]
use = egg:swift#memcache
# Nobody listens there: nothing is remembered, and who asks is told so.
memcache_servers = 127.0.0.1:1
[filter:s3api]
use = egg:swift#s3api
[filter:tempauth]
use = egg:swift#tempauth
user_{user} = {secret} .admin
"""
# Names on the disk are made with it, so that nobody can have two names share a place.
HASHED = "[swift-hash]\nswift_hash_path_prefix = a\nswift_hash_path_suffix = b\n"


def make_ring(folder: Path, name: str, port: int) -> None:
    builder = RingBuilder(2, 1, 1)
    builder.add_dev({
        "id": 0, "region": 1, "zone": 1, "weight": 1, "device": "disk", "meta": "",
        "ip": "127.0.0.1", "port": port, "replication_ip": "127.0.0.1", "replication_port": port,
    })  # fmt: skip
    builder.rebalance()
    builder.get_ring().save(str(folder / f"{name}.ring.gz"))


def run(folder: Path, name: str) -> int:
    """Serve in a process of its own; return its number."""
    number = os.fork()
    if number == 0:
        os._exit(run_wsgi(str(folder / f"{name}.conf"), f"{name}-server"))
    return number


def main(folder: Path, told: dict[str, str], ports: dict[str, int]) -> None:
    (folder / "devices/disk").mkdir(parents=True, exist_ok=True)
    (folder / "swift.conf").write_text(HASHED)
    for name, port in ports.items():
        own = FRONT.format(**told) if name == "proxy" else BACK.format(name=name)
        common = COMMON.format(folder=folder, port=port, user=pwd.getpwuid(os.getuid()).pw_name)
        (folder / f"{name}.conf").write_text(common + own)
        if name != "proxy":
            make_ring(folder, name, port)
    utils.set_swift_dir(str(folder))
    # Once for all four: it looks through everything in memory, many times.
    utils.eventlet_monkey_patch()
    gc.freeze()
    servers = [run(folder, name) for name in ports]
    sys.stdin.read()
    for number in servers:
        os.kill(number, signal.SIGKILL)
        os.waitpid(number, 0)


if __name__ == "__main__":
    main(Path(sys.argv[1]), json.loads(sys.argv[2]), json.loads(sys.argv[3]))
