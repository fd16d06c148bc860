-- With bins there are many files, and of each role the newest is asked for.
CREATE INDEX trust_file_role ON trust_file (role, version);
