-- What a message says: the case as it was when the message was written, until the platform above has it.
ALTER TABLE exchange ADD COLUMN body TEXT;
