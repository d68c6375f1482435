-- station.db as version 11 made it: from then on what is open is found by an index.

CREATE TABLE inbox (
    file TEXT PRIMARY KEY,              -- SHA-256 of the canonical CSV
    kind TEXT NOT NULL,
    records INTEGER NOT NULL,
    events TEXT NOT NULL,               -- JSON: event code to count
    collected_at TEXT NOT NULL,
    actor TEXT NOT NULL,
    bundle TEXT                         -- NULL until sealed
) STRICT;
CREATE TABLE bundles (
    bundle TEXT PRIMARY KEY,
    direction TEXT NOT NULL CHECK (direction IN ('out', 'in')),
    sender TEXT NOT NULL,
    receiver TEXT NOT NULL,
    seq INTEGER NOT NULL,
    sums_sha256 TEXT NOT NULL,
    created TEXT NOT NULL,
    state TEXT NOT NULL,
    records INTEGER NOT NULL,
    summary TEXT NOT NULL,              -- JSON: the approval summary
    salt TEXT NOT NULL,
    UNIQUE (sender, receiver, seq)
) STRICT;
CREATE TABLE records (
    kind TEXT NOT NULL,
    record TEXT NOT NULL,
    file TEXT NOT NULL REFERENCES inbox (file),
    result TEXT,                        -- NULL until a receipt says
    reason TEXT,
    PRIMARY KEY (kind, record)
) STRICT, WITHOUT ROWID;
CREATE INDEX records_of_file ON records (file);
CREATE TABLE receipts (
    receipt TEXT PRIMARY KEY,
    bundle TEXT NOT NULL UNIQUE,        -- the bundle it answers
    sender TEXT NOT NULL,               -- to whom it is due
    seq INTEGER NOT NULL,
    lines INTEGER NOT NULL,
    carried_by TEXT                     -- NULL while it is due
) STRICT;
CREATE TABLE facts (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;

CREATE TABLE media (
    medium TEXT PRIMARY KEY,
    device_sha256 TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('in-service', 'lost', 'retired')),
    state_at TEXT NOT NULL,
    registered_at TEXT NOT NULL,
    registered_by TEXT NOT NULL,
    medium_sha256 TEXT NOT NULL,
    -- NULL from here on where only the other station registered it and knows.
    capacity INTEGER, label TEXT, vendor_id TEXT, product_id TEXT, vendor TEXT, product TEXT,
    serial TEXT, filesystem TEXT, filesystem_uuid TEXT,
    directions TEXT NOT NULL,           -- JSON: pairs of stations
    write_speed INTEGER, read_speed INTEGER,
    bytes_written INTEGER NOT NULL, writes INTEGER NOT NULL,
    last_write_speed INTEGER, last_read_speed INTEGER,
    io_errors INTEGER NOT NULL, mismatches INTEGER NOT NULL,
    pulled_out INTEGER NOT NULL, repairs INTEGER NOT NULL
) STRICT;
CREATE INDEX media_of_device ON media (device_sha256);
CREATE TABLE former_media (             -- devices that bore a number which another one took over
    device_sha256 TEXT NOT NULL,
    medium TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('lost', 'retired')),
    state_at TEXT NOT NULL,
    PRIMARY KEY (device_sha256, medium)
) STRICT;
CREATE TABLE trips (
    medium TEXT NOT NULL,
    route_from TEXT NOT NULL,
    route_to TEXT NOT NULL,
    trip INTEGER NOT NULL,              -- 0: arrived before its issue was known here
    holder TEXT, issued_at TEXT, planned_minutes INTEGER, handed_over_at TEXT,
    arrived_at TEXT, arrived_at_station TEXT, returned_at TEXT,
    bundles TEXT NOT NULL,              -- JSON
    PRIMARY KEY (medium, route_from, trip)
) STRICT;
CREATE TABLE carriages (
    bundle TEXT NOT NULL,
    medium TEXT NOT NULL,               -- '' for a folder that is no medium
    state TEXT NOT NULL CHECK (state IN ('writing', 'written', 'failed', 'erased')),
    started_at TEXT NOT NULL, finished_at TEXT, reason TEXT,
    PRIMARY KEY (bundle, medium)
) STRICT, WITHOUT ROWID;

    CREATE TABLE owner (mode TEXT NOT NULL, city TEXT NOT NULL, station TEXT NOT NULL) STRICT;
ALTER TABLE inbox ADD COLUMN tables TEXT;
ALTER TABLE receipts ADD COLUMN sha256 TEXT;
CREATE TABLE repeats (
    kind TEXT NOT NULL,
    record TEXT NOT NULL,
    file TEXT NOT NULL REFERENCES inbox (file),
    PRIMARY KEY (kind, record, file)
) STRICT, WITHOUT ROWID;
CREATE INDEX repeats_of_file ON repeats (file);

