package unwrap

import "golang.org/x/sys/cpu"

// vectors tells that the processor has what the functions below need.
var vectors = cpu.X86.HasAVX512F && cpu.X86.HasAVX512BW && cpu.X86.HasAVX512VBMI2 && cpu.X86.HasBMI1 && cpu.X86.HasBMI2 && cpu.X86.HasPOPCNT

// unescapeAVX512 decodes the beginning of the content of a JSON string at raw, of which room bytes are there, to dst, which has room for as many.
// It gives up less than 64 bytes before the end, at what ends the string, and at escapes that do not stand for the byte behind their backslash. It writes
// up to 64 bytes more than it says.
//
//go:noescape
func unescapeAVX512(dst, raw *byte, room int) (read, written int)

// leapAVX512 passes over the beginning of the content of a JSON string at raw, of which room bytes are there, until most bytes of it would be decoded;
// most is at least 1. It gives up less than 64 bytes before the end and at escapes that stand for more than one byte or follow each other.
//
//go:noescape
func leapAVX512(raw *byte, room, most int) (read, written int)
