package openapi_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"frontdesk/core"
	"frontdesk/core/fetch"
	"frontdesk/core/llm"
	"frontdesk/core/store/mem"
	"frontdesk/core/tool"
	"frontdesk/core/tool/httpaction"
	"frontdesk/core/tool/openapi"
)

const shop = `
openapi: 3.0.3
servers: [{url: "https://erp.example/v1"}]
paths:
  /customers/{user}/orders/{order}:
    parameters:
      - {name: user, in: path, required: true, schema: {type: string}}
      - {name: order, in: path, required: true, schema: {$ref: "#/components/schemas/Number"}}
    get:
      operationId: getOrder
      summary: Finds an order.
      parameters:
        - {name: lang, in: query, description: "Of the answer.", schema: {type: string, enum: [zh, en]}}
        - {$ref: "#/components/parameters/Deep"}
  /returns:
    post:
      operationId: fileReturn
      description: Files a return.
      requestBody: {$ref: "#/components/requestBodies/Return"}
  /trees:
    post:
      operationId: plant
      requestBody: {content: {application/json: {schema: {type: object, properties: {tree: {$ref: "#/components/schemas/Tree"}}}}}}
  /elsewhere:
    get:
      operationId: elsewhere
      parameters: [{name: x, in: query, schema: {$ref: "http://169.254.169.254/x.yaml"}}]
  /keyed:
    get:
      operationId: keyed
      parameters: [{name: X-Key, in: header, required: true, schema: {type: string}}]
  /upload:
    post:
      operationId: upload
      requestBody: {content: {multipart/form-data: {}}}
components:
  parameters:
    Deep: {name: deep, in: query, schema: {type: boolean, example: true}}
  schemas:
    Number: {type: string, pattern: "^[0-9]+$", example: "4711", x-internal: 1}
    Tree: {type: object, properties: {child: {$ref: "#/components/schemas/Tree"}}}
    Item: {type: object, required: [sku], properties: {sku: {type: string}, count: {type: integer, minimum: 1, nullable: true}}}
  requestBodies:
    Return:
      content:
        application/json:
          schema:
            type: object
            required: [order, items]
            properties:
              order: {$ref: "#/components/schemas/Number"}
              items: {type: array, items: {$ref: "#/components/schemas/Item"}}
              note: {type: string}
              owner: {type: string}
`

