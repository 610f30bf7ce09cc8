//go:build amd64

#include "textflag.h"
#include "kernels_amd64.h"

// What the high half of a byte selects: bits 1, 2, 4, ... for ASCII. Above it any bit will do, since the sets answer zero there.
TWICE(highBit, 0x8040201008040201, 0x8080808080808080)
TWICE(lowHalf, 0x0f0f0f0f0f0f0f0f, 0x0f0f0f0f0f0f0f0f)

// What takes letters to the first of small ones, and the sixteenth behind it to the first again.
TWICE(caseBit, 0x2020202020202020, 0x2020202020202020)
TWICE(firstLetter, 0x6161616161616161, 0x6161616161616161)
TWICE(sixteen, 0x1010101010101010, 0x1010101010101010)

// Where the parts of foldTables begin.
#define KINDS 0
#define CLASSES 80
#define LETTERS 112

#define STORE(n) \
	MOVL AX, (n*STRIDE)(DI); \
	MOVL BX, (n*STRIDE+4)(DI)

// SET stores one word of lane n: the bytes of a set of kinds. A byte's low half selects an element of the set (zero for bytes above 0x7f), its high
// half the bit of it. Y0, Y1: text; Y2, Y3: the bits selected.
#define SET(set, n) \
	VBROADCASTI128 (KINDS+set*16)(R8), Y4; \
	VPSHUFB        Y0, Y4, Y5; \
	VPSHUFB        Y1, Y4, Y6; \
	VPAND          Y2, Y5, Y5; \
	VPAND          Y3, Y6, Y6; \
	VPCMPEQB       Y2, Y5, Y5; \
	VPCMPEQB       Y3, Y6, Y6; \
	VPMOVMSKB      Y5, AX; \
	VPMOVMSKB      Y6, BX; \
	STORE(n)

// FOLD leaves in out the classes of letters of text. The number of a letter, which is negative for all that is none, selects from the first table, and
// what is left of it behind the sixteenth from the second, which makes good what the first has said of these.
#define FOLD(text, out) \
	VPOR    caseBit<>(SB), text, out; \
	VPSUBSB firstLetter<>(SB), out, out; \
	VPSHUFB out, Y11, Y6; \
	VPSUBSB Y13, out, out; \
	VPSHUFB out, Y12, out; \
	VPXOR   Y6, out, out

// GROUPS leaves in out and out2 the groups of a part, by letter n from the end, of the classes in Y0 and Y1.
#define GROUPS(part, n, out, out2) \
	VBROADCASTI128 (LETTERS+part*64+n*16)(R8), Y4; \
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

// func classifyAVX2(m *uint64, tables *foldTables, text *byte, words int, stops bool)
//
// First it tells of all words the classes of letters, and the bits of the kinds of bytes, which the first lanes take until then; and then, of four words
// at a time, the lanes.
TEXT ·classifyAVX2(SB), 0, $4160-33
	MOVQ m+0(FP), DI
	MOVQ tables+8(FP), R8
	MOVQ text+16(FP), SI
	MOVQ words+24(FP), CX
	MOVB stops+32(FP), R14
	LEAQ classes-4160(SP), DX
	ADDQ $31, DX
	ANDQ $-32, DX
	MOVQ DX, R12
	MOVQ DI, R13
	MOVQ CX, R11
	VBROADCASTI128 CLASSES(R8), Y11
	VBROADCASTI128 (CLASSES+16)(R8), Y12
	VMOVDQU        sixteen<>(SB), Y13
	VMOVDQU        highBit<>(SB), Y14
	VMOVDQU        lowHalf<>(SB), Y15

	// The three bytes before text.
	VMOVD   -3(SI), X0
	FOLD(Y0, Y4)
	VMOVDQU Y4, 29(DX)

