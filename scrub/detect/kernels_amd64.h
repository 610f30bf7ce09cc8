// What kernels share.

// STRIDE is 8*laneStride bytes.
#define STRIDE 544

// TWICE is a constant of sixteen bytes by its halves, twice.
#define TWICE(name, low, high) \
	DATA  name<>+0(SB)/8, $low; \
	DATA  name<>+8(SB)/8, $high; \
	DATA  name<>+16(SB)/8, $low; \
	DATA  name<>+24(SB)/8, $high; \
	GLOBL name<>(SB), RODATA|NOPTR, $32

// TABLES loads twelve tables that stand one behind the other from an offset on, each of so many bytes.
#define TABLES(VLOAD, at, size, t0, t1, t2, t3, t4, t5, t6, t7, t8, t9, t10, t11) \
	VLOAD (at+0*size)(R8), t0; \
	VLOAD (at+1*size)(R8), t1; \
	VLOAD (at+2*size)(R8), t2; \
	VLOAD (at+3*size)(R8), t3; \
	VLOAD (at+4*size)(R8), t4; \
	VLOAD (at+5*size)(R8), t5; \
	VLOAD (at+6*size)(R8), t6; \
	VLOAD (at+7*size)(R8), t7; \
	VLOAD (at+8*size)(R8), t8; \
	VLOAD (at+9*size)(R8), t9; \
	VLOAD (at+10*size)(R8), t10; \
	VLOAD (at+11*size)(R8), t11
