package lookup_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"frontdesk/core"
	"frontdesk/core/fetch"
	"frontdesk/core/tool"
	"frontdesk/core/tool/lookup"
)

const orders = `订单号,手机号,姓名,会员号,状态,内部备注
20251103118,13800138000,Ann,u-1,已发货,别给他退款
20251103119,13900139000,Bob,u-2,待付款,VIP
20251103120,,Eve,,已签收,no phone
20251103121,+86 138-0013-7777,Ann,u-1,已签收,
20251103121,13800137777,Ann,u-1,补发中,
`

var now = time.Unix(1_700_000_000, 0)

func options(csv string) lookup.Options {
	return lookup.Options{Name: "orders", Key: lookup.Column{Arg: "order", Column: "订单号"}, Facts: []lookup.Column{{Arg: "phone", Column: "手机号", Tail: 4}},
		Owner: "会员号", OwnerOn: []string{"web"}, Show: map[string]string{"status": "状态"}, Load: file([]byte(csv)), Models: true}
}

func file(b []byte) *lookup.File {
	return &lookup.File{FS: fstest.MapFS{"t": {Data: b, ModTime: now}}, Name: "t"}
}

func table(t *testing.T, o lookup.Options) *lookup.Table {
	t.Helper()
	tb, err := lookup.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return tb
}

// ask asks in a conversation of its own.
func ask(t *testing.T, tb *lookup.Table, args ...string) (string, error) {
	t.Helper()
	return askAs(t, tb, tool.Customer{Conversation: t.Name() + strings.Join(args, "/"), Channel: "web"}, args...)
}

func askAs(t *testing.T, tb *lookup.Table, who tool.Customer, args ...string) (string, error) {
	t.Helper()
	c := tool.Call{Args: map[string]any{}, Customer: who, Now: now}
	for i := 0; i+1 < len(args); i += 2 {
		c.Args[args[i]] = args[i+1]
	}
	r, err := tb.Call(t.Context(), c)
	return r.Values["status"], err
}

func TestTwoFacts(t *testing.T) {
	tb := table(t, options(orders))
	for _, c := range []struct{ order, phone, want string }{
		{"20251103118", "8000", "已发货"}, {"20251103118", "13800138000", "已发货"}, {"2025 1103-118", "尾号 8000", "已发货"}, {"２０２５１１０３１１８", "８０００", "已发货"},
		{"#20251103119", "+86 139 0013 9000", "待付款"}, {"20251103121", "7777", "已签收; 补发中"},
	} {
		if got, err := ask(t, tb, "order", c.order, "phone", c.phone); err != nil || got != c.want {
			t.Errorf("%s, %s: %q, %v", c.order, c.phone, got, err)
		}
	}
	for _, c := range [][]string{
		{"order", "20251103118"}, {"order", "20251103118", "phone", ""}, {"order", "20251103118", "phone", "9000"}, {"order", "20251103118", "phone", "000"}, {"order", "20251103118", "phone", "0"},
		{"order", "20251103119", "phone", "8000"}, {"order", "20251103120", "phone", ""}, {"order", "20251103120", "phone", "0000"}, {"order", "", "phone", "8000"}, {"phone", "8000"}, {},
		{"order", "99999999999", "phone", "8000"}, {"order", "*", "phone", "*"}, {"order", "2025110311", "phone", "8000"}, {"order", "20251103118' OR '1'='1", "phone", "8000"}, {"order", "20251103118", "phone", "%8000%_"[:1]},
	} {
		if got, err := ask(t, tb, c...); !errors.Is(err, tool.ErrNoMatch) || got != "" {
			t.Errorf("%v: %q, %v", c, got, err)
		}
	}
}

// Only named columns are told.
func TestOnlyShownColumns(t *testing.T) {
	r, err := table(t, options(orders)).Call(t.Context(), tool.Call{Args: map[string]any{"order": "20251103118", "phone": "8000"}, Now: now})
	if err != nil || len(r.Values) != 1 || strings.Contains(fmt.Sprint(r), "退款") || strings.Contains(fmt.Sprint(r), "13800138000") {
		t.Errorf("%+v, %v", r, err)
	}
}

