package kernel

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

// numbers returns n normally distributed numbers of that scale.
func numbers(rng *rand.Rand, n int, scale float64) []float32 {
	v := make([]float32, n)
	for i := range v {
		v[i] = float32(rng.NormFloat64() * scale)
	}
	return v
}

// weights returns a tile of random nibbles with plausible scales of both signs.
func weights(rng *rand.Rand, blocks int) []byte {
	w := make([]byte, blocks*TileUnit)
	for i := range w {
		w[i] = byte(rng.Uint32())
	}
	for i := range blocks * TileRows {
		w[blocks*BlockBytes+2*i+1] = byte(0x20 + rng.IntN(8) | rng.IntN(2)<<7)
	}
	return w
}

// near fails unless got is want to 1e-5 of its size.
func near(t *testing.T, what string, got, want []float32) {
	t.Helper()
	for i := range want {
		if d := math.Abs(float64(got[i] - want[i])); !(d <= 1e-5*(1+math.Abs(float64(want[i])))) {
			t.Fatalf("%s: number %d is %v, want %v", what, i, got[i], want[i])
		}
	}
}

// others are the sets to compare with Portable; with none there is nothing to
// test here, and the encoder's own tests run Portable.
func others() []*Set { return Available()[:len(Available())-1] }

func TestTile(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	const ldy = 48
	for _, blocks := range []int{1, 12, 48} {
		for _, n := range []int{1, 2, 3, 7, 8, 9, 21} {
			w, bias, x := weights(rng, blocks), numbers(rng, TileRows, 1), make([]Block, n*blocks)
			src := numbers(rng, n*blocks*BlockCols, 2)
			src[0], src[len(src)-1] = 300, -300
			Portable.Quantize(x, src)
			want := make([]float32, n*ldy)
			Portable.Tile(w, blocks, x, n, bias, want, ldy)
			near(t, "portable tile", want, tileSlowly(w, blocks, x, n, bias, ldy))
			for _, k := range others() {
				got := make([]float32, n*ldy)
				k.Tile(w, blocks, x, n, bias, got, ldy)
				near(t, k.Name+" tile", got, want)
			}
		}
	}
}

// tileSlowly follows the package comment, weight by weight.
func tileSlowly(w []byte, blocks int, x []Block, n int, bias []float32, ldy int) []float32 {
	y := make([]float32, n*ldy)
	for t := range n {
		for r := range TileRows {
			sum := float64(bias[r])
			for b := range blocks {
				scale := Half(binary.LittleEndian.Uint16(w[blocks*BlockBytes+2*(b*TileRows+r):]))
				for c := range BlockCols {
					q := w[b*BlockBytes+c/8*64+4*r+c%4]
					if c%8 >= 4 {
						q >>= 4
					}
					a := &x[t*blocks+b]
					sum += float64(scale) * float64(int(q&15)-8) * float64(a.Scale) * float64(a.Q[c])
				}
			}
			y[t*ldy+r] = float32(sum)
		}
	}
	return y
}

// The greatest products there are stay exact: 4 bits times 8, all of one sign.
func TestTileAtItsLimits(t *testing.T) {
	for _, nibble := range []byte{0x00, 0xff} {
		for _, q := range []int8{127, -127} {
			w, x := make([]byte, TileUnit), []Block{{Scale: 1}}
			for i := range BlockBytes {
				w[i] = nibble
			}
			for r := range TileRows {
				binary.LittleEndian.PutUint16(w[BlockBytes+2*r:], 0x3c00) // 1
			}
			for i := range x[0].Q {
				x[0].Q[i] = q
			}
			x[0].Off = -8 * BlockCols * int32(q)
			want := float32(BlockCols) * float32(int(nibble&15)-8) * float32(q)
			for _, k := range Available() {
				y := make([]float32, TileRows)
				k.Tile(w, 1, x, 1, make([]float32, TileRows), y, TileRows)
				for r := range y {
					if y[r] != want {
						t.Fatalf("%s: row %d of %#x times %d is %v, want %v", k.Name, r, nibble, q, y[r], want)
					}
				}
			}
		}
	}
}

func TestQuantize(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	src := numbers(rng, 64*BlockCols, 2)
	clear(src[:BlockCols])
	src[BlockCols+5] = 1e30
	for _, k := range Available() {
		dst := make([]Block, 64)
		k.Quantize(dst, src)
		for i, d := range dst {
			off := int32(0)
			for j, q := range d.Q {
				off -= 8 * int32(q)
				if e := math.Abs(float64(d.Scale)*float64(q) - float64(src[i*BlockCols+j])); !(e <= 0.501*float64(d.Scale)) {
					t.Fatalf("%s: %v becomes %d times %v", k.Name, src[i*BlockCols+j], q, d.Scale)
				}
			}
			if off != d.Off {
				t.Fatalf("%s: offset %d, want %d", k.Name, d.Off, off)
			}
		}
	}
}

