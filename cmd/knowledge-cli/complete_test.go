package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// both runs test against a server and against a data folder.
func both(t *testing.T, test func(t *testing.T, c *cli)) {
	t.Run("server", func(t *testing.T) {
		c := command(t)
		gateway(t, c)
		test(t, c)
	})
	t.Run("folder", func(t *testing.T) {
		c := command(t)
		config, _ := folder(t)
		c.dataDir, c.openLocal, c.vars["FRONTDESK_CONFIG"] = dataDir, openLocal, config
		test(t, c)
	})
}

func TestFAQCommands(t *testing.T) {
	both(t, func(t *testing.T, c *cli) {
		c.want(t, 0, c.do(t, "faq", "add", "-question=退货运费谁出", "-answer=质量问题我们出。", "-variant=退货要邮费吗", "-lang=zh"), "is in the FAQ")
		c.want(t, 0, c.do(t, "-action=faq-add", "-question=退货运费谁出？", "-answer=再问一次"), "is in the FAQ")
		if !strings.Contains(c.err.String(), "almost the same") {
			t.Errorf("no warning: %s", c.err)
		}
		c.want(t, 0, c.do(t, "search", "退货要邮费吗"), "FAQ", "质量问题我们出。")
		c.want(t, 0, c.do(t, "faq", "list", "-json"))
		var got struct {
			Items []struct{ ID, Question string }
		}
		if err := json.Unmarshal(c.out.Bytes(), &got); err != nil || len(got.Items) != 2 {
			t.Fatalf("%v: %s", err, c.out)
		}
		c.want(t, 0, c.do(t, "faq", "delete", got.Items[1].ID), "is deleted")
		c.want(t, 1, c.do(t, "faq", "delete", got.Items[1].ID), "no entry")
		for _, ext := range []string{"csv", "xlsx", "json"} {
			out := filepath.Join(t.TempDir(), "faq."+ext)
			c.want(t, 0, c.do(t, "faq", "export", out), "1 entries")
			c.want(t, 0, c.do(t, "faq", "import", out), "0 entries added, 0 changed, 0 removed, 1 unchanged")
		}
		more := file(t, "more.csv", "问题,答案\n几点开门,九点\n")
		c.want(t, 0, c.do(t, "faq", "import", more, "-dry-run"), "1 entries added", "nothing was stored")
		c.want(t, 0, c.do(t, "faq", "import", more, "-replace"), "1 entries added, 0 changed, 1 removed")
		c.want(t, 0, c.do(t, "faq", "list"), "几点开门", "! 九点")
		c.want(t, 1, c.do(t, "faq", "import", file(t, "bad.csv", "a,b\n1,2\n")), "question and answer")
		c.want(t, 2, c.do(t, "faq", "add", "-question=q"), "-answer")
		c.want(t, 2, c.do(t, "faq", "fly"), "unknown")
		c.want(t, 1, c.do(t, "update", file(t, "FAQ", "text")), "FAQ")
	})
}

func TestExportAndImport(t *testing.T) {
	both(t, func(t *testing.T, c *cli) {
		for _, hours := range []string{"four", "nine"} {
			c.want(t, 0, c.do(t, "update", file(t, "a.md", "# Kettle\n\nIt keeps warm for "+hours+" hours.\n")))
		}
		c.want(t, 0, c.do(t, "faq", "add", "-question=几点开门", "-answer=九点"))
		packed, dir := filepath.Join(t.TempDir(), "all.tar.gz"), t.TempDir()
		c.want(t, 0, c.do(t, "export", packed), "exported to")
		c.want(t, 0, c.do(t, "export", dir), "exported to")
		c.want(t, 1, c.do(t, "export", packed, "-as=none"), "no document none")
		for _, from := range []string{packed, dir} {
			c.want(t, 0, c.do(t, "import", from), "a.md: 0 versions restored, 2 were here")
			c.want(t, 0, c.do(t, "delete", "a.md"))
			c.want(t, 0, c.do(t, "delete", "FAQ"))
			c.want(t, 0, c.do(t, "import", from, "-dry-run"), "a.md: 2 versions restored", "nothing was stored")
			c.want(t, 0, c.do(t, "import", from), "a.md: 2 versions restored, 0 were here; answers draw from version 2")
			c.want(t, 0, c.do(t, "search", "how long does it keep warm"), "nine hours")
			c.want(t, 0, c.do(t, "faq", "list"), "几点开门")
			c.want(t, 0, c.do(t, "rollback", "a.md"), "version 3")
			c.want(t, 0, c.do(t, "search", "how long does it keep warm"), "four hours")
			c.want(t, 0, c.do(t, "rollback", "a.md", "-version=2"))
			c.want(t, 0, c.do(t, "delete", "a.md"))
			c.want(t, 0, c.do(t, "import", packed))
		}
		c.want(t, 1, c.do(t, "import", file(t, "x.tar.gz", "x")), "no export")
		c.want(t, 1, c.do(t, "import", t.TempDir()), "no export")
		c.want(t, 0, c.do(t, "reindex"), "1 documents were read again")
	})
}

