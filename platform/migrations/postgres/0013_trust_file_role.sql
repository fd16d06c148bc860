-- What ../sqlite/0013_trust_file_role.sql says. Change both or neither.
CREATE INDEX trust_file_role ON trust_file (role, version);
