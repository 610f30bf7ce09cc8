package codec

import (
	"errors"

	"winnow/scrub/record"
	"winnow/scrub/unwrap"
)

// eachMember shows each member of the object at i to f: its name decoded, its value as it came. For answers and converted output, not
// for records on their way.
func eachMember(b []byte, i int, f func(key, value []byte) error) error {
	return each(b, i, '{', f)
}

// eachElement shows each element of the array that b is.
func eachElement(b []byte, f func(value []byte) error) error {
	return each(b, record.SkipSpace(b, 0), '[', func(_, value []byte) error { return f(value) })
}

func each(b []byte, i int, opener byte, f func(key, value []byte) error) error {
	if i >= len(b) || b[i] != opener {
		return errors.New("object or array missing")
	}
	closer := opener + 2
	if i = record.SkipSpace(b, i+1); i < len(b) && b[i] == closer {
		return nil
	}
	for {
		var key []byte
		if opener == '{' {
			start, end, escaped, fault := record.Name(b, i)
			if fault != nil {
				return fault
			}
			if key = b[start:end]; escaped {
				key = unwrap.JSONString(nil, key)
			}
			if i, fault = record.Colon(b, end); fault != nil {
				return fault
			}
		}
		end, fault := record.Skip(b, i, maxDepth)
		if fault != nil {
			return fault
		}
		if err := f(key, b[i:end]); err != nil {
			return err
		}
		more, next, fault := record.Next(b, end, closer)
		if fault != nil {
			return fault
		}
		if !more {
			return nil
		}
		i = next
	}
}
