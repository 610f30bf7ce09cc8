package codec

import (
	"bytes"

	"winnow/scrub"
)

// parameter returns the value of the first query parameter of a name, its encoding undone. ok is false if there is none, or its encoding
// is broken or hides control characters.
func parameter(query []byte, name string) (value []byte, ok bool) {
	for pair := range bytes.SplitSeq(query, []byte("&")) {
		if raw, found := bytes.CutPrefix(pair, []byte(name)); found && len(raw) > 0 && raw[0] == '=' {
			return Unescape(raw[1:])
		}
	}
	return nil, false
}

// sharedFields scrubs the parameters of the query that say of all records in the body what a field of that name would.
func (b *Batch) sharedFields(run *scrub.Run, query []byte, names []string) error {
	if len(query) == 0 {
		return nil
	}
	for _, name := range names {
		plain, ok := parameter(query, name)
		if !ok {
			continue
		}
		out, _, stays, err := run.Scalar(plain, run.At(scrub.Root, []byte(name)), []byte(name))
		if err != nil {
			return err
		}
		if stays {
			b.Query = appendParameter(b.Query, name, string(out))
			b.shared = appendShared(b.shared, name, out)
		}
	}
	return nil
}

// Unescape undoes a query's encoding; ok is false where it is broken or hides control characters. What has none is returned as it is.
func Unescape(value []byte) (plain []byte, ok bool) {
	coded := false
	for _, c := range value {
		coded = coded || c == '+' || c == '%'
		if c < ' ' || c == 0x7f {
			return nil, false
		}
	}
	if !coded {
		return value, true
	}
	plain = make([]byte, 0, len(value))
	for i := 0; i < len(value); i++ {
		c := value[i]
		switch {
		case c == '+':
			c = ' '
		case c == '%':
			if i+2 >= len(value) || !isHex(value[i+1]) || !isHex(value[i+2]) {
				return nil, false
			}
			c = unhex(value[i+1])<<4 | unhex(value[i+2])
			i += 2
		}
		if c < ' ' || c == 0x7f {
			return nil, false
		}
		plain = append(plain, c)
	}
	return plain, true
}

func isHex(c byte) bool { return c-'0' < 10 || c|0x20-'a' < 6 }

// unhex is the value of a hexadecimal digit.
func unhex(c byte) byte {
	if c-'0' < 10 {
		return c - '0'
	}
	return c | 0x20 - 'a' + 10
}
