//go:build !amd64

package unwrap

// vectors tells that the functions below do something.
const vectors = false

func unescapeAVX512(_, _ *byte, _ int) (read, written int) { return 0, 0 }
func leapAVX512(_ *byte, _, _ int) (read, written int)     { return 0, 0 }
