//go:build amd64

#include "textflag.h"
#include "kernels_amd64.h"

// What the high half of a byte selects: bits 1, 2, 4, ... for ASCII. Above it any bit will do, since the sets answer zero there.
TWICE(highBit, 0x8040201008040201, 0x8080808080808080)

TWICE(lowHalf, 0x0f0f0f0f0f0f0f0f, 0x0f0f0f0f0f0f0f0f)

// What hides a byte, by its high half, from the first table of classes or the second: all but letters with an even or an odd one.
TWICE(hideOdd, 0x8000800080808080, 0x8080808080808080)

TWICE(hideEven, 0x0080008080808080, 0x8080808080808080)

// Where the parts of foldTables begin.
#define LOW 0
#define HIGH 16
#define CLASSES 32
#define LETTERS 64

// BLOCK is how many words are classified before the ends of key words are looked for in them.
#define BLOCK 4

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

// FOLD leaves in Y5 the classes of letters of text, whose high halves are given.
#define FOLD(text, high) \
	VBROADCASTI128 (CLASSES+16)(R9), Y6; \
	VPSHUFB        high, Y11, Y4; \
	VPSHUFB        high, Y12, Y5; \
	VPOR           text, Y4, Y4; \
	VPOR           text, Y5, Y5; \
	VPSHUFB        Y4, Y13, Y4; \
	VPSHUFB        Y5, Y6, Y5; \
	VPOR           Y4, Y5, Y5

// GROUPS leaves in out and out2 the groups of a part, by letter n from the end, of the classes in Y0 and Y1.
#define GROUPS(part, n, out, out2) \
	VBROADCASTI128 (LETTERS+n*48+part*16)(R9), Y4; \
	VPSHUFB        Y0, Y4, out; \
	VPSHUFB        Y1, Y4, out2

// ANDGROUPS leaves in out and out2 those groups that letter n from the end has, too.
#define ANDGROUPS(part, n, out, out2) \
	GROUPS(part, n, Y5, Y6); \
	VPAND Y5, out, out; \
	VPAND Y6, out2, out2

// LETTER does so for all parts in Y8 to Y13.
#define LETTER(n) \
	VMOVDQU (32-n)(R12), Y0; \
	VMOVDQU (64-n)(R12), Y1; \
	ANDGROUPS(0, n, Y8, Y9); \
	ANDGROUPS(1, n, Y10, Y11); \
	ANDGROUPS(2, n, Y12, Y13)

// func classifyAVX2(m *uint64, members *[sets]byteSet, tables *foldTables, text *byte, words int, stops bool)
TEXT ·classifyAVX2(SB), 0, $288-41
	MOVQ m+0(FP), DI
	MOVQ members+8(FP), R8
	MOVQ tables+16(FP), R9
	MOVQ text+24(FP), SI
	MOVQ words+32(FP), CX
	MOVB stops+40(FP), R14
	LEAQ classes-288(SP), DX
	MOVQ DI, R13
	VMOVDQU        lowHalf<>(SB), Y15
	VMOVDQU        hideOdd<>(SB), Y11
	VMOVDQU        hideEven<>(SB), Y12
	VBROADCASTI128 CLASSES(R9), Y13

	// The three bytes before text.
	VMOVD   -3(SI), X0
	VPSRLW  $4, Y0, Y2
	VPAND   Y15, Y2, Y2
	FOLD(Y0, Y2)
	VMOVDQU Y5, 29(DX)

block:
	MOVQ    $BLOCK, R10
	CMPQ    CX, R10
	CMOVQLT CX, R10
	SUBQ    R10, CX
	MOVQ    R10, R11
	MOVQ    DX, R12
	VMOVDQU        highBit<>(SB), Y14
	VMOVDQU        lowHalf<>(SB), Y15
	VMOVDQU        hideOdd<>(SB), Y11
	VMOVDQU        hideEven<>(SB), Y12
	VBROADCASTI128 CLASSES(R9), Y13
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
	FOLD(Y1, Y3)
	VMOVDQU Y5, 64(R12)

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
	LANE(5)
	LANE(8)
	LANE(10)
	TESTB R14, R14
	JEQ   folded
	LANE(11)

folded:

	ADDQ $64, SI
	ADDQ $64, R12
	ADDQ $8, DI
	DECQ R11
	JNZ  classes

	MOVQ  R10, R11
	MOVQ  DX, R12
	VPXOR Y14, Y14, Y14

tails:
	VMOVDQU 32(R12), Y0
	VMOVDQU 64(R12), Y1
	GROUPS(0, 0, Y8, Y9)
	GROUPS(1, 0, Y10, Y11)
	GROUPS(2, 0, Y12, Y13)

	// Lane 2: letters have the last bit of all.
	VPMOVMSKB Y12, AX
	VPMOVMSKB Y13, BX
	MOVL      AX, (2*STRIDE)(R13)
	MOVL      BX, (2*STRIDE+4)(R13)

	// Lane 12: the four letters agree on a group.
	LETTER(1)
	LETTER(2)
	LETTER(3)
	VPOR      Y10, Y8, Y8
	VPOR      Y11, Y9, Y9
	VPOR      Y12, Y8, Y8
	VPOR      Y13, Y9, Y9
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
	VMOVDQU Y0, (DX)
	TESTQ   CX, CX
	JNZ     block
	VZEROUPPER
	RET
