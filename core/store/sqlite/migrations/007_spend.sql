-- What language models cost. Amounts are micro-units of a currency.
-- spend is what stands against limits, reservations too; noticed is the highest
-- share of the limit, in percent, that people were told of.
CREATE TABLE spend(
  workspace TEXT NOT NULL,
  account   TEXT NOT NULL,            -- bot/NAME or contact/NAME/WHO
  period    TEXT NOT NULL,            -- 2006-01-02 or 2006-01
  currency  TEXT NOT NULL,
  micros    INTEGER NOT NULL,
  noticed   INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY(workspace, account, period, currency)
) WITHOUT ROWID;
CREATE TABLE spend_usage(
  workspace  TEXT NOT NULL,
  day        TEXT NOT NULL,
  bot        TEXT NOT NULL,
  provider   TEXT NOT NULL,
  model      TEXT NOT NULL,
  currency   TEXT NOT NULL,           -- '' where no price is known
  micros     INTEGER NOT NULL,
  calls      INTEGER NOT NULL,
  unpriced   INTEGER NOT NULL,
  estimated  INTEGER NOT NULL,
  tokens_in  INTEGER NOT NULL,
  tokens_out INTEGER NOT NULL,
  PRIMARY KEY(workspace, day, bot, provider, model, currency)
) WITHOUT ROWID;
