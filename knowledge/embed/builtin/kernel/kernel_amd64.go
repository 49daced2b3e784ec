package kernel

import "golang.org/x/sys/cpu"

//go:generate sh -c "cd ../asm && go run . -out ../kernel/asm_amd64.s -stubs ../kernel/stubs_amd64.go -pkg kernel"

type tileFunc func(w, scales *byte, blocks int, x, bias, y *float32, ldy int)

type gemmFunc func(c *float32, ldc int, a *float32, lda int, b *float32, ldb, k int)

// sized is a tile function for that many tokens at once.
type sized struct {
	tokens int
	f      tileFunc
}

// accelerated lists what this machine can run besides plain Go, best first.
func accelerated() []*Set {
	if !cpu.X86.HasAVX2 || !cpu.X86.HasFMA || !cpu.X86.HasF16C {
		return nil
	}
	avx2 := &Set{
		Name: "avx2", Columns: 16, Typical: 250_000,
		Tile:     tiler(8, sized{4, tileAVX2x4}, sized{2, tileAVX2x2}, sized{1, tileAVX2x1}),
		Gemm:     gemmer(16, gemmAVX2),
		Quantize: quantizeBlocks,
		Gelu:     func(x []float32) { geluAVX2(&x[0], len(x)) },
		Softmax:  func(x []float32, scale float32) { softmaxAVX2(&x[0], len(x), scale) },
		AddNorm:  addNormRow,
	}
	if !cpu.X86.HasAVX512F || !cpu.X86.HasAVX512VNNI {
		return []*Set{avx2}
	}
	vnni := *avx2
	vnni.Name, vnni.Typical = "avx512-vnni", 120_000
	vnni.Tile = tiler(16, sized{8, tileVNNI8}, sized{4, tileVNNI4}, sized{2, tileVNNI2}, sized{1, tileVNNI1})
	vnni.Gemm, vnni.Columns = gemmer(32, gemmAVX512), 32
	return []*Set{&vnni, avx2}
}

func quantizeBlocks(dst []Block, x []float32) {
	_ = x[len(dst)*BlockCols-1]
	quantizeAVX2(&dst[0].Scale, &x[0], len(dst))
}

func addNormRow(x, y, gain, bias []float32, eps float32) {
	n := len(x)
	_, _, _ = y[n-1], gain[n-1], bias[n-1]
	addNormAVX2(&x[0], &y[0], &gain[0], &bias[0], n, 1/float32(n), eps)
}

// tiler makes a Tile of functions that compute rows outputs each, the one for
// the most tokens first.
func tiler(rows int, fs ...sized) func([]byte, int, []Block, int, []float32, []float32, int) {
	return func(w []byte, blocks int, x []Block, n int, bias, y []float32, ldy int) {
		checkTile(w, blocks, x, n, bias, y, ldy)
		for r := 0; r < TileRows; r += rows {
			nibbles, scales := &w[r*4], &w[blocks*BlockBytes+r*2]
			t := 0
			for i := range fs {
				for ; t+fs[i].tokens <= n; t += fs[i].tokens {
					fs[i].f(nibbles, scales, blocks, &x[t*blocks].Scale, &bias[r], &y[t*ldy+r], ldy*4)
				}
			}
		}
	}
}

// gemmer makes a Gemm of a function that computes 4 rows of cols columns.
func gemmer(cols int, f gemmFunc) func([]float32, int, []float32, int, []float32, int, int, int, int) {
	return func(c []float32, ldc int, a []float32, lda int, b []float32, ldb int, m, n, k int) {
		checkGemm(c, ldc, a, lda, b, ldb, m, n, k)
		for i := 0; i < m; i += 4 {
			for j := 0; j < n; j += cols {
				f(&c[i*ldc+j], ldc*4, &a[i*lda], lda*4, &b[j], ldb*4, k)
			}
		}
	}
}
