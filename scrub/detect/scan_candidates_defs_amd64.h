// What findAVX2 and findAVX512 share: the body of their loops, for vectors V0 to V15 of four or eight words. Before it, MOVE, AND, OR and
// ANDN are the moves and the logic of such vectors, and BACK(k, now, before, out, tmp) is word.back: the bitmap moved k bytes towards the end.
// WHERE(flags, family) notes which words of flags have a bit.

#include "kernels_amd64.h"

// FLAGS is 8*chunkWords, WORDS chunkWords/groupWords.
#define FLAGS 512
#define WORDS 16

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
#define TAIL 12

// The families, in the order of scan_candidates.go.
#define DOTTED 0
#define COLONED 1
#define DIGITS 2
#define TOKENS 3
#define KEYS 4
#define COUNTRY 7
#define SCHEME 8
#define OPTION 12

// NOW and BEFORE load four words of a lane, and the words one before each.
#define NOW(lane, r) MOVE (lane*STRIDE)(DI), r
#define BEFORE(lane, r) MOVE (lane*STRIDE-8)(DI), r
#define ORNOW(lane, r) OR (lane*STRIDE)(DI), r, r
#define ORBEFORE(lane, r) OR (lane*STRIDE-8)(DI), r, r

// DOUBLE makes of a bitmap (now, before) the runs that reach k bytes further back. Of before only the last bits are right, and only
// they are looked at.
#define DOUBLE(k, now, before, outNow, outBefore, tmp) \
	BACK(k, now, before, outNow, tmp); \
	AND  now, outNow, outNow; \
	VPSLLQ $k, before, tmp; \
	AND  tmp, before, outBefore

// SPREAD leaves in out what stands one to five bytes behind a bit of a word.
#define SPREAD(now, out) \
	VPSLLQ $1, now, out; \
	VPSLLQ $1, out, V10; \
	OR     V10, out, out; \
	VPSLLQ $2, out, V10; \
	OR     V10, out, out; \
	VPSLLQ $5, now, V10; \
	OR     V10, out, out

// SMEAR leaves in out what stands one to five bytes behind a bit of the word before.
#define SMEAR(before, out) \
	VPSRLQ $59, before, out; \
	VPSRLQ $1, out, V10; \
	OR     V10, out, out; \
	VPSRLQ $2, out, V10; \
	OR     V10, out, out; \
	VPSRLQ $1, out, V10; \
	OR     V10, out, out

// NEAR leaves in out what of a bitmap stands one to five bytes behind another of it, or where smeared says.
#define NEAR(now, smeared, out) \
	SPREAD(now, out); \
	OR   smeared, out, out; \
	AND  now, out, out