func parse(t *testing.T, text string) *openapi.Document {
	t.Helper()
	d, err := openapi.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestOperations(t *testing.T) {
	d := parse(t, shop)
	o, err := d.Action("getOrder", "", map[string]string{"user": "id"})
	if err != nil || o.Method != "GET" || o.URL != "https://erp.example/v1/customers/{customer.id}/orders/{order}?lang={lang}&deep={deep}" || o.Spec.Description != "Finds an order." || !d.Reads("getOrder") {
		t.Fatalf("%+v, %v", o, err)
	}
	var s struct {
		Properties map[string]map[string]any
		Required   []string
	}
	if err := json.Unmarshal(o.Spec.Schema, &s); err != nil || len(s.Properties) != 3 || s.Properties["order"]["pattern"] != "^[0-9]+$" || s.Properties["lang"]["description"] != "Of the answer." || strings.Join(s.Required, " ") != "order" {
		t.Errorf("schema %s", o.Spec.Schema)
	}
	if strings.Contains(string(o.Spec.Schema), "example") || strings.Contains(string(o.Spec.Schema), "x-internal") {
		t.Errorf("schema %s", o.Spec.Schema)
	}
	o, err = d.Action("fileReturn", "http://127.0.0.1/", map[string]string{"owner": "email"})
	body, _ := json.Marshal(o.Body)
	if err != nil || o.Method != "POST" || o.URL != "http://127.0.0.1/returns" || string(body) != `{"items":"{items}","note":"{note}","order":"{order}","owner":"{customer.email}"}` || d.Reads("fileReturn") {
		t.Errorf("%+v, %v", o, err)
	}
}

func TestMistakes(t *testing.T) {
	d := parse(t, shop)
	for want, c := range map[string]struct {
		id       string
		customer map[string]string
	}{
		"there is no operation":  {"nope", nil},
		"holds itself":           {"plant", nil},
		"are not followed":       {"elsewhere", nil},
		"put it into headers":    {"keyed", nil},
		"is no application/json": {"upload", nil},
		"for the customer":       {"getOrder", map[string]string{"nobody": "id"}},
	} {
		if _, err := d.Action(c.id, "", c.customer); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
	for want, text := range map[string]string{"neither YAML": "{", "not of OpenAPI 3": "swagger: '2.0'", "there twice": strings.Replace(shop, "fileReturn", "getOrder", 1)} {
		if _, err := openapi.Parse([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
	if _, err := parse(t, strings.Replace(shop, "https://erp.example/v1", "/v1", 1)).Action("getOrder", "", nil); err == nil || !strings.Contains(err.Error(), "base_url") {
		t.Error(err)
	}
}

// From the description to the request, through the gate.
func TestEndToEnd(t *testing.T) {
	var got []string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		got = append(got, r.Method+" "+r.URL.RequestURI()+" "+string(b))
		_, _ = io.WriteString(w, `{"state":"on its way"}`)
	}))
	t.Cleanup(srv.Close)
	client, err := fetch.New(fetch.Options{Allow: []string{"127.0.0.1"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	d, yes := parse(t, shop), true
	var tools []tool.Tool
	for id, customer := range map[string]map[string]string{"getOrder": {"user": "id"}, "fileReturn": {"owner": "email"}} {
		o, err := d.Action(id, srv.URL, customer)
		if err != nil {
			t.Fatal(err)
		}
		o.Client, o.Spec.Channels, o.Spec.Models = client, []string{"web"}, &yes
		a, err := httpaction.New(o)
		if err != nil {
			t.Fatal(err)
		}
		tools = append(tools, a)
	}
	set, err := tool.NewSet(mem.NewCalls(), tools...)
	if err != nil {
		t.Fatal(err)
	}
	turn := func(seq int64) *core.Turn {
		return core.NewTurn(core.Work{Turn: core.TurnID{Conversation: "c", Seq: seq}, Envelope: core.Envelope{Channel: "web",
			Contact: core.Contact{Native: "ann/../bob", Email: "ann@shop.example", Level: core.Verified}}}, time.Now)
	}
	if text, found := set.Answer(t.Context(), turn(1), llm.Call{Name: "getOrder", Arguments: json.RawMessage(`{"order":"4711"}`)}); found {
		t.Errorf("an id that leads elsewhere: %s, %v", text, got)
	}
	ann := func(seq int64) *core.Turn { tn := turn(seq); tn.Work.Envelope.Contact.Native = "ann"; return tn }
	if text, found := set.Answer(t.Context(), ann(2), llm.Call{Name: "getOrder", Arguments: json.RawMessage(`{"order":"4711"}`)}); !found || text != "state: on its way" {
		t.Error(text)
	}
	args := `{"order":"4711","items":[{"sku":"k2","count":2}]}`
	if text, found := set.Answer(t.Context(), ann(3), llm.Call{Name: "fileReturn", Arguments: json.RawMessage(args)}); !found {
		t.Error(text)
	}
	for _, bad := range []string{`{"order":"4711","items":[{"sku":"k2","price":0}]}`, `{"order":"4711","items":[],"owner":"bob@shop.example"}`, `{"order":"x","items":[]}`, `{"order":"4711","items":[{"sku":"k2","count":0}]}`} {
		if text, found := set.Answer(t.Context(), ann(4), llm.Call{Name: "fileReturn", Arguments: json.RawMessage(bad)}); found {
			t.Errorf("%s: %s", bad, text)
		}
	}
	want := []string{"GET /customers/ann/orders/4711 ", `POST /returns {"items":[{"count":2,"sku":"k2"}],"order":"4711","owner":"ann@shop.example"}`}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("asked\n%s", strings.Join(got, "\n"))
	}
}
