"""What is accepted at most, and what an office may ask about, each number with its reason.

Parsers receive a :class:`Limits`. A number that one format or one module gives its meaning, such
as the length of a hash or of a line on a screen, stands there.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

KIB: Final = 1024
MIB: Final = 1024 * KIB
GIB: Final = 1024 * MIB


@dataclass(frozen=True)
class Limits:
    """What is accepted from a medium before anything on it is trusted."""

    small_file_bytes: int = 1 * MIB
    """header.json, keys.json, SHA256SUMS; the largest is keys.json, 143 KiB for 64 recipients."""

    json_depth: int = 32
    """Arrays and objects inside one another in a JSON document; ours have at most 6."""

    part_bytes: int = 256 * MIB
    """One ciphertext part (format 1, section 2); fits FAT and a resumable copy."""

    part_plaintext_bytes: int = 255 * MIB
    """Plaintext of a full part; leaves room for the 0.1 % that Cobblestone adds."""

    parts: int = 256
    """64 GiB of ciphertext per bundle; the CSV of 200,000 people is 50 MB before compression."""

    parity_columns: int = 10
    """Parity columns of one bundle: half as much again as what they cover."""

    parity_column_bytes: int = 13 * 256 * MIB
    """One parity column, a twentieth of the largest bundle; fits FAT."""

    parity_index_bytes: int = 4 * MIB
    """parity.json; the checksums of a bundle take at most 3.0 MiB."""

    parity_blocks: int = 2**18
    """Blocks into which a bundle is cut; the larger it is, the larger is a block."""

    approvals: int = 16
    """Approval signatures in one bundle."""

    void_files: int = 64
    """Files about void numbers in one bundle: statements, and the signatures on each."""

    parked: int = 32
    """Bundles kept until the number before them comes: a month of working days, and some."""

    outstanding: int = 64
    """Earlier numbers that a header names as outstanding: the oldest of them."""

    outstanding_copies: int = 8
    """Copies that a header names of each: the newest of them."""

    wraps: int = 64
    """Key wraps in keys.json."""

    bundles_on_medium: int = 512
    """Bundle folders looked at on one medium."""

    names_in_folder: int = 1024
    """Names read from one folder of a medium before giving up on it."""

    medium_json_bytes: int = 16 * KIB
    """medium.json and its signature, each; with one route they are under 1 KiB."""

    trip_minutes: int = 31 * 24 * 60
    """Longest plan for a trip; a longer one is a typing mistake."""

    trust_file_bytes: int = 4 * MIB
    """One file of the TUF repository on a medium."""

    trust_files: int = 2048
    """Names in a folder of the TUF repository on a medium; every update adds two or three."""

    request_bytes: int = 32 * KIB
    """One request file; with an ML-DSA key and its proof it takes about 10 KiB."""

    trust_root_rotations: int = 256
    """New TUF roots that are followed from the first one a station was given (ADR 0002)."""

    manifest_bytes: int = 16 * MIB
    """Part 0 after decryption; with as many files and receipts as allowed it is under 2 MiB."""

    inner_files: int = 4096
    """Files in one bundle."""

    inner_file_bytes: int = 16 * GIB
    """Plaintext of one inner file."""

    software_files: int = 16
    """Files of software in one bundle."""

    software_bytes: int = 2 * GIB
    """One file of software; the largest packages of Debian are under 1 GiB."""

    expanded_bytes: int = 64 * GIB
    """Plaintext of all inner files together; what quarantine has to hold."""

    expansion_ratio: int = 200
    """Largest plaintext : compressed ratio; a CSV of records reaches 6, a receipt that says one
    thing of everybody about 140."""

    expansion_floor: int = 1 * MIB
    """Below this size the ratio is not looked at; small files of zeros are harmless."""

    zstd_window_bytes: int = 8 * MIB
    """Largest zstd window; bounds the decoder's memory."""

    clock_skew_seconds: int = 24 * 3600
    """How far ahead the sender's clock may be; clocks are hints, not evidence."""

    table_bytes: int = 8 * MIB
    """A code table or a table of characters; ours are under 300 KiB."""

    receipt_line_bytes: int = 4 * KIB
    """One line of a receipt; the head takes about 350 bytes, a record about 130."""

    log_entry_bytes: int = 16 * KIB
    """One transfer-log entry."""

    record_file_bytes: int = 4 * GIB
    """One CSV or XML file of records; the XML of 200,000 people is about 140 MB."""

    record_rows: int = 10_000_000
    """Records in one file; more than there are foreign residents in Japan."""

    record_row_bytes: int = 1 * MIB
    """Bytes read without a row coming to its end; a right row has under 8 KiB."""

    record_field_characters: int = 128 * KIB
    """One field before it is looked at; the fields' own limits are far lower."""

    record_xml_oddities_bytes: int = 1 * MIB
    """Bytes of XML records of another form before reading stops; lxml never forgets a name."""

    record_xml_namespaces: int = 16
    """Different namespace declarations in one XML file of records; ours has one."""

    record_errors_kept: int = 1000
    """Errors of one file that are kept to be shown; the others are counted."""

    log_list_items: int = 64
    """Values in one list of a log entry: signers, approvers, checks."""

    backup_files: int = 1_000_000
    """Files in one backup; a home of ten years has a tenth of that."""

    backup_head_bytes: int = 1 * KIB
    """Contents of a backup, and the head of one of its files; both take under 300 bytes."""

    carried_note_characters: int = 4096
    """One signed note in a manifest; a cosigned checkpoint of ours has under 600."""

    carried_elsewhere: int = 16
    """What other peers have cosigned, in one manifest; a city has a handful of stations."""

    log_note_bytes: int = 64 * KIB
    """One signed note; C2SP asks for room for 16 signatures, ours have one and are under 1 KiB."""

    log_note_signatures: int = 32
    """Signature lines in one signed note; twice what C2SP asks every reader to take."""


