-- A draft of something new is copied from no version: nothing was published yet under its name. SQLite drops no NOT NULL, so the
-- tables are written anew, steps first, because they hang on their drafts.
CREATE TABLE item_draft_anew (
    id           TEXT PRIMARY KEY,
    item_id      TEXT NOT NULL,
    base_version INTEGER,
    body         TEXT NOT NULL,
    state        TEXT NOT NULL CHECK (state IN ('draft', 'review', 'published', 'discarded')),
    -- Rises with every step: who takes one says which was on the screen.
    revision     INTEGER NOT NULL,
    FOREIGN KEY (item_id, base_version) REFERENCES item (id, version)
) STRICT;

CREATE TABLE item_draft_step_anew (
    draft_id TEXT NOT NULL REFERENCES item_draft_anew (id),
    revision INTEGER NOT NULL,
    at       TEXT NOT NULL,
    staff_id TEXT NOT NULL REFERENCES staff (id),
    act      TEXT NOT NULL,
    reason   TEXT,
    PRIMARY KEY (draft_id, revision)
) STRICT;

INSERT INTO item_draft_anew SELECT id, item_id, base_version, body, state, revision FROM item_draft;
INSERT INTO item_draft_step_anew SELECT draft_id, revision, at, staff_id, act, reason FROM item_draft_step;
DROP TABLE item_draft_step;
DROP TABLE item_draft;
ALTER TABLE item_draft_anew RENAME TO item_draft;
ALTER TABLE item_draft_step_anew RENAME TO item_draft_step;
CREATE UNIQUE INDEX item_draft_open ON item_draft (item_id) WHERE state IN ('draft', 'review');

CREATE TABLE bundle_draft_anew (
    id           TEXT PRIMARY KEY,
    bundle_id    TEXT NOT NULL,
    base_version INTEGER,
    body         TEXT NOT NULL,
    state        TEXT NOT NULL CHECK (state IN ('draft', 'review', 'published', 'discarded')),
    -- Rises with every step: who takes one says which was on the screen.
    revision     INTEGER NOT NULL,
    FOREIGN KEY (bundle_id, base_version) REFERENCES bundle (id, version)
) STRICT;

CREATE TABLE bundle_draft_step_anew (
    draft_id TEXT NOT NULL REFERENCES bundle_draft_anew (id),
    revision INTEGER NOT NULL,
    at       TEXT NOT NULL,
    staff_id TEXT NOT NULL REFERENCES staff (id),
    act      TEXT NOT NULL,
    reason   TEXT,
    PRIMARY KEY (draft_id, revision)
) STRICT;

INSERT INTO bundle_draft_anew SELECT id, bundle_id, base_version, body, state, revision FROM bundle_draft;
INSERT INTO bundle_draft_step_anew SELECT draft_id, revision, at, staff_id, act, reason FROM bundle_draft_step;
DROP TABLE bundle_draft_step;
DROP TABLE bundle_draft;
ALTER TABLE bundle_draft_anew RENAME TO bundle_draft;
ALTER TABLE bundle_draft_step_anew RENAME TO bundle_draft_step;
CREATE UNIQUE INDEX bundle_draft_open ON bundle_draft (bundle_id) WHERE state IN ('draft', 'review');
