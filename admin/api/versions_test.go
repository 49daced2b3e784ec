package api_test

import (
	"net/url"
	"strings"
	"testing"

	"frontdesk/admin/api"
	"frontdesk/core"
)

// of is a route of one document.
func of(what, name, more string) string {
	return docs + "/" + what + "?name=" + url.QueryEscape(name) + more
}

func TestVersions(t *testing.T) {
	d := newDesk(t)
	d.put(200, [2]string{"as", "价格 & more"}, [2]string{"file:v1.txt", "one\ntwo"})
	d.put(200, [2]string{"as", "价格 & more"}, [2]string{"url", "https://shop.example/p"}, [2]string{"etag", `W/"7"`}, [2]string{"file:v2.html", "one\nthree"})
	var versions struct{ Items []map[string]any }
	d.want(d.as(core.RoleViewer, "GET", of("versions", "价格 & more", ""), ""), 200, &versions)
	if len(versions.Items) != 2 || versions.Items[0]["version"] != 2.0 || versions.Items[0]["url"] != "https://shop.example/p" ||
		versions.Items[0]["kind"] != "page" || versions.Items[0]["etag"] != `W/"7"` || versions.Items[1]["file"] != "v1.txt" {
		t.Errorf("%+v", versions)
	}
	var page struct {
		Items []map[string]any
		Next  string
	}
	d.want(d.as(core.RoleViewer, "GET", of("passages", "价格 & more", "&version=1&limit=1"), ""), 200, &page)
	if len(page.Items) != 1 || page.Items[0]["text"] != "one" || page.Next != "1" {
		t.Errorf("%+v", page)
	}
	d.want(d.as(core.RoleViewer, "GET", of("passages", "价格 & more", "&version=1&limit=1&cursor=1"), ""), 200, &page)
	if len(page.Items) != 1 || page.Items[0]["text"] != "two" || page.Next != "" {
		t.Errorf("%+v", page)
	}
	var asked struct{ Items []api.Suggestion }
	d.want(d.as(core.RoleViewer, "GET", of("questions", "价格 & more", ""), ""), 200, &asked)
	if len(asked.Items) != 2 || asked.Items[1].Answer != "three" {
		t.Errorf("%+v", asked)
	}
	var diff struct {
		From, To map[string]any
		Added    int
		Edits    []core.Edit
	}
	d.want(d.as(core.RoleViewer, "GET", of("diff", "价格 & more", "&from=1&to=2"), ""), 200, &diff)
	if diff.From["version"] != 1.0 || diff.To["version"] != 2.0 || diff.Added != 1 || len(diff.Edits) != 1 || diff.Edits[0].New != "one\nthree" {
		t.Errorf("%+v", diff)
	}
	r := d.want(d.as(core.RoleViewer, "GET", of("file", "价格 & more", "&version=1"), ""), 200, nil)
	if r.body != "one\ntwo" || !strings.HasPrefix(r.header.Get("Content-Disposition"), "attachment") || r.header.Get("X-Content-Type-Options") != "nosniff" ||
		!strings.Contains(r.header.Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("%q, %v", r.body, r.header)
	}
}

func TestRollback(t *testing.T) {
	d := newDesk(t)
	d.put(200, [2]string{"file:a.txt", "one"})
	d.put(200, [2]string{"file:a.txt", "two"})
	var ch changed
	d.want(d.as(core.RoleEditor, "POST", docs+"/rollback", `{"name":"a.txt","dry_run":true}`), 200, &ch)
	if got := d.names(); got[0] != "a.txt 2" {
		t.Errorf("a dry run wrote: %v", got)
	}
	d.want(d.as(core.RoleEditor, "POST", docs+"/rollback", `{"name":"a.txt","version":1}`), 200, &ch)
	if got := d.names(); got[0] != "a.txt 3" {
		t.Errorf("%v, %+v", got, ch)
	}
	for body, status := range map[string]int{`{}`: 400, `{"name":"a.txt","version":-1}`: 400, `{"name":"a.txt","version":9}`: 400, `{"name":"none"}`: 404, `{"x":1}`: 400} {
		d.want(d.as(core.RoleEditor, "POST", docs+"/rollback", body), status, nil)
	}
}

func TestVersionsOfNothing(t *testing.T) {
	d := newDesk(t)
	for _, what := range []string{"versions", "passages", "diff", "questions", "file"} {
		d.want(d.as(core.RoleViewer, "GET", of(what, "none", ""), ""), 404, nil)
		d.want(d.as(core.RoleViewer, "GET", docs+"/"+what, ""), 400, nil)
		d.want(d.as(core.RoleViewer, "GET", strings.Replace(of(what, "none", ""), "default", "nobody", 1), ""), 404, nil)
	}
	d.want(d.as(core.RoleViewer, "GET", of("passages", "none", "&version=x"), ""), 400, nil)
	d.put(400, [2]string{"file:a.html", "x"}, [2]string{"url", "ftp://x"})
	d.put(400, [2]string{"file:a.html", "x"}, [2]string{"etag", "a\x01"})
}