LIMITS: Final = Limits()

CHUNK_BYTES: Final = 1 * MIB
"""Unit of streaming; buffers of this size are allocated once per stream."""

PARITY_DATA_COLUMNS: Final = 20
"""Columns into which the files of a bundle are laid; one parity column is 5 % of them."""

PARITY_USUAL_PERCENT: Final = 10
"""Parity of a route that a ceremony opens: a scar of a tenth of the bundle is made good."""

PARITY_BLOCK_BYTES: Final = 4 * KIB
"""Smallest block that has a checksum of its own: a page of flash, a sector of a new disk."""

PARITY_STEP_BYTES: Final = 64 * KIB
"""So much of every column is in memory at a time, and of a longer block the whole."""

READ_ERRORS_BORNE: Final = 256
"""Failed reads of one bundle that parity may make good; each may take a worn stick seconds."""

READ_ERRORS_SECONDS: Final = 600
"""How long a bundle is copied after the first read error before the stick is given up."""

FOREIGN_SHOWN: Final = 8
"""Foreign things on a medium that one sentence names; the others are counted."""

DOCTOR_FREE_BYTES: Final = 2 * GIB
"""Free space below which ``doctor`` warns: a snapshot's bundle twice, and its plain records."""

DOCTOR_NAMES: Final = 100_000
"""Files of a station whose owner and mode ``doctor`` looks at; a home of ten years has fewer."""

WORDS_BYTES: Final = 128 * KIB
"""The words of one command that are handed over: as much as Linux takes as one argument."""

GIVEN_FILE_BYTES: Final = 8 * GIB
"""A file in the tray of separate accounts; that of the largest city's residents has 0.1 GiB."""

INSTALLED_HOME: Final = Path("/var/lib/mediabridge")
"""The station that the Debian package makes; its account has this folder for its home."""

INSTALLED_SETTINGS: Final = Path("/etc/mediabridge/station.toml")
"""The settings of that station: root writes them, not the account that they bind."""

