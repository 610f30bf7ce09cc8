//go:build amd64

#include "textflag.h"

#define V0 Y0
#define V1 Y1
#define V2 Y2
#define V3 Y3
#define V4 Y4
#define V5 Y5
#define V6 Y6
#define V7 Y7
#define V8 Y8
#define V9 Y9
#define V10 Y10
#define V11 Y11
#define V12 Y12
#define V13 Y13
#define V14 Y14
#define V15 Y15
#define MOVE VMOVDQU
#define AND VPAND
#define OR VPOR
#define ANDN VPANDN

#define BACK(k, now, before, out, tmp) \
	VPSLLQ $k, now, out; \
	VPSRLQ $(64-k), before, tmp; \
	VPOR   tmp, out, out

// Of each group four bits, which are set where a word is zero.
#define WHERE(flags, family) \
	VPXOR     V10, V10, V10; \
	VPCMPEQQ  V10, flags, V10; \
	VMOVMSKPD V10, AX; \
	MOVB      AX, (family*WORDS)(R8)

#include "scan_candidates_defs_amd64.h"

// func findAVX2(m, flags, run *uint64, where, rare *uint8, groups int)
TEXT ·findAVX2(SB), NOSPLIT, $0-48
	MOVQ m+0(FP), DI
	MOVQ flags+8(FP), SI
	MOVQ run+16(FP), DX
	MOVQ where+24(FP), R8
	MOVQ rare+32(FP), R9
	MOVQ groups+40(FP), CX

loop:
#include "scan_candidates_body_amd64.h"

	XORL   AX, AX
	XORL   BX, BX
	VPTEST Y14, Y14
	SETNE  BX
	VPTEST Y15, Y15
	SETNE  AX
	LEAL   (AX)(BX*2), AX
	MOVB   AX, (R9)

	ADDQ $32, DI
	ADDQ $32, SI
	ADDQ $32, DX
	INCQ R8
	INCQ R9
	DECQ CX
	JNZ  loop
	VZEROUPPER
	RET
