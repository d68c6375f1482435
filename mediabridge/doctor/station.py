"""The station's own: databases, clock, trust data, keys, and what expires."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from mediabridge import sqlite
from mediabridge.apply import examine_registry
from mediabridge.apply.places import PostgresPlace
from mediabridge.bundle.announcement import key_digest
from mediabridge.clock import to_rfc3339
from mediabridge.config import ALARMS_KEPT, TRUST_OLD_DAYS
from mediabridge.doctor import scanning
from mediabridge.doctor.finding import Check, Finding, State, fine, refused
from mediabridge.doctor.people import keys_of_people
from mediabridge.errors import KeyFileError, SettingsError, TokenError
from mediabridge.locale import n_, sentence_of, text
from mediabridge.stations import alarms, retired, settings
from mediabridge.stations.books import has_taken_at, recipient_keys_at
from mediabridge.stations.expiry import KINDS, Expiring, expiring
from mediabridge.stations.held_clock import HeldClock, evidence
from mediabridge.stations.home import Home
from mediabridge.stations.trust_age import TrustAge, trust_age
from mediabridge.stations.who import StationConfig
from mediabridge.translog import checkpoint, database
from mediabridge.trust import accepted, keyfile, seen, tokens
from mediabridge.trust.token_uri import TokenUri
from mediabridge.trust.trust_data import TrustData

_NO_REPAIR: Final = n_("Leave the station as it is, and let the IT staff restore a backup.")


@dataclass(frozen=True)
class _Said:
    """The machine's clock at the moment of the examination."""

    moment: datetime

    def now(self) -> datetime:
        """Return that moment."""
        return self.moment


@dataclass(frozen=True)
class Patient:
    """The station that is looked at, without its lock: nothing of it is changed."""

    home: Home
    config: StationConfig
    now: datetime

    def databases(self) -> Iterator[Finding]:
        """Every page of each database is sound."""
        damaged = {path.name: sqlite.damage(path) for path in (self.home.log, self.home.books)}
        if self.config.role == "registry":
            damaged |= self._registry(books_are_sound=damaged[self.home.books.name] is None)
        for name, detail in damaged.items():
            if detail is not None:
                found = text(
                    "{name} is damaged or cannot be read ({detail})", name=name, detail=detail
                )
                yield Finding(Check.DATABASES, State.WRONG, found, text(_NO_REPAIR))
        if not any(damaged.values()):
            yield fine(
                Check.DATABASES, n_("all of them are sound: {names}"), names=", ".join(damaged)
            )

    def _registry(self, *, books_are_sound: bool) -> dict[str, str | None]:
        """Return what is wrong with the registry by its name; nothing of one that is to be begun.

        The embedded one is begun with the first bundle, by the rule of the station itself.
        """
        place = settings.load(self.home.settings_file).registry
        path = self.home.registry
        if isinstance(place, PostgresPlace):
            return {place.name: examine_registry(path, self.config.owner, place)}
        if not path.exists() and books_are_sound and not has_taken_at(self.home.books):
            return {}
        return {path.name: examine_registry(path, self.config.owner, place)}

    def trust(self) -> Iterator[Finding]:
        """The trust data is there and holds, and so do keys, clock and dates by what it says.

        Raises:
            StationError, StationDamagedError, TrustInvalidError: it is not, or does not.
        """
        trust = accepted.current(self.home.trust_cache)
        clock, age = self._by_the_log(trust)
        yield (
            fine(Check.TRUST, n_("version {version}"), version=trust.version)
            if age is None
            else _aged(age)
        )
        yield from self._keys(trust)
        doubt = clock.doubt()
        if doubt is None:
            said = n_("it says {got}; compare it with another one")
            yield fine(Check.CLOCK, said, got=to_rfc3339(self.now))
        else:
            yield refused(Check.CLOCK, doubt)
        # As the station itself does: what has run out is asked of the time it goes by.
        soon = expiring(seen.of(trust), accepted.expires(self.home.trust_cache), clock.now())
        yield from map(_expiring, soon)
        if not soon:
            yield fine(Check.EXPIRY, n_("nothing within the next weeks"))

    def _by_the_log(self, trust: TrustData) -> tuple[HeldClock, TrustAge | None]:
        """Hold the machine's clock, and the trust data's age, against what is surely past."""
        origin = checkpoint.origin_of(self.config.city, self.config.station)
        with database.look(self.home.log) as connection:
            log = database.StoredLog(connection, origin)
            past = list(evidence(log, self.config.station, seen.of(trust)))
            clock = HeldClock(_Said(self.now), lambda: past)
            age = trust_age(log, trust.version, clock.now()) if log.size() else None
        return clock, age

    def _keys(self, trust: TrustData) -> Iterator[Finding]:
        """Each key file can be read, and is the one that the trust data names."""
        problems = list(self._wrong_keys(trust))
        for detail in problems:
            advice = text("Nothing can be signed or opened with it. Call the security officer.")
            yield Finding(Check.KEYS, State.WRONG, detail, advice)
        if not problems:
            yield fine(Check.KEYS, n_("all of them are there, and are those of the trust data"))
            yield from self._recipient_keys(trust)
            yield from self._witness_key()
            yield from keys_of_people(settings.load(self.home.settings_file), trust)

    def _witness_key(self) -> Iterator[Finding]:
        """A station that came from a backup has lost what its witness key had seen."""
        origin = checkpoint.origin_of(self.config.city, self.config.station)
        with database.look(self.home.log) as connection:
            due = retired.is_due(database.StoredLog(connection, origin))
        if due:
            found = text("the witness key is from before the station was restored")
            advice = text("Have it retired by a ceremony: mediabridge station witness.")
            yield Finding(Check.KEYS, State.LOOK, found, advice)

    def _recipient_keys(self, trust: TrustData) -> Iterator[Finding]:
        """Say how many keys open what comes in, and whether trust data names one of them."""
        path = self.home.keys / f"{self.config.station}-recipient.json"
        count = keyfile.describe(path).keys
        yield fine(Check.KEYS, n_("recipient keys that open what comes in: {count}"), count=count)
        known = {each.key for each in recipient_keys_at(self.home.books) if not each.sender}
        listed = {each.key for each in trust.recipients if each.station == self.config.station}
        strange = [key for key in listed if known and key_digest(key) not in known]
        if strange:
            found = text(
                "the trust data names recipient keys that were never here: {count}",
                count=len(strange),
            )
            advice = text("Whoever has such a key reads what is sent here. Ask the officer.")
            yield Finding(Check.KEYS, State.LOOK, found, advice)

    def _wrong_keys(self, trust: TrustData) -> Iterator[str]:
        station = self.config.station
        try:
            places = settings.load(self.home.settings_file).keys
        except SettingsError as error:
            yield sentence_of(error).rstrip(".。")
            return
        in_token = places.by_id(station)
        if places.recipient is not None:
            yield from _token_problems(places.recipient)
        wanted_here = _wanted(trust, station)
        # A recipient key that was announced stands in the place of the one in the trust data.
        own = recipient_keys_at(self.home.books)
        wanted_here[f"{station}-recipient"] |= {each.public for each in own if not each.erased}
        for key_id, wanted in wanted_here.items():
            if key_id in in_token:
                yield from _token_problems(in_token[key_id])
                continue
            path = self.home.keys / f"{key_id}.json"
            try:
                public = keyfile.describe(path).public
            except KeyFileError as error:
                yield text("{name}: {detail}", name=path.name, detail=error.facts["detail"])
                continue
            if public not in wanted:
                yield text("{name} is not the key that the trust data names", name=path.name)

    def alarms(self) -> Iterator[Finding]:
        """Evidence of an alarm about a transfer log is told for as long as it is there.

        Raises:
            LogCorruptError: it is not there as it was kept, or not at all.
        """
        kept = alarms.kept(self.home)
        for each in kept:
            each.check()
        origin = checkpoint.origin_of(self.config.city, self.config.station)
        with database.look(self.home.log) as connection:
            alarms.require_named(database.StoredLog(connection, origin), kept)
        if kept:
            found = text(
                "evidence is kept; alarms: {count} ({codes})",
                count=len(kept),
                codes=", ".join(sorted({each.facts.reason for each in kept})),
            )
            if len(kept) >= ALARMS_KEPT:
                found += text("; there is no room for more, the first ones stay")
            advice = text("The security officer sees what differs: mediabridge audit alarms.")
            yield Finding(Check.ALARMS, State.LOOK, found, advice)

    def scanner(self) -> Iterator[Finding]:
        """What comes from outside is shown to a scanner that can be relied on.

        Raises:
            SettingsError: the settings cannot be read.
        """
        found = settings.load(self.home.settings_file).scanner
        yield from scanning.examine(found, self.now, self.config.mode)

    def passphrase(self) -> Iterator[Finding]:
        """A live station keeps no passphrase beside its keys."""
        there = (self.home.root / "passphrase.training").exists()
        if there and self.config.mode == "live":
            found = text("a passphrase lies beside the keys that it should protect")
            advice = text("Change the passphrases of all keys, then delete the file.")
            yield Finding(Check.PASSPHRASE, State.WRONG, found, advice)
        elif there:
            yield fine(Check.PASSPHRASE, n_("the training passphrase, which protects nothing"))
        else:
            yield fine(Check.PASSPHRASE, n_("none"))


