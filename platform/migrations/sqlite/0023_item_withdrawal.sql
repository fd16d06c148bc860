-- 停办: versions of items that nothing new is begun under, as there are of bundles.
CREATE TABLE item_withdrawal (
    item_id      TEXT NOT NULL,
    item_version INTEGER NOT NULL,
    at           TEXT NOT NULL,
    PRIMARY KEY (item_id, item_version),
    FOREIGN KEY (item_id, item_version) REFERENCES item (id, version)
) STRICT;
