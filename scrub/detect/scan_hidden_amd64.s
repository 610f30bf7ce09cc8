//go:build amd64

#include "textflag.h"

// func anyHighAVX2(text *byte, blocks int) bool
TEXT ·anyHighAVX2(SB), NOSPLIT, $0-17
	MOVQ  text+0(FP), SI
	MOVQ  blocks+8(FP), CX
	VPXOR Y0, Y0, Y0
	VPXOR Y1, Y1, Y1

loop:
	VPOR (SI), Y0, Y0
	VPOR 32(SI), Y1, Y1
	ADDQ $64, SI
	DECQ CX
	JNZ  loop

	VPOR      Y1, Y0, Y0
	VPMOVMSKB Y0, AX
	TESTL     AX, AX
	SETNE     ret+16(FP)
	VZEROUPPER
	RET
