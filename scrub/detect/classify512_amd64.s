//go:build amd64

#include "textflag.h"
#include "kernels_amd64.h"

// Where the parts of wideTables begin: letters by part and by how far from the end.
#define CLASSES 0
#define FOURTH 256
#define LETTERS 640

// BIT fills a vector with a byte that has one bit.
#define BIT(n, r) \
	MOVL         $(1<<n), AX; \
	VPBROADCASTB AX, r

// LETTER leaves in Z1, Z2 and Z7 the groups that letter n from the end has, too, by the tables of its parts; that of the last is in memory.
#define LETTER(n, text, table, table2) \
	VPERMB table, text, Z3; \
	VPERMB table2, text, Z4; \
	VPANDQ Z3, Z1, Z1; \
	VPANDQ Z4, Z2, Z2; \
	VPERMB (LETTERS+(6+n)*64)(R8), text, Z3; \
	VPANDQ Z3, Z7, Z7

// func classifyAVX512(m *uint64, tables *wideTables, text *byte, words int)
TEXT ·classifyAVX512(SB), NOSPLIT, $0-32
	MOVQ m+0(FP), DI
	MOVQ tables+8(FP), R8
	MOVQ text+16(FP), SI
	MOVQ words+24(FP), CX

	// Z8 to Z15: a bit each. Z16 to Z19: classes. Z20 to Z25: fourth. Z26 to Z31: letters, a part after the other but the
	// last.
	BIT(0, Z8)
	BIT(1, Z9)
	BIT(2, Z10)
	BIT(3, Z11)
	BIT(4, Z12)
	BIT(5, Z13)
	BIT(6, Z14)
	BIT(7, Z15)
	VMOVDQU64 (CLASSES+0*64)(R8), Z16
	VMOVDQU64 (CLASSES+1*64)(R8), Z17
	VMOVDQU64 (CLASSES+2*64)(R8), Z18
	VMOVDQU64 (CLASSES+3*64)(R8), Z19
	TABLES(VMOVDQU64, FOURTH, 64, Z20, Z21, Z22, Z23, Z24, Z25, Z26, Z27, Z28, Z29, Z30, Z31)

loop:
	// Lane 13, the high bits, is K1; K2 is what is ASCII.
	VMOVDQU64 (SI), Z0
	VPMOVB2M  Z0, K1
	KMOVQ     K1, (13*STRIDE)(DI)
	KNOTQ     K1, K2
	VMOVDQA64 Z0, Z1
	VMOVDQA64 Z0, Z2
	VPERMI2B.Z Z17, Z16, K2, Z1
	VPERMI2B.Z Z19, Z18, K2, Z2
	VPTESTMB Z8, Z1, K3
	KMOVQ    K3, (0*STRIDE)(DI)
	VPTESTMB Z9, Z1, K3
	KMOVQ    K3, (1*STRIDE)(DI)
	VPTESTMB Z10, Z1, K4
	KMOVQ    K4, (2*STRIDE)(DI)
	VPTESTMB Z11, Z1, K3
	KMOVQ    K3, (3*STRIDE)(DI)
	VPTESTMB Z12, Z1, K3
	KMOVQ    K3, (4*STRIDE)(DI)
	VPTESTMB Z13, Z1, K3
	KMOVQ    K3, (5*STRIDE)(DI)
	VPTESTMB Z14, Z1, K3
	KMOVQ    K3, (6*STRIDE)(DI)
	VPTESTMB Z15, Z1, K3
	KMOVQ    K3, (7*STRIDE)(DI)
	VPTESTMB Z8, Z2, K3
	KMOVQ    K3, (8*STRIDE)(DI)
	VPTESTMB Z9, Z2, K3
	KMOVQ    K3, (9*STRIDE)(DI)
	VPTESTMB Z10, Z2, K3
	KMOVQ    K3, (10*STRIDE)(DI)
	VPTESTMB Z11, Z2, K3
	KMOVQ    K3, (11*STRIDE)(DI)

	// Lane 12: four bytes agree on a group, and the last is a letter (K4) or beyond ASCII.
	VMOVDQU64 -1(SI), Z5
	VMOVDQU64 -2(SI), Z6
	VMOVDQU64 -3(SI), Z1
	VMOVDQA64 Z1, Z2
	VMOVDQA64 Z1, Z7
	VPERMI2B  Z21, Z20, Z1
	VPERMI2B  Z23, Z22, Z2
	VPERMI2B  Z25, Z24, Z7
	LETTER(0, Z0, Z26, Z29)
	LETTER(1, Z5, Z27, Z30)
	LETTER(2, Z6, Z28, Z31)
	VPORQ     Z2, Z1, Z1
	VPORQ     Z7, Z1, Z3
	VPTESTMB  Z3, Z3, K5
	KORQ      K4, K1, K6
	KANDQ     K6, K5, K5
	KMOVQ     K5, (12*STRIDE)(DI)

	ADDQ $64, SI
	ADDQ $8, DI
	DECQ CX
	JNZ  loop
	VZEROUPPER
	RET