func TestGemm(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for _, k := range Available() {
		for _, depth := range []int{1, 32, 37} {
			a, b := numbers(rng, 8*40, 1), numbers(rng, 40*64, 1)
			want, got := make([]float32, 8*64), make([]float32, 8*64)
			for i := range 8 {
				for j := range 64 {
					sum := 0.0
					for p := range depth {
						sum += float64(a[i*40+p]) * float64(b[p*64+j])
					}
					want[i*64+j] = float32(sum)
				}
			}
			k.Gemm(got, 64, a, 40, b, 64, 8, 64, depth)
			near(t, k.Name+" gemm", got, want)
		}
	}
}

// The functions of a row are what mathematics says they are.
func TestRows(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	for _, k := range Available() {
		x := numbers(rng, 1536, 3)
		x[0], x[1], x[2] = 40, -40, 0
		want := make([]float32, len(x))
		for i, v := range x {
			want[i] = float32(float64(v) * 0.5 * math.Erfc(-float64(v)/math.Sqrt2))
		}
		k.Gelu(x)
		near(t, k.Name+" gelu", x, want)

		x = numbers(rng, 96, 9)
		x[3] = -1e30
		sum := 0.0
		for i, v := range x {
			want[i] = float32(math.Exp(0.3 * float64(v)))
			sum += float64(want[i])
		}
		for i := range x {
			want[i] /= float32(sum)
		}
		k.Softmax(x, 0.3)
		near(t, k.Name+" softmax", x, want[:96])
	}
}

func TestAddNorm(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 10))
	for _, k := range Available() {
		x, y, gain, bias := numbers(rng, 384, 2), numbers(rng, 384, 2), numbers(rng, 384, 1), numbers(rng, 384, 1)
		want := make([]float32, 384)
		mean, spread := 0.0, 0.0
		for i := range x {
			mean += float64(x[i]+y[i]) / 384
		}
		for i := range x {
			spread += math.Pow(float64(x[i]+y[i])-mean, 2) / 384
		}
		for i := range x {
			want[i] = float32((float64(x[i]+y[i])-mean)/math.Sqrt(spread+1e-12)*float64(gain[i]) + float64(bias[i]))
		}
		k.AddNorm(x, y, gain, bias, 1e-12)
		near(t, k.Name+" norm", x, want)
	}
}

func TestHalf(t *testing.T) {
	for bits, want := range map[uint16]float32{0: 0, 0x3c00: 1, 0xc000: -2, 0x0001: 0x1p-24, 0x7bff: 65504, 0x3555: 0.33325195} {
		if got := Half(bits); got != want {
			t.Errorf("%#x is %v, want %v", bits, got, want)
		}
	}
}

// Assembly knows no bounds: what is too short is refused before it.
func TestTooShort(t *testing.T) {
	for _, k := range Available() {
		w, x, bias, y := make([]byte, TileUnit), make([]Block, 1), make([]float32, TileRows), make([]float32, TileRows)
		for what, f := range map[string]func(){
			"weights": func() { k.Tile(w[:TileUnit-1:TileUnit-1], 1, x, 1, bias, y, TileRows) },
			"blocks":  func() { k.Tile(w, 1, x, 2, bias, make([]float32, 2*TileRows), TileRows) },
			"outputs": func() { k.Tile(w, 1, x, 1, bias, y[:15:15], TileRows) },
			"product": func() { k.Gemm(make([]float32, 4*32), 32, make([]float32, 15), 4, make([]float32, 4*32), 32, 4, 32, 4) },
			"numbers": func() { k.Quantize(x, make([]float32, 31)) },
			"norm": func() {
				k.AddNorm(make([]float32, 16), make([]float32, 8), make([]float32, 16), make([]float32, 16), 1)
			},
		} {
			func() {
				defer func() {
					if recover() == nil {
						t.Errorf("%s: too few %s are accepted", k.Name, what)
					}
				}()
				f()
			}()
		}
	}
}

func TestNamed(t *testing.T) {
	if k, err := Named(""); err != nil || k.Name != Available()[0].Name {
		t.Errorf("the best set: %v, %v", k, err)
	}
	if k, err := Named("portable"); err != nil || k != Portable {
		t.Errorf("portable: %v, %v", k, err)
	}
	if _, err := Named("mmx"); err == nil || !strings.Contains(err.Error(), "portable") {
		t.Errorf("a set that is none: error %v, want one that names those there are", err)
	}
}
