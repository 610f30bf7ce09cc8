//go:build !amd64

package detect

func vectorsHere() vectorLevel { return noVectors }

func (c *classifier) classifyVector(m *bitmaps, text []byte, at int, _ bool) {
	c.classifyPortable(m, text, at)
}
