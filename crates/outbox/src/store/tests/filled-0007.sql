-- What a kiosk with schema version 6 left behind: the same once more.
INSERT INTO outbox (kind, case_key, idempotency_key, pickup_code, terminal_id, media_type, body, body_bytes, body_sha256,
                    recorded_at, expires_at, state, failures, scheduled_at, next_at, settled_at, reason, refused_status)
VALUES
 ('case', X'00000000000000000000000000000001', X'00000000000000000000000000000001', '123456782', 'kiosk-1', 'application/x',
  X'616263', 3, X'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  1000, 2592001000, 'waiting', 3, 2000, 3000, NULL, 'unreachable', NULL),
 ('rating', X'00000000000000000000000000000001', X'00000000000000000000000000000002', NULL, NULL, 'application/json',
  X'616263', 3, X'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  1000, 2592001000, 'waiting', 0, 1000, 1000, NULL, NULL, NULL),
 ('case', X'00000000000000000000000000000003', X'00000000000000000000000000000003', '000000000', 'kiosk-1', 'application/x',
  NULL, 3, X'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  1000, 2592001000, 'delivered', 0, 1000, 1000, 1500, NULL, NULL),
 ('case', X'00000000000000000000000000000004', X'00000000000000000000000000000004', '000000018', 'kiosk-1', 'application/x',
  X'616263', 3, X'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  1000, 2592001000, 'parked', 0, 1000, 1000, 1500, 'urn:x', 410),
 ('case', X'00000000000000000000000000000005', X'00000000000000000000000000000005', '000000026', 'kiosk-1', 'application/x',
  NULL, 3, X'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  1000, 2592001000, 'closed', 0, 1000, 1000, 1500, 'urn:x', 410),
 ('case', X'00000000000000000000000000000006', X'00000000000000000000000000000006', '000000034', 'kiosk-1', 'application/x',
  NULL, 3, X'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  1000, 2592001000, 'expired', 0, 1000, 1000, 2592001000, 'expired', NULL);
INSERT INTO cache (name, etag, body, stored_at) VALUES ('registry', '"1"', X'7b7d', 1000);
INSERT INTO print_jobs (begun_at, outcome) VALUES (1000, 'printed'), (2000, NULL);
INSERT INTO audit (at, event, details, previous, hash) VALUES
 (1000, 'store-created', '{}', zeroblob(32), X'2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b');
INSERT INTO machine (fact, value) VALUES ('out-of-service', 1);
