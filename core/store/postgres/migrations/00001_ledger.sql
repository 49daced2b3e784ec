-- +goose Up
-- As core/store/sqlite/migrations, in PostgreSQL's types. What customers and
-- platforms name (addresses, ids) is bytes: it may hold what text may not.
CREATE TABLE sources(                 -- where messages come from
  src       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  workspace text NOT NULL,
  channel   text NOT NULL,            -- "@web", "@sl": what people say from a desk
  UNIQUE(workspace, channel)
);
CREATE TABLE conversations(
  conv    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id      text NOT NULL UNIQUE,
  src     bigint NOT NULL,
  address bytea NOT NULL,             -- the chat's name on the platform
  bot     text NOT NULL,
  contact bytea NOT NULL,             -- JSON
  pull    boolean NOT NULL,           -- answers are fetched: commit is delivery
  part    int NOT NULL,
  last    bigint NOT NULL,            -- seq given last
  asked   bigint NOT NULL,            -- seq of the last inbound message
  prev    bigint NOT NULL,            -- and of the one before it
  settled bigint NOT NULL,            -- seq of the last turn committed
  epoch   bigint NOT NULL,
  mode    text NOT NULL,              -- of the case, for lists; the state has it too
  updated bigint NOT NULL,            -- microseconds since 1970
  state   bytea NOT NULL              -- the fold, JSON
) WITH (fillfactor=70);               -- every message changes its row: in place, if there is room
CREATE UNIQUE INDEX chats ON conversations(src, address);
CREATE INDEX held ON conversations(mode, conv) WHERE mode<>'bot';
CREATE TABLE events(
  conv bigint NOT NULL, seq bigint NOT NULL, turn bigint NOT NULL, body bytea NOT NULL,
  src bigint, native bytea, digest bytea, meta bytea,
  part int, prev bigint, attempt int, open boolean,
  first bigint, final bigint,         -- seqs of what was said to it
  trace bytea,
  n bigint GENERATED ALWAYS AS IDENTITY, -- the journal by which replicas hear of each other
  PRIMARY KEY(conv, seq)
);
CREATE UNIQUE INDEX journal ON events(n);
CREATE UNIQUE INDEX seen ON events(src, native) WHERE native IS NOT NULL;
CREATE INDEX open ON events(part, conv, seq) WHERE open;
CREATE TABLE notes(                   -- people among themselves
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, conv bigint NOT NULL, after bigint NOT NULL,
  src bigint NOT NULL, native bytea NOT NULL, digest bytea NOT NULL,
  agent text NOT NULL, text bytea NOT NULL, at bigint NOT NULL,
  UNIQUE(src, native)
);
CREATE INDEX noted ON notes(conv, id);
CREATE TABLE partitions(
  part int PRIMARY KEY, owner text NOT NULL, fence bigint NOT NULL, until bigint NOT NULL
);
INSERT INTO partitions SELECT n, '', 0, 0 FROM generate_series(0, 255) n;
CREATE TABLE replicas(                -- who works at present
  owner text PRIMARY KEY, until bigint NOT NULL
);
CREATE TABLE outbox(
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  conv bigint NOT NULL,
  line int NOT NULL,                  -- 0 to the customer, 1 to the desk
  seq  bigint NOT NULL,               -- of the event; 0 for the desk
  turn bigint NOT NULL,
  bot  boolean NOT NULL,              -- said by the bot: void once the epoch moved on
  epoch bigint NOT NULL, state text NOT NULL,
  post bytea,                         -- for the desk, JSON
  not_before bigint NOT NULL, expires bigint NOT NULL, until bigint NOT NULL DEFAULT 0,
  attempt int NOT NULL DEFAULT 0, done int NOT NULL DEFAULT 0,
  native text NOT NULL DEFAULT '', note text NOT NULL DEFAULT '',
  asked bigint NOT NULL DEFAULT 0,    -- seq of the customer's last message when the row was claimed
  live boolean DEFAULT true           -- NULL once the state is final
);
CREATE INDEX live ON outbox(conv, line, id) WHERE live;
CREATE INDEX due ON outbox(not_before, id) WHERE live;
CREATE INDEX answered ON outbox(conv, turn) WHERE native<>'';
CREATE TABLE threads(                 -- the cases a desk shows
  conv bigint NOT NULL, case_id text NOT NULL, workspace text NOT NULL,
  channel text NOT NULL, room text NOT NULL, thread text NOT NULL DEFAULT '',
  card bytea NOT NULL,                -- JSON
  PRIMARY KEY(conv, case_id)
);
CREATE UNIQUE INDEX thread ON threads(workspace, channel, room, thread) WHERE thread<>'';
