//go:build amd64

#include "textflag.h"

// STRIDE is 8*laneStride bytes, FLAGS 8*chunkWords.
#define STRIDE 520
#define FLAGS 512

// The lanes, in the order of classify.go.
#define DIGIT 0
#define HEX 1
#define ALPHA 2
#define DOT 3
#define COLON 4
#define TOKEN 5
#define SPACER 6
#define AT 7
#define ESCAPE 8
#define DASH 9
#define AFTER 10
#define TAIL 11

// The families, in the order of scan_candidates.go.
#define DOTTED 0
#define COLONED 1
#define DIGITS 2
#define TOKENS 3
#define KEYS 4
#define COUNTRY 7
#define SCHEME 8

// NOW and BEFORE load four words of a lane, and the words one before each.
#define NOW(lane, r) VMOVDQU (lane*STRIDE)(DI), r
#define BEFORE(lane, r) VMOVDQU (lane*STRIDE-8)(DI), r
#define ORNOW(lane, r) VPOR (lane*STRIDE)(DI), r, r
#define ORBEFORE(lane, r) VPOR (lane*STRIDE-8)(DI), r, r

// BACK is word.back: the bitmap moved k bytes towards the end.
#define BACK(k, now, before, out, tmp) \
	VPSLLQ $k, now, out; \
	VPSRLQ $(64-k), before, tmp; \
	VPOR   tmp, out, out

// DOUBLE makes of a bitmap (now, before) the runs that reach k bytes further back. Of before only the last bits are right, and only
// they are looked at.
#define DOUBLE(k, now, before, outNow, outBefore, tmp) \
	BACK(k, now, before, outNow, tmp); \
	VPAND  now, outNow, outNow; \
	VPSLLQ $k, before, tmp; \
	VPAND  tmp, before, outBefore

// NEAR leaves in out what of a bitmap stands one to five bytes behind another of it, and in before what is three bytes behind or less
// in the word before.
#define NEAR(now, past, out, before) \
	BACK(1, now, past, out, Y10); \
	VPOR   now, out, out; \
	VPSLLQ $1, past, before; \
	VPOR   past, before, before; \
	BACK(2, out, before, Y11, Y10); \
	VPOR   Y11, out, out; \
	VPSLLQ $2, before, Y11; \
	VPOR   Y11, before, before; \
	BACK(1, out, before, Y11, Y10); \
	BACK(5, now, past, out, Y10); \
	VPOR   Y11, out, out; \
	VPAND  now, out, out

// func findAVX2(m, flags, run *uint64, rare *uint8, groups int)
TEXT ·findAVX2(SB), NOSPLIT, $0-40
	MOVQ m+0(FP), DI
	MOVQ flags+8(FP), SI
	MOVQ run+16(FP), DX
	MOVQ rare+24(FP), R9
	MOVQ groups+32(FP), CX