INSTALLER: Final = Path("/var/lib/mediabridge-install")
"""What root alone writes of installing: its first root, packages, and what came of each order."""

INSTALL_ORDER_HOURS: Final = 24
"""How old an officer's order may be when it is carried out: held back, it is none any more."""

INSTALL_SPARE_BYTES: Final = 64 * MIB
"""What is left free on the machine's disk while a package is unpacked."""

BUNDLE_VALID_DAYS: Final = 30
"""How long a bundle may be on its way: a long holiday plus a reissue."""

BUILT: Final = "2026-11-01T00:00:00Z"
"""A time before this program was released; each release sets it to its own day.

No clock that shows an earlier one is right (docs/operations/release.md).
"""

CLOCK_AHEAD_DAYS: Final = 31
"""A clock that is further ahead of everything known is more likely wrong: a bundle of that
time would be refused until then, and be out of date afterwards."""

EXPIRY_DAYS: Final = (60, 30, 7)
"""So many days before a key or the trust data runs out somebody is told; renewing it takes a
ceremony, for which people have to come together, and a trip to each station."""

TRUST_OLD_DAYS: Final = 400
"""Trust data that no newer one has followed for so many days has missed an April: every
office has new people then."""

OVERDUE_DAYS: Final = 2
"""A bundle without a receipt after this many days is overdue, unless ``station.toml`` says."""

RETENTION_DAYS: Final = 400
"""How long sealed copies and receipts are kept, unless ``station.toml`` says: a fiscal year and the
weeks in which it is closed, so that both audits of the year have found them. A choice of this
program, and nobody's rule."""

RETENTION_PLAIN_DAYS: Final = 90
"""The same for what lies in the clear, delivered or refused, and for software that is installed:
whoever works with it has it after a day, and a quarter of a year leaves room for who was away.
Ours, too."""

RETENTION_LEAST_DAYS: Final = 2 * BUNDLE_VALID_DAYS
"""The shortest that sealed copies and receipts are kept, whatever ``station.toml`` says: what may
be on its way beside them is out of date by then, and a backup that is older is none any more."""

RETENTION_MOST_DAYS: Final = 36_500
"""A century; a longer rule is a typing mistake."""

RETENTION_AT_A_TIME: Final = 500
"""So many are removed by one command, seconds on a slow disk; others wait for the station."""

BUNDLES_LISTED: Final = 100
"""So many of the newest are listed, with whatever older one is not answered yet: two months or so.
A list of years would be read by nobody, and takes longer every day."""

ALARMS_KEPT: Final = 64
"""Of so many alarms about transfer logs the evidence is kept, the first ones: after the first,
nobody takes a bundle of that station until officers have decided."""

ALARM_ENTRIES_BYTES: Final = 64 * MIB
"""As much of the entries of a refused bundle is kept as evidence: those of years. A sender that
lies would fill the disk with them otherwise."""

ENTRIES_LISTED: Final = 100
"""So many of the newest entries of each log are shown where nobody says how many."""

ENTRIES_LISTED_MOST: Final = 10_000
"""So many entries of each log are shown at most; whoever needs all has the export."""

USUAL_BUNDLES: Final = 10
"""With how many earlier bundles of its route a bundle is compared: two weeks of working days."""

USUAL_FACTOR: Final = 2
"""How many times the most (or the fewest) of those days an officer is told of."""

USUAL_ENOUGH: Final = 3
"""With fewer it is not compared: they are no custom yet."""

REPORT_DAYS: Final = 3660
"""The longest period of a report: ten years; a longer one is a typing mistake."""

REPORT_OPENS: Final = 7
REPORT_CLOSES: Final = 20
"""From when to when, in hours of a working day, nobody is asked why somebody was there: an office
opens at half past eight, its people come before and stay for the evening counter."""

REPORT_FAILURES: Final = 3
"""So many times the same failure on one day is one to look at; twice is a second try."""

REPORT_WAITS: Final = (4 * 3600, 24 * 3600, 2 * 24 * 3600, 7 * 24 * 3600)
"""Seconds from sealing to receipt by which a report tells bundles apart: half a day, a day, two
days, a week, and longer."""

