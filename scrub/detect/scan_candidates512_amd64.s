//go:build amd64

#include "textflag.h"

#define V0 Z0
#define V1 Z1
#define V2 Z2
#define V3 Z3
#define V4 Z4
#define V5 Z5
#define V6 Z6
#define V7 Z7
#define V8 Z8
#define V9 Z9
#define V10 Z10
#define V11 Z11
#define V12 Z12
#define V13 Z13
#define V14 Z14
#define V15 Z15
#define MOVE VMOVDQU64
#define AND VPANDQ
#define OR VPORQ
#define ANDN VPANDNQ
#define BACK(k, now, before, out, tmp) VPSHLDQ $k, before, now, out

// Of each pair of groups eight bits, which are set where a word is not zero.
#define WHERE(flags, family) \
	VPTESTMQ flags, flags, K1; \
	KMOVB    K1, AX; \
	MOVB     AX, (family*WORDS)(R8)

#include "scan_candidates_defs_amd64.h"

// func findAVX512(m, flags, run *uint64, where, rare *uint8, pairs int)
TEXT ·findAVX512(SB), NOSPLIT, $0-48
	MOVQ m+0(FP), DI
	MOVQ flags+8(FP), SI
	MOVQ run+16(FP), DX
	MOVQ where+24(FP), R8
	MOVQ rare+32(FP), R9
	MOVQ pairs+40(FP), CX

loop:
#include "scan_candidates_body_amd64.h"

	VPTESTMQ V14, V14, K1
	VPTESTMQ V15, V15, K2
	KMOVB    K1, R10
	KMOVB    K2, R11
	XORL     AX, AX
	XORL     BX, BX
	TESTB    $0x0f, R10
	SETNE    BX
	TESTB    $0x0f, R11
	SETNE    AX
	LEAL     (AX)(BX*2), AX
	MOVB     AX, (R9)
	XORL     AX, AX
	XORL     BX, BX
	TESTB    $0xf0, R10
	SETNE    BX
	TESTB    $0xf0, R11
	SETNE    AX
	LEAL     (AX)(BX*2), AX
	MOVB     AX, 1(R9)

	ADDQ $64, DI
	ADDQ $64, SI
	ADDQ $64, DX
	INCQ R8
	ADDQ $2, R9
	DECQ CX
	JNZ  loop
	VZEROUPPER
	RET
