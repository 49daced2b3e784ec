package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"frontdesk/core"
)

var _ core.Spending = (*Store)(nil)

const (
	selSpend = `SELECT micros FROM spend WHERE workspace=? AND account=? AND period=? AND currency=?`
	addSpend = `INSERT INTO spend(workspace, account, period, currency, micros) VALUES(?,?,?,?,?)
		ON CONFLICT(workspace, account, period, currency) DO UPDATE SET micros=
		CASE WHEN spend.micros+excluded.micros<0 THEN 0 ELSE spend.micros+excluded.micros END`
	putNoticed = `INSERT INTO spend(workspace, account, period, currency, micros, noticed) VALUES(?,?,?,?,0,?)
		ON CONFLICT(workspace, account, period, currency) DO UPDATE SET noticed=excluded.noticed WHERE spend.noticed<excluded.noticed`
	addUsage = `INSERT INTO spend_usage(workspace, day, bot, provider, model, currency, micros, calls, unpriced, estimated, tokens_in, tokens_out)
		VALUES(?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT(workspace, day, bot, provider, model, currency) DO UPDATE SET
		micros=spend_usage.micros+excluded.micros, calls=spend_usage.calls+excluded.calls, unpriced=spend_usage.unpriced+excluded.unpriced,
		estimated=spend_usage.estimated+excluded.estimated, tokens_in=spend_usage.tokens_in+excluded.tokens_in, tokens_out=spend_usage.tokens_out+excluded.tokens_out`
	// Contacts' days are of use for that day alone; the rest is what books are kept of.
	oldSpend = `DELETE FROM spend WHERE workspace=? AND account LIKE 'contact/%' AND period<?`
)

// errFull undoes a reservation that a limit has no room for.
var errFull = errors.New("the limit is reached")

// ReserveSpend implements core.Spending.
func (s *Store) ReserveSpend(ctx context.Context, limits []core.SpendLimit, amount int64) (full int, err error) {
	err = s.do(ctx, func(t tx) error {
		full = -1
		if err := t.addSpend(limits, amount); err != nil { // first: it keeps others off
			return err
		}
		for i, l := range limits {
			have, err := t.spent(l)
			if err != nil {
				return err
			}
			if have > l.Limit {
				full = i
				return errFull
			}
		}
		return nil
	})
	if err != nil && !errors.Is(err, errFull) {
		return 0, fmt.Errorf("reserve: %w", err)
	}
	return full, nil
}

// SettleSpend implements core.Spending.
func (s *Store) SettleSpend(ctx context.Context, limits []core.SpendLimit, difference int64, u core.SpendUsage) (passed []int, err error) {
	err = s.do(ctx, func(t tx) error {
		passed = make([]int, len(limits))
		if err := t.addSpend(limits, difference); err != nil {
			return err
		}
		for i, l := range limits {
			have, err := t.spent(l)
			if err != nil {
				return err
			}
			if passed[i], err = t.notice(l, reached(have, l.Limit)); err != nil {
				return err
			}
		}
		_, err := t.exec(addUsage, u.Workspace, u.Day, u.Bot, u.Provider, u.Model, u.Currency, u.Micros, u.Calls, u.Unpriced, u.Estimated, u.TokensIn, u.TokensOut)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("settle: %w", err)
	}
	return passed, nil
}

// reached is the highest of core.SpendNotices that have is at.
func reached(have, limit int64) (percent int) {
	for _, p := range core.SpendNotices {
		if float64(have) >= float64(limit)*float64(p)/100 {
			percent = p
		}
	}
	return percent
}

// SpendExhausted implements core.Spending.
func (s *Store) SpendExhausted(ctx context.Context, l core.SpendLimit) (first bool, err error) {
	err = s.do(ctx, func(t tx) error {
		p, err := t.notice(l, 100)
		first = p != 0
		if err == nil && first {
			_, err = t.exec(oldSpend, l.Workspace, weekBefore(l.Period))
		}
		return err
	})
	if err != nil {
		return false, fmt.Errorf("note an exhausted budget: %w", err)
	}
	return first, nil
}

// weekBefore is the day a week before a period; of none that is a day, none.
func weekBefore(period string) string {
	day, err := time.Parse(time.DateOnly, period)
	if err != nil {
		return ""
	}
	return day.AddDate(0, 0, -7).Format(time.DateOnly)
}

// Spent implements core.Spending.
func (s *Store) Spent(ctx context.Context, l core.SpendLimit) (n int64, err error) {
	err = s.db.Ask().Row(ctx, selSpend, l.Workspace, l.Account, l.Period, l.Currency).Scan(&n)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("spent: %w", err)
	}
	return n, nil
}

// SpendUsages implements core.Spending.
func (s *Store) SpendUsages(ctx context.Context, w core.WorkspaceID, from, to string) ([]core.SpendUsage, error) {
	scan := func(row interface{ Scan(...any) error }) (u core.SpendUsage, err error) {
		err = row.Scan(&u.Workspace, &u.Day, &u.Bot, &u.Provider, &u.Model, &u.Currency, &u.Micros, &u.Calls, &u.Unpriced, &u.Estimated, &u.TokensIn, &u.TokensOut)
		return u, err
	}
	rows, err := s.db.Ask().Rows(ctx, `SELECT workspace, day, bot, provider, model, currency, micros, calls, unpriced, estimated, tokens_in, tokens_out
		FROM spend_usage WHERE workspace=? AND day>=? AND day<=? ORDER BY day, bot, provider, model, currency`, w, from, to)
	if err != nil {
		return nil, fmt.Errorf("spend: %w", err)
	}
	defer func() { _ = rows.Close() }()
	var out []core.SpendUsage
	for rows.Next() {
		u, err := scan(rows)
		if err != nil {
			return nil, fmt.Errorf("spend: %w", err)
		}
		out = append(out, u)
	}
	return out, rows.Err()
}

func (t tx) spent(l core.SpendLimit) (n int64, err error) {
	err = t.row(selSpend, l.Workspace, l.Account, l.Period, l.Currency).Scan(&n)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return n, err
}

func (t tx) addSpend(limits []core.SpendLimit, amount int64) error {
	for _, l := range limits {
		if _, err := t.exec(addSpend, l.Workspace, l.Account, l.Period, l.Currency, amount); err != nil {
			return err
		}
	}
	return nil
}

// notice remembers that people are told of percent; it returns 0 if they were.
func (t tx) notice(l core.SpendLimit, percent int) (int, error) {
	if percent == 0 {
		return 0, nil
	}
	res, err := t.exec(putNoticed, l.Workspace, l.Account, l.Period, l.Currency, percent)
	if err != nil {
		return 0, err
	}
	n, err := res.RowsAffected()
	if n == 0 {
		percent = 0
	}
	return percent, err
}
