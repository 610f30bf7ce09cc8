package record

// Quiet returns the offset of the first byte at or after i of a string's content that is a quote, a backslash or a control character:
// where a string without escapes ends, if it is a quote.
//
//go:noescape
func Quiet(b []byte, i int) int
