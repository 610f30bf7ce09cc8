//go:build !amd64

package detect

// mark is never asked for where there are no vectors.
func (m *marker) mark(vectorLevel, []uint64, []byte) {}

// readMaps is never asked for either.
func readMaps([]wordMap, *byteSet, []byte) {}
