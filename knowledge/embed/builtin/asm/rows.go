package main

import (
	"fmt"
	"math"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// gemm multiplies 4 rows of a by 2*lanes columns of b.
func gemm(name string, kind func() VecVirtual, lanes int) {
	TEXT(name, NOSPLIT, "func(c *float32, ldc int, a *float32, lda int, b *float32, ldb, k int)")
	Doc(fmt.Sprintf("%s computes a 4x%d block of c = a.b; strides are in bytes.", name, 2*lanes))
	rows := rowsOf(load("a"), load("lda"), 4)
	b, ldb, k := ptr("b"), load("ldb"), load("k")
	acc := vectors(8, kind)
	for _, v := range acc {
		if lanes == 16 {
			VPXORD(v, v, v)
		} else {
			VXORPS(v, v, v)
		}
	}
	b0, b1, s := kind(), kind(), kind()
	Label("loop")
	VMOVUPS(b, b0)
	VMOVUPS(b.Offset(4*lanes), b1)
	for r := range 4 {
		VBROADCASTSS(rows[r], s)
		VFMADD231PS(s, b0, acc[2*r])
		VFMADD231PS(s, b1, acc[2*r+1])
	}
	ADDQ(ldb, b.Base)
	advance(rows, 4)
	DECQ(k)
	JNE(LabelRef("loop"))
	c, ldc := ptr("c"), load("ldc")
	for r := range 4 {
		VMOVUPS(acc[2*r], c)
		VMOVUPS(acc[2*r+1], c.Offset(4*lanes))
		ADDQ(ldc, c.Base)
	}
	VZEROUPPER()
	RET()
}

// across folds the eight lanes of v with op; all lanes get the result.
func across(op func(...Op), v, tmp VecVirtual) {
	VPERM2F128(U8(1), v, v, tmp)
	op(tmp, v, v)
	VSHUFPS(U8(0x4e), v, v, tmp)
	op(tmp, v, v)
	VSHUFPS(U8(0xb1), v, v, tmp)
	op(tmp, v, v)
}

// each runs body on 8 floats of p at a time until n (a length in floats) ends.
func each(label string, n GPVirtual, p []GPVirtual, body func()) {
	Label(label)
	body()
	for _, r := range p {
		ADDQ(U8(32), r)
	}
	SUBQ(U8(8), n)
	JNE(LabelRef(label))
}

// quantize reads four vectors, finds their greatest magnitude, scales and
// rounds to the nearest even, and packs to bytes in order.
func quantize() {
	TEXT("quantizeAVX2", NOSPLIT, "func(dst, x *float32, blocks int)")
	Doc("quantizeAVX2 splits x into activation blocks.")
	dst, x, blocks := ptr("dst"), ptr("x"), load("blocks")
	order := GLOBL("order", RODATA|NOPTR)
	for i, v := range []uint32{0, 4, 1, 5, 2, 6, 3, 7} {
		DATA(4*i, U32(v))
	}
	perm, mask, top, t := YMM(), YMM(), YMM(), YMM()
	VMOVDQU(order, perm)
	VMOVUPS(vec(0x7fffffff), mask)
	v := vectors(4, YMM)
	Label("loop")
	VMOVUPS(f32(1e-30), top)
	for i := range v {
		VMOVUPS(x.Offset(32*i), v[i])
		VANDPS(mask, v[i], t)
		VMAXPS(t, top, top)
	}
	across(VMAXPS, top, t)
	VMULPS(f32(1.0/127), top, t)
	VMOVSS(t.AsX(), dst.Offset(actScale))
	VMOVUPS(f32(127), t)
	VDIVPS(top, t, top)
	for i := range v {
		VMULPS(top, v[i], v[i])
		VCVTPS2DQ(v[i], v[i])
	}
	a, b := YMM(), YMM()
	VPADDD(v[0], v[1], a)
	VPADDD(v[2], v[3], b)
	VPADDD(a, b, a)
	across(VPADDD, a, t)
	VPSLLD(U8(3), a, a)
	VPXOR(b, b, b)
	VPSUBD(a, b, a)
	VMOVD(a.AsX(), dst.Offset(actOff))
	VPACKSSDW(v[1], v[0], v[0])
	VPACKSSDW(v[3], v[2], v[2])
	VPACKSSWB(v[2], v[0], v[0])
	VPERMD(v[0], perm, v[0])
	VMOVDQU(v[0], dst.Offset(actQ))
	ADDQ(U8(actSize), dst.Base)
	ADDQ(U32(128), x.Base)
	DECQ(blocks)
	JNE(LabelRef("loop"))
	VZEROUPPER()
	RET()
}

// horner evaluates a polynomial, highest coefficient first, into p.
func horner(p, z VecVirtual, coef ...float64) {
	VMOVUPS(f32(coef[0]), p)
	for _, c := range coef[1:] {
		VFMADD213PS(f32(c), z, p)
	}
}

// gelu uses the rational error function of the portable kernels.
func gelu() {
	TEXT("geluAVX2", NOSPLIT, "func(x *float32, n int)")
	Doc("geluAVX2 applies x*Phi(x) in place; n is a multiple of 8.")
	x, n := load("x"), load("n")
	v, z, sq, p, q := YMM(), YMM(), YMM(), YMM(), YMM()
	each("loop", n, []GPVirtual{x}, func() {
		VMOVUPS(Mem{Base: x}, v)
		VMULPS(f32(1/math.Sqrt2), v, z)
		VMINPS(f32(4), z, z)
		VMAXPS(f32(-4), z, z)
		VMULPS(z, z, sq)
		horner(p, sq, -2.72614225801306e-10, 2.77068142495902e-08, -2.10102402082508e-06, -5.69250639462346e-05, -7.34990630326855e-04, -2.95459980854025e-03, -1.60960333262415e-02)
		horner(q, sq, -1.45660718464996e-05, -2.13374055278905e-04, -1.68282697438203e-03, -7.37332916720468e-03, -1.42647390514189e-02)
		VMULPS(z, p, p)
		VDIVPS(q, p, p)
		VMULPS(f32(0.5), v, v)
		VFMADD213PS(v, v, p)
		VMOVUPS(p, Mem{Base: x})
	})
	VZEROUPPER()
	RET()
}

// softmax takes 2^f on [-1/2,1/2] from a polynomial of degree 6 (the series of
// Cephes' exp2f) and puts 2^i into the exponent.
func softmax() {
	TEXT("softmaxAVX2", NOSPLIT, "func(x *float32, n int, scale float32)")
	Doc("softmaxAVX2 sets x to softmax(scale*x); n is a multiple of 8, scale positive.")
	x, n, top, t, f, p := GP64(), GP64(), YMM(), YMM(), YMM(), YMM()
	scale, sum := YMM(), YMM()
	restart := func() {
		Load(Param("x"), x)
		Load(Param("n"), n)
	}
	restart()
	VMOVUPS(Mem{Base: x}, top)
	each("peak", n, []GPVirtual{x}, func() { VMAXPS(Mem{Base: x}, top, top) })
	across(VMAXPS, top, t)
	restart()
	addr, err := Param("scale").Resolve()
	if err != nil {
		panic(err)
	}
	VBROADCASTSS(addr.Addr, scale)
	VMULPS(f32(math.Log2E), scale, scale)
	VXORPS(sum, sum, sum)
	each("exp", n, []GPVirtual{x}, func() { // 2^(i+f), |f| <= 1/2
		VMOVUPS(Mem{Base: x}, t)
		VSUBPS(top, t, t)
		VMULPS(scale, t, t)
		VMAXPS(f32(-126), t, t)
		VROUNDPS(U8(0), t, f)
		VSUBPS(f, t, t)
		VCVTPS2DQ(f, f)
		horner(p, t, 1.54035304e-4, 1.33335581e-3, 9.61812911e-3, 5.55041087e-2, 2.40226507e-1, 6.93147181e-1, 1)
		VPSLLD(U8(23), f, f)
		VPADDD(f, p, p)
		VADDPS(p, sum, sum)
		VMOVUPS(p, Mem{Base: x})
	})
	across(VADDPS, sum, t)
	VMOVUPS(f32(1), t)
	VDIVPS(sum, t, sum)
	restart()
	each("divide", n, []GPVirtual{x}, func() {
		VMULPS(Mem{Base: x}, sum, t)
		VMOVUPS(t, Mem{Base: x})
	})
	VZEROUPPER()
	RET()
}

// addNorm makes three passes over a row that stays in the first-level cache.
func addNorm() {
	TEXT("addNormAVX2", NOSPLIT, "func(x, y, gain, bias *float32, n int, inv, eps float32)")
	Doc("addNormAVX2 sets x to layerNorm(x+y); n is a multiple of 8, inv = 1/n.")
	x, n, v, t := GP64(), GP64(), YMM(), YMM()
	mean, spread, inv := YMM(), YMM(), YMM()
	broadcast := func(name string, v VecVirtual) {
		addr, err := Param(name).Resolve()
		if err != nil {
			panic(err)
		}
		VBROADCASTSS(addr.Addr, v)
	}
	restart := func() {
		Load(Param("x"), x)
		Load(Param("n"), n)
	}
	restart()
	y := load("y")
	broadcast("inv", inv)
	VXORPS(mean, mean, mean)
	VXORPS(spread, spread, spread)
	each("add", n, []GPVirtual{x, y}, func() {
		VMOVUPS(Mem{Base: x}, v)
		VADDPS(Mem{Base: y}, v, v)
		VMOVUPS(v, Mem{Base: x})
		VADDPS(v, mean, mean)
	})
	across(VADDPS, mean, t)
	VMULPS(inv, mean, mean)
	restart()
	each("spread", n, []GPVirtual{x}, func() {
		VMOVUPS(Mem{Base: x}, v)
		VSUBPS(mean, v, v)
		VFMADD231PS(v, v, spread)
	})
	across(VADDPS, spread, t)
	VMULPS(inv, spread, spread)
	broadcast("eps", t)
	VADDPS(t, spread, spread)
	VSQRTPS(spread, spread)
	VMOVUPS(f32(1), t)
	VDIVPS(spread, t, inv)
	restart()
	gain, bias := load("gain"), load("bias")
	each("scale", n, []GPVirtual{x, gain, bias}, func() {
		VMOVUPS(Mem{Base: x}, v)
		VSUBPS(mean, v, v)
		VMULPS(inv, v, v)
		VMOVUPS(Mem{Base: bias}, t)
		VFMADD231PS(Mem{Base: gain}, v, t)
		VMOVUPS(t, Mem{Base: x})
	})
	VZEROUPPER()
	RET()
}