func TestCrawl(t *testing.T) {
	pages := map[string]string{"/": `<title>Help</title><body><h1>Help</h1><p>Welcome to the help of the shop, where all is explained.</p><a href="/returns">Returns</a>`,
		"/returns": `<title>Returns</title><body><h1>Returns</h1><p>Parcels go back within seven days.</p>`}
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, ok := pages[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("ETag", fmt.Sprintf(`"%d"`, len(body)))
		if r.Header.Get("If-None-Match") == fmt.Sprintf(`"%d"`, len(body)) {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		_, _ = w.Write([]byte(body))
	}))
	t.Cleanup(site.Close)
	host := strings.TrimPrefix(site.URL, "http://")
	both(t, func(t *testing.T, c *cli) {
		pages["/returns"] = strings.Replace(pages["/returns"], "twenty", "seven", 1)
		crawl := []string{"crawl", site.URL, "-wait=0", "-depth=1", "-allow=127.0.0.1"}
		c.want(t, 1, c.do(t, crawl[:len(crawl)-1]...), "-allow")
		c.want(t, 0, c.do(t, append(crawl, "-dry-run")...), "2 pages: 2 new")
		c.want(t, 0, c.do(t, crawl...), host+"/returns is new: version 1", "2 pages: 2 new, 0 changed, 0 unchanged")
		c.want(t, 0, c.do(t, "search", "how many days to send parcels back"), "seven days")
		c.want(t, 0, c.do(t, crawl...), "2 pages: 0 new, 0 changed, 2 unchanged")
		pages["/returns"] = strings.Replace(pages["/returns"], "seven", "twenty", 1)
		c.want(t, 0, c.do(t, crawl...), "/returns is changed: version 2, 1 passages added, 1 removed", "1 changed, 1 unchanged")
		c.want(t, 0, c.do(t, "search", "how many days to send parcels back", "-explain"), "twenty days", "words in common", "send")
		gone := pages["/returns"]
		delete(pages, "/returns")
		c.want(t, 0, c.do(t, crawl...), "/returns is gone", "-action=delete")
		pages["/returns"] = gone
		c.want(t, 2, c.do(t, "crawl"), "-url")
		c.want(t, 2, c.do(t, append(crawl, "-depth=99")...), "-depth")
	})
}

func TestTestCommand(t *testing.T) {
	both(t, func(t *testing.T, c *cli) {
		c.want(t, 0, c.do(t, "update", file(t, "a.md", "# Kettle\n\nThe kettle keeps warm for four hours.\n"), "-as=kettle"))
		good := file(t, "q.csv", "question,document,contains,none\nHow long does the kettle keep warm?,kettle,FOUR|hours,\nHow long does the kettle keep warm?,a.md,,\nWho is the mayor of Rome?,,,true\n")
		c.want(t, 0, c.do(t, "test", good), "3 of 3 questions find what they should")
		bad := file(t, "q.jsonl", `{"question":"How long does the kettle keep warm?","contains":["nine"]}`+"\n")
		c.want(t, 1, c.do(t, "test", bad), "1 of 1 questions do not find")
		if !strings.Contains(c.out.String(), "FAIL  How long") || !strings.Contains(c.out.String(), "four hours") {
			t.Errorf("it does not say what was found: %s", c.out)
		}
		if code := c.do(t, "test", bad, "-json"); code != 1 {
			t.Errorf("exit code %d", code)
		}
		var got struct{ Passed, Failed int }
		if err := json.Unmarshal(c.out.Bytes(), &got); err != nil || got.Failed != 1 {
			t.Errorf("%v, %s", err, c.out)
		}
		c.want(t, 1, c.do(t, "test", file(t, "e.csv", "a,b\n")), "question")
	})
}

func TestReadingTellsHowFarItIs(t *testing.T) {
	c := command(t)
	config, _ := folder(t)
	c.dataDir, c.openLocal, c.vars["FRONTDESK_CONFIG"] = dataDir, openLocal, config
	path := file(t, "specs.pdf", specs("four"))
	c.want(t, 0, c.do(t, "update", path))
	if strings.Contains(c.err.String(), "reading") {
		t.Errorf("not on a terminal: %q", c.err)
	}
	c.terminal = true
	c.want(t, 0, c.do(t, "update", path))
	if !strings.Contains(c.err.String(), "of 40, about ") {
		t.Errorf("on a terminal: %q", c.err)
	}
}

func TestAnExportIsForThisUserOnly(t *testing.T) {
	c := command(t)
	gateway(t, c)
	c.want(t, 0, c.do(t, "update", file(t, "a.md", "# A\n\ntext\n")))
	out := filepath.Join(t.TempDir(), "a.tar.gz")
	c.want(t, 0, c.do(t, "export", out))
	if st, err := os.Stat(out); err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", st.Mode(), err)
	}
}
