"""The keys of those who work at the desk, as far as the settings say where they are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from mediabridge.doctor.finding import Check, Finding, State
from mediabridge.errors import KeyFileError, TokenError, TokenMissingError
from mediabridge.locale import sentence_of, text
from mediabridge.stations.settings import Settings
from mediabridge.trust import keyfile, tokens
from mediabridge.trust.token_uri import TokenUri
from mediabridge.trust.trust_data import TrustData


def keys_of_people(settings: Settings, trust: TrustData) -> Iterator[Finding]:
    """Each line of ``[clerks]`` leads to the key that the trust data names for that person."""
    known = {person.name: person.key for person in trust.people}
    for name, place in settings.clerks.items():
        if name not in known:
            found = text("the settings name {name}, whom the trust data does not know", name=name)
        elif isinstance(place, Path):
            found = _file_problem(place, known[name])
        else:
            found = _token_problem(place)
        if found:
            advice = text("With it {name} can sign nothing. Correct station.toml.", name=name)
            yield Finding(Check.KEYS, State.LOOK, found, advice)


def _file_problem(path: Path, wanted: str) -> str:
    try:
        public = keyfile.describe(path).public
    except KeyFileError as error:
        return text("{name}: {detail}", name=path.name, detail=error.facts["detail"])
    if public != wanted:
        return text("{name} is not the key that the trust data names", name=path.name)
    return ""


def _token_problem(place: TokenUri) -> str:
    try:
        tokens.require_present(place)
    except TokenMissingError:
        # Its owner carries it; only who signs plugs it in.
        return ""
    except TokenError as error:
        return sentence_of(error).rstrip(".。")
    return ""
