package api_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"

	"frontdesk/admin/api"
	"frontdesk/core"
)

// description is what the test reads of openapi.yaml.
type description struct {
	OpenAPI    string
	Paths      map[string]map[string]any
	Components map[string]map[string]any
}

func describe(t *testing.T) (description, string) {
	t.Helper()
	d := newDesk(t)
	r := d.want(d.do(call{"GET", "/api/v1/openapi.yaml", "", nil}), 200, nil)
	if ct := r.header.Get("Content-Type"); ct != "application/yaml" {
		t.Fatalf("Content-Type %q", ct)
	}
	var out description
	if err := yaml.Unmarshal([]byte(r.body), &out); err != nil {
		t.Fatal(err)
	}
	return out, r.body
}

var verbs = []string{"get", "put", "post", "delete", "patch", "head", "options"}

// TestAccessIsAllRoutes: what the tables here say of roles is what is served.
func TestAccessIsAllRoutes(t *testing.T) {
	var want []string
	for _, a := range access {
		want = append(want, a.method+" "+a.path+" "+string(a.need))
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, api.Routes()); diff != "" {
		t.Fatalf("(-access +routes)\n%s", diff)
	}
}

// TestDescription: the file describes the routes there are, both ways.
func TestDescription(t *testing.T) {
	doc, _ := describe(t)
	var got, want []string
	for p, item := range doc.Paths {
		for k := range item {
			if slices.Contains(verbs, k) {
				prefix := "/api/v1/admin"
				if p == "/openapi.yaml" {
					prefix = "/api/v1"
				}
				got = append(got, strings.ToUpper(k)+" "+prefix+p)
			}
		}
	}
	for _, a := range access {
		want = append(want, a.method+" "+a.path)
	}
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("(-routes +openapi.yaml)\n%s", diff)
	}
}

// TestDescriptionRoles: the role each operation names is the one it needs.
func TestDescriptionRoles(t *testing.T) {
	doc, _ := describe(t)
	for _, a := range access {
		p := strings.TrimPrefix(a.path, "/api/v1/admin")
		if a.path == "/api/v1/openapi.yaml" {
			p = "/openapi.yaml"
		}
		op, _ := doc.Paths[p][strings.ToLower(a.method)].(map[string]any)
		said, _ := op["description"].(string)
		if a.need != "" && !strings.Contains(said, "Needs the role "+string(a.need)) {
			t.Errorf("%s %s: the description %q does not name %s", a.method, p, said, a.need)
		}
		security, open := op["security"].([]any)
		if (a.need == "") != (open && len(security) == 0) {
			t.Errorf("%s %s: security %v, role %q", a.method, p, security, a.need)
		}
		responses, _ := op["responses"].(map[string]any)
		if _, ok := responses["401"]; a.need != "" && !ok {
			t.Errorf("%s %s: no 401", a.method, p)
		}
		if _, ok := responses["403"]; a.need.May(core.RoleAgent) && !ok {
			t.Errorf("%s %s: no 403", a.method, p)
		}
	}
}

// TestDescriptionRefers: every reference leads somewhere.
func TestDescriptionRefers(t *testing.T) {
	doc, text := describe(t)
	if !strings.HasPrefix(doc.OpenAPI, "3.1") {
		t.Fatal(doc.OpenAPI)
	}
	n := 0
	for _, rest := range strings.Split(text, `$ref: "#/components/`)[1:] {
		ref, _, _ := strings.Cut(rest, `"`)
		kind, name, _ := strings.Cut(ref, "/")
		if doc.Components[kind][name] == nil {
			t.Errorf("%s leads nowhere", ref)
		}
		n++
	}
	if n < 50 {
		t.Fatalf("only %d references were read", n)
	}
}
