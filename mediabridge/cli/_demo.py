"""The story the demo tells. Every step is the real one; nothing is acted.

The stations are opened one after the other, never at the same time, as on the two
networks that must not be joined: all that passes between them is the folder that
poses as a stick.
"""

from __future__ import annotations

import shlex
import shutil
import subprocess
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from mediabridge.bundle import layout
from mediabridge.cli._context import Context
from mediabridge.cli._demo_lost import lost_stick
from mediabridge.cli._demo_stage import Stage
from mediabridge.cli._result import Result, Table
from mediabridge.cli._station import TRAINING_PASSPHRASE
from mediabridge.cli.collect import show_refusal
from mediabridge.cli.station import TRAINING_DOMAIN, TRAINING_MUNICIPALITY
from mediabridge.clock import JST
from mediabridge.durable import write_durably
from mediabridge.errors import AlreadyAppliedError, RecordsRefusedError
from mediabridge.kinds import Kind
from mediabridge.locale import n_, sentence_of, text, translate
from mediabridge.records.tables import shipped
from mediabridge.sample import read_population, write_sample
from mediabridge.shown.bundles import bundles_table, result_said
from mediabridge.shown.held import looked_lines, option_said
from mediabridge.stations import held
from mediabridge.stations.books import BundleRow
from mediabridge.stations.explaining import story
from mediabridge.stations.lgwan import LgwanStation
from mediabridge.stations.registry import RegistryStation
from mediabridge.stations.setup import init_station
from mediabridge.trust.allowed_signers import allowed_signers
from mediabridge.trust.city import create_city
from mediabridge.trust.keyfile import TRAINING_COST

CLOSING = {
    "applied": n_("delivered and applied"),
    "held": n_("delivered, held for a decision"),
    "moved_out": n_("delivered, the person has moved out"),
}


