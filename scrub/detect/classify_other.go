//go:build !amd64

package detect

func hasVector() bool { return false }

func (c *classifier) classifyVector(m *bitmaps, text []byte, at int) { c.classifyPortable(m, text, at) }
