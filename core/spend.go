package core

import "context"

// Spending keeps what language models cost. Amounts are micro-units of a
// currency. Safe for concurrent use, also by several processes.
type Spending interface {
	// ReserveSpend adds amount to all of limits if it fits under each; else it changes
	// nothing and returns the index of the first it does not fit under. full is
	// -1 where it was added.
	ReserveSpend(ctx context.Context, limits []SpendLimit, amount int64) (full int, err error)
	// SettleSpend adds difference, what was spent less what was reserved, to all of
	// limits, and counts u. It returns the thresholds of SpendNotices that were
	// passed for the first time, one a limit, 0 for none.
	SettleSpend(ctx context.Context, limits []SpendLimit, difference int64, u SpendUsage) (passed []int, err error)
	// SpendExhausted notes that l refused something and reports whether that is new.
	SpendExhausted(ctx context.Context, l SpendLimit) (first bool, err error)
	// Spent is what stands against l, reservations too.
	Spent(ctx context.Context, l SpendLimit) (int64, error)
	// SpendUsages lists what was counted from day to day, both included, by day,
	// bot and provider.
	SpendUsages(ctx context.Context, w WorkspaceID, from, to string) ([]SpendUsage, error)
}

// SpendNotices are the shares of a limit, in percent, that people are told of.
// The last comes when something is refused, too.
var SpendNotices = [...]int{50, 80, 100}

// SpendLimit is a bound on what somebody may spend in a time.
type SpendLimit struct {
	Workspace WorkspaceID
	Account   string // "bot/NAME" or "contact/NAME/WHO"
	Period    string // "2006-01-02" or "2006-01"
	Currency  string
	Limit     int64
}

// SpendUsage is what one model cost one bot on a day. Where the price is not
// known, Micros does not hold it, and Unpriced says how many calls it was.
type SpendUsage struct {
	Workspace WorkspaceID `json:"-"`
	Day       string      `json:"day"` // in the bot's time zone
	Bot       string      `json:"bot"`
	Provider  string      `json:"provider"`
	Model     string      `json:"model"`
	Currency  string      `json:"currency,omitempty"` // "" where no price is known
	Micros    int64       `json:"micros"`
	Calls     int64       `json:"calls"`
	Unpriced  int64       `json:"unpriced,omitempty"`
	Estimated int64       `json:"estimated,omitempty"` // calls whose tokens the provider did not count
	TokensIn  int64       `json:"tokens_in"`
	TokensOut int64       `json:"tokens_out"`
}