class Story(Stage):
    """Two mornings between two stations of a training municipality."""

    def __init__(
        self, context: Context, folder: Path, residents: int, seed: int, *, kept: bool
    ) -> None:
        super().__init__(context, folder)
        self.residents = residents
        self.seed = seed
        self.kept = kept
        self._refusals = 0

    def tell(self) -> Result:
        """Play it; print it as it happens; return the closing table."""
        self._set_up()  # 1
        faulty = self._morning_arrives()  # 2
        out = self._export_notices(faulty)  # 3
        self._apply_at_registry()  # 4
        self._close_books(out)  # 5
        self._import_again()  # 6
        self._late_outcome(out)  # 7
        balance = lost_stick(self)  # 8
        return Result([self._closing(balance.counts), *self._how_to_check(out)], self.data)

    # --- the chapters ------------------------------------------------------------------

    def _set_up(self) -> None:
        self.chapter(n_("1. Two stations of a training municipality are set up."))
        city = self.city = create_city(
            self.folder / "city",
            city=TRAINING_DOMAIN,
            municipality_code=TRAINING_MUNICIPALITY,
            clock=self.context.clock,
            passphrase_for=lambda _key: self.passphrase,
            # The passphrase is drawn here: nobody guesses it, however little a guess costs.
            cost=TRAINING_COST,
        )
        write_durably(city.folder / TRAINING_PASSPHRASE, self.passphrase + b"\n", mode=0o600)
        for station in ("lgwan-01", "registry-01"):
            home = self.folder / station
            init_station(
                home,
                city.folder,
                station,
                clock=self.context.clock,
                private={TRAINING_PASSPHRASE: self.passphrase + b"\n"},
            )
        self.stick.mkdir()
        (self.folder / "allowed_signers").write_text(allowed_signers(city.trust), "ascii")
        self.say(
            n_("Keys of {stations} stations, {people} people, {recipients} recipients are made."),
            stations=len(city.trust.stations),
            people=len(city.trust.people),
            recipients=len(city.trust.recipients),
        )

    def _morning_arrives(self) -> Path:
        self.chapter(n_("2. The morning's notices arrive at the LGWAN station."))
        write_sample(
            self.folder / "sample",
            residents=self.residents,
            days=2,
            seed=self.seed,
            faults=True,
            tables=shipped(),
            start_date=self.context.clock.now().astimezone(JST).date(),
            municipality=TRAINING_MUNICIPALITY,
        )
        with self.registry() as station:
            count = station.load_population(
                read_population(self.folder / "sample" / "population.csv")
            )
        self.say(n_("The registry holds {count} invented residents."), count=count)
        return self.day(1) / f"{Kind.ISA_NOTICE}-faulty.csv"

    def _export_notices(self, faulty: Path) -> BundleRow:
        self.chapter(n_("3. The LGWAN station collects, seals, has approved, and writes."))
        with self.lgwan() as station:
            path = self.day(1) / f"{Kind.ISA_NOTICE}.csv"
            done = station.collect(path)
            self.say(n_("{file}: taken in; records: {count}."), file=path.name, count=done.records)
            self._refused(station, faulty)
            (row,) = station.export(lambda: self.stick, approver=self.first_officer).written
            self.say(n_("Bundle {seq} is on the stick and was read back."), seq=row.seq)
        self.data["sent"] = {"bundle": row.bundle, "records": row.records}
        return row

    def _refused(self, station: LgwanStation, faulty: Path) -> None:
        try:
            station.collect(faulty)
        except RecordsRefusedError as error:
            self._refusals = error.facts["count"]
            show_refusal(self.context, error)

    def _apply_at_registry(self) -> None:
        self.chapter(n_("4. The registry station verifies, applies, and answers."))
        with self.registry() as station:
            station.import_(self.stick, note=self.taken_at_registry)
            waiting = Counter(one.reason for one in station.registry.held())
            for reason, count in waiting.most_common():
                why = translate(reason.sentence)
                self.say(n_("held {count}: {why}"), count=count, why=why)
            station.collect(self.day(1) / f"{Kind.MUNICIPAL_NOTICE}.csv")
            (row,) = station.export(lambda: self.stick, approver=self.second_officer).written
            self.say(
                n_(
                    "The answer, bundle {seq}, carries receipts ({receipts}) and notices ({count})."
                ),
                seq=row.seq,
                receipts=row.summary["receipts"],
                count=row.records,
            )

    def _close_books(self, out: BundleRow) -> None:
        self.chapter(n_("5. The LGWAN station takes in the answer and closes its books."))
        # What has arrived is erased from the stick; somebody may have copied it before.
        shutil.copytree(self.stick, self.copy)
        with self.lgwan() as station:
            station.import_(self.stick, note=self.taken_at_lgwan)
            counts = station.books.outcome_counts(out.bundle)
            self.show(bundles_table(station.books.bundles()))
        self.data["outcomes"] = counts

    def _import_again(self) -> None:
        self.chapter(n_("6. The same stick once more at the registry station."))
        with self.registry() as station:
            before = station.registry.fingerprint()
            try:
                station.import_(self.copy, note=self.taken_at_registry)
            except AlreadyAppliedError as error:
                self.print(sentence_of(error))
                self.data["again"] = int(error.exit_code)
            self.data["unchanged"] = station.registry.fingerprint() == before

    def _late_outcome(self, out: BundleRow) -> None:
        self.chapter(n_("7. A clerk decides on a held notice; the outcome comes home late."))
        with self.registry() as station:
            found, option = self._decidable(station)
            for line in looked_lines(found, self.context.lang):
                self.show(line)
            self.say(n_("The clerk decides: {decision}"), decision=option_said(option))
            wish = held.Wish(option.result, found.version, option.person, way=option.way)
            held.decide(station, found.held.record, wish, operator=None, second=None)
            station.export(lambda: self.stick, approver=self.second_officer)
        with self.lgwan() as station:
            station.import_(self.stick, note=self.receipts_taken)
            counts = station.books.outcome_counts(out.bundle)
            (step,) = story(station, found.held.record)
        self.data["late"] = {"result": step.result, "supplement": step.supplement, "counts": counts}

    def _decidable(self, station: RegistryStation) -> tuple[held.Looked, held.Decidable]:
        """Return a notice that waits and a decision on it, applied to a record where one may be.

        Not one that first asks for a choice of kanji: nobody is here to make it.
        """
        looked = [held.chosen(station, each.record) for each in list(held.waiting(station))]
        offered = [(each, one) for each in looked for one in each.options if not one.choose]
        return min(offered, key=lambda pair: pair[1].person is None)

    def _closing(self, counts: Mapping[str, int]) -> Table:
        self.data["refused_errors"] = self._refusals
        rows = [[_closed(name), str(count)] for name, count in counts.items()]
        rows.append([text("files refused at the LGWAN station, not sent"), "1"])
        headings = [text("the notices of both mornings"), text("number")]
        return Table(headings, rows, right=frozenset({1}))

    # --- for whoever trusts nobody ---------------------------------------------------------

    def _how_to_check(self, out: BundleRow) -> list[str]:
        """Return the lines that check the bundle with other people's tools; try them, too."""
        bundle = layout.bundles_folder(self.copy) / out.bundle
        namespace = self.city.trust.bundle_namespace
        signature = (
            f"ssh-keygen -Y verify -f {shlex.quote(str(self.folder / 'allowed_signers'))}"
            f" -I lgwan-01 -n {namespace} -s {layout.STATION_SIGNATURE} < {layout.SUMS}"
        )
        hashes = f"sha256sum --strict -c {layout.SUMS}"
        for command in (signature, hashes):
            self._try(command, bundle)
        kept = (
            n_("Everything lies in {folder}")
            if self.kept
            else n_("Everything lay in {folder}, which is removed now; --keep DIR keeps it.")
        )
        return [
            "",
            text("Anyone can check the bundle with tools of the operating system:"),
            f"  cd {shlex.quote(str(bundle))}",
            f"  {signature}",
            f"  {hashes}",
            text(kept, folder=self.folder),
        ]

    def _try(self, command: str, folder: Path) -> None:
        if shutil.which(command.split(maxsplit=1)[0]) is None:
            self.say(n_("{tool} is not on this machine."), tool=command.split(maxsplit=1)[0])
            return
        done = subprocess.run(  # noqa: S602 - the very line that is printed, of our own making
            command, shell=True, cwd=folder, capture_output=True, text=True, check=False
        )
        self.print((done.stdout + done.stderr).strip())
        self.data.setdefault("checks", []).append(done.returncode)


def _closed(result: str) -> str:
    """Return what became of notices with this result; ``open`` is none yet."""
    return translate(CLOSING[result]) if result in CLOSING else result_said(result)
