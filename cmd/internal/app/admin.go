package app

import (
	"context"
	"net/http"
	"slices"

	"frontdesk/admin/api"
	"frontdesk/admin/ui"
	"frontdesk/channels/problem"
	"frontdesk/channels/web"
	"frontdesk/core"
	"frontdesk/core/nlu"
	"frontdesk/core/store"
	"frontdesk/knowledge/faq"
)

func (a *App) openAdmin(context.Context) error {
	a.admin = api.New(api.Parts{Ledger: a.ledger, Auth: a.auth, Documents: a.docs, Versions: a.docs, Packs: a.docs,
		FAQ: &faqs{faq.New(a.docs.Service, nlu.Normalize, a.o.Now)}, Bots: a.botIDs, Now: a.o.Now, Log: a.log, Gaps: a.gaps,
		PublicURL: a.cfg.Server.PublicURL, Drain: a.drain, Address: clientAddress(a.cfg.Server.Proxies()),
		MaxBody: int64(a.cfg.Limits.Body), MaxText: int(a.cfg.Limits.Text), MaxFile: int64(a.cfg.Limits.File)})
	a.token, _ = a.auth.Ephemeral("this host", core.RoleEditor)
	return nil
}

func (a *App) gaps(ctx context.Context, q core.GapQuery) (core.Gaps, error) {
	return store.Gaps(ctx, a.ledger, q, nlu.Normalize)
}

func (a *App) botIDs() []string {
	var ids []string
	for _, b := range a.bots.All() {
		ids = append(ids, b.Info.ID)
	}
	slices.Sort(ids)
	return ids
}

// AgentToken is a key of this run for programs on this host: it may do what an
// editor may, and ends with the process.
func (a *App) AgentToken() string { return a.token }

// FirstUser makes the first person if there is nobody yet. It returns the
// password if one was generated: show it at once, nobody can read it again. So
// it is no part of New, which may fail after it, or serve who shows nothing.
func (a *App) FirstUser(ctx context.Context) (password string, err error) {
	return a.auth.Bootstrap(ctx, a.cfg.Admin.InitialUser, a.cfg.Admin.InitialPassword.Reveal())
}

// pages serves what people open in a browser.
func (a *App) pages(mux *http.ServeMux) {
	mux.HandleFunc("/{$}", func(w http.ResponseWriter, r *http.Request) {
		page := a.front.Load()
		if page == nil {
			problem.Write(w, http.StatusNotFound, "no web channel is configured: there is no chat page")
			return
		}
		(*page).ServeHTTP(w, r)
	})
	mux.Handle("/widget.js", web.Widget())
	mux.Handle(ui.Prefix, ui.Handler())
	mux.HandleFunc("/admin", func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			problem.Write(w, http.StatusMethodNotAllowed, "want GET")
			return
		}
		http.Redirect(w, r, "/admin/", http.StatusMovedPermanently)
	})
	for path, h := range a.o.Pages {
		mux.Handle(path, h)
	}
}
