-- +goose Up
-- People, programs and sign-ins. Times are microseconds since 1970; 0: never.
CREATE TABLE users(
  workspace text NOT NULL, name text NOT NULL, role text NOT NULL,
  hash text NOT NULL,                 -- argon2id, PHC string format
  disabled boolean NOT NULL, created bigint NOT NULL,
  PRIMARY KEY(workspace, name)
);
CREATE TABLE tokens(
  workspace text NOT NULL, id text NOT NULL, name text NOT NULL, role text NOT NULL,
  hash bytea NOT NULL UNIQUE,         -- SHA-256
  created bigint NOT NULL, expires bigint NOT NULL,
  PRIMARY KEY(workspace, id)
);
CREATE TABLE logins(
  hash bytea PRIMARY KEY,             -- SHA-256 of the cookie
  workspace text NOT NULL, "user" text NOT NULL, csrf text NOT NULL,
  created bigint NOT NULL, expires bigint NOT NULL
);
CREATE INDEX logins_of ON logins(workspace, "user");
CREATE INDEX logins_over ON logins(expires);
CREATE TABLE secrets(name text PRIMARY KEY, value bytea NOT NULL);
-- Documents, their passages and files; the states are those of SQLite's.
CREATE TABLE documents(
  doc bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  workspace text NOT NULL, bot text NOT NULL, name text NOT NULL,
  version bigint NOT NULL,            -- from 1; 0 while staged
  state text NOT NULL, file text NOT NULL, mime text NOT NULL,
  bytes bigint NOT NULL, passages bigint NOT NULL, pages bigint NOT NULL, sha256 text NOT NULL,
  updated bigint NOT NULL, begun bigint NOT NULL,
  origin text NOT NULL DEFAULT '{}'   -- JSON
);
CREATE INDEX documents_of ON documents(workspace, bot, name);
CREATE UNIQUE INDEX documents_current ON documents(workspace, bot, name) WHERE state='current';
CREATE INDEX documents_file ON documents(workspace, sha256);
CREATE TABLE chunks(
  doc bigint NOT NULL, ordinal bigint NOT NULL, hash text NOT NULL,
  published bigint NOT NULL,          -- knowledge version that brought it; 0 while staged
  passage text NOT NULL,              -- JSON
  PRIMARY KEY(doc, ordinal)
);
CREATE TABLE knowledge(
  workspace text NOT NULL, bot text NOT NULL,
  version bigint NOT NULL,            -- grows with every change of the bot's documents
  PRIMARY KEY(workspace, bot)
);
CREATE TABLE files(
  file bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  workspace text NOT NULL, sha256 text NOT NULL,
  pieces bigint NOT NULL,             -- 0 while it is written
  begun bigint NOT NULL
);
CREATE INDEX files_of ON files(workspace, sha256);
CREATE TABLE pieces(
  file bigint NOT NULL, piece bigint NOT NULL, data bytea NOT NULL,
  PRIMARY KEY(file, piece)
);
-- What tools answered, so that a turn that is run again does not call twice.
CREATE TABLE calls(
  key text PRIMARY KEY, digest bytea NOT NULL,
  result bytea,                       -- NULL: begun, and not known to have ended
  begun bigint NOT NULL
);
CREATE INDEX calls_old ON calls(begun);
-- What language models cost, in micro-units of a currency.
CREATE TABLE spend(
  workspace text NOT NULL, account text NOT NULL, period text NOT NULL, currency text NOT NULL,
  micros bigint NOT NULL, noticed bigint NOT NULL DEFAULT 0,
  PRIMARY KEY(workspace, account, period, currency)
);
CREATE TABLE spend_usage(
  workspace text NOT NULL, day text NOT NULL, bot text NOT NULL, provider text NOT NULL, model text NOT NULL,
  currency text NOT NULL,             -- '' where no price is known
  micros bigint NOT NULL, calls bigint NOT NULL, unpriced bigint NOT NULL, estimated bigint NOT NULL,
  tokens_in bigint NOT NULL, tokens_out bigint NOT NULL,
  PRIMARY KEY(workspace, day, bot, provider, model, currency)
);
