package codec

import (
	"winnow/config"
	"winnow/scrub/record"
	"winnow/scrub/unwrap"
)

// AppendLines implements Codec.
func (Sentry) AppendLines(dst []byte, b *Batch) ([]byte, error) {
	body := b.Bytes()
	start := record.Begin(body)
	switch {
	case b.protocol == config.ProtocolOTLP:
		return OTLP{}.AppendLines(dst, b)
	case b.Kept == 0 || start == len(body): // the header of an envelope is no record
		return dst, nil
	case body[start] == '[':
		var err error
		err = eachElement(body, func(value []byte) error {
			dst = b.appendObject(dst, value)
			return nil
		})
		return dst, err
	}
	end, fault := record.Skip(body, start, maxDepth)
	if fault != nil {
		return dst, errUnreadable
	}
	if record.SkipSpace(body, end) == len(body) {
		return b.appendObject(dst, body[start:end]), nil
	}
	return b.appendItems(dst, body, end)
}

// appendItems appends the records of an envelope whose header ends at i.
func (b *Batch) appendItems(dst, body []byte, i int) ([]byte, error) {
	for i = record.SkipSpace(body, i); i < len(body); i = record.SkipSpace(body, i) {
		head, fault := record.Skip(body, i, maxDepth)
		if fault != nil {
			return dst, errUnreadable
		}
		start := record.SkipSpace(body, head)
		end, fault := record.Skip(body, start, maxDepth)
		if fault != nil {
			return dst, errUnreadable
		}
		list := false
		err := eachMember(body[start:end], 0, func(key, value []byte) error {
			if string(key) != "items" || value[0] != '[' {
				return nil
			}
			list = true
			return eachElement(value, func(item []byte) error {
				dst = b.appendObject(dst, item)
				return nil
			})
		})
		if err != nil {
			return dst, err
		}
		if !list {
			dst = b.appendObject(dst, body[start:end])
		}
		i = end
	}
	return dst, nil
}

// appendObject appends an object as a line, its attributes as members, and the facts of the request behind them.
func (b *Batch) appendObject(dst, object []byte) []byte {
	n := len(dst) + 1
	dst = append(dst, '{')
	add := func(key, value []byte) {
		if len(dst) > n {
			dst = append(dst, ',')
		}
		dst = append(unwrap.AppendJSON(append(dst, '"'), key), `":`...)
		dst = appendFlat(dst, value)
	}
	_ = eachMember(object, record.Begin(object), func(key, value []byte) error {
		if string(key) != "attributes" || value[0] != '{' {
			add(key, value)
			return nil
		}
		return eachMember(value, 0, func(name, attribute []byte) error {
			return eachMember(attribute, 0, func(part, value []byte) error {
				if string(part) == "value" {
					add(name, value)
				}
				return nil
			})
		})
	})
	if len(b.shared) > 0 && len(dst) > n {
		dst = append(dst, ',')
	}
	return append(append(dst, b.shared...), "}\n"...)
}
