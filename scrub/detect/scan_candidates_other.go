//go:build !amd64

package detect

func (c *candidates) findVector(m *bitmaps, groups int) { c.findCommon(m, groups*groupWords) }
