package api

import (
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"frontdesk/core"
)

// document is a file as the API shows it.
type document struct {
	Name     string    `json:"name"`
	File     string    `json:"file"`
	Version  int       `json:"version"`
	MIME     string    `json:"mime"`
	Bytes    int64     `json:"bytes"`
	Passages int       `json:"passages"`
	Pages    int       `json:"pages"`
	SHA256   string    `json:"sha256"`
	Updated  time.Time `json:"updated"`
	core.Origin
}

func showDocument(d core.Document) document {
	return document{d.Name, d.File, d.Version, d.MIME, d.Bytes, d.Passages, d.Pages, d.SHA256, d.Updated.UTC(), d.Origin}
}

// listBots lists the bots, in the order to show them. There are few: one page.
func (a *api) listBots(c echo.Context) error {
	type item struct {
		ID string `json:"id"`
	}
	page := struct {
		Items []item `json:"items"`
		Next  string `json:"next"`
	}{Items: []item{}}
	for _, id := range a.Bots() {
		page.Items = append(page.Items, item{id})
	}
	return answer(c, page)
}

// bot returns the bot the path names.
func (a *api) bot(c echo.Context) (string, error) {
	bot := param(c, "bot")
	if !slices.Contains(a.Bots(), bot) {
		return "", no(http.StatusNotFound, "there is no bot %q", bot)
	}
	return bot, nil
}

func (a *api) documents(c echo.Context) error {
	bot, err := a.bot(c)
	if err != nil {
		return err
	}
	limit, err := number(c, "limit", 50, 1, 200)
	if err != nil {
		return err
	}
	ds, err := a.Documents.Documents(c.Request().Context(), me(c).Workspace, bot)
	if err != nil {
		return err
	}
	cursor, next := c.QueryParam("cursor"), "" // the last name of the page before
	items := []document{}
	for _, d := range ds {
		if cursor != "" && d.Name <= cursor {
			continue
		}
		if len(items) == int(limit) {
			next = items[limit-1].Name
			break
		}
		items = append(items, showDocument(d))
	}
	return answer(c, list(items, next))
}

func (a *api) deleteDocument(c echo.Context) error {
	bot, err := a.bot(c)
	if err != nil {
		return err
	}
	name := c.QueryParam("name")
	if name == "" {
		return no(http.StatusBadRequest, "name the document: ?name=")
	}
	if err := a.Documents.Delete(c.Request().Context(), me(c).Workspace, bot, name); err != nil {
		return err
	}
	a.Log.Info("document deleted", "bot", bot, "document", name, "by", me(c).Name)
	return c.NoContent(http.StatusNoContent)
}

// hit is a passage found.
type hit struct {
	Doc      string  `json:"doc"`
	Title    string  `json:"title"`
	Page     int     `json:"page"`
	URL      string  `json:"url,omitempty"`
	Text     string  `json:"text"`
	Question string  `json:"question"`
	Score    float64 `json:"score"`
	// What is behind the score; see core.Evidence.
	Words   float64 `json:"words"`
	Meaning float64 `json:"meaning"`
	Fused   float64 `json:"fused"`
}

const maxQuery = 1000 // characters

func (a *api) search(c echo.Context) error {
	bot, err := a.bot(c)
	if err != nil {
		return err
	}
	limit, err := number(c, "limit", 5, 1, 50)
	if err != nil {
		return err
	}
	q := strings.TrimSpace(c.QueryParam("q"))
	if q == "" || utf8.RuneCountInString(q) > maxQuery {
		return no(http.StatusBadRequest, "q must hold a question of 1 to %d characters", maxQuery)
	}
	ps, err := a.Documents.Search(c.Request().Context(), core.Query{Workspace: me(c).Workspace, Bot: bot, Text: q, Limit: int(limit)})
	if err != nil {
		return err
	}
	items := make([]hit, len(ps))
	for i, p := range ps {
		items[i] = hit{p.Doc, p.Title, p.Page, p.URL, p.Text, p.Question, p.Score, p.Why.Words, p.Why.Meaning, p.Why.Fused}
	}
	return answer(c, list(items, ""))
}
