package configs

import (
	"strings"
	"testing"
	"testing/fstest"
)

const toolsYAML = `
tools:
  allow: [erp.internal]
  actions:
    - {name: order, url: "https://erp.internal/o/{order}", auth: {bearer: s3cret}, args: {order: {type: string, minLength: 2}}}
  codes: [{name: sms, arg: phone, action: order}]
  tables:
    - {name: parcels, file: parcels.csv, key: {arg: parcel, column: P}, facts: [{arg: phone, column: T, tail: 4}], show: {state: S}}
bots:
  - {id: a, tools: [order, parcels, sms_send, sms_check]}
channels:
  - {id: web, type: web, bot: a}
`

func TestTools(t *testing.T) {
	cfg, err := loadText(t, toolsYAML, lookup())
	if err != nil {
		t.Fatal(err)
	}
	a := cfg.Tools.Actions[0]
	if a.Method != "GET" || a.Identity != "verified" || a.Auth.Bearer.Reveal() != "s3cret" || a.Args["order"].(map[string]any)["minLength"] != int64(2) && a.Args["order"].(map[string]any)["minLength"] != 2 {
		t.Errorf("%+v", a)
	}
	if tb := cfg.Tools.Tables[0]; !strings.HasSuffix(tb.File, "/parcels.csv") || tb.Attempts != 5 || tb.Facts[0].Tail != 4 || len(cfg.Bots[0].Tools) != 4 {
		t.Errorf("%+v", tb)
	}
}

func TestToolMistakes(t *testing.T) {
	for want, change := range map[string][2]string{
		`"ordr" is no tool: did you mean "order"?`: {"[order, parcels, sms_send, sms_check]", "[ordr]"},
		`"order" is there twice`:                   {"name: parcels", "name: order"},
		"has no name":                              {"name: parcels, ", ""},
		"either file or url":                       {"file: parcels.csv, ", ""},
		`"a b" is no name`:                         {"name: parcels", "name: a b"},
		`action "text" is none of`:                 {"action: order", "action: text"},
		`unknown key "metod"`:                      {"name: order, ", "name: order, metod: GET, "},
	} {
		if _, err := loadText(t, strings.Replace(toolsYAML, change[0], change[1], 1), lookup()); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: %v", want, err)
		}
	}
}

func TestTablesOfAFolder(t *testing.T) {
	const yaml = "name: orders\nfile: orders.csv\nkey: {arg: order, column: O}\nfacts: [{arg: phone, column: P, tail: 4}]\nshow: {state: S}\n"
	load := func(yaml string) (*Bot, error) {
		return LoadBot(fstest.MapFS{"bot.yaml": {Data: []byte("name: A\n")}, "tables/orders.yaml": {Data: []byte(yaml)}, "tables/orders.csv": {Data: []byte("O,P,S\n")}})
	}
	b, err := load(yaml)
	if err != nil || len(b.Tables) != 1 || b.Tables[0].File != "tables/orders.csv" || b.Tables[0].Attempts != 5 {
		t.Fatalf("%+v, %v", b, err)
	}
	for want, y := range map[string]string{
		"there is no file tables/x.csv": strings.Replace(yaml, "orders.csv", "x.csv", 1), "belongs into the configuration": yaml + "url: https://a.example/o.csv\n",
		"there is no file tables/../": strings.Replace(yaml, "orders.csv", "../../etc/passwd", 1), "has no name": strings.Replace(yaml, "name: orders", "about: x", 1),
	} {
		if _, err := load(y); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}
