package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// tileSignature is what all tile kernels are called with.
const tileSignature = "func(w, scales *byte, blocks int, x, bias, y *float32, ldy int)"

// tileArgs loads the common arguments of the tile kernels.
func tileArgs(n int) (w, scales Mem, blocks GPVirtual, rows []Mem, bias Mem) {
	w, scales, blocks = ptr("w"), ptr("scales"), load("blocks")
	stride := GP64()
	IMUL3Q(U8(actSize), blocks, stride)
	return w, scales, blocks, rowsOf(load("x"), stride, n), ptr("bias")
}

// tileVNNI keeps a whole block of weights in eight registers, as bytes, and
// multiplies them by broadcast groups of four activations.
func tileVNNI(n int) {
	TEXT(fmt.Sprintf("tileVNNI%d", n), NOSPLIT, tileSignature)
	Doc(fmt.Sprintf("tileVNNI%d computes 16 outputs for %d tokens; ldy is in bytes.", n, n))
	w, scales, blocks, rows, bias := tileArgs(n)
	mask, bits := ZMM(), GP32()
	MOVL(U32(0x0f0f0f0f), bits)
	VPBROADCASTD(bits, mask)
	sum, acc, nib := vectors(n, ZMM), vectors(n, ZMM), vectors(8, ZMM)
	for t := range n {
		VMOVUPS(bias, sum[t])
	}
	ws, s := ZMM(), ZMM()
	Label("loop")
	for j := range 4 {
		PREFETCHT0(w.Offset(64*j + ahead))
		VMOVDQU32(w.Offset(64*j), nib[2*j])
		VPSRLD(U8(4), nib[2*j], nib[2*j+1])
		VPANDD(mask, nib[2*j], nib[2*j])
		VPANDD(mask, nib[2*j+1], nib[2*j+1])
	}
	VCVTPH2PS(scales, ws)
	for t := range n {
		VPBROADCASTD(rows[t].Offset(actOff), acc[t])
	}
	for i := range nib {
		for t := range n {
			VPDPBUSD_BCST(rows[t].Offset(actQ+4*i), nib[i], acc[t])
		}
	}
	for t := range n {
		VMULPS_BCST(rows[t].Offset(actScale), ws, s)
		VCVTDQ2PS(acc[t], acc[t])
		VFMADD231PS(s, acc[t], sum[t])
	}
	ADDQ(U32(nibbleBytes), w.Base)
	ADDQ(U8(scaleBytes), scales.Base)
	advance(rows, actSize)
	DECQ(blocks)
	JNE(LabelRef("loop"))
	storeRows(sum)
}

// tileAVX2 adds the eight products of a lane in 16 bits (at most 8*2*15*127)
// before widening them once a block.
func tileAVX2(n int) {
	TEXT(fmt.Sprintf("tileAVX2x%d", n), NOSPLIT, tileSignature)
	Doc(fmt.Sprintf("tileAVX2x%d computes 8 outputs, half a tile, for %d tokens; ldy is in bytes.", n, n))
	w, scales, blocks, rows, bias := tileArgs(n)
	mask, ones := YMM(), YMM()
	VMOVDQU(vec(0x0f0f0f0f), mask)
	VMOVDQU(vec(0x00010001), ones)
	sum, acc := vectors(n, YMM), vectors(n, YMM)
	for t := range n {
		VMOVUPS(bias, sum[t])
	}
	lo, hi, p := YMM(), YMM(), YMM()
	Label("loop")
	for j := range 4 {
		PREFETCHT0(w.Offset(64*j + ahead))
		VMOVDQU(w.Offset(64*j), lo)
		VPSRLD(U8(4), lo, hi)
		VPAND(mask, lo, lo)
		VPAND(mask, hi, hi)
		for i, nib := range []VecVirtual{lo, hi} {
			for t := range n {
				first := i+j == 0
				d := p
				if first {
					d = acc[t]
				}
				VPBROADCASTD(rows[t].Offset(actQ+8*j+4*i), d)
				VPMADDUBSW(d, nib, d)
				if !first {
					VPADDW(p, acc[t], acc[t])
				}
			}
		}
	}
	ws := YMM()
	VCVTPH2PS(scales, ws)
	for t := range n {
		VPMADDWD(ones, acc[t], acc[t])
		VPBROADCASTD(rows[t].Offset(actOff), p)
		VPADDD(p, acc[t], acc[t])
		VCVTDQ2PS(acc[t], acc[t])
		VBROADCASTSS(rows[t].Offset(actScale), p)
		VMULPS(p, ws, p)
		VFMADD231PS(p, acc[t], sum[t])
	}
	ADDQ(U32(nibbleBytes), w.Base)
	ADDQ(U8(scaleBytes), scales.Base)
	advance(rows, actSize)
	DECQ(blocks)
	JNE(LabelRef("loop"))
	storeRows(sum)
}
