-- station.db as version 1 made it, from the first commit with stations.

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
PRAGMA user_version = 1;

-- Invented rows.

INSERT INTO inbox VALUES ('cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd', 'isa_notice', 2, '{"N02": 2}', '2026-11-23T00:00:00Z', 'clerk-1', 'abababababababababababababababab');
INSERT INTO inbox VALUES ('cececececececececececececececececececececececececececececececece', 'isa_notice', 1, '{"N03": 1}', '2026-11-24T00:00:00Z', 'clerk-1', NULL);
INSERT INTO bundles VALUES ('abababababababababababababababab', 'out', 'lgwan-01', 'registry-01', 1, '1111111111111111111111111111111111111111111111111111111111111111', '2026-11-23T00:10:00Z', 'written', 2, '{"records": {"isa_notice": 2}}', '22222222222222222222222222222222');
INSERT INTO bundles VALUES ('babababababababababababababababa', 'in', 'registry-01', 'lgwan-01', 1, '3333333333333333333333333333333333333333333333333333333333333333', '2026-11-23T08:00:00Z', 'taken', 1, '{}', '');
INSERT INTO records VALUES ('isa_notice', 'N-0001', 'cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd', 'applied', NULL);
INSERT INTO records VALUES ('isa_notice', 'N-0002', 'cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd', NULL, NULL);
INSERT INTO receipts VALUES ('44444444444444444444444444444444', 'babababababababababababababababa', 'registry-01', 1, 1, NULL);
INSERT INTO facts VALUES ('peer_entries', 42);
