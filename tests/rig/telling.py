"""A disk that remembers what it was told, and gives itself as a power cut would have left it."""

from __future__ import annotations

import os
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from harness import copy_of
from medium import Disk, Write

PIECE: Final = 4096
"""What a disk writes whole or not at all, where its power goes."""


class TellingDisk(Disk):
    """A machine's own disk; what it was told stays in order, with None for: keep all of it now."""

    def __init__(self, path: Path, **options: Any) -> None:
        super().__init__(path, **options)
        self.told: list[Write | None] = []

    def handle(
        self, image: int, kind: str, offset: int, length: int, data: bytes, through: bool
    ) -> bytes:
        """Carry out one request, as the rig asks."""
        answer = super().handle(image, kind, offset, length, data, through)
        if kind == "write":
            self.told.append(Write(offset, data))
        if kind == "flush" or through:
            self.told.append(None)
        return answer


def left_of(start: Path, told: Sequence[Write | None], seed: str, image: Path) -> Path:
    """Make *image* what a power cut leaves of *start* after all that was *told*.

    What the disk was told to keep is there. Each piece of anything later is there or not, by a lot
    that *seed* draws: a disk may write in whatever order it likes.
    """
    kept = max((place for place, each in enumerate(told) if each is None), default=-1)
    lot = random.Random(seed)  # noqa: S311 - a lot, drawn again from its seed
    copy_of(start, image)
    with image.open("r+b") as stream:
        for place, each in enumerate(told):
            for at in range(0, len(each.data), PIECE) if each else ():
                if place < kept or lot.random() < 0.5:
                    os.pwrite(stream.fileno(), each.data[at : at + PIECE], each.offset + at)
    return image