ALTER TABLE inbox ADD COLUMN notices TEXT NOT NULL DEFAULT '{}'; -- JSON: code to count
CREATE TABLE sent_back (
    bundle TEXT PRIMARY KEY,            -- it is not in bundles any more; its number is used again
    receiver TEXT NOT NULL,
    seq INTEGER NOT NULL,
    operator TEXT NOT NULL,             -- who prepared it
    officer TEXT NOT NULL,
    reason TEXT NOT NULL,
    remark TEXT NOT NULL,
    at TEXT NOT NULL,
    answered INTEGER NOT NULL DEFAULT 0 -- 1 since another bundle was sealed for the receiver
) STRICT;
CREATE TABLE set_aside (
    bundle TEXT NOT NULL REFERENCES sent_back (bundle),
    file TEXT NOT NULL,
    PRIMARY KEY (bundle, file)
) STRICT, WITHOUT ROWID;
PRAGMA application_id = 1835164267; -- mbbk
PRAGMA user_version = 11;

-- Invented rows.

INSERT INTO inbox VALUES ('cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd', 'isa_notice', 2, '{"N02": 2}', '2026-11-23T00:00:00Z', 'clerk-1', 'abababababababababababababababab', NULL, '{}');
INSERT INTO inbox VALUES ('cececececececececececececececececececececececececececececececece', 'isa_notice', 1, '{"N03": 1}', '2026-11-24T00:00:00Z', 'clerk-1', NULL, NULL, '{}');
INSERT INTO bundles VALUES ('abababababababababababababababab', 'out', 'lgwan-01', 'registry-01', 1, '1111111111111111111111111111111111111111111111111111111111111111', '2026-11-23T00:10:00Z', 'written', 2, '{"records": {"isa_notice": 2}}', '22222222222222222222222222222222');
INSERT INTO bundles VALUES ('babababababababababababababababa', 'in', 'registry-01', 'lgwan-01', 1, '3333333333333333333333333333333333333333333333333333333333333333', '2026-11-23T08:00:00Z', 'taken', 1, '{}', '');
INSERT INTO records VALUES ('isa_notice', 'N-0001', 'cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd', 'applied', NULL);
INSERT INTO records VALUES ('isa_notice', 'N-0002', 'cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd', 'held_for_review', 'NO_MATCH');
INSERT INTO receipts VALUES ('44444444444444444444444444444444', 'babababababababababababababababa', 'registry-01', 1, 1, NULL, '8888888888888888888888888888888888888888888888888888888888888888');
INSERT INTO repeats VALUES ('isa_notice', 'N-0001', 'cececececececececececececececececececececececececececececececece');
INSERT INTO facts VALUES ('peer_entries', 42);

INSERT INTO media VALUES ('USB-001', '5555555555555555555555555555555555555555555555555555555555555555', 'in-service', '2026-11-25T00:00:00Z', '2026-11-25T00:00:00Z', 'officer-1', '6666666666666666666666666666666666666666666666666666666666666666', 104857600, 'A', '0951', '1666', 'Example', 'Stick', 'S-1', 'vfat', 'AB12-CD34', '[["lgwan-01", "registry-01"]]', 20971520, 41943040, 4096, 1, NULL, NULL, 0, 0, 0, 0);
INSERT INTO former_media VALUES ('7777777777777777777777777777777777777777777777777777777777777777', 'USB-001', 'retired', '2026-11-25T00:00:00Z');
INSERT INTO trips VALUES ('USB-001', 'lgwan-01', 'registry-01', 1, 'clerk-1', '2026-11-25T00:00:00Z', 60, NULL, NULL, NULL, NULL, '["abababababababababababababababab"]');
INSERT INTO carriages VALUES ('abababababababababababababababab', 'USB-001', 'written', '2026-11-25T00:00:00Z', '2026-11-25T00:01:00Z', NULL);
INSERT INTO owner VALUES ('training', 'city.example.jp', 'lgwan-01');

-- Brought up to date by that version, so the new columns come last.

