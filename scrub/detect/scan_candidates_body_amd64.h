// The body of the loops; see scan_candidates_defs_amd64.h. DI: lanes, SI: flags, DX: runs, R8: where. It leaves in V15 where any rare family may be, in V14
// where the few whose flags are there are.

	// Dots behind digits (V4, V5), the second of two (V6, V7), the third of three (V8).
	NOW(DIGIT, V0)
	BEFORE(DIGIT, V1)
	NOW(DOT, V2)
	BEFORE(DOT, V3)
	BACK(1, V0, V1, V4, V10)
	AND  V2, V4, V4
	VPSLLQ $1, V1, V5
	AND  V3, V5, V5
	BACK(2, V4, V5, V6, V10)
	BACK(3, V4, V5, V8, V10)
	BACK(4, V4, V5, V9, V10)
	OR   V8, V6, V6
	OR   V9, V6, V6
	AND  V4, V6, V6
	VPSLLQ $2, V5, V7
	VPSLLQ $3, V5, V8
	VPSLLQ $4, V5, V9
	OR   V8, V7, V7
	OR   V9, V7, V7
	AND  V5, V7, V7
	BACK(2, V6, V7, V8, V10)
	BACK(3, V6, V7, V9, V10)
	BACK(4, V6, V7, V11, V10)
	OR   V9, V8, V8
	OR   V11, V8, V8
	AND  V4, V8, V8
	MOVE V8, (DOTTED*FLAGS)(SI)
	WHERE(V8, DOTTED)
	OR   V0, V2, V8
	MOVE V8, (DX)

	// V15 gathers what the rare families may need: behind two dots five bytes apart.
	BACK(1, V2, V3, V15, V10)
	BACK(6, V2, V3, V9, V10)
	AND  V9, V15, V15

	// Colons (V4, V5), those near behind another one (V6, V9), of these those near behind another one (V7), and of these again (V13). What stands in
	// the word before counts for the last step as it does for the one before, which lets a few more by.
	NOW(COLON, V4)
	BEFORE(COLON, V5)
	OR   V4, V8, V8
	ORNOW(HEX, V8)
	MOVE V8, (1*STRIDE)(DX)
	SMEAR(V5, V9)
	NEAR(V4, V9, V6)
	SPREAD(V5, V9)
	AND  V5, V9, V9
	SMEAR(V9, V12)
	NEAR(V6, V12, V7)
	NEAR(V7, V12, V13)
	BACK(1, V4, V5, V8, V10)
	AND  V4, V8, V8
	OR   V13, V8, V8
	MOVE V8, (COLONED*FLAGS)(SI)
	WHERE(V8, COLONED)
	BACK(2, V4, V5, V7, V10)

	// A colon, or whatever, before two token signs: "://".
	NOW(TOKEN, V8)
	BEFORE(TOKEN, V9)
	BACK(1, V8, V9, V11, V10)
	AND  V8, V11, V11
	AND  V7, V11, V14
	MOVE V14, (SCHEME*FLAGS)(SI)

	// Dashes (V6, V7): five bytes apart, behind three in a row. V4, V5: colons and dashes, behind four of them three bytes apart.
	NOW(DASH, V6)
	BEFORE(DASH, V7)
	BACK(5, V6, V7, V8, V10)
	AND  V6, V8, V8
	OR   V8, V15, V15
	BACK(1, V6, V7, V8, V10)

	// A letter behind a dash that a blank or another spacer stands before.
	NOW(SPACER, V11)
	BEFORE(SPACER, V12)
	BACK(2, V11, V12, V13, V10)
	AND  V8, V13, V13
	AND  (ALPHA*STRIDE)(DI), V13, V13
	MOVE V13, (OPTION*FLAGS)(SI)
	OR   V13, V14, V14

	BACK(2, V6, V7, V9, V10)
	BACK(3, V6, V7, V12, V10)
	AND  V8, V9, V9
	AND  V12, V9, V9
	OR   V9, V15, V15
	BACK(6, V6, V7, V13, V10)
	AND  V13, V12, V12
	OR   V6, V4, V4
	OR   V7, V5, V5
	BACK(1, V4, V5, V8, V10)
	BACK(4, V4, V5, V9, V10)
	BACK(7, V4, V5, V11, V10)
	AND  V9, V8, V8
	AND  V11, V8, V8
	BACK(10, V4, V5, V9, V10)
	AND  V9, V8, V8
	OR   V8, V15, V15

	// Digits and spacers (V4, V5): runs of nine (V8, V9), but not those of ten with dashes as in a date, nor those of nine that are seconds (V12).
	OR   V0, V2, V4
	OR   V1, V3, V5
	ORNOW(SPACER, V4)
	ORBEFORE(SPACER, V5)
	MOVE V4, (2*STRIDE)(DX)
	BACK(11, V4, V5, V13, V10)
	ANDN V12, V13, V12
	NOW(COLON, V6)
	BEFORE(COLON, V7)
	BACK(10, V6, V7, V8, V10)
	BACK(7, V2, V3, V9, V10)
	BACK(11, V0, V1, V13, V10)
	AND  V9, V8, V8
	AND  V13, V8, V8
	OR   V8, V12, V12
	DOUBLE(1, V4, V5, V6, V7, V10)
	DOUBLE(2, V6, V7, V8, V9, V10)
	DOUBLE(4, V8, V9, V6, V7, V10)
	BACK(8, V4, V5, V8, V10)
	AND  V6, V8, V8
	VPSLLQ $8, V5, V9
	AND  V7, V9, V9
	BACK(1, V8, V9, V6, V10)
	ANDN V6, V4, V6
	ANDN V6, V12, V6
	MOVE V6, (DIGITS*FLAGS)(SI)
	WHERE(V6, DIGITS)

	// Two letters and two digits (V13), unless a letter or digit stands before that ends no colour sequence.
	NOW(ALPHA, V4)
	BEFORE(ALPHA, V5)
	OR   V0, V4, V6
	OR   V1, V5, V7
	BACK(1, V0, V1, V13, V10)
	AND  V0, V13, V13
	BACK(2, V4, V5, V8, V10)
	BACK(3, V4, V5, V9, V10)
	AND  V8, V13, V13
	AND  V9, V13, V13
	NOW(HEX, V8)
	BEFORE(HEX, V9)
	OR   V0, V8, V8
	OR   V1, V9, V9
	BACK(4, V8, V9, V11, V10)
	BACK(5, V4, V5, V8, V10)
	OR   V8, V11, V11
	BACK(4, V6, V7, V8, V10)
	AND  V11, V8, V8
	ANDN V13, V8, V13
	MOVE V13, (COUNTRY*FLAGS)(SI)
	OR   V13, V14, V14

	// Token bytes (V4, V5): runs of twenty.
	OR   V2, V6, V4
	OR   V3, V7, V5
	ORNOW(TOKEN, V4)
	ORBEFORE(TOKEN, V5)
	MOVE V4, (3*STRIDE)(DX)
	DOUBLE(1, V4, V5, V6, V7, V10)
	DOUBLE(2, V6, V7, V8, V9, V10)
	DOUBLE(4, V8, V9, V6, V7, V10)
	DOUBLE(8, V6, V7, V11, V12, V10)
	BACK(16, V8, V9, V6, V10)
	AND  V11, V6, V6
	VPSLLQ $16, V9, V7
	AND  V12, V7, V7
	BACK(1, V6, V7, V8, V10)
	ANDN V8, V4, V8
	MOVE V8, (TOKENS*FLAGS)(SI)
	WHERE(V8, TOKENS)

	// Behind key words.
	NOW(TAIL, V4)
	BEFORE(TAIL, V5)
	BACK(1, V4, V5, V6, V10)
	AND  (AFTER*STRIDE)(DI), V6, V6
	MOVE V6, (KEYS*FLAGS)(SI)

	// At signs and escapes near by make all rare families possible, what V14 has gathered only those whose flags are there already.
	ORNOW(AT, V15)
	ORBEFORE(AT, V15)
	ORNOW(ESCAPE, V15)
	ORBEFORE(ESCAPE, V15)
