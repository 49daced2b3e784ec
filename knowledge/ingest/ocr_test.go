package ingest

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/jpeg"
	"strings"
	"sync/atomic"
	"testing"

	"frontdesk/knowledge"
)

// ink reports how much of a picture is dark.
func ink(t *testing.T, picture []byte) (img image.Image, share float64) {
	t.Helper()
	img, err := jpeg.Decode(bytes.NewReader(picture))
	if err != nil {
		t.Fatal(err)
	}
	dark, all := 0, 0
	for y := img.Bounds().Min.Y; y < img.Bounds().Max.Y; y += 3 {
		for x := img.Bounds().Min.X; x < img.Bounds().Max.X; x += 3 {
			all++
			if r, _, _, _ := img.At(x, y).RGBA(); r < 0xC000 {
				dark++
			}
		}
	}
	return img, float64(dark) / float64(all)
}

func TestAScannedPageIsReadFromItsPicture(t *testing.T) {
	p := parser(t, "1", nil)
	calls := 0
	p.OCR = func(_ context.Context, picture []byte) (string, error) {
		calls++
		img, share := ink(t, picture)
		if w := img.Bounds().Dx(); w < 1000 || w > 2000 || share <= 0 || share > 0.9 {
			t.Errorf("the picture is %d wide and %.3f of it dark", w, share)
		}
		return "# Warranty\n\nTwo years.", nil
	}
	got, err := p.Parse(t.Context(), "scan.pdf", sample(t, "scan.pdf"))
	if err != nil {
		t.Fatal(err)
	}
	if calls != got.Pages || len(got.Silent) != 0 || len(got.Recognised) != got.Pages || !strings.Contains(show(got), "text p1 | \"Two years.\"") {
		t.Errorf("%d calls, got %+v", calls, got)
	}
}

func TestARecogniserThatFails(t *testing.T) {
	p := parser(t, "1", nil)
	boom := errors.New("quota")
	p.OCR = func(context.Context, []byte) (string, error) { return "", boom }
	if _, err := p.Parse(t.Context(), "scan.pdf", sample(t, "scan.pdf")); !errors.Is(err, boom) {
		t.Errorf("got %v", err)
	}
	p.OCR = func(context.Context, []byte) (string, error) { return " ", nil }
	_, err := p.Parse(t.Context(), "scan.pdf", sample(t, "scan.pdf"))
	wantInvalid(t, err, "no text", "scanned")
}

func TestRecognisedTextStandsInItsPlace(t *testing.T) {
	blocks := []knowledge.Block{{Text: "a", Page: 1}, {Text: "c", Page: 3}}
	got := show(knowledge.Parsed{Blocks: insert(insert(blocks, 2, []knowledge.Block{{Text: "b"}}), 4, []knowledge.Block{{Text: "d"}})})
	if !strings.HasSuffix(got, "text p1 | \"a\"\ntext p2 | \"b\"\ntext p3 | \"c\"\ntext p4 | \"d\"\n") {
		t.Error(got)
	}
}

func TestProgressIsReported(t *testing.T) {
	var last atomic.Pointer[knowledge.Progress]
	calls := 0
	ctx := knowledge.WithProgress(t.Context(), func(p knowledge.Progress) {
		if old := last.Load(); old != nil && (p.Done < old.Done || p.Total != old.Total) {
			t.Errorf("%v after %v", p, *old)
		}
		calls++
		last.Store(&p)
	})
	data := sample(t, "specs.pdf")
	got, err := parser(t, "1", nil).Parse(ctx, "specs.pdf", data)
	if err != nil {
		t.Fatal(err)
	}
	if want := (knowledge.Progress{Done: got.Pages, Total: got.Pages}); calls != got.Pages+1 || *last.Load() != want {
		t.Errorf("%d calls, last %v, want %v", calls, last.Load(), want)
	}
}

func TestReadingEndsWithItsCaller(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	ctx = knowledge.WithProgress(ctx, func(p knowledge.Progress) {
		if p.Done == 5 {
			cancel()
		}
	})
	if _, err := parser(t, "1", nil).Parse(ctx, "long.pdf", pdf(1500, false)); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestAnswersAreTakenApart(t *testing.T) {
	var seen []knowledge.Progress
	a := &answers{bounded: bounded{left: 100}, tell: func(p knowledge.Progress) { seen = append(seen, p) }}
	for _, piece := range []string{"#1", " 3", "\n#2 3\n#", "3 3\n{\"a\"", ":\"#4 4\\n\"}\n"} {
		if n, err := a.Write([]byte(piece)); err != nil || n != len(piece) {
			t.Fatalf("%q: %d, %v", piece, n, err)
		}
	}
	if len(seen) != 3 || seen[2].Done != 3 || a.buf.String() != "{\"a\":\"#4 4\\n\"}\n" {
		t.Errorf("%v, %q", seen, a.buf.String())
	}
	b := &answers{bounded: bounded{left: 100}}
	if _, err := b.Write([]byte("#" + strings.Repeat("1", 100))); err == nil {
		t.Error("a line without end is taken")
	}
}