word:
	VMOVDQU (SI), Y0
	VMOVDQU 32(SI), Y1

	// Lane 13: the high bits themselves.
	VPMOVMSKB Y0, AX
	VPMOVMSKB Y1, BX
	STORE(13)

	FOLD(Y0, Y7)
	FOLD(Y1, Y8)
	VMOVDQU Y7, 32(R12)
	VMOVDQU Y8, 64(R12)

	VPSRLW  $4, Y0, Y2
	VPSRLW  $4, Y1, Y3
	VPAND   Y15, Y2, Y2
	VPAND   Y15, Y3, Y3
	VPSHUFB Y2, Y14, Y2
	VPSHUFB Y3, Y14, Y3
	SET(0, 0)
	SET(1, 1)
	SET(2, 2)
	SET(3, 3)
	TESTB R14, R14
	JEQ   kind
	SET(4, 11)

kind:
	ADDQ $64, SI
	ADDQ $64, R12
	ADDQ $8, DI
	DECQ R11
	JNZ  word

	MOVQ  R13, DI
	MOVQ  DX, R12
	MOVQ  CX, R11
	VPXOR Y14, Y14, Y14

	// Lane 12: the four letters agree on a group.
tail:
	VMOVDQU 32(R12), Y0
	VMOVDQU 64(R12), Y1
	GROUPS(0, 0, Y8, Y9)
	GROUPS(1, 0, Y10, Y11)
	GROUPS(2, 0, Y12, Y13)
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
	STORE(12)

	ADDQ $64, R12
	ADDQ $8, DI
	DECQ R11
	JNZ  tail

	MOVQ R13, DI

block:
	// The lanes, from the bits of kinds (Y0 to Y3). Y4 to Y6: the kinds by their upper bits, 11, 10 and 01, and Y7 what is not 00. Y8: what is not
	// 00 by the lower bits, and Y9 to Y11 11, 01 and 10.
	VMOVDQU (0*STRIDE)(DI), Y0
	VMOVDQU (1*STRIDE)(DI), Y1
	VMOVDQU (2*STRIDE)(DI), Y2
	VMOVDQU (3*STRIDE)(DI), Y3
	VPAND   Y2, Y3, Y4
	VPANDN  Y3, Y2, Y5
	VPANDN  Y2, Y3, Y6
	VPOR    Y2, Y3, Y7
	VPOR    Y0, Y1, Y8
	VPAND   Y0, Y1, Y9
	VPANDN  Y0, Y1, Y10
	VPANDN  Y1, Y0, Y11
	VPANDN  Y5, Y8, Y12
	VMOVDQU Y12, (0*STRIDE)(DI)
	VPAND   Y0, Y4, Y12
	VMOVDQU Y12, (1*STRIDE)(DI)
	VMOVDQU Y4, (2*STRIDE)(DI)
	VPAND   Y6, Y10, Y12
	VMOVDQU Y12, (3*STRIDE)(DI)
	VPAND   Y6, Y11, Y12
	VMOVDQU Y12, (4*STRIDE)(DI)
	VPAND   Y6, Y9, Y13
	VMOVDQU Y13, (9*STRIDE)(DI)
	VPAND   Y0, Y5, Y12
	VPOR    Y13, Y12, Y12
	VMOVDQU Y12, (5*STRIDE)(DI)
	VPAND   Y1, Y5, Y12
	VPOR    Y13, Y12, Y12
	VMOVDQU Y12, (6*STRIDE)(DI)
	VPANDN  Y10, Y7, Y12
	VMOVDQU Y12, (7*STRIDE)(DI)
	VPANDN  Y6, Y8, Y12
	VMOVDQU Y12, (8*STRIDE)(DI)
	VPANDN  Y11, Y7, Y12
	VPANDN  Y5, Y9, Y13
	VPAND   Y1, Y4, Y14
	VPOR    Y6, Y12, Y12
	VPOR    Y13, Y14, Y14
	VPOR    Y14, Y12, Y12
	VMOVDQU Y12, (10*STRIDE)(DI)

	ADDQ $32, DI
	SUBQ $4, CX
	JGT  block
	VZEROUPPER
	RET
