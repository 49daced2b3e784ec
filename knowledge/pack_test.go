package knowledge_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"frontdesk/core"
	"frontdesk/knowledge"
	"frontdesk/knowledge/chunk"
	"frontdesk/knowledge/knowledgetest"
)

func packed(t *testing.T, s *knowledge.Service, name string) []byte {
	t.Helper()
	var b bytes.Buffer
	if _, err := s.Pack(t.Context(), ws, bot, name, &b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func unpacked(t *testing.T, s *knowledge.Service, pack []byte, dry bool) []knowledge.Restored {
	t.Helper()
	out, err := s.Unpack(t.Context(), ws, bot, bytes.NewReader(pack), dry)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestAPackRestoresDocumentsWithTheirVersions(t *testing.T) {
	s, c := versioned(t)
	ingested(t, s, "", "other.md", "# 门店\n\n南京路一号。\n")
	pack := packed(t, s, "")
	there := service(&knowledgetest.Memory{}, c, knowledge.Limits{})
	if got := unpacked(t, there, pack, true); len(got) != 2 || first(t, there, "整机保修几年") != "" {
		t.Errorf("a dry run wrote: %+v", got)
	}
	want := []knowledge.Restored{{Name: "manual", Version: 3, Restored: 3, New: true}, {Name: "other.md", Version: 1, Restored: 1, New: true}}
	if diff := cmp.Diff(want, unpacked(t, there, pack, false)); diff != "" {
		t.Error(diff)
	}
	a, err1 := s.Versions(t.Context(), ws, bot, "manual")
	b, err2 := there.Versions(t.Context(), ws, bot, "manual")
	if diff := cmp.Diff(a, b); diff != "" || errors.Join(err1, err2) != nil {
		t.Error(diff, err1, err2)
	}
	if got := first(t, there, "整机保修几年"); got != "manual 五年.md: 整机保修五年。" {
		t.Error(got)
	}
	if _, err := there.Rollback(t.Context(), ws, bot, "manual", 1); err != nil || first(t, there, "整机保修几年") != "manual 两年.md: 整机保修两年。" {
		t.Errorf("%v, %s", err, first(t, there, "整机保修几年"))
	}
	if _, data, err := there.File(t.Context(), ws, bot, "manual", 1); err != nil || string(data) != manual {
		t.Errorf("%q, %v", data, err)
	}
	if !bytes.Equal(pack, packed(t, s, "")) {
		t.Error("the same documents make another pack")
	}
}

func TestUnpackingAgainDoesNothingMore(t *testing.T) {
	s, _ := versioned(t)
	pack := packed(t, s, "manual")
	want := []knowledge.Restored{{Name: "manual", Known: 3}}
	if diff := cmp.Diff(want, unpacked(t, s, pack, false)); diff != "" {
		t.Error(diff)
	}
	ingested(t, s, "manual", "manual 十年.md", strings.Replace(manual, "两年", "十年", 1))
	got := unpacked(t, s, pack, false)
	if len(got) != 1 || got[0].Version != 5 || got[0].Restored != 1 || first(t, s, "整机保修几年") != "manual 五年.md: 整机保修五年。" {
		t.Errorf("over a newer version: %+v, %s", got, first(t, s, "整机保修几年"))
	}
	if diff := cmp.Diff(want, unpacked(t, s, pack, false)); diff != "" {
		t.Error(diff)
	}
}

func TestDamagedPacks(t *testing.T) {
	s, _ := versioned(t)
	pack := packed(t, s, "manual")
	z, err := gzip.NewReader(bytes.NewReader(pack))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	zip := func(b []byte) []byte {
		var out bytes.Buffer
		w := gzip.NewWriter(&out)
		_, _ = w.Write(b)
		_ = w.Close()
		return out.Bytes()
	}
	for name, data := range map[string][]byte{
		"no gzip": []byte("PK"), "no tar": zip(bytes.Repeat([]byte("x"), 2000)), "nothing": zip(nil), "cut": pack[:len(pack)/2],
		"another file": zip(bytes.Replace(plain, []byte("运费十二元。"), []byte("运费十三元。"), -1)),
		"no version":   zip(bytes.Replace(plain, []byte(`"Version": 3`), []byte(`"Version": 0`), 1)),
		"stray":        zip(bytes.Replace(plain, []byte("0001/v000003/file\x00"), []byte("0001/v000003/fill\x00"), 1)),
	} {
		there := service(&knowledgetest.Memory{}, started(), knowledge.Limits{})
		var invalid *core.InputError
		if _, err := there.Unpack(t.Context(), ws, bot, bytes.NewReader(data), false); !errors.As(err, &invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := s.Pack(t.Context(), ws, bot, "none", io.Discard); !errors.Is(err, core.ErrNotFound) {
		t.Errorf("no such document: %v", err)
	}
}

func TestReindexReadsAgain(t *testing.T) {
	l := &knowledgetest.Memory{}
	old := service(l, started(), knowledge.Limits{})
	ingested(t, old, "", "a.md", manual)
	ingested(t, old, "", "b.md", "# 门店\n\n南京路一号。\n")
	better := knowledge.New(knowledge.Options{Library: l, Parser: shouting{}, Split: chunk.Split, Hash: chunk.Hash,
		NewIndex: words().NewIndex, Now: started().time})
	var told []string
	cs, err := better.Reindex(t.Context(), ws, bot, false, func(_, of int, name string) { told = append(told, name) })
	if err == nil || !strings.Contains(err.Error(), "b.md") || len(cs) != 1 || cs[0].Document.Version != 2 || cs[0].Document.Origin.Note != "read again" {
		t.Errorf("%+v, %v", cs, err)
	}
	if diff := cmp.Diff([]string{"a.md", "b.md"}, told); diff != "" {
		t.Error(diff)
	}
	if cs, err = better.Reindex(t.Context(), ws, bot, false, func(int, int, string) {}); err == nil || cs[0].Document.Version != 2 {
		t.Errorf("again: %+v, %v", cs, err)
	}
}

// shouting reads all but b.md, and reads it otherwise than before.
type shouting struct{}

func (shouting) Parse(_ context.Context, name string, data []byte) (knowledge.Parsed, error) {
	if name == "b.md" {
		return knowledge.Parsed{}, core.Invalid("not today")
	}
	return knowledge.Parsed{MIME: "text/markdown", Blocks: []knowledge.Block{{Text: strings.ToUpper(string(data))}}}, nil
}