loop:
	// Dots behind digits (Y4, Y5), the second of two (Y6, Y7), the third of three (Y8).
	NOW(DIGIT, Y0)
	BEFORE(DIGIT, Y1)
	NOW(DOT, Y2)
	BEFORE(DOT, Y3)
	BACK(1, Y0, Y1, Y4, Y10)
	VPAND  Y2, Y4, Y4
	VPSLLQ $1, Y1, Y5
	VPAND  Y3, Y5, Y5
	BACK(2, Y4, Y5, Y6, Y10)
	BACK(3, Y4, Y5, Y8, Y10)
	BACK(4, Y4, Y5, Y9, Y10)
	VPOR   Y8, Y6, Y6
	VPOR   Y9, Y6, Y6
	VPAND  Y4, Y6, Y6
	VPSLLQ $2, Y5, Y7
	VPSLLQ $3, Y5, Y8
	VPSLLQ $4, Y5, Y9
	VPOR   Y8, Y7, Y7
	VPOR   Y9, Y7, Y7
	VPAND  Y5, Y7, Y7
	BACK(2, Y6, Y7, Y8, Y10)
	BACK(3, Y6, Y7, Y9, Y10)
	BACK(4, Y6, Y7, Y11, Y10)
	VPOR   Y9, Y8, Y8
	VPOR   Y11, Y8, Y8
	VPAND  Y4, Y8, Y8
	VMOVDQU Y8, (DOTTED*FLAGS)(SI)
	VPOR   Y0, Y2, Y8
	VMOVDQU Y8, (DX)

	// Y15 gathers what the rare families may need: behind two dots five bytes apart.
	BACK(1, Y2, Y3, Y15, Y10)
	BACK(6, Y2, Y3, Y9, Y10)
	VPAND  Y9, Y15, Y15

	// Colons (Y4, Y5), and those behind another one (Y6, Y9), and of these those behind another one.
	NOW(COLON, Y4)
	BEFORE(COLON, Y5)
	VPOR   Y4, Y8, Y8
	ORNOW(HEX, Y8)
	VMOVDQU Y8, (1*STRIDE)(DX)
	NEAR(Y4, Y5, Y6, Y9)
	VPSLLQ $5, Y5, Y10
	VPSLLQ $1, Y9, Y9
	VPOR   Y10, Y9, Y9
	VPAND  Y5, Y9, Y9
	NEAR(Y6, Y9, Y7, Y12)
	BACK(1, Y4, Y5, Y8, Y10)
	VPAND  Y4, Y8, Y8
	VPOR   Y7, Y8, Y8
	VMOVDQU Y8, (COLONED*FLAGS)(SI)
	BACK(2, Y4, Y5, Y7, Y10)

	// A colon, or whatever, before two token signs: "://".
	NOW(TOKEN, Y8)
	BEFORE(TOKEN, Y9)
	BACK(1, Y8, Y9, Y11, Y10)
	VPAND  Y8, Y11, Y11
	VPAND  Y7, Y11, Y14
	VMOVDQU Y14, (SCHEME*FLAGS)(SI)

	// Dashes (Y6, Y7): five bytes apart, behind three in a row. Y4, Y5: colons and dashes, behind four of them three bytes apart.
	NOW(DASH, Y6)
	BEFORE(DASH, Y7)
	BACK(5, Y6, Y7, Y8, Y10)
	VPAND  Y6, Y8, Y8
	VPOR   Y8, Y15, Y15
	BACK(1, Y6, Y7, Y8, Y10)
	BACK(2, Y6, Y7, Y9, Y10)
	BACK(3, Y6, Y7, Y12, Y10)
	VPAND  Y8, Y9, Y9
	VPAND  Y12, Y9, Y9
	VPOR   Y9, Y15, Y15
	BACK(6, Y6, Y7, Y13, Y10)
	VPAND  Y13, Y12, Y12
	VPOR   Y6, Y4, Y4
	VPOR   Y7, Y5, Y5
	BACK(1, Y4, Y5, Y8, Y10)
	BACK(4, Y4, Y5, Y9, Y10)
	BACK(7, Y4, Y5, Y11, Y10)
	VPAND  Y9, Y8, Y8
	VPAND  Y11, Y8, Y8
	BACK(10, Y4, Y5, Y9, Y10)
	VPAND  Y9, Y8, Y8
	VPOR   Y8, Y15, Y15

	// Digits and spacers (Y4, Y5): runs of nine (Y8, Y9), but not those of ten with dashes as in a date (Y12).
	VPOR   Y0, Y2, Y4
	VPOR   Y1, Y3, Y5
	ORNOW(SPACER, Y4)
	ORBEFORE(SPACER, Y5)
	VMOVDQU Y4, (2*STRIDE)(DX)
	BACK(11, Y4, Y5, Y13, Y10)
	VPANDN Y12, Y13, Y12
	DOUBLE(1, Y4, Y5, Y6, Y7, Y10)
	DOUBLE(2, Y6, Y7, Y8, Y9, Y10)
	DOUBLE(4, Y8, Y9, Y6, Y7, Y10)
	BACK(8, Y4, Y5, Y8, Y10)
	VPAND  Y6, Y8, Y8
	VPSLLQ $8, Y5, Y9
	VPAND  Y7, Y9, Y9
	BACK(1, Y8, Y9, Y6, Y10)
	VPANDN Y6, Y4, Y6
	VPANDN Y6, Y12, Y6
	VMOVDQU Y6, (DIGITS*FLAGS)(SI)

	// Two letters and two digits (Y13), unless a letter or digit stands before that ends no colour sequence.
	NOW(ALPHA, Y4)
	BEFORE(ALPHA, Y5)
	VPOR   Y0, Y4, Y6
	VPOR   Y1, Y5, Y7
	BACK(1, Y0, Y1, Y13, Y10)
	VPAND  Y0, Y13, Y13
	BACK(2, Y4, Y5, Y8, Y10)
	BACK(3, Y4, Y5, Y9, Y10)
	VPAND  Y8, Y13, Y13
	VPAND  Y9, Y13, Y13
	NOW(HEX, Y8)
	BEFORE(HEX, Y9)
	VPOR   Y0, Y8, Y8
	VPOR   Y1, Y9, Y9
	BACK(4, Y8, Y9, Y11, Y10)
	BACK(5, Y4, Y5, Y8, Y10)
	VPOR   Y8, Y11, Y11
	BACK(4, Y6, Y7, Y8, Y10)
	VPAND  Y11, Y8, Y8
	VPANDN Y13, Y8, Y13
	VMOVDQU Y13, (COUNTRY*FLAGS)(SI)
	VPOR   Y13, Y14, Y14

	// Token bytes (Y4, Y5): runs of twenty.
	VPOR   Y2, Y6, Y4
	VPOR   Y3, Y7, Y5
	ORNOW(TOKEN, Y4)
	ORBEFORE(TOKEN, Y5)
	VMOVDQU Y4, (3*STRIDE)(DX)
	DOUBLE(1, Y4, Y5, Y6, Y7, Y10)
	DOUBLE(2, Y6, Y7, Y8, Y9, Y10)
	DOUBLE(4, Y8, Y9, Y6, Y7, Y10)
	DOUBLE(8, Y6, Y7, Y11, Y12, Y10)
	BACK(16, Y8, Y9, Y6, Y10)
	VPAND  Y11, Y6, Y6
	VPSLLQ $16, Y9, Y7
	VPAND  Y12, Y7, Y7
	BACK(1, Y6, Y7, Y8, Y10)
	VPANDN Y8, Y4, Y8
	VMOVDQU Y8, (TOKENS*FLAGS)(SI)

	// Behind key words.
	NOW(TAIL, Y4)
	BEFORE(TAIL, Y5)
	BACK(1, Y4, Y5, Y6, Y10)
	VPAND  (AFTER*STRIDE)(DI), Y6, Y6
	VMOVDQU Y6, (KEYS*FLAGS)(SI)

	// At signs and escapes near by make all rare families possible, what Y14 has gathered only those whose flags are there already.
	ORNOW(AT, Y15)
	ORBEFORE(AT, Y15)
	ORNOW(ESCAPE, Y15)
	ORBEFORE(ESCAPE, Y15)
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
	INCQ R9
	DECQ CX
	JNZ  loop
	VZEROUPPER
	RET
