"""Which cases of a large family a run plays: a few, others for each commit, all in time.

The rig has more cases than a change can wait for. Cases that differ only in where a stick is
pulled out, or in its file system, form a family; of each family a share is drawn by lot. The lot
is a hash of the case's name and of a seed, the commit: whoever has the seed draws the same.
"""

from __future__ import annotations

import subprocess
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from hashlib import sha256
from pathlib import Path

ALL = "all"
"""The seed with which every case is played."""

COMMIT = "commit"
"""The seed that stands for the commit that is checked out."""

HALF = Fraction(1, 2)
EIGHTH = Fraction(1, 8)
TWELFTH = Fraction(1, 12)
TWENTIETH = Fraction(1, 20)
ONE_IN_32 = Fraction(1, 32)


def seed_of(wanted: str, folder: Path) -> str:
    """Return the seed that is *wanted*; where nobody can tell the commit of *folder*, all."""
    if wanted != COMMIT:
        return wanted
    words = ["git", "-C", str(folder), "rev-parse", "--verify", "HEAD"]
    try:
        asked = subprocess.run(words, check=True, capture_output=True, encoding="ascii")
    except (OSError, subprocess.CalledProcessError):
        return ALL
    return asked.stdout.strip()


def family_of(test: str, parameters: Mapping[str, object], over: Collection[str]) -> str:
    """Name the family of a case: its test, and what sets it apart besides the names in *over*."""
    apart = [f"{name}={value}" for name, value in parameters.items() if name not in over]
    return " ".join([test, *sorted(apart)])


@dataclass
class Family:
    """Cases of which one run plays a share."""

    share: Fraction
    cases: set[str] = field(default_factory=set)
    file: str = ""
    """Where its test is, if there is a turn for that test as well."""
    turn: Fraction = EIGHTH
    """Which share of the families of that file has its turn; it is the same for all of them."""
    seldom: bool = False
    """Whether most runs play nothing of that file: it takes as long as all others together."""
    needs: dict[str, frozenset[str]] = field(default_factory=dict)
    """What a case begins with that takes long to make; a case that is not named needs nothing."""

    def within(self, made: frozenset[str]) -> Family:
        """Return the family without the cases that need something which is not *made*."""
        cases = {case for case in self.cases if self.needs.get(case, frozenset()) <= made}
        return replace(self, cases=cases)

    def drawn(self, seed: str) -> set[str]:
        """Return the cases that are played: *share* of them, and at least one."""
        if seed == ALL:
            return self.cases
        lots = sorted(self.cases, key=lambda case: sha256(f"{seed} {case}".encode()).digest())
        return set(lots[: max(1, round(len(lots) * self.share))])


def files_drawn(files: Collection[str], seed: str, share: Fraction) -> set[str]:
    """Return the *share* of *files* that is played; the others are for other seeds."""
    return Family(share, set(files)).drawn(seed)


def long_of(families: Mapping[str, Family], seed: str) -> set[str]:
    """Return the files which take very long that are played: of a dozen runs each has one."""
    files = sorted({family.file for family in families.values() if family.seldom})
    if seed == ALL:
        return set(files)
    lot = int.from_bytes(sha256(f"long {seed}".encode()).digest()) % TWELFTH.denominator
    return set(files[lot : lot + 1])


def _waiting(families: Mapping[str, Family], seed: str) -> set[str]:
    """Return the files of which nothing is played."""
    seldom = {family.file for family in families.values() if family.seldom}
    each = {family.file for family in families.values() if family.file and family.turn == EIGHTH}
    return (seldom | each) - long_of(families, seed) - files_drawn(each - seldom, seed, HALF)


def turns(families: Mapping[str, Family], seed: str) -> list[Family]:
    """Return the families whose turn it is: of each file its share, and all that have no file.

    Of the files of which an eighth has its turn, a half does so at one time. A file that is played
    seldom is left out by eleven runs of twelve, and played whole by one.
    """
    files: dict[str, set[str]] = {}
    waiting = _waiting(families, seed)
    for name, family in families.items():
        if family.file in waiting:
            continue
        one_of_many = family.file and not family.seldom
        files.setdefault(family.file if one_of_many else name, set()).add(name)
    shares = {file: min(families[name].turn for name in names) for file, names in files.items()}
    drawn = set[str]().union(
        *(Family(shares[file], names).drawn(seed) for file, names in files.items())
    )
    return [family for name, family in families.items() if name in drawn]


def drawn_of(families: Mapping[str, Family], seed: str, made: frozenset[str]) -> set[str]:
    """Return the cases that a run plays for which only *made* is made beforehand.

    Of each family whose turn it is, its share.
    """
    whole = {name: family.within(made) for name, family in families.items()}
    possible = {name: family for name, family in whole.items() if family.cases}
    return set[str]().union(*(family.drawn(seed) for family in turns(possible, seed)))
