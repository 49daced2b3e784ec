package builtin

import (
	"encoding/binary"
	"errors"
	"math"

	"frontdesk/core"
	"frontdesk/knowledge/embed/builtin/kernel"
	"frontdesk/knowledge/embed/builtin/modelfile"
	"frontdesk/knowledge/embed/builtin/unigram"
)

// prefix is what the model was trained to see before a text (Wang et al.,
// "Multilingual E5 Text Embeddings", 2024).
func prefix(kind core.EmbedKind) string {
	if kind == core.EmbedQuery {
		return "query: "
	}
	return "passage: "
}

const (
	// packTokens is about how many tokens of short texts share a pass, and so one
	// reading of the weights. More make a pass longer, not quicker.
	packTokens = 128
	// maxWindows is how many windows of 510 tokens of a text are embedded.
	maxWindows = 8
)

// encoder is a model and the kernels that run it; it is not changed.
type encoder struct {
	*modelfile.Model
	k *kernel.Set
}

// span is a run of tokens that attend to each other, and the text it is of.
type span struct{ start, end, text int }

// bench is the memory of one pass at a time; its slices only grow.
type bench struct {
	lattice     unigram.Lattice
	ids, pieces []int32
	spans       []span

	x, ctx, delta, wide []float32
	// odd is qkv[1] in a team, where a quicker member writes one layer while a
	// slower one still reads the one before; else qkv[0].
	qkv  [2][]float32
	odd  []float32
	acts []kernel.Block
	mine desk
}

// desk is the memory each member of a team has for itself.
type desk struct{ keys, values, scores []float32 }

func grow[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}

// begin empties the bench.
func (b *bench) begin() { b.ids, b.spans = b.ids[:0], b.spans[:0] }

// cut leaves the pieces of a text in b.pieces, at most maxWindows of them.
func (e *encoder) cut(b *bench, text string, kind core.EmbedKind) {
	b.pieces = e.Vocabulary.Cut(b.pieces[:0], prefix(kind), text, &b.lattice)
	b.pieces = b.pieces[:min(len(b.pieces), maxWindows*e.window())]
}

// window is how many pieces a pass may have of one text.
func (e *encoder) window() int { return int(e.MaxPos) - 2 }

// add puts pieces between the marks the model expects.
func (e *encoder) add(b *bench, pieces []int32, text int) {
	start := len(b.ids)
	b.ids = append(b.ids, int32(e.BOS))
	b.ids = append(b.ids, pieces...)
	b.ids = append(b.ids, int32(e.EOS))
	b.spans = append(b.spans, span{start, len(b.ids), text})
}

// mean adds weight times the mean of a span's rows to out.
func (e *encoder) mean(b *bench, s span, weight float32, out []float32) {
	h := int(e.Hidden)
	weight /= float32(s.end - s.start)
	for t := s.start; t < s.end; t++ {
		for i, v := range b.x[t*h:][:h] {
			out[i] += weight * v
		}
	}
}

var errDamaged = errors.New("the model gives no numbers: its file is damaged")

// unit scales v to length 1.
func unit(v []float32) error {
	sum := 0.0
	for _, f := range v {
		sum += float64(f) * float64(f)
	}
	if !(sum > 1e-12 && sum < math.MaxFloat32) {
		return errDamaged
	}
	inv := float32(1 / math.Sqrt(sum))
	for i := range v {
		v[i] *= inv
	}
	return nil
}

// ready makes room for the pass over b.ids by that many members.
func (e *encoder) ready(b *bench, members int) {
	h, f := int(e.Hidden), int(e.FFN)
	rows := roundUp(len(b.ids)+3, 64) // products take four rows at a time
	b.x, b.ctx = grow(b.x, rows*h), grow(b.ctx, rows*h)
	b.delta, b.wide = grow(b.delta, rows*h), grow(b.wide, rows*f)
	b.acts = grow(b.acts, rows*f/kernel.BlockCols)
	b.qkv[0] = grow(b.qkv[0], rows*3*h)
	b.odd = b.qkv[0]
	if members > 1 {
		b.qkv[1] = grow(b.qkv[1], rows*3*h)
		b.odd = b.qkv[1]
	}
}