REPORT_LONGEST: Final = 10
"""So many of those that took longest are listed for each route."""

REPORT_LINES: Final = 200
"""Lines of one list of a report, five pages; the others are counted."""

REPORT_LINKS: Final = 5
"""Entries that one line of a report links to; the others are counted."""

EXTRACT_APPROVALS: Final = 2
"""The fewest officers who approve a full population, even where one is enough for a day."""

SOFTWARE_APPROVALS: Final = 2
"""The fewest officers who approve software, on any route that carries it."""

PERSONS_SHOWN: Final = 9
"""As many residents with one birth date and nationality are put before a clerk, no more: with
more of them the list would be a search, and a search is made in the register itself."""

PAD_TO: Final = 64 * KIB
"""Step in which the size of a bundle's data stream can be seen from outside."""

FORMAT: Final = 1
"""The bundle format this version writes and reads."""

PROFILE: Final = "hpke-mlkem1024p384-sha384-aes256gcm+cobblestone256+zstd"
"""The one cryptographic profile of format 1."""

BACKUP_PROFILE: Final = "hpke-mlkem1024p384-sha384-aes256gcm+cobblestone256"
"""The cryptographic profile of a backup: that of a bundle, but nothing is compressed."""

TRIP_MINUTES: Final = 240
"""How long a trip is planned to take when nobody says: half a working day."""

SLOW_RATIO: Final = 0.5
"""Below this share of the speed at registration a medium is called slow."""

SLOW_FROM_BYTES: Final = 1 * MIB
"""A smaller bundle measures how long the medium takes to answer, not how fast it is."""

WATCH_TICK_SECONDS: Final = 2.0
"""How often a watching command looks whether another one has approved something."""

WATCH_RETRY_SECONDS: Final = 300.0
"""How long a watching command leaves alone what did not work for a reason of the machine's: each
try may leave an entry in the log."""

LINE_PART_BYTES: Final = 256 * KIB
"""How much goes to a hub, or comes from it, in one request: 16 seconds at 128 kbit/s."""

LINE_ANSWER_BYTES: Final = 4 * MIB
"""The longest document of a hub; 64 bundles of a few files each are far below."""

LINE_TRUST_BYTES: Final = 16 * MIB
"""All files of the trust data that a hub has newer: with 256 new roots of pairs of keys, 12 MiB."""

LINE_PAGES: Final = 1000
"""How many answers the list of what waits may have."""

LINE_TIMEOUT_SECONDS: Final = 120.0
"""How long one request may take, with a part that goes at 128 kbit/s."""

LINE_ATTEMPTS: Final = 5
LINE_BACKOFF_SECONDS: Final = 1.0
"""How often a request is tried, and how long after the first try; then twice as long each time."""

LINE_REACH_SECONDS: Final = 10.0
"""How long a hub that has just failed may take to accept a connection before it counts as gone."""

LINE_MINUTES: Final = 15
"""How often a watching command asks the hub what waits, where nothing else is said."""

LINE_ROOM_BYTES: Final = 256 * MIB
"""What stays free on the disk beside what comes from a hub: it is opened on the same one."""

HOOK_SECONDS: Final = 10.0
"""How long a program for light or sound may run."""

RETIRE_IO_ERRORS: Final = 3
"""So many errors of the system while a medium was in use recommend taking it out of service."""

RETIRE_FULL_WRITES: Final = 200
"""Whole capacities written; cheap flash bears some 500, and writes more than it is given."""

MEDIA_CALL_SECONDS: Final = 60
"""Wait for udisks2 where nothing is written; a worn stick may take half a minute to answer."""

MEDIA_MOUNT_SECONDS: Final = 180
"""Wait for a mount: ext4 replays its journal, exFAT reads its whole bitmap."""

MEDIA_UNMOUNT_SECONDS: Final = 1800
"""Wait for an unmount, which flushes: 1 GiB in the cache takes 18 minutes at 1 MB/s."""

