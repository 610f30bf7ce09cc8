//go:build amd64

#include "textflag.h"

// What the high half of a byte selects: bits 1, 2, 4, ... for ASCII. Above it any bit will do, since the sets answer zero there.
DATA highBit<>+0(SB)/8, $0x8040201008040201
DATA highBit<>+8(SB)/8, $0x8080808080808080
GLOBL highBit<>(SB), RODATA|NOPTR, $16

DATA lowHalf<>+0(SB)/8, $0x0f0f0f0f0f0f0f0f
DATA lowHalf<>+8(SB)/8, $0x0f0f0f0f0f0f0f0f
GLOBL lowHalf<>(SB), RODATA|NOPTR, $16

// STRIDE is 8*laneStride bytes.
#define STRIDE 520

// LANE stores one word of lane n: a byte's low half selects an element of the set (zero for bytes above 0x7f), its high half the bit
// of it. Y0, Y1: text; Y2, Y3: the bits selected.
#define LANE(n) \
	VBROADCASTI128 (n*16)(R8), Y4; \
	VPSHUFB        Y0, Y4, Y5; \
	VPSHUFB        Y1, Y4, Y6; \
	VPAND          Y2, Y5, Y5; \
	VPAND          Y3, Y6, Y6; \
	VPCMPEQB       Y2, Y5, Y5; \
	VPCMPEQB       Y3, Y6, Y6; \
	VPMOVMSKB      Y5, AX; \
	VPMOVMSKB      Y6, BX; \
	SHLQ           $32, BX; \
	ORQ            BX, AX; \
	MOVQ           AX, (n*STRIDE)(DI)

// TAIL leaves in Y8 and Y9 the groups of key words whose letter, counted by n from the end, the text moved by an offset may be.
#define TAIL(n, offset) \
	VBROADCASTI128 (n*32)(R9), Y4; \
	VBROADCASTI128 (n*32+16)(R9), Y5; \
	VMOVDQU        (offset)(SI), Y6; \
	VMOVDQU        (offset+32)(SI), Y7; \
	VPAND          Y15, Y6, Y8; \
	VPAND          Y15, Y7, Y9; \
	VPSHUFB        Y8, Y4, Y8; \
	VPSHUFB        Y9, Y4, Y9; \
	VPSRLW         $4, Y6, Y6; \
	VPSRLW         $4, Y7, Y7; \
	VPAND          Y15, Y6, Y6; \
	VPAND          Y15, Y7, Y7; \
	VPSHUFB        Y6, Y5, Y6; \
	VPSHUFB        Y7, Y5, Y7; \
	VPAND          Y6, Y8, Y8; \
	VPAND          Y7, Y9, Y9

// func classifyAVX2(m *uint64, members *[sets]byteSet, tails *tailGroups, text *byte, words int)
TEXT ·classifyAVX2(SB), NOSPLIT, $0-40
	MOVQ m+0(FP), DI
	MOVQ members+8(FP), R8
	MOVQ tails+16(FP), R9
	MOVQ text+24(FP), SI
	MOVQ words+32(FP), CX
	VBROADCASTI128 highBit<>(SB), Y14
	VBROADCASTI128 lowHalf<>(SB), Y15
	VPXOR Y13, Y13, Y13

loop:
	VMOVDQU (SI), Y0
	VMOVDQU 32(SI), Y1

	// Lane 13: the high bits themselves.
	VPMOVMSKB Y0, AX
	VPMOVMSKB Y1, BX
	SHLQ      $32, BX
	ORQ       BX, AX
	MOVQ      AX, (13*STRIDE)(DI)

	VPSRLW  $4, Y0, Y2
	VPSRLW  $4, Y1, Y3
	VPAND   Y15, Y2, Y2
	VPAND   Y15, Y3, Y3
	VPSHUFB Y2, Y14, Y2
	VPSHUFB Y3, Y14, Y3
	LANE(0)
	LANE(1)
	LANE(2)
	LANE(3)
	LANE(4)
	LANE(5)
	LANE(6)
	LANE(7)
	LANE(8)
	LANE(9)
	LANE(10)
	LANE(11)

	// Lane 12: the three letters agree on a group.
	TAIL(0, 0)
	VMOVDQA   Y8, Y10
	VMOVDQA   Y9, Y11
	TAIL(1, -1)
	VPAND     Y8, Y10, Y10
	VPAND     Y9, Y11, Y11
	TAIL(2, -2)
	VPAND     Y8, Y10, Y10
	VPAND     Y9, Y11, Y11
	VPCMPEQB  Y13, Y10, Y10
	VPCMPEQB  Y13, Y11, Y11
	VPMOVMSKB Y10, AX
	VPMOVMSKB Y11, BX
	SHLQ      $32, BX
	ORQ       BX, AX
	NOTQ      AX
	MOVQ      AX, (12*STRIDE)(DI)

	ADDQ $64, SI
	ADDQ $8, DI
	DECQ CX
	JNZ  loop
	VZEROUPPER
	RET
