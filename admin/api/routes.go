package api

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"frontdesk/core"
)

// route is one line of the interface. need is the least role; "" lets
// everybody in.
type route struct {
	method, path string
	need         core.UserRole
	do           echo.HandlerFunc
}

func (a *api) routes() []route {
	const (
		get, post, del = http.MethodGet, http.MethodPost, http.MethodDelete
		put            = http.MethodPut
		one            = Prefix + "/conversations/:id"
		bot            = Prefix + "/bots/:bot"
	)
	return []route{
		{get, "/api/v1/openapi.yaml", "", a.describe},

		{post, Prefix + "/session", "", a.signIn},
		{get, Prefix + "/session", core.RoleViewer, a.whoAmI},
		{del, Prefix + "/session", core.RoleViewer, a.signOut},

		{get, Prefix + "/conversations", core.RoleViewer, a.conversations},
		{get, one, core.RoleViewer, a.conversation},
		{get, one + "/messages", core.RoleViewer, a.messages},
		{post, one + "/messages", core.RoleAgent, a.speak},
		{post, one + "/take", core.RoleAgent, a.move(core.Taken)},
		{post, one + "/return", core.RoleAgent, a.move(core.Returned)},
		{post, one + "/resolve", core.RoleAgent, a.move(core.Resolved)},
		{get, one + "/turns/:seq/trace", core.RoleViewer, a.trace},
		{get, Prefix + "/events", core.RoleViewer, a.events},
		{get, Prefix + "/gaps", core.RoleViewer, a.gaps},

		{get, Prefix + "/bots", core.RoleViewer, a.listBots},
		{get, bot + "/documents", core.RoleViewer, a.documents},
		{post, bot + "/documents", core.RoleEditor, a.upload},
		{del, bot + "/documents", core.RoleEditor, a.deleteDocument},
		{get, bot + "/documents/versions", core.RoleViewer, a.versions},
		{get, bot + "/documents/passages", core.RoleViewer, a.passages},
		{get, bot + "/documents/diff", core.RoleViewer, a.diff},
		{get, bot + "/documents/questions", core.RoleViewer, a.questions},
		{get, bot + "/documents/file", core.RoleViewer, a.file},
		{post, bot + "/documents/rollback", core.RoleEditor, a.rollback},
		{get, bot + "/documents/export", core.RoleViewer, a.exportDocuments},
		{post, bot + "/documents/import", core.RoleEditor, a.importDocuments},
		{post, bot + "/documents/reindex", core.RoleEditor, a.reindex},
		{get, bot + "/faq", core.RoleViewer, a.listFAQ},
		{post, bot + "/faq", core.RoleEditor, a.putFAQ},
		{put, bot + "/faq/:entry", core.RoleEditor, a.putFAQ},
		{del, bot + "/faq/:entry", core.RoleEditor, a.deleteFAQ},
		{post, bot + "/faq/import", core.RoleEditor, a.importFAQ},
		{get, bot + "/faq/export", core.RoleViewer, a.exportFAQ},
		{get, bot + "/search", core.RoleViewer, a.search},
	}
}
