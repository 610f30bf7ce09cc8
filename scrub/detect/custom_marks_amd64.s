//go:build amd64

#include "textflag.h"
#include "kernels_amd64.h"

TWICE(lowHalf, 0x0f0f0f0f0f0f0f0f, 0x0f0f0f0f0f0f0f0f)

// AND leaves in out what a table has for some bytes, too.
#define AND(bytes, table, out) \
	VPSHUFB bytes, table, Y1; \
	VPAND   Y1, out, out

// HALF leaves in AX the marks of 32 bytes from n on, each of them the other way round. Y4 to Y9 and Y10 to Y15 are the tables of a part: by the
// low halves of four bytes, and by the high halves of the first and the third, which are put into Y2 and Y3.
#define HALF(n) \
	VMOVDQU   (n)(SI), Y2; \
	VMOVDQU   (n+2)(SI), Y3; \
	VPSHUFB   Y2, Y4, Y0; \
	AND(Y3, Y6, Y0); \
	VPSRLW    $4, Y2, Y2; \
	VPSRLW    $4, Y3, Y3; \
	VPAND     lowHalf<>(SB), Y2, Y2; \
	VPAND     lowHalf<>(SB), Y3, Y3; \
	AND(Y2, Y8, Y0); \
	AND(Y3, Y9, Y0); \
	AND((n+1)(SI), Y5, Y0); \
	AND((n+3)(SI), Y7, Y0); \
	VPSHUFB   Y2, Y14, Y2; \
	AND(Y3, Y15, Y2); \
	AND((n)(SI), Y10, Y2); \
	AND((n+1)(SI), Y11, Y2); \
	AND((n+2)(SI), Y12, Y2); \
	AND((n+3)(SI), Y13, Y2); \
	VPOR      Y2, Y0, Y0; \
	VPXOR     Y1, Y1, Y1; \
	VPCMPEQB  Y1, Y0, Y0; \
	VPMOVMSKB Y0, AX

// func markAVX2(marks *uint64, tables *halfTables, text *byte, words int)
TEXT ·markAVX2(SB), NOSPLIT, $0-32
	MOVQ marks+0(FP), DI
	MOVQ tables+8(FP), R8
	MOVQ text+16(FP), SI
	MOVQ words+24(FP), CX
	TABLES(VBROADCASTI128, 0, 16, Y4, Y5, Y6, Y7, Y8, Y9, Y10, Y11, Y12, Y13, Y14, Y15)

loop:
	HALF(0)
	NOTQ AX
	MOVL AX, (DI)
	HALF(32)
	NOTQ AX
	MOVL AX, 4(DI)
	ADDQ $64, SI
	ADDQ $8, DI
	DECQ CX
	JNZ  loop
	VZEROUPPER
	RET

// WIDE leaves in out the groups of one part that four bytes agree on. Z0 to Z3 are the text from each of them on.
#define WIDE(t0, t1, t2, t3, out) \
	VPERMB     t0, Z0, out; \
	VPERMB     t1, Z1, Z4; \
	VPERMB     t2, Z2, Z5; \
	VPERMB     t3, Z3, Z6; \
	VPANDQ     Z4, out, out; \
	VPTERNLOGQ $0x80, Z5, Z6, out

// func markAVX512(marks *uint64, tables *wholeTables, text *byte, words int)
TEXT ·markAVX512(SB), NOSPLIT, $0-32
	MOVQ marks+0(FP), DI
	MOVQ tables+8(FP), R8
	MOVQ text+16(FP), SI
	MOVQ words+24(FP), CX
	TABLES(VMOVDQU64, 0, 64, Z16, Z17, Z18, Z19, Z20, Z21, Z22, Z23, Z24, Z25, Z26, Z27)

loop:
	VMOVDQU64 (SI), Z0
	VMOVDQU64 1(SI), Z1
	VMOVDQU64 2(SI), Z2
	VMOVDQU64 3(SI), Z3
	WIDE(Z16, Z17, Z18, Z19, Z7)
	WIDE(Z20, Z21, Z22, Z23, Z8)
	WIDE(Z24, Z25, Z26, Z27, Z9)
	VPORQ    Z8, Z7, Z7
	VPORQ    Z9, Z7, Z7
	VPTESTMB Z7, Z7, K1
	KMOVQ    K1, (DI)
	ADDQ     $64, SI
	ADDQ     $8, DI
	DECQ     CX
	JNZ      loop
	VZEROUPPER
	RET

// What the high half of a byte selects, and which of these bits the letters, digits and underscores with a low half have.
TWICE(highBit, 0x8040201008040201, 0x0000000000000000)
TWICE(inWords, 0xf8f8f8f8f8f8f8a8, 0x7050505050f0f8f8)
TWICE(percent, 0x2525252525252525, 0x2525252525252525)
TWICE(backslash, 0x5c5c5c5c5c5c5c5c, 0x5c5c5c5c5c5c5c5c)

// SET puts a bit for each of 32 bytes that is in no set into a register. Y0 are the bytes and Y1 the bits that their high halves select.
#define SET(set, reg) \
	VPSHUFB   Y0, set, Y2; \
	VPAND     Y1, Y2, Y2; \
	VPCMPEQB  Y6, Y2, Y2; \
	VPMOVMSKB Y2, reg; \
	NOTQ      reg

// WORDS puts the maps of 32 bytes at n where they belong.
#define WORDS(n, at) \
	VMOVDQU   (n)(SI), Y0; \
	VPMOVMSKB Y0, AX; \
	MOVL      AX, (at+8)(DI); \
	VPSRLW    $4, Y0, Y1; \
	VPAND     Y5, Y1, Y1; \
	VPSHUFB   Y1, Y4, Y1; \
	SET(Y3, AX); \
	MOVL      AX, (at)(DI); \
	SET(Y7, AX); \
	MOVL      AX, (at+16)(DI); \
	VPCMPEQB  Y0, Y8, Y1; \
	VPCMPEQB  Y0, Y9, Y2; \
	VPOR      Y1, Y2, Y2; \
	VPMOVMSKB Y2, AX; \
	MOVL      AX, (at+24)(DI)

// func mapWordsAVX2(maps *wordMap, firsts *byteSet, text *byte, steps int)
TEXT ·mapWordsAVX2(SB), NOSPLIT, $0-32
	MOVQ maps+0(FP), DI
	MOVQ firsts+8(FP), R8
	MOVQ text+16(FP), SI
	MOVQ steps+24(FP), CX
	VMOVDQU        inWords<>(SB), Y3
	VMOVDQU        highBit<>(SB), Y4
	VMOVDQU        lowHalf<>(SB), Y5
	VPXOR          Y6, Y6, Y6
	VBROADCASTI128 (R8), Y7
	VMOVDQU        percent<>(SB), Y8
	VMOVDQU        backslash<>(SB), Y9

step:
	WORDS(0, 0)
	WORDS(32, 4)
	ADDQ $64, SI
	ADDQ $32, DI
	DECQ CX
	JNZ  step
	VZEROUPPER
	RET
