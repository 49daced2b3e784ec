package ui_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"frontdesk/admin/admintest"
	"frontdesk/admin/api"
	"frontdesk/admin/ui"
	"frontdesk/core"
)

// browser is where the systems of developers and of CI have Chromium.
var browsers = []string{"chromium", "chromium-browser", "google-chrome"}

// parts finds what drives a browser, or says how to get it.
func parts(t *testing.T) (chromium, playwright string) {
	t.Helper()
	for _, name := range browsers {
		if p, err := exec.LookPath(name); err == nil {
			chromium = p
			break
		}
	}
	if chromium == "" {
		t.Fatal("Chromium is missing: apt-get install -y chromium fonts-noto-cjk")
	}
	playwright, err := filepath.Abs("../../.cache/parts/playwright/node_modules/playwright-core/index.mjs")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(playwright); err != nil {
		t.Fatal("playwright-core is missing: run `make parts` (scripts/parts.sh playwright)")
	}
	return chromium, playwright
}

// evil is what a hostile customer calls themselves.
const evil = `<img src=x onerror="window.hit=1">`

// seed fills the desk with a morning's work and returns the ids the script needs.
func seed(w *admintest.World) map[string]string {
	ask := func(channel, address, name string, turns ...any) string {
		var id core.ConversationID
		for i := 0; i < len(turns); i += 2 {
			id = w.Ask(channel, address, name, turns[i].(string), turns[i+1].(core.Outcome))
		}
		w.Add(7 * time.Minute)
		return string(id)
	}
	ctx := context.Background()
	move := func(id, kind, agent string) {
		if _, err := w.Ledger.Move(ctx, core.Move{Conversation: core.ConversationID(id), Kind: kind, Agent: agent}); err != nil {
			w.Fatal(err)
		}
	}
	closed := ask("tg", "closed", "Jonas Weber", "Where is my parcel?", admintest.Answered("Parcels arrive within three working days. You find the tracking number in your confirmation mail.", "shipping.pdf", 0.91))
	move(closed, core.Resolved, "editor")
	ask("sl", "bot", "Sofia Rossi", "Do you ship to Italy?", admintest.Answered("Yes, to all countries of the EU, within five working days.", "shipping.pdf", 0.88))
	other := ask("tg", "other", "Marta Kowalska", "The kettle leaks. This is the third time I write!", admintest.HandedOver("I am sorry. A colleague will take care of this.", core.ReasonAngry, 0.31))
	move(other, core.Taken, "editor")
	evilID := ask("web", "evil", evil, "<script>window.hit=1</script> hello", admintest.HandedOver("<b>not bold</b>", core.ReasonRepeated, 0.2))
	stale := ask("web", "stale", "Amélie Durand", "I want to speak to a person", admintest.HandedOver("Of course. One moment, please.", core.ReasonAsked, 0.62))
	zh := ask("wx", "wang", "王芳", "你们家的搅拌机拆封了还能退吗？", admintest.Answered("自签收之日起 30 天内，商品完好即可退货；拆封的小家电需保留全部配件。", "退换货政策.pdf", 0.78),
		"我是在线下门店买的，小票丢了怎么办", admintest.HandedOver("这个问题我没有把握，正在为您转接人工客服，请稍候。", core.ReasonUnsure, 0.32))
	main := ask("web", "li", "Li Hua", "Can I return an opened blender?", admintest.Answered("You can return it within 30 days of delivery if it is complete and unharmed.\nOpened small appliances need all their parts.", "returns.pdf", 0.82),
		"It was a gift and I have no receipt. I would rather talk to somebody.", admintest.HandedOver("I'll get a colleague. One moment, please.", core.ReasonAsked, 0.38))
	for name, text := range map[string]string{"returns.pdf": "30 days\nall parts needed\nfree label", "shipping.pdf": "three days\nEU five days", "退换货政策.pdf": "自签收之日起 30 天内可退货\n需保留全部配件"} {
		if _, err := w.Documents.Ingest(ctx, api.Upload{Workspace: core.DefaultWorkspace, Bot: "default", Name: name, File: name, Data: []byte(text)}); err != nil {
			w.Fatal(err)
		}
	}
	return map[string]string{"LI": main, "WANG": zh, "STALE": stale, "EVIL": evilID, "OTHER": other}
}

// TestDeskInABrowser lets a real browser do a person's morning at the desk; the
// script is testdata/desk.mjs. With FRONTDESK_SHOTS set to a folder it leaves
// pictures of every screen there.
func TestDeskInABrowser(t *testing.T) {
	chromium, playwright := parts(t)
	w := admintest.New(t, time.Now().Add(-50*time.Minute))
	ids := seed(w)
	mux := http.NewServeMux()
	mux.Handle(ui.Prefix, ui.Handler())
	mux.Handle("/api/v1/", api.New(w.Parts()))
	server := httptest.NewServer(mux)
	defer server.Close()
	defer close(w.Stop)

	cmd := exec.CommandContext(t.Context(), "node", "testdata/desk.mjs")
	cmd.Env = append(os.Environ(), "DESK="+server.URL, "CHROMIUM="+chromium, "PLAYWRIGHT="+playwright, "PASSWORD="+admintest.Password,
		"PROFILE="+t.TempDir(), "TOKEN="+w.Tokens[core.RoleEditor])
	for k, v := range ids {
		cmd.Env = append(cmd.Env, k+"="+v)
	}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Logf("%s", out)
	happened(t, w, core.ConversationID(ids["LI"]))
}

// happened checks on the server what the browser seemed to do.
func happened(t *testing.T, w *admintest.World, id core.ConversationID) {
	t.Helper()
	c, err := w.Ledger.Conversation(t.Context(), id)
	if err != nil || c.State.Case.Mode != core.ByBot {
		t.Fatalf("%+v, %v", c, err)
	}
	evs, err := w.Ledger.Events(t.Context(), id, 4, 100)
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, ev := range evs {
		said = append(said, ev.Kind+"|"+ev.Key+"|"+ev.Text())
	}
	if got, want := strings.Join(said, "\n"), "taken|agent|\n|agent|Hello, this is Ann.\nThe order number is enough.\nreturned|agent|"; got != want {
		t.Fatalf("events\n%s\nwant\n%s", got, want)
	}
	notes, err := w.Ledger.Notes(t.Context(), id)
	if err != nil || len(notes) != 1 || notes[0].Text != "gift, no receipt: check the order list" || notes[0].Agent != "agent" {
		t.Fatalf("%+v, %v", notes, err)
	}
	ds, err := w.Documents.Documents(t.Context(), core.DefaultWorkspace, "default")
	if err != nil || len(ds) != 3 {
		t.Fatalf("%+v, %v", ds, err)
	}
	for _, d := range ds {
		if d.Name == "returns.pdf" && (d.Version != 2 || d.File != "returns v2.md") {
			t.Fatalf("%+v", d)
		}
	}
}
