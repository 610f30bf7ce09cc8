//go:build amd64

#include "textflag.h"

// Both walk raw, the content of a JSON string, 64 bytes a step. A backslash is easy if the byte behind it is another one than those which it has
// an own meaning before, so that the escape is decoded by leaving the backslash out; one at the end of a step is left for the next.

// func unescapeAVX512(dst, raw *byte, room int) (read, written int)
TEXT ·unescapeAVX512(SB), NOSPLIT, $0-40
	MOVQ         dst+0(FP), DI
	MOVQ         raw+8(FP), SI
	MOVQ         room+16(FP), CX
	MOVQ         DI, BX
	MOVQ         SI, DX
	ADDQ         SI, CX
	SUBQ         $64, CX              // the last place where a step begins
	MOVL         $0x5c, AX
	VPBROADCASTB AX, Z2
	MOVL         $0x22, AX
	VPBROADCASTB AX, Z3
	MOVL         $0x2f, AX
	VPBROADCASTB AX, Z4
	MOVL         $0x20, AX
	VPBROADCASTB AX, Z5

step:
	CMPQ        SI, CX
	JHI         done
	VMOVDQU8    (SI), Z0
	VPCMPEQB    Z2, Z0, K1
	VPCMPEQB    Z3, Z0, K2
	VPCMPEQB    Z4, Z0, K3
	VPCMPUB     $1, Z5, Z0, K4
	KMOVQ       K1, R8               // backslashes
	KMOVQ       K2, R9               // quotes
	KORQ        K2, K3, K3
	KMOVQ       K3, R10              // what an easy escape ends in
	KMOVQ       K4, R11              // control characters
	SHRQ        $1, R10
	ANDNQ       R8, R10, R10         // backslashes that are not easy
	LEAQ        (R8)(R8*1), R12
	ORQ         R9, R11
	ANDNQ       R11, R12, R12        // quotes and controls that no backslash stands before
	ORQ         R12, R10
	TZCNTQ      R10, R13             // how much of the step is easy
	NOTQ        R8
	BZHIQ       R13, R8, R8
	KMOVQ       R8, K1
	VPCOMPRESSB Z0, K1, Z1
	VMOVDQU8    Z1, (DI)
	POPCNTQ     R8, R8
	ADDQ        R8, DI
	ADDQ        R13, SI
	CMPQ        R13, $64
	JEQ         step
	SHLQ        $1, R10              // was it the backslash at the end alone?
	JZ          step

done:
	VZEROUPPER
	SUBQ DX, SI
	SUBQ BX, DI
	MOVQ SI, read+24(FP)
	MOVQ DI, written+32(FP)
	RET

// func leapAVX512(raw *byte, room, most int) (read, written int)
TEXT ·leapAVX512(SB), NOSPLIT, $0-40
	MOVQ         raw+0(FP), SI
	MOVQ         room+8(FP), CX
	MOVQ         most+16(FP), DX      // how much is still to be decoded
	MOVQ         DX, BX
	MOVQ         SI, R11
	ADDQ         SI, CX
	SUBQ         $64, CX
	MOVL         $0x5c, AX
	VPBROADCASTB AX, Z2
	MOVL         $0x75, AX
	VPBROADCASTB AX, Z3

step:
	CMPQ     SI, CX
	JHI      done
	VMOVDQU8 (SI), Z0
	VPCMPEQB Z2, Z0, K1
	VPCMPEQB Z3, Z0, K2
	KORQ     K1, K2, K2
	KMOVQ    K1, R8                  // backslashes
	KMOVQ    K2, R9                  // what makes the one before not easy
	SHRQ     $1, R9
	BTSQ     $63, R9
	ANDQ     R8, R9
	TZCNTQ   R9, R13
	NOTQ     R8
	BZHIQ    R13, R8, R8
	POPCNTQ  R8, R10
	CMPQ     R10, DX
	JGE      land
	SUBQ     R10, DX
	ADDQ     R13, SI
	CMPQ     R13, $64
	JEQ      step
	SHLQ     $1, R9
	JZ       step

done:
	VZEROUPPER
	SUBQ R11, SI
	SUBQ DX, BX
	MOVQ SI, read+24(FP)
	MOVQ BX, written+32(FP)
	RET

land:
	DECQ   DX
	MOVL   $1, AX
	SHLXQ  DX, AX, AX
	PDEPQ  R8, AX, AX
	TZCNTQ AX, AX
	LEAQ   1(SI)(AX*1), SI
	XORL   DX, DX
	JMP    done
