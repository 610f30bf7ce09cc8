//go:build amd64

#include "textflag.h"

// What the high half of a byte selects: bits 1, 2, 4, ... for ASCII. Above it any bit will do, since the sets answer zero there.
DATA highBit<>+0(SB)/8, $0x8040201008040201
DATA highBit<>+8(SB)/8, $0x8080808080808080
GLOBL highBit<>(SB), RODATA|NOPTR, $16

DATA lowHalf<>+0(SB)/8, $0x0f0f0f0f0f0f0f0f
DATA lowHalf<>+8(SB)/8, $0x0f0f0f0f0f0f0f0f
GLOBL lowHalf<>(SB), RODATA|NOPTR, $16

// What fold makes of a byte, by its high half: how much of the low half counts, and what hides the byte from the first table or the second.
DATA foldLow<>+0(SB)/8, $0x0f0f0f0f00000000
DATA foldLow<>+8(SB)/8, $0x0f0f0f0f0f0f0f0f
GLOBL foldLow<>(SB), RODATA|NOPTR, $16

DATA hideOdd<>+0(SB)/8, $0x8000800000000000
DATA hideOdd<>+8(SB)/8, $0x8000800080008000
GLOBL hideOdd<>(SB), RODATA|NOPTR, $16

DATA hideEven<>+0(SB)/8, $0x0080008080808080
DATA hideEven<>+8(SB)/8, $0x0080008000800080
GLOBL hideEven<>(SB), RODATA|NOPTR, $16

// STRIDE is 8*laneStride bytes.
#define STRIDE 520

// Where the parts of foldTables begin.
#define LOW 0
#define HIGH 16
#define LETTERS 32

// BLOCK is how many words are classified before the ends of key words are looked for in them, FOLDED how many bytes of folded text that takes, with as
// many as a vector has of the word before.
#define BLOCK 4
#define FOLDED 288

#define STORE(n) \
	MOVL AX, (n*STRIDE)(DI); \
	MOVL BX, (n*STRIDE+4)(DI)

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
	STORE(n)

// PRODUCT stores one word of lane n, whose bit of Y7 and Y8 is shift below the highest.
#define PRODUCT(n, shift) \
	VPSLLW    $shift, Y7, Y4; \
	VPSLLW    $shift, Y8, Y5; \
	VPMOVMSKB Y4, AX; \
	VPMOVMSKB Y5, BX; \
	STORE(n)

// FOLD leaves in Y5 and Y6 where text, whose high halves are given, has its groups in the first table and in the second.
#define FOLD(text, high) \
	VPSHUFB high, Y11, Y4; \
	VPAND   text, Y4, Y4; \
	VPSHUFB high, Y12, Y5; \
	VPSHUFB high, Y13, Y6; \
	VPOR    Y4, Y5, Y5; \
	VPOR    Y4, Y6, Y6

// GROUPS leaves in out and out2 the groups of one half, by letter n from the end, of what Y0 to Y3 have folded.
#define GROUPS(half, n, out, out2) \
	VBROADCASTI128 (LETTERS+half*128+n*32)(R9), Y4; \
	VBROADCASTI128 (LETTERS+half*128+n*32+16)(R9), Y5; \
	VPSHUFB        Y0, Y4, out; \
	VPSHUFB        Y1, Y4, out2; \
	VPSHUFB        Y2, Y5, Y6; \
	VPSHUFB        Y3, Y5, Y7; \
	VPOR           Y6, out, out; \
	VPOR           Y7, out2, out2

// LETTER leaves in Y8 to Y11 the groups that letter n from the end has, too.
#define LETTER(n) \
	FOLDS(n); \
	GROUPS(0, n, Y12, Y13); \
	VPAND Y12, Y8, Y8; \
	VPAND Y13, Y9, Y9; \
	GROUPS(1, n, Y12, Y13); \
	VPAND Y12, Y10, Y10; \
	VPAND Y13, Y11, Y11

// FOLDS loads folded text moved n bytes towards the end.
#define FOLDS(n) \
	VMOVDQU (32-n)(R12), Y0; \
	VMOVDQU (64-n)(R12), Y1; \
	VMOVDQU (FOLDED+32-n)(R12), Y2; \
	VMOVDQU (FOLDED+64-n)(R12), Y3

