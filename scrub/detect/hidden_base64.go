package detect

// Base64 of text (RFC 4648, both alphabets).

const (
	// minTextBytes is the length of the shortest base64 that is read.
	minTextBytes = 24
	// textQuads is how many groups of four are read at once, and textOverlap how many of them again with the next ones, so that no value is cut.
	textQuads   = stretchBytes / 3
	textOverlap = 100
)

// sextets are the values of the characters of both alphabets, and notBase64 of all others.
var sextets = func() (s [256]uint8) {
	for i := range s {
		s[i] = notBase64
	}
	for i, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") {
		s[c] = uint8(i)
	}
	s['-'], s['_'] = 62, 63
	return s
}()

const notBase64 = 0x40

func isBase64(c byte) bool { return sextets[c] < notBase64 }

// textPiece reports whether base64 of text begins at i: at least 24 characters behind one that is none, whose first nine bytes are printable.
// Parts that dots join are a web token's.
func textPiece(t []byte, i int) bool {
	if len(t)-i < minTextBytes || i > 0 && (isBase64(t[i-1]) || t[i-1] == '.') || !printable(t[i:]) {
		return false
	}
	end := pieceEnd(t, i)
	return end-i >= minTextBytes && !(byteAt(t, end) == '.' && isBase64(byteAt(t, end+1)))
}

// printable reports whether the first twelve characters are base64 of printable ASCII.
func printable(b []byte) bool {
	for q := 0; q < 12; q += 4 {
		x, ok := quad(b[q : q+4])
		if !ok || !textByte(byte(x>>16)) || !textByte(byte(x>>8)) || !textByte(byte(x)) {
			return false
		}
	}
	return true
}

// quad decodes four characters to three bytes.
func quad(b []byte) (x uint32, ok bool) {
	s0, s1, s2, s3 := sextets[b[0]], sextets[b[1]], sextets[b[2]], sextets[b[3]]
	return uint32(s0)<<18 | uint32(s1)<<12 | uint32(s2)<<6 | uint32(s3), (s0|s1|s2|s3)&notBase64 == 0
}

// textByte reports whether c is printable ASCII, a tab or a line's end.
func textByte(c byte) bool { return c-' ' < 0x5f || c == '\n' || c == '\t' || c == '\r' }

// pieceEnd returns the end of the base64 at i, without padding.
func pieceEnd(t []byte, i int) int {
	for i < len(t) && isBase64(t[i]) {
		i++
	}
	return i
}

// decode reads groups of four from t[i:end], the last one of two or three too, until there is no more room or something is no text, and returns
// where it ends. It returns i where a control character shows that it is no text.
func (p *plainText) decode(t []byte, i, end int) int {
	p.begin(nil, 0)
	start := i
	for i < end && p.n+3 <= textQuads*3 {
		var group [4]byte
		n := copy(group[:], t[i:end])
		for k := n; k < 4; k++ {
			group[k] = 'A'
		}
		x, _ := quad(group[:])
		i += n
		for k := range n - 1 {
			c := byte(x >> (16 - 8*k))
			if !textByte(c) && c < 0x80 {
				return start
			}
			p.b[p.n] = c
			p.n++
		}
	}
	return i
}

// behindPadding returns the end of the base64 that ends at i, padding included.
func behindPadding(t []byte, i int) int {
	for n := 0; n < 2 && byteAt(t, i) == '='; n++ {
		i++
	}
	return i
}

// looker scans a plain form, in which it looks for nothing hidden.
type looker interface {
	look(text []byte, ctx Context) []Finding
}

// hiddenText scans base64 of text at i and returns its end, and the finding that all of it is; ok is false if there is nothing in it. Of what
// is found, the detector that comes first in the table names it.
func (p *plainText) hiddenText(t []byte, i int, below looker) (f Finding, end int, ok bool) {
	end = pieceEnd(t, i)
	f = Finding{Start: i, End: behindPadding(t, end)}
	for from := i; from < end; {
		stop := p.decode(t, from, end)
		if stop == from {
			return f, end, false
		}
		for _, g := range below.look(p.b[:p.n], Context{}) {
			if !ok || g.Detector < f.Detector {
				f.Detector, ok = g.Detector, true
			}
		}
		if stop == end {
			break
		}
		from = stop - 4*textOverlap
	}
	return f, end, ok
}
