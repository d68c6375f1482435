-- registry.db as version 7 made it: a decision says how a kanji name was entered.

CREATE TABLE resident (
    id INTEGER PRIMARY KEY,
    state TEXT NOT NULL CHECK (state IN ('resident', 'moved_out', 'deleted')),
    card_number TEXT CHECK (card_number GLOB '[A-Z][A-Z][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][A-Z][A-Z]'),
    art30_45_category TEXT NOT NULL CHECK (art30_45_category GLOB '[1-6]'),
    name_roman TEXT,
    name_kanji TEXT,
    birth_date TEXT NOT NULL CHECK (birth_date GLOB '[12][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    sex TEXT NOT NULL CHECK (sex IN ('1', '2', '9')),
    nationality_region TEXT NOT NULL CHECK (nationality_region GLOB '[A-Z][A-Z][A-Z]'),
    status_of_residence TEXT CHECK (status_of_residence GLOB '[1-9][0-9][0-9]'),
    period_years TEXT CHECK (period_years GLOB '[0-5]' OR period_years = 'indefinite'),
    period_months INTEGER CHECK (period_months BETWEEN 0 AND 11),
    period_days INTEGER CHECK (period_days BETWEEN 0 AND 99),
    period_of_stay_expiration_date TEXT CHECK (period_of_stay_expiration_date GLOB '[12][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    landing_period_until TEXT CHECK (landing_period_until GLOB '[12][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    provisional_stay_until TEXT CHECK (provisional_stay_until GLOB '[12][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    address TEXT,
    foreign_resident_since TEXT CHECK (foreign_resident_since GLOB '[12][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    next_municipality_code TEXT CHECK (next_municipality_code GLOB '[0-9][0-9][0-9][0-9][0-9][0-9]'),
    last_event_date TEXT CHECK (last_event_date GLOB '[12][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    last_issued_at TEXT CHECK (last_issued_at GLOB '*T*+09:00'),
    last_sequence INTEGER,
    CHECK (name_roman IS NOT NULL OR name_kanji IS NOT NULL)
) STRICT;
-- Someone who moves out and back in has two records with one card; one of them is in force.
CREATE UNIQUE INDEX resident_card ON resident (card_number) WHERE state = 'resident';

-- Every card a person ever had, the current one included.
CREATE TABLE card (
    card_number TEXT NOT NULL,
    resident_id INTEGER NOT NULL REFERENCES resident (id),
    PRIMARY KEY (card_number, resident_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE note (
    record_id TEXT PRIMARY KEY,
    resident_id INTEGER NOT NULL REFERENCES resident (id),
    event_code TEXT NOT NULL,
    event_date TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE journal (
    number INTEGER PRIMARY KEY,
    bundle_id TEXT NOT NULL UNIQUE,
    sender TEXT NOT NULL,
    receiver TEXT NOT NULL,
    seq INTEGER NOT NULL,
    sums_sha256 TEXT NOT NULL,
    applied_at TEXT NOT NULL,
    decided_by TEXT NOT NULL,
    counts TEXT NOT NULL,
    UNIQUE (sender, seq)
) STRICT;

CREATE TABLE outcome (
    journal_number INTEGER NOT NULL,
    position INTEGER NOT NULL,
    record_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    result TEXT NOT NULL,
    reason TEXT,
    next_municipality_code TEXT,
    content BLOB NOT NULL,
    PRIMARY KEY (journal_number, position)
) STRICT, WITHOUT ROWID;
-- The first outcome of a record id stands; that makes a second delivery harmless.
CREATE INDEX outcome_record ON outcome (record_id);

CREATE TABLE held (
    journal_number INTEGER NOT NULL,
    position INTEGER NOT NULL,
    reason TEXT NOT NULL,
    notice TEXT NOT NULL,
    PRIMARY KEY (journal_number, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE owner (mode TEXT NOT NULL, city TEXT NOT NULL, station TEXT NOT NULL) STRICT;
CREATE INDEX resident_birth ON resident (birth_date, nationality_region);

-- A person's decision on a held record; a later one on the same record stands above it.
CREATE TABLE "decision" (
    number INTEGER PRIMARY KEY,
    journal_number INTEGER NOT NULL,
    supplement INTEGER NOT NULL,
    position INTEGER NOT NULL,
    result TEXT NOT NULL,
    reason TEXT,
    next_municipality_code TEXT,
    decided_at TEXT NOT NULL,
    decided_by TEXT NOT NULL,
    seconded_by TEXT,
    UNIQUE (journal_number, supplement, position)
) STRICT;
CREATE INDEX decision_record ON decision (journal_number, position, number);

-- What a record changed: by the rules (supplement 0), or by a person's decision.
CREATE TABLE history (
    journal_number INTEGER NOT NULL,
    position INTEGER NOT NULL,
    supplement INTEGER NOT NULL,
    resident_id INTEGER NOT NULL REFERENCES resident (id),
    event_code TEXT NOT NULL,
    operation TEXT NOT NULL,
    before TEXT NOT NULL,
    after TEXT NOT NULL,
    PRIMARY KEY (journal_number, position, supplement)
) STRICT, WITHOUT ROWID;
CREATE INDEX card_resident ON card (resident_id);

-- By what a held notice is found: a card number, or a birth date and a nationality.
CREATE TABLE held_sign (
    sign TEXT NOT NULL,
    journal_number INTEGER NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (sign, journal_number, position)
) STRICT, WITHOUT ROWID;

-- What the city's own system writes, in the transaction of the change itself. Nothing of a
-- row is judged here: that transaction must not fail by our rules.
CREATE TABLE municipal_change (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    written_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%SZ', 'now')),
    notice TEXT,                    -- JSON: the items of one notice of the city
    withdraws INTEGER               -- an earlier row that is not to be sent
) STRICT;
CREATE INDEX municipal_change_withdraws ON municipal_change (withdraws)
    WHERE withdraws IS NOT NULL;

-- What a station took at once, numbered by the station; its books know the number as well.
CREATE TABLE municipal_batch (
    station TEXT NOT NULL,
    serial INTEGER NOT NULL,
    file TEXT,                      -- SHA-256 of the canonical CSV; NULL: nothing is sent
    taken_at TEXT NOT NULL,
    taken_by TEXT NOT NULL,
    PRIMARY KEY (station, serial)
) STRICT, WITHOUT ROWID;
CREATE TABLE municipal_taken (
    number INTEGER PRIMARY KEY,
    station TEXT NOT NULL,
    serial INTEGER NOT NULL,
    fate TEXT NOT NULL CHECK (fate IN ('sent', 'echo', 'withdrawn'))
) STRICT;
CREATE INDEX municipal_taken_batch ON municipal_taken (station, serial);

-- An extract of everybody on record over there, and what was found by comparing it.
CREATE TABLE population (
    journal_number INTEGER PRIMARY KEY,
    extract_id TEXT NOT NULL,
    as_of TEXT NOT NULL,
    found TEXT NOT NULL
) STRICT;

-- Position is that of the entry in its bundle; whom no entry names, comes after the last.
CREATE TABLE finding (
    journal_number INTEGER NOT NULL,
    position INTEGER NOT NULL,
    kind TEXT NOT NULL,
    reason TEXT NOT NULL,
    resident_id INTEGER REFERENCES resident (id),
    card_number TEXT CHECK (card_number GLOB '[A-Z][A-Z][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][A-Z][A-Z]'),
    birth_date TEXT,
    nationality_region TEXT,
    entry TEXT,
    PRIMARY KEY (journal_number, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX finding_card ON finding (card_number);
PRAGMA application_id = 1835168359;
PRAGMA user_version = 7;

-- Invented rows.

INSERT INTO resident VALUES (1, 'resident', 'ZZ00000001CD', '1', 'EXAMPLE ALICE', NULL, '1990-05-17', '2', 'USA', '226', '3', 0, 0, '2029-12-01', NULL, NULL, '1-2-3 Example-cho', NULL, NULL, '2026-11-21', '2026-11-22T09:00:00+09:00', 1);
INSERT INTO card VALUES ('AB00000001CD', 1);
INSERT INTO card VALUES ('ZZ00000001CD', 1);
INSERT INTO note VALUES ('N-0003', 1, 'N18', '2026-11-21');
INSERT INTO journal VALUES (1, 'abababababababababababababababab', 'lgwan-01', 'registry-01', 1, '1111111111111111111111111111111111111111111111111111111111111111', '2026-11-23T00:30:00Z', 'clerk-1', '{"applied": 1, "already_applied": 0, "superseded": 0, "held": 2, "not_found": 0, "conflict": 0, "moved_out": 0, "rejected": 0}');
INSERT INTO outcome VALUES (1, 1, 'N-0001', 'isa_notice', 'applied', NULL, NULL, x'8888888888888888888888888888888888888888888888888888888888888888');
INSERT INTO outcome VALUES (1, 2, 'N-0002', 'isa_notice', 'held', 'NO_MATCH', NULL, x'9999999999999999999999999999999999999999999999999999999999999999');
INSERT INTO outcome VALUES (1, 3, 'N-0004', 'isa_notice', 'held', 'NO_CARD_NUMBER', NULL, x'7777777777777777777777777777777777777777777777777777777777777777');
INSERT INTO held VALUES (1, 2, 'NO_MATCH', '{"notice_id": "N-0002", "prior_card_number": "QQ00000001CD", "card_number": "QQ00000001CD", "birth_date": "1990-05-17", "nationality_region": "USA"}');
INSERT INTO held VALUES (1, 3, 'NO_CARD_NUMBER', '{"notice_id": "N-0004", "birth_date": "2026-11-00", "nationality_region": "KOR"}');
INSERT INTO decision VALUES (1, 1, 1, 3, 'not_found', 'NO_CARD_NUMBER', NULL, '2026-11-23T01:00:00Z', 'clerk-1', NULL);
INSERT INTO history VALUES (1, 1, 0, 1, 'N02', 'correction', '{"card_number": "AB00000001CD"}', '{"card_number": "ZZ00000001CD"}');
INSERT INTO municipal_change VALUES (1, '2026-11-23T01:00:00Z', '{}', NULL);
INSERT INTO municipal_batch VALUES ('registry-01', 1, NULL, '2026-11-23T01:00:00Z', 'clerk-1');
INSERT INTO municipal_taken VALUES (1, 'registry-01', 1, 'echo');
INSERT INTO owner VALUES ('training', 'city.example.jp', 'registry-01');
INSERT INTO held_sign VALUES ('1990-05-17 USA', 1, 2);
INSERT INTO held_sign VALUES ('2026-11-00 KOR', 1, 3);
INSERT INTO held_sign VALUES ('QQ00000001CD', 1, 2);
INSERT INTO population VALUES (1, 'P-0001', '2026-11-22', '{"missing": 1}');
INSERT INTO finding VALUES (1, 1, 'missing', 'NO_MATCH', NULL, 'QQ00000001CD', '1990-05-17', 'USA', '{"card_number": "QQ00000001CD"}');
ALTER TABLE decision ADD COLUMN naming TEXT;
UPDATE decision SET naming = NULL;
