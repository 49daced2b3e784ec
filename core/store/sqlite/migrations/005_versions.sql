-- More versions of a document are kept than the one before: state 'previous' is
-- any of them. origin is JSON (core.Origin). What was uploaded is kept by its
-- digest, in pieces, for as long as a version names it.
ALTER TABLE documents ADD COLUMN origin TEXT NOT NULL DEFAULT '{}';
CREATE INDEX documents_file ON documents(workspace, sha256);
CREATE TABLE files(
  file      INTEGER PRIMARY KEY,
  workspace TEXT NOT NULL,
  sha256    TEXT NOT NULL,
  pieces    INTEGER NOT NULL,         -- 0 while it is written
  begun     INTEGER NOT NULL
);
CREATE INDEX files_of ON files(workspace, sha256);
CREATE TABLE pieces(
  file  INTEGER NOT NULL,
  piece INTEGER NOT NULL,             -- from 0
  data  BLOB NOT NULL,
  PRIMARY KEY(file, piece)
);
