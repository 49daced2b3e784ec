-- Documents and their passages. A new version is staged in small transactions,
-- so that messages are not held up, and made current in one. state:
--   staged    being written; answers draw from the version before
--   current   answers draw from it
--   previous  the version before, for a rollback
--   dropped   to be removed
-- Times are microseconds since 1970.
CREATE TABLE documents(
  doc       INTEGER PRIMARY KEY,
  workspace TEXT NOT NULL,
  bot       TEXT NOT NULL,
  name      TEXT NOT NULL,
  version   INTEGER NOT NULL,         -- from 1; 0 while staged
  state     TEXT NOT NULL,
  file      TEXT NOT NULL,
  mime      TEXT NOT NULL,
  bytes     INTEGER NOT NULL,
  passages  INTEGER NOT NULL,
  pages     INTEGER NOT NULL,
  sha256    TEXT NOT NULL,
  updated   INTEGER NOT NULL,
  begun     INTEGER NOT NULL          -- when it was staged
);
CREATE INDEX documents_of ON documents(workspace, bot, name);
CREATE UNIQUE INDEX documents_current ON documents(workspace, bot, name) WHERE state='current';
CREATE TABLE chunks(
  doc       INTEGER NOT NULL,
  ordinal   INTEGER NOT NULL,
  hash      TEXT NOT NULL,
  published INTEGER NOT NULL,         -- knowledge version that brought it; 0 while staged
  passage   TEXT NOT NULL,            -- JSON
  PRIMARY KEY(doc, ordinal)
) WITHOUT ROWID;
CREATE TABLE knowledge(
  workspace TEXT NOT NULL,
  bot       TEXT NOT NULL,
  version   INTEGER NOT NULL,         -- grows with every change of the bot's documents
  PRIMARY KEY(workspace, bot)
) WITHOUT ROWID;
