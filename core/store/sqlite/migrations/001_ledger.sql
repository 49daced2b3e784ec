-- Rows are appended; what is looked up at random are small keys. conv is a
-- number so that they stay small, and grows, so that today's lie together.
CREATE TABLE sources(                 -- where messages come from
  src       INTEGER PRIMARY KEY,
  workspace TEXT NOT NULL,
  channel   TEXT NOT NULL,            -- "@web", "@sl": what people say from a desk
  UNIQUE(workspace, channel)
);
CREATE TABLE conversations(
  conv    INTEGER PRIMARY KEY,
  id      TEXT NOT NULL UNIQUE,
  src     INTEGER NOT NULL,
  address TEXT NOT NULL,              -- the chat's name on the platform
  bot     TEXT NOT NULL,
  contact TEXT NOT NULL,              -- JSON
  pull    INTEGER NOT NULL,           -- answers are fetched: commit is delivery
  part    INTEGER NOT NULL,
  last    INTEGER NOT NULL,           -- seq given last
  asked   INTEGER NOT NULL,           -- seq of the last inbound message
  prev    INTEGER NOT NULL,           -- and of the one before it
  settled INTEGER NOT NULL,           -- seq of the last turn committed
  epoch   INTEGER NOT NULL,
  mode    TEXT NOT NULL,              -- of the case, for lists; the state has it too
  updated INTEGER NOT NULL,           -- microseconds since 1970
  state   TEXT NOT NULL               -- the fold, JSON
);
CREATE UNIQUE INDEX chats ON conversations(src, address);
CREATE INDEX held ON conversations(mode, conv) WHERE mode<>'bot';
-- A customer's message is its own inbox entry: the columns from src on. What a
-- person said has src, native and digest too.
CREATE TABLE events(
  conv INTEGER NOT NULL, seq INTEGER NOT NULL, turn INTEGER NOT NULL, body TEXT NOT NULL,
  src INTEGER, native TEXT, digest BLOB, meta TEXT,
  part INTEGER, prev INTEGER, attempt INTEGER, open INTEGER,
  first INTEGER, final INTEGER,       -- seqs of what was said to it
  trace TEXT,
  PRIMARY KEY(conv, seq)
);
CREATE UNIQUE INDEX seen ON events(src, native) WHERE native IS NOT NULL;
CREATE INDEX open ON events(conv, seq) WHERE open;
CREATE TABLE notes(                   -- people among themselves
  id INTEGER PRIMARY KEY, conv INTEGER NOT NULL, after INTEGER NOT NULL,
  src INTEGER NOT NULL, native TEXT NOT NULL, digest BLOB NOT NULL,
  agent TEXT NOT NULL, text TEXT NOT NULL, at INTEGER NOT NULL,
  UNIQUE(src, native)
);
CREATE INDEX noted ON notes(conv, id);
CREATE TABLE partitions(
  part INTEGER PRIMARY KEY, owner TEXT NOT NULL, fence INTEGER NOT NULL, until INTEGER NOT NULL
);
CREATE TABLE outbox(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  conv INTEGER NOT NULL,
  line INTEGER NOT NULL,              -- 0 to the customer, 1 to the desk
  seq  INTEGER NOT NULL,              -- of the event; 0 for the desk
  turn INTEGER NOT NULL,
  bot  INTEGER NOT NULL,              -- said by the bot: void once the epoch moved on
  epoch INTEGER NOT NULL, state TEXT NOT NULL,
  post TEXT,                          -- for the desk, JSON
  not_before INTEGER NOT NULL, expires INTEGER NOT NULL, until INTEGER NOT NULL DEFAULT 0,
  attempt INTEGER NOT NULL DEFAULT 0, done INTEGER NOT NULL DEFAULT 0,
  native TEXT NOT NULL DEFAULT '', note TEXT NOT NULL DEFAULT '',
  live INTEGER DEFAULT 1              -- NULL once the state is final: "state IN (…)" would not use the index
);
CREATE INDEX live ON outbox(conv, line, id) WHERE live;
CREATE INDEX due ON outbox(not_before, id) WHERE live;
CREATE INDEX answered ON outbox(conv, turn) WHERE native<>'';
CREATE TABLE threads(                 -- the cases a desk shows
  conv INTEGER NOT NULL, case_id TEXT NOT NULL, workspace TEXT NOT NULL,
  channel TEXT NOT NULL, room TEXT NOT NULL, thread TEXT NOT NULL DEFAULT '',
  card TEXT NOT NULL,                 -- JSON
  PRIMARY KEY(conv, case_id)
);
CREATE UNIQUE INDEX thread ON threads(workspace, channel, room, thread) WHERE thread<>'';
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i+1 FROM n WHERE i<255)
INSERT INTO partitions SELECT i, '', 0, 0 FROM n;