// A verified owner needs no second fact, for their own rows, where their id counts.
func TestOwner(t *testing.T) {
	tb := table(t, options(orders))
	ann := tool.Customer{Conversation: "ann", Channel: "web", Native: "u-1", Level: core.Verified}
	if got, err := askAs(t, tb, ann, "order", "20251103118"); err != nil || got != "已发货" {
		t.Errorf("her own: %q, %v", got, err)
	}
	claimed, elsewhere, nobody := ann, ann, ann
	claimed.Level, elsewhere.Channel, nobody.Native = core.Claimed, "tg", ""
	for name, c := range map[string]struct {
		who   tool.Customer
		order string
	}{
		"another's": {ann, "20251103119"}, "nobody's": {nobody, "20251103120"}, "only claimed": {claimed, "20251103118"}, "the id of another channel": {elsewhere, "20251103118"},
	} {
		if got, err := askAs(t, tb, c.who, "order", c.order); !errors.Is(err, tool.ErrNoMatch) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

func TestMistakes(t *testing.T) {
	for want, change := range map[string]func(*lookup.Options){
		"key needs":             func(o *lookup.Options) { o.Key = lookup.Column{} },
		"a second fact":         func(o *lookup.Options) { o.Facts, o.Owner = nil, "" },
		"soon guessed":          func(o *lookup.Options) { o.Facts[0].Tail = 3 },
		"no second fact":        func(o *lookup.Options) { o.Facts[0].Column = "订单号" },
		"shows nothing":         func(o *lookup.Options) { o.Show = nil },
		"name the channels":     func(o *lookup.Options) { o.OwnerOn = nil },
		"has no column \"状况\"":  func(o *lookup.Options) { o.Show["status"] = "状况" },
		"is empty":              func(o *lookup.Options) { o.Load = file(nil) },
		"neither CSV nor XLSX":  func(o *lookup.Options) { o.Load = file([]byte("a\x00b")) },
		"no readable XLSX file": func(o *lookup.Options) { o.Load = file([]byte("PK\x03\x04nonsense")) },
	} {
		o := options(orders)
		change(&o)
		tb, err := lookup.New(o)
		if err == nil {
			err = tb.Ready(t.Context())
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}

func TestFormats(t *testing.T) {
	gbk, err := simplifiedchinese.GB18030.NewEncoder().String(orders)
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{
		"mark": []byte("\xef\xbb\xbf" + orders), "gb18030": []byte(gbk), "semicolons": []byte(strings.ReplaceAll(orders, ",", ";")), "tabs": []byte(strings.ReplaceAll(orders, ",", "\t")),
		"crlf": []byte(strings.ReplaceAll(orders, "\n", "\r\n")), "xlsx": workbook(t),
	} {
		o := options("")
		o.Load = file(data)
		if got, err := ask(t, table(t, o), "order", "20251103118", "phone", "8000"); err != nil || got != "已发货" {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

// workbook keeps the long numbers as numbers, as spreadsheets do.
func workbook(t *testing.T) []byte {
	f := excelize.NewFile()
	for i, row := range [][]any{{"订单号", "手机号", "会员号", "状态"}, {20251103118, 13800138000, "u-1", "已发货"}, {123456789012345, 13900139000, "u-2", "x"}} {
		if err := f.SetSheetRow("Sheet1", fmt.Sprint("A", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestLongNumbersInSheets(t *testing.T) {
	o := options("")
	o.Load = file(workbook(t))
	if got, err := ask(t, table(t, o), "order", "123456789012345", "phone", "9000"); err != nil || got != "x" {
		t.Errorf("%q, %v", got, err)
	}
}

func TestFileIsReadAgain(t *testing.T) {
	fsys := fstest.MapFS{"t": {Data: []byte(orders), ModTime: now}}
	o := options("")
	o.Load = &lookup.File{FS: fsys, Name: "t"}
	tb := table(t, o)
	at := func(d time.Duration) (string, error) {
		r, err := tb.Call(t.Context(), tool.Call{Args: map[string]any{"order": "20251103118", "phone": "8000"}, Now: now.Add(d)})
		return r.Values["status"], err
	}
	if got, _ := at(0); got != "已发货" {
		t.Fatal(got)
	}
	fsys["t"] = &fstest.MapFile{Data: []byte(strings.Replace(orders, "已发货", "已签收", 1)), ModTime: now.Add(time.Second)}
	if got, _ := at(time.Second); got != "已发货" {
		t.Errorf("looked at too often: %s", got)
	}
	if got, _ := at(time.Minute); got != "已签收" {
		t.Errorf("not read again: %s", got)
	}
	fsys["t"] = &fstest.MapFile{Data: []byte("nonsense"), ModTime: now.Add(2 * time.Minute)}
	for _, d := range []time.Duration{3 * time.Minute, 4 * time.Minute} {
		if got, err := at(d); got != "已签收" || err != nil {
			t.Errorf("a broken file takes the table away: %q, %v", got, err)
		}
	}
	fsys["t"] = &fstest.MapFile{Data: []byte(orders), ModTime: now.Add(5 * time.Minute)}
	if got, _ := at(6 * time.Minute); got != "已发货" {
		t.Errorf("mended: %s", got)
	}
}

// A file that is broken from the start stays an error, also when looked at twice.
func TestBrokenFromTheStart(t *testing.T) {
	tb := table(t, options("nonsense"))
	for range 2 {
		if err := tb.Ready(t.Context()); err == nil {
			t.Error("it is ready")
		}
		if _, err := ask(t, tb, "order", "1", "phone", "1111"); !errors.Is(err, tool.ErrUnavailable) {
			t.Error(err)
		}
	}
}

func TestURL(t *testing.T) {
	var asked, sent atomic.Int32
	fail := atomic.Bool{}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		switch {
		case fail.Load():
			w.WriteHeader(http.StatusBadGateway)
		case r.Header.Get("Authorization") != "Bearer t0p":
			w.WriteHeader(http.StatusUnauthorized)
		case r.Header.Get("If-None-Match") == `"1"`:
			w.WriteHeader(http.StatusNotModified)
		default:
			sent.Add(1)
			w.Header().Set("ETag", `"1"`)
			_, _ = w.Write([]byte(orders))
		}
	}))
	t.Cleanup(srv.Close)
	load := func(allow ...string) *lookup.URL {
		c, err := fetch.New(fetch.Options{Allow: allow})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(c.Close)
		return &lookup.URL{Client: c, Address: srv.URL, Header: http.Header{"Authorization": {"Bearer t0p"}}, Refresh: time.Minute, MaxAge: time.Hour}
	}
	o := options("")
	o.Load = load()
	if err := table(t, o).Ready(t.Context()); !errors.Is(err, fetch.ErrRefused) || asked.Load() != 0 {
		t.Errorf("a private address: %v", err)
	}
	o.Load = load("127.0.0.1")
	tb := table(t, o)
	at := func(d time.Duration) error {
		_, err := tb.Call(context.Background(), tool.Call{Args: map[string]any{"order": "20251103118", "phone": "8000"}, Now: now.Add(d)})
		return err
	}
	for _, d := range []time.Duration{0, time.Second, 2 * time.Minute, 4 * time.Minute} {
		if err := at(d); err != nil {
			t.Error(d, err)
		}
	}
	if asked.Load() != 3 || sent.Load() != 1 {
		t.Errorf("asked %d times, sent %d times", asked.Load(), sent.Load())
	}
	fail.Store(true)
	if err := at(30 * time.Minute); err != nil {
		t.Errorf("half an hour old: %v", err)
	}
	if err := at(3 * time.Hour); !errors.Is(err, tool.ErrUnavailable) {
		t.Errorf("three hours old: %v", err)
	}
}