UPDATE records SET result = 'held' WHERE result = 'held_for_review';
ALTER TABLE records ADD COLUMN next_municipality TEXT;
ALTER TABLE records ADD COLUMN decided_at TEXT;
ALTER TABLE records ADD COLUMN supplement INTEGER NOT NULL DEFAULT 0; -- the decision that closed it
ALTER TABLE repeats ADD COLUMN result TEXT;
ALTER TABLE repeats ADD COLUMN reason TEXT;
ALTER TABLE repeats ADD COLUMN next_municipality TEXT;
ALTER TABLE repeats ADD COLUMN decided_at TEXT;
ALTER TABLE repeats ADD COLUMN supplement INTEGER NOT NULL DEFAULT 0;
CREATE TABLE supplements (
    receipt TEXT PRIMARY KEY,
    bundle TEXT NOT NULL,               -- the bundle with the record that was decided on
    sender TEXT NOT NULL,
    seq INTEGER NOT NULL,
    lines INTEGER NOT NULL,
    carried_by TEXT,                    -- NULL while it is due
    sha256 TEXT NOT NULL,
    supplement INTEGER NOT NULL,
    UNIQUE (bundle, supplement)
) STRICT;
INSERT INTO supplements VALUES ('45454545454545454545454545454545', 'babababababababababababababababa', 'registry-01', 1, 1, NULL, '8888888888888888888888888888888888888888888888888888888888888888', 1);
ALTER TABLE media ADD COLUMN mended INTEGER NOT NULL DEFAULT 0;
UPDATE media SET mended = 2;
CREATE TABLE own_keys (
    place INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,           -- SHA-256 of the public half
    public TEXT NOT NULL,
    sender TEXT NOT NULL,               -- who seals to it; empty: named in the trust data
    announcement BLOB,                  -- canonical JSON; NULL until the sender is told
    number INTEGER NOT NULL DEFAULT 0,  -- of the bundle that announced it first
    erased INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE openings (
    key TEXT NOT NULL REFERENCES own_keys (key),
    sender TEXT NOT NULL,
    seq INTEGER NOT NULL,               -- the newest bundle of the sender that it opened
    sums_sha256 TEXT NOT NULL,
    PRIMARY KEY (key, sender)
) STRICT, WITHOUT ROWID;
CREATE TABLE peer_keys (
    station TEXT PRIMARY KEY,
    number INTEGER NOT NULL,
    announcement BLOB NOT NULL,         -- canonical JSON
    signature TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO own_keys VALUES (1, '1212121212121212121212121212121212121212121212121212121212121212', 'AA==', '', NULL, 0, 0);
CREATE TABLE voids (
    sender TEXT NOT NULL,
    receiver TEXT NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    statement BLOB NOT NULL,            -- the very bytes that were signed
    signatures TEXT NOT NULL,           -- JSON: officer to SSHSIG
    accepted INTEGER NOT NULL,          -- 1 since the receiver has it
    PRIMARY KEY (sender, receiver, first, last)
) STRICT;
CREATE TABLE carried_once (             -- what a void bundle carried before it was issued anew
    bundle TEXT NOT NULL REFERENCES bundles (bundle),
    file TEXT NOT NULL,
    PRIMARY KEY (bundle, file)
) STRICT, WITHOUT ROWID;
CREATE TABLE elsewhere (                -- received before this station was restored
    bundle TEXT PRIMARY KEY,
    receiver TEXT NOT NULL,
    seq INTEGER NOT NULL,
    receipt TEXT NOT NULL,
    records INTEGER NOT NULL
) STRICT;
CREATE TABLE elsewhere_records (
    bundle TEXT NOT NULL REFERENCES elsewhere (bundle),
    kind TEXT NOT NULL,
    record TEXT NOT NULL,
    result TEXT NOT NULL,
    reason TEXT,
    PRIMARY KEY (bundle, kind, record)
) STRICT, WITHOUT ROWID;
CREATE TABLE texts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
INSERT INTO voids VALUES ('lgwan-01', 'registry-01', 2, 2, x'7B7D', '{}', 0);
INSERT INTO texts VALUES ('missing-head-registry-01', '');
CREATE INDEX inbox_of_bundle ON inbox (bundle);
CREATE INDEX bundles_in_state ON bundles (direction, state, seq);
CREATE INDEX bundles_by_age ON bundles (created, seq);
CREATE INDEX bundles_of_sums ON bundles (sums_sha256);
CREATE INDEX receipts_carried ON receipts (carried_by, sender);
CREATE INDEX supplements_carried ON supplements (carried_by, sender);
CREATE INDEX sent_back_open ON sent_back (answered, at);
CREATE INDEX set_aside_file ON set_aside (file);
-- What its sender has to send elsewhere or otherwise: few of all that were ever sent.
CREATE INDEX records_returned ON records (result)
    WHERE result IN ('moved_out', 'not_found', 'conflict', 'rejected');
CREATE INDEX repeats_rejected ON repeats (result) WHERE result = 'rejected';
-- How many records have each result: counted when one gets it, not whenever somebody looks.
CREATE TABLE totals (result TEXT PRIMARY KEY, records INTEGER NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO totals SELECT coalesce(result, 'open'), count(*) FROM records GROUP BY 1;
CREATE TRIGGER records_entered AFTER INSERT ON records BEGIN
    INSERT INTO totals VALUES (coalesce(NEW.result, 'open'), 1)
        ON CONFLICT DO UPDATE SET records = records + 1;
END;
CREATE TRIGGER records_removed AFTER DELETE ON records BEGIN
    UPDATE totals SET records = records - 1 WHERE result = coalesce(OLD.result, 'open');
END;
CREATE TRIGGER records_answered AFTER UPDATE OF result ON records
WHEN OLD.result IS NOT NEW.result BEGIN
    UPDATE totals SET records = records - 1 WHERE result = coalesce(OLD.result, 'open');
    INSERT INTO totals VALUES (coalesce(NEW.result, 'open'), 1)
        ON CONFLICT DO UPDATE SET records = records + 1;
END;
CREATE INDEX trips_open ON trips (medium, issued_at) WHERE returned_at IS NULL;
CREATE INDEX carriages_on ON carriages (medium, state);