def _token_problems(place: TokenUri) -> Iterator[str]:
    """Say why the token is not there; which keys it has, it tells for its PIN only."""
    try:
        tokens.require_present(place)
    except TokenError as error:
        yield sentence_of(error).rstrip(".。")


def _wanted(trust: TrustData, station_id: str) -> dict[str, set[str]]:
    """Return the public keys that the trust data names for a station, by the id of the file."""
    station = trust.station(station_id)
    recipients = {each.key for each in trust.recipients if each.station == station_id}
    return {
        station_id: {station.key} if station else set(),
        f"{station_id}-log": {station.log_key} if station else set(),
        f"{station_id}-witness": {station.witness_key} if station else set(),
        f"{station_id}-recipient": recipients,
    }


def _aged(age: TrustAge) -> Finding:
    found = text(
        "version {version}, since {time} (days: {days})",
        version=age.version,
        time=age.since,
        days=age.days,
    )
    if age.days <= TRUST_OLD_DAYS:
        return Finding(Check.TRUST, State.OK, found)
    advice = text("Ask the officers whether anybody came or left since, and bring what is newer.")
    return Finding(Check.TRUST, State.LOOK, found, advice)


def _expiring(each: Expiring) -> Finding:
    what = text(KINDS[each.kind], name=each.name)
    advice = text("Have it renewed in a ceremony, and bring the new trust data to both stations.")
    if each.level == 0:
        found = text("{what} ran out on {until}", what=what, until=each.until)
        return Finding(Check.EXPIRY, State.WRONG, found, advice)
    found = text(
        "{what} runs out on {until}; days left: {days}", what=what, until=each.until, days=each.days
    )
    return Finding(Check.EXPIRY, State.LOOK, found, advice)
