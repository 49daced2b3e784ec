-- What tools answered, so that a turn that is run again does not call twice.
CREATE TABLE calls(
  key    TEXT PRIMARY KEY,            -- of the call within its turn
  digest BLOB NOT NULL,               -- of the arguments
  result BLOB,                        -- NULL: begun, and not known to have ended
  begun  INTEGER NOT NULL             -- microseconds since 1970
) WITHOUT ROWID;
CREATE INDEX calls_old ON calls(begun);
