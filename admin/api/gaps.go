package api

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"frontdesk/core"
)

const (
	usualSince = 7 * 24 * time.Hour
	mostSince  = 366 * 24 * time.Hour
)

// gaps lists the questions the bots had no answer to.
func (a *api) gaps(c echo.Context) error {
	limit, err := number(c, "limit", 100, 1, 500)
	if err != nil {
		return err
	}
	since := usualSince
	if s := c.QueryParam("since"); s != "" {
		if since, err = Span(s); err != nil {
			return no(http.StatusBadRequest, "%s", err)
		}
	}
	bot := c.QueryParam("bot")
	if bot != "" && !slices.Contains(a.Bots(), bot) {
		return no(http.StatusNotFound, "there is no bot %q", bot)
	}
	found, err := a.Gaps(c.Request().Context(), core.GapQuery{Workspace: me(c).Workspace, Bot: bot, Since: a.Now().Add(-since), Limit: int(limit)})
	if err != nil {
		return err
	}
	return answer(c, struct {
		page[core.Gap]
		Complete bool `json:"complete"`
	}{list(found.Items, ""), found.Complete})
}

// Span reads how far back to look: days such as 7d, or a duration such as 36h;
// at most a year. A core.InputError says what is wrong.
func Span(s string) (time.Duration, error) {
	d, err := time.ParseDuration(s)
	if days, ok := strings.CutSuffix(s, "d"); ok {
		var n int
		n, err = strconv.Atoi(days)
		d = time.Duration(min(max(n, 0), 1000)) * 24 * time.Hour
	}
	if err != nil || d <= 0 || d > mostSince {
		return 0, core.Invalid("since is days such as 7d or a duration such as 36h, at most 366d")
	}
	return d, nil
}
