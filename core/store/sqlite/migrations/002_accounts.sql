-- People, programs and sign-ins. Times are microseconds since 1970; 0: never.
CREATE TABLE users(
  workspace TEXT NOT NULL,
  name      TEXT NOT NULL,
  role      TEXT NOT NULL,
  hash      TEXT NOT NULL,            -- argon2id, PHC string format
  disabled  INTEGER NOT NULL,
  created   INTEGER NOT NULL,
  PRIMARY KEY(workspace, name)
) WITHOUT ROWID;
CREATE TABLE tokens(
  workspace TEXT NOT NULL,
  id        TEXT NOT NULL,
  name      TEXT NOT NULL,
  role      TEXT NOT NULL,
  hash      BLOB NOT NULL UNIQUE,     -- SHA-256
  created   INTEGER NOT NULL,
  expires   INTEGER NOT NULL,
  PRIMARY KEY(workspace, id)
);
CREATE TABLE logins(
  hash      BLOB PRIMARY KEY,         -- SHA-256 of the cookie
  workspace TEXT NOT NULL,
  user      TEXT NOT NULL,
  csrf      TEXT NOT NULL,
  created   INTEGER NOT NULL,
  expires   INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX logins_of ON logins(workspace, user);
CREATE INDEX logins_over ON logins(expires);
CREATE TABLE secrets(name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
