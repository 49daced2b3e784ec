package api_test

import (
	"strings"
	"testing"

	"frontdesk/admin/api"
	"frontdesk/core"
)

func TestPacks(t *testing.T) {
	d := newDesk(t)
	d.put(200, [2]string{"file:a.txt", "one"})
	r := d.want(d.as(core.RoleViewer, "GET", docs+"/export", ""), 200, nil)
	if r.body != "default//a.txt" || !strings.Contains(r.header.Get("Content-Disposition"), "knowledge-default.tar.gz") || r.header.Get("Content-Type") != "application/gzip" {
		t.Errorf("%q %v", r.body, r.header)
	}
	d.want(d.as(core.RoleViewer, "GET", docs+"/export?name=a.txt", ""), 200, nil)
	d.want(d.as(core.RoleViewer, "GET", docs+"/export?name=none", ""), 404, nil)
	var out struct{ Items []api.Restored }
	d.want(d.as(core.RoleEditor, "POST", docs+"/import?dry_run=true", "pack", "Content-Type", "application/gzip"), 200, &out)
	if len(out.Items) != 1 || out.Items[0].Name != "pack dry=true" {
		t.Errorf("%+v", out)
	}
	d.want(d.as(core.RoleEditor, "POST", docs+"/import", "bad", "Content-Type", "application/gzip"), 400, nil)
	d.want(d.as(core.RoleEditor, "POST", docs+"/import", "pack", "Content-Type", "text/plain"), 415, nil)
	var changes struct{ Items []changed }
	d.want(d.as(core.RoleEditor, "POST", docs+"/reindex", `{"dry_run":true}`), 200, &changes)
	if len(changes.Items) != 1 || changes.Items[0].Document["name"] != "a.txt" {
		t.Errorf("%+v", changes)
	}
}
