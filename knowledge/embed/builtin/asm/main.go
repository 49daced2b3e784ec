// Command asm generates the amd64 kernels of the sentence encoder with avo:
//
//	go run . -out ../kernel/asm_amd64.s -stubs ../kernel/stubs_amd64.go -pkg kernel
//
// It is a module of its own, so that avo is no part of the product's graph.
package main

import (
	"fmt"
	"math"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// Offsets in kernel.Block and sizes of a block of weights; see package kernel.
const (
	actScale, actOff, actQ, actSize = 0, 4, 8, 40
	nibbleBytes, scaleBytes         = 256, 32
)

// ahead is how many bytes before their use the weights are prefetched: 12 MB a
// pass come from the third-level cache, and 4 KB took a quarter off 20 tokens.
const ahead = 4096

func main() {
	ConstraintExpr("amd64")
	for _, n := range []int{8, 4, 2, 1} {
		tileVNNI(n)
	}
	for _, n := range []int{4, 2, 1} {
		tileAVX2(n)
	}
	gemm("gemmAVX2", YMM, 8)
	gemm("gemmAVX512", ZMM, 16)
	quantize()
	gelu()
	softmax()
	addNorm()
	Generate()
}

// constants are the data sections made so far, by name.
var constants = map[string]Mem{}

// vec is a 32-byte constant of eight equal float32 (or raw 32-bit) values.
func vec(bits uint32) Mem {
	name := fmt.Sprintf("c%08x", bits)
	if m, ok := constants[name]; ok {
		return m
	}
	m := GLOBL(name, RODATA|NOPTR)
	for i := range 8 {
		DATA(4*i, U32(bits))
	}
	constants[name] = m
	return m
}

// f32 is a 32-byte constant of eight equal numbers.
func f32(f float64) Mem { return vec(math.Float32bits(float32(f))) }

// load puts a parameter in a register.
func load(name string) GPVirtual { return Load(Param(name), GP64()).(GPVirtual) }

// ptr is the memory a parameter points to.
func ptr(name string) Mem { return Mem{Base: load(name)} }

// rowsOf addresses n rows at the given stride with few registers.
func rowsOf(base, stride GPVirtual, n int) []Mem {
	var rows []Mem
	var triple GPVirtual
	for i := range n {
		if i == 3 {
			triple = GP64()
			LEAQ(Mem{Base: stride, Index: stride, Scale: 2}, triple)
		}
		if i == 4 {
			next := GP64()
			LEAQ(Mem{Base: base, Index: stride, Scale: 4}, next)
			base = next
		}
		switch i % 4 {
		case 0:
			rows = append(rows, Mem{Base: base})
		case 1, 2:
			rows = append(rows, Mem{Base: base, Index: stride, Scale: uint8(i % 4)})
		case 3:
			rows = append(rows, Mem{Base: base, Index: triple, Scale: 1})
		}
	}
	return rows
}

// advance moves the base registers of rows.
func advance(rows []Mem, by int) {
	for i := 0; i < len(rows); i += 4 {
		ADDQ(I32(int32(by)), rows[i].Base)
	}
}

// vectors makes n virtual registers of a kind.
func vectors(n int, kind func() VecVirtual) []VecVirtual {
	v := make([]VecVirtual, n)
	for i := range v {
		v[i] = kind()
	}
	return v
}

// storeRows writes one vector per row of y.
func storeRows(v []VecVirtual) {
	y, ldy := load("y"), load("ldy")
	for t := range v {
		VMOVUPS(v[t], Mem{Base: y})
		if t < len(v)-1 {
			ADDQ(ldy, y)
		}
	}
	VZEROUPPER()
	RET()
}