// rows is what a member of a team computes of a pass: all rows of its spans
// between lo and hi.
type rows struct{ lo, hi int }

// forward leaves the last hidden state of the rows in b.x. Before the attention
// of each layer it calls meet, which returns once all members have come there,
// and false if the pass is given up.
func (e *encoder) forward(b *bench, d *desk, r rows, meet func() bool) bool {
	h, f, n := int(e.Hidden), int(e.FFN), r.hi-r.lo
	acts := b.acts[r.lo*f/kernel.BlockCols:]
	own := func(s []float32, width int) []float32 { return s[r.lo*width : r.hi*width] }
	x, delta, wide := own(b.x, h), own(b.delta, h), own(b.wide, f)
	e.embed(b, r)
	for i := range e.Layers {
		l, qkv := &e.Layers[i], b.qkv[0]
		if i%2 == 1 {
			qkv = b.odd
		}
		e.linear(&l.QKV, acts, own(qkv, 3*h), x, n)
		if !meet() {
			return false
		}
		for _, s := range b.spans {
			if lo, hi := max(s.start, r.lo), min(s.end, r.hi); lo < hi {
				e.attend(b, d, qkv, s, rows{lo, hi})
			}
		}
		e.linear(&l.Out, acts, delta, own(b.ctx, h), n)
		e.residual(x, delta, &l.OutNorm)
		e.linear(&l.Up, acts, wide, x, n)
		e.k.Gelu(wide)
		e.linear(&l.Down, acts, delta, wide, n)
		e.residual(x, delta, &l.DownNorm)
	}
	return true
}

// embed looks the rows' tokens up and adds their positions.
func (e *encoder) embed(b *bench, r rows) {
	h := int(e.Hidden)
	for _, s := range b.spans {
		for t := max(s.start, r.lo); t < min(s.end, r.hi); t++ {
			row := b.x[t*h:][:h]
			e.lookup(row, b.ids[t])
			e.k.AddNorm(row, e.Pos[(t-s.start)*h:][:h], e.EmbNorm.Gain, e.EmbNorm.Bias, e.Eps)
		}
	}
}

func (e *encoder) lookup(dst []float32, id int32) {
	src := e.Word[int(id)*len(dst)/kernel.BlockCols*modelfile.WordUnit:]
	for i := 0; i < len(dst); i += kernel.BlockCols {
		scale := kernel.Half(binary.LittleEndian.Uint16(src))
		out := (*[kernel.BlockCols]float32)(dst[i:])
		for j, q := range src[2:modelfile.WordUnit] {
			out[j] = float32(int(q&15)-8) * scale
			out[j+16] = float32(int(q>>4)-8) * scale
		}
		src = src[modelfile.WordUnit:]
	}
}

// linear sets y[t] = m·x[t] + bias for n rows.
func (e *encoder) linear(m *modelfile.Matrix, acts []kernel.Block, y, x []float32, n int) {
	blocks := m.Cols / kernel.BlockCols
	acts = acts[:n*blocks]
	e.k.Quantize(acts, x)
	tile := blocks * kernel.TileUnit
	for r := 0; r < m.Rows; r += kernel.TileRows {
		e.k.Tile(m.W[r/kernel.TileRows*tile:][:tile], blocks, acts, n, m.Bias[r:], y[r:], m.Rows)
	}
}

// residual sets each row of x to the layer norm of x+delta.
func (e *encoder) residual(x, delta []float32, ln *modelfile.Norm) {
	h := int(e.Hidden)
	for i := 0; i < len(x); i += h {
		e.k.AddNorm(x[i:i+h], delta[i:i+h], ln.Gain, ln.Bias, e.Eps)
	}
}
