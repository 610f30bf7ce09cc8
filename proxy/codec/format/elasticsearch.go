package format

import (
	"bytes"
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
	whole := eachItem(answer, func(status int) { v.add(status) })
	v.Again = v.Again || !whole
	return v
}

// Sift implements Sifter: items are in the order of the records. A record without an item was not taken.
func (elasticsearch) Sift(dst, lines, answer []byte) []byte {
	eachItem(answer, func(status int) {
		var line []byte
		for line == nil && len(lines) > 0 {
			line, lines = nextLine(lines)
		}
		if mayAgain(status) {
			dst = append(dst, line...)
		}
	})
	return append(dst, lines...)
}

// nextLine cuts a line off, its line feed included; nil if it is empty.
func nextLine(lines []byte) (line, rest []byte) {
	end := bytes.IndexByte(lines, '\n') + 1
	if end == 0 {
		end = len(lines)
	}
	if len(bytes.TrimRight(lines[:end], "\n")) == 0 {
		return nil, lines[end:]
	}
	return lines[:end], lines[end:]
}

// eachItem shows the status of each item of an answer to f, 0 where one says none. False: the answer does not say what became of all
// records.
func eachItem(answer []byte, f func(status int)) (whole bool) {
	fine, told := false, false
	read := eachMember(answer[record.SkipSpace(answer, 0):], func(key, value []byte) {
		switch string(key) {
		case "errors":
			fine = string(value) == "false"
		case "items":
			told = true
			eachElement(value, func(item []byte) {
				status := 0
				eachMember(item, func(_, result []byte) { status = itemStatus(result) })
				f(status)
			})
		}
	})
	return read && (fine || told)
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
	case mayAgain(status):
		v.Again = true
	default:
		v.Refused++
	}
}

// mayAgain tells whether a record may be taken when it is sent again.
func mayAgain(status int) bool { return status == 429 || status >= 500 || status == 0 }

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