MEDIA_GONE_SECONDS: Final = 30
"""Wait for a medium that was switched off, or pulled out, to vanish from the system."""

MEDIA_SETTLE_SECONDS: Final = 5
"""Wait for a partition that the system reads anew, after the disk was written beneath it."""

PROBE_FILE_BYTES: Final = 256 * MIB
"""One file of a full probe; small enough for FAT, and a stick has few of them."""

PROBE_SAMPLES: Final = 32
"""Places that a quick probe looks at, 1 MiB each; held in memory while they are replaced."""

PROBE_USED_SHARE: Final = 16
"""A full probe is refused when more than one part in so many is in use: files are not tried."""

PROBE_OUTSIDE_SHARE: Final = 8
"""As much may lie outside the file system; the tables of ext4 take a tenth of 128 MiB."""

MEDIA_REPAIRS: Final = 5
"""Passes over a damaged file system; fsck.fat leaves for the next what it uncovers (seen: 3)."""

MEDIA_QUIET_SECONDS: Final = 0.5
"""How long the bus has to be quiet before what is plugged in is looked at (debouncing)."""

MEDIA_STORM_SECONDS: Final = 10.0
"""How long a device that comes and goes may put off that look."""

ESCROW_NEEDED: Final = 2
"""Fewest people who open the escrow key, and officers who sign for a recovery."""

ESCROW_HOLDERS: Final = 5
"""Most holders of shares: every group that suffices has its own wrap in each share's file."""

VOID_OFFICERS_LIVE: Final = 2
"""Fewest officers who say in live that numbers are void, where the trust data has so many."""

PASSPHRASE_CHARACTERS: Final = 12
"""Fewest characters of a new passphrase; whoever has the file can try without being slowed down."""

PASSPHRASE_DIFFERENT: Final = 6
"""Fewest different characters among them, so that one key held down is none."""

PASSPHRASE_FREE_TRIES: Final = 3
"""Wrong passphrases in a row without a wait: the caps lock key, the other keyboard layout."""

PASSPHRASE_WAIT_SECONDS: Final = 300
"""Longest wait before another try; it doubles from one second up to this."""

PASSPHRASE_UNCOUNTED_SECONDS: Final = 10
"""Wait after each wrong passphrase where the count cannot be kept, as on a protected stick."""

DATABASE_WAIT_SECONDS: Final = 30
"""How long a station waits for another program, such as a backup, to leave a database."""

SERVER_CONNECT_SECONDS: Final = 10
"""How long a database server may take to answer at all."""

SERVER_RETURN_SECONDS: Final = 10
"""How long a station looks for a server that went away while it committed, to ask what became
of it; a server that lost one process is back after a second or two."""

SERVER_WRITERS_SECONDS: Final = 5
"""How long the city's own system may take to finish a change it is just writing, before its
change rows are taken; whoever begins to write one meanwhile waits as long."""

SERVER_IDLE_SECONDS: Final = 600
"""After how long the server itself gives up a transaction whose station says nothing more: a
machine that lost its power must not keep the others out."""

SCANNER_CONNECT_SECONDS: Final = 10
"""How long a virus scanner may take to let somebody in."""

SCANNER_SECONDS: Final = 300
"""How long it may be silent while it takes a file, or thinks: its own limit is two minutes, and
while it loads new signatures on a slow disk it answers nobody."""

SCANNER_CHUNK_BYTES: Final = 256 * KIB
"""So much of a file is told at a time; far below every StreamMaxLength."""

SCANNER_ANSWER_BYTES: Final = 1 * KIB
"""The longest answer that is read; a right one has under 300 bytes."""

SCANNER_OLD_DAYS: Final = 7
"""Signatures of more days are old, unless ``station.toml`` says: a weekly trip brings them."""

SCANNER_OLD_MOST_DAYS: Final = 366
"""The most that it may say; beyond a year nobody brings any."""