// func classifyAVX2(m *uint64, members *[sets]byteSet, tables *foldTables, text *byte, words int)
TEXT ·classifyAVX2(SB), 0, $576-40
	MOVQ m+0(FP), DI
	MOVQ members+8(FP), R8
	MOVQ tables+16(FP), R9
	MOVQ text+24(FP), SI
	MOVQ words+32(FP), CX
	LEAQ folded-576(SP), DX
	MOVQ DI, R13
	VBROADCASTI128 lowHalf<>(SB), Y15
	VBROADCASTI128 foldLow<>(SB), Y11
	VBROADCASTI128 hideOdd<>(SB), Y12
	VBROADCASTI128 hideEven<>(SB), Y13

	// The three bytes before text.
	VMOVD   -3(SI), X0
	VPSRLW  $4, Y0, Y2
	VPAND   Y15, Y2, Y2
	FOLD(Y0, Y2)
	VMOVDQU Y5, 29(DX)
	VMOVDQU Y6, (FOLDED+29)(DX)

block:
	MOVQ    $BLOCK, R10
	CMPQ    CX, R10
	CMOVQLT CX, R10
	SUBQ    R10, CX
	MOVQ    R10, R11
	MOVQ    DX, R12
	VBROADCASTI128 highBit<>(SB), Y14
	VBROADCASTI128 lowHalf<>(SB), Y15
	VBROADCASTI128 foldLow<>(SB), Y11
	VBROADCASTI128 hideOdd<>(SB), Y12
	VBROADCASTI128 hideEven<>(SB), Y13
	VBROADCASTI128 LOW(R9), Y9
	VBROADCASTI128 HIGH(R9), Y10

classes:
	VMOVDQU (SI), Y0
	VMOVDQU 32(SI), Y1

	// Lane 13: the high bits themselves.
	VPMOVMSKB Y0, AX
	VPMOVMSKB Y1, BX
	STORE(13)

	VPSRLW  $4, Y0, Y2
	VPSRLW  $4, Y1, Y3
	VPAND   Y15, Y2, Y2
	VPAND   Y15, Y3, Y3
	FOLD(Y0, Y2)
	VMOVDQU Y5, 32(R12)
	VMOVDQU Y6, (FOLDED+32)(R12)
	FOLD(Y1, Y3)
	VMOVDQU Y5, 64(R12)
	VMOVDQU Y6, (FOLDED+64)(R12)

	// The products of sets, in the order of products.
	VPSHUFB Y0, Y9, Y7
	VPSHUFB Y1, Y9, Y8
	VPSHUFB Y2, Y10, Y4
	VPSHUFB Y3, Y10, Y5
	VPAND   Y4, Y7, Y7
	VPAND   Y5, Y8, Y8
	PRODUCT(0, 7)
	PRODUCT(1, 6)
	PRODUCT(3, 5)
	PRODUCT(4, 4)
	PRODUCT(6, 3)
	PRODUCT(7, 2)
	PRODUCT(9, 1)

	VPSHUFB Y2, Y14, Y2
	VPSHUFB Y3, Y14, Y3
	LANE(2)
	LANE(5)
	LANE(8)
	LANE(10)
	LANE(11)

	ADDQ $64, SI
	ADDQ $64, R12
	ADDQ $8, DI
	DECQ R11
	JNZ  classes

	MOVQ  R10, R11
	MOVQ  DX, R12
	VPXOR Y14, Y14, Y14

tails:
	// Lane 12: the four letters agree on a group.
	FOLDS(0)
	GROUPS(0, 0, Y8, Y9)
	GROUPS(1, 0, Y10, Y11)
	LETTER(1)
	LETTER(2)
	LETTER(3)
	VPOR      Y10, Y8, Y8
	VPOR      Y11, Y9, Y9
	VPCMPEQB  Y14, Y8, Y8
	VPCMPEQB  Y14, Y9, Y9
	VPMOVMSKB Y8, AX
	VPMOVMSKB Y9, BX
	NOTQ      AX
	NOTQ      BX
	MOVL      AX, (12*STRIDE)(R13)
	MOVL      BX, (12*STRIDE+4)(R13)

	ADDQ $64, R12
	ADDQ $8, R13
	DECQ R11
	JNZ  tails

	VMOVDQU (R12), Y0
	VMOVDQU FOLDED(R12), Y1
	VMOVDQU Y0, (DX)
	VMOVDQU Y1, FOLDED(DX)
	TESTQ   CX, CX
	JNZ     block
	VZEROUPPER
	RET
