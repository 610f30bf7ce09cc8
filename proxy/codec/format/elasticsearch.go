package format

import (
	"strconv"
	"time"

	"winnow/scrub/record"
)

// elasticsearch writes a bulk request that creates one document a record: data streams take nothing else, and indices take it too. A
// record without an @timestamp gets one.
//
// Source: elastic.co/docs, Bulk API.
type elasticsearch struct{ path string }

func (e elasticsearch) Path() string      { return e.path }
func (elasticsearch) ContentType() string { return "application/x-ndjson" }

// Append implements Format.
func (elasticsearch) Append(dst, lines []byte, received time.Time) ([]byte, error) {
	err := each(lines, func(r *Line) {
		dst = append(dst, "{\"create\":{}}\n{"...)
		if !r.has("@timestamp") {
			dst = append(dst, `"@timestamp":"`...)
			dst = time.Unix(0, r.TimeOr(received)).UTC().AppendFormat(dst, "2006-01-02T15:04:05.000000000Z07:00")
			dst = append(dst, `",`...)
		}
		body := r.Object[1:]
		if len(r.Members) == 0 {
			dst = dst[:len(dst)-1]
			body = body[record.SkipSpace(body, 0):]
		}
		dst = append(append(dst, body...), '\n')
	})
	return dst, err
}

// has tells whether the record has a member of that very name.
func (l *Line) has(name string) bool {
	for _, m := range l.Members {
		if string(m.Key) == name {
			return true
		}
	}
	return false
}

// Judge implements Format: of each item it is the status that counts.
func (elasticsearch) Judge(answer []byte) (v Verdict) {
	eachMember(answer[record.SkipSpace(answer, 0):], func(key, value []byte) {
		if string(key) == "items" {
			eachElement(value, func(item []byte) {
				eachMember(item, func(_, result []byte) { v.add(itemStatus(result)) })
			})
		}
	})
	return v
}

func itemStatus(result []byte) (status int) {
	eachMember(result, func(key, value []byte) {
		if string(key) == "status" {
			status, _ = strconv.Atoi(string(value))
		}
	})
	return status
}

// add counts one record by its own status. One that is there already (409) has arrived.
func (v *Verdict) add(status int) {
	switch {
	case status/100 == 2 || status == 409:
	case status == 429 || status >= 500 || status == 0:
		v.Again = true
	default:
		v.Refused++
	}
}

// eachElement shows each element of an array to f.
func eachElement(b []byte, f func(value []byte)) {
	if len(b) == 0 || b[0] != '[' {
		return
	}
	i := record.SkipSpace(b, 1)
	for more := i < len(b) && b[i] != ']'; more; {
		end, fault := record.Skip(b, i, maxDepth)
		if fault != nil {
			return
		}
		f(b[i:end])
		if more, i, fault = record.Next(b, end, ']'); fault != nil {
			return
		}
	}
}