SCANNER_LEAST_BYTES: Final = 256 * MIB
"""Below this a limit of the scanner is too small, says ``doctor``: a full population of 200,000
residents is half of it."""

APPLY_BATCH: Final = 1000
"""Notices that a registry on a server looks up, and writes, at once; about 2 MiB."""

STATION_WAIT_SECONDS: Final = 5.0
"""How long a command waits for another one at the same station before it says so."""

MEDIA_ARRIVAL_SECONDS: Final = 6.0
"""How long a stick may take from its first sign to its file system; then it has none."""

HUB_PART_BYTES: Final = 1 * MIB
"""One part of a file on its way to a hub: a minute at 128 kbit/s, and one row of its database."""

HUB_DOCUMENT_BYTES: Final = 128 * KIB
"""A JSON document for a hub; the announcement of a bundle of all files has under 64 KiB."""

HUB_BODY_SECONDS: Final = 180
"""How long a request may take to arrive: three times what a part takes at 128 kbit/s."""

HUB_SILENT_SECONDS: Final = 30
"""How long a connection may say nothing before it is closed; the next one costs a second."""

HUB_CONNECTIONS: Final = 512
"""Connections of one hub process; each holds a part, so that memory stays under a gigabyte."""

HUB_STOP_SECONDS: Final = 30
"""How long a hub that is to stop waits for what is under way."""

HUB_TRUST_SECONDS: Final = 60.0
"""How often a hub looks whether its operators have brought newer trust data of a city."""

HUB_BUNDLE_BYTES: Final = 4 * GIB
"""One bundle at a hub, unless ``hub.toml`` says; a full population of 200,000 has under 0.1 GiB."""

HUB_CALLER_BYTES: Final = 16 * GIB
"""What one station may have at a hub, unless ``hub.toml`` says."""

HUB_CALLER_BUNDLES: Final = 256
"""So many bundles of one station, unless ``hub.toml`` says: two for each day of a quarter."""

HUB_REQUESTS_A_MINUTE: Final = 600
"""Requests of one station at one hub process, unless ``hub.toml`` says; a busy line needs 100."""

HUB_TAKEN_DAYS: Final = 7
"""How long a hub keeps the content of a bundle that its receiver has, unless ``hub.toml`` says."""

HUB_WAITING_DAYS: Final = 2 * BUNDLE_VALID_DAYS
"""How long it keeps one that nobody fetches: by then it is out of date."""

HUB_ARRIVING_DAYS: Final = 7
"""How long it keeps what never became complete."""

HUB_OBJECT_HOURS: Final = 24
"""An object of a hub's store that is of no bundle for longer is not being written any more."""

HUB_STORE_CONNECT_SECONDS: Final = 5
"""How long a hub waits for its store to take a connection."""

HUB_STORE_ANSWER_SECONDS: Final = 20
"""How long it waits for the store to go on with an answer."""

HUB_STORE_WHOLE_SECONDS: Final = 60
"""How long all of an answer may take: a part, and that at a few megabit a second."""

HUB_STORE_ANSWER_BYTES: Final = 2 * MIB
"""An answer of the store: one part, or a list of a thousand names."""

HUB_STORE_LINES: Final = 40
"""Connections of one hub process to its store: as many as requests that it answers at once."""

HUB_FAULT_REPORTS: Final = 100
"""Of one station's fault reports a hub keeps the newest ones: at one a day, a quarter's."""

HUB_SILENT_HOURS: Final = 24
"""An office that a hub has not seen for longer is silent, unless ``hub.toml`` says."""

HUB_UNFETCHED_HOURS: Final = 24
"""A bundle that nobody fetches, or answers, for longer is shown, unless ``hub.toml`` says."""

HUB_PAGE_ROWS: Final = 50
"""Rows of one page for a hub's operators."""

HUB_PAGE_DAYS: Final = 31
"""Days of one page of use."""

HUB_KNOWN_DAYS: Final = 400
"""How long it knows that there was a bundle, and what was used: as long as a station's copies."""
