package codec

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"io"

	"winnow/config"
	"winnow/scrub"
	"winnow/scrub/meta"
	"winnow/scrub/record"
	"winnow/scrub/unwrap"
)

// GELF is the Graylog Extended Log Format, version 1.1: JSON objects, one a record. Over HTTP a body is one object, or several on lines;
// from a listener each ends in a zero byte. A body may be compressed by gzip or zlib without saying so.
//
// Members leave as they came. Those of a user's own begin with _, which is no part of their path: _user.email is found as user.email. An
// object without short_message (or message, as old clients have it) is no record. Lines for upstreams that store records have the members
// under their plain names: short_message as message, _x as x unless GELF itself has an x, and no version.
// Source: the GELF payload specification (Graylog).
type GELF struct{}

// Protocol is "gelf".
func (GELF) Protocol() config.Protocol { return config.ProtocolGELF }

// Classify implements Codec.
func (GELF) Classify(method, path string) Endpoint {
	if method == "POST" && hasPath(path, "/gelf") {
		return Write
	}
	return Unknown
}

// Scrub implements Codec.
func (GELF) Scrub(run *scrub.Run, req *Request) (Batch, error) {
	b := Batch{protocol: config.ProtocolGELF, ContentType: req.ContentType}
	body, err := inflated(run.Buffer(1), req.Body, req.MaxDecoded)
	if err != nil {
		return Batch{}, err
	}
	g := gelf{run: run, b: &b, frames: body}
	if bytes.IndexByte(body, 0) >= 0 {
		lines := run.Buffer(0)
		*lines = append((*lines)[:0], body...)
		for i, c := range *lines {
			if c == 0 {
				(*lines)[i] = '\n'
			}
		}
		body = *lines
	} else if len(body) > 0 {
		g.plain = &body[0] == &req.Body[0]
	}
	if err := g.objects(body); err != nil {
		return Batch{}, err
	}
	b.finish(run)
	b.untouched = b.untouched && g.plain
	return b, nil
}

// inflated undoes a compression that the first bytes tell of: 1f 8b is gzip (RFC 1952), 78 and a check zlib (RFC 1950).
func inflated(buffer *[]byte, body []byte, limit int) ([]byte, error) {
	var r io.Reader
	var err error
	switch {
	case bytes.HasPrefix(body, []byte{0x1f, 0x8b}):
		r, err = gzip.NewReader(bytes.NewReader(body))
	case len(body) > 1 && body[0] == 0x78 && (int(body[0])<<8|int(body[1]))%31 == 0:
		r, err = zlib.NewReader(bytes.NewReader(body))
	default:
		return body, nil
	}
	if err != nil {
		return nil, errCompressed
	}
	return readBounded(buffer, r, limit)
}

var errCompressed = &scrub.Fault{Reason: "compressed data cannot be read"}

// readBounded reads all of r into the buffer, at most limit bytes.
func readBounded(buffer *[]byte, r io.Reader, limit int) ([]byte, error) {
	out := bytes.NewBuffer((*buffer)[:0])
	_, err := out.ReadFrom(io.LimitReader(r, int64(limit)+1))
	*buffer = out.Bytes()
	switch {
	case err != nil:
		return nil, errCompressed
	case out.Len() > limit:
		return nil, &TooLargeError{Bound: limit}
	}
	return out.Bytes(), nil
}

// gelf walks a body.
type gelf struct {
	run    *scrub.Run
	b      *Batch
	frames []byte // the body with its zero bytes
	plain  bool   // it is as the client sent it
	text   bool   // the record at hand has its short message
}

// objects scrubs the records. What cannot be read is withheld as far as its end is known: to the next zero byte, or the next line.
func (g *gelf) objects(body []byte) error {
	if err := g.run.LoadJSON(body); err != nil {
		return err
	}
	i := record.Begin(body)
	if i == len(body) {
		return &scrub.Fault{Offset: i, Reason: "body is empty"}
	}
	g.run.Spell(appendOwnMember)
	for n := 1; i < len(body); n++ {
		start := i
		end, fate, reason := g.object(i)
		if reason == unreadable {
			end = g.frameEnd(i)
		}
		i = record.SkipSpace(body, end)
		if !g.b.note(n, fate, reason) {
			g.run.Replace(start, i, nil)
		}
	}
	return nil
}

const unreadable = "not a JSON object"

func (g *gelf) frameEnd(i int) int {
	if n := bytes.IndexByte(g.frames[i:], 0); n >= 0 {
		return i + n + 1
	}
	return lineEnd(g.frames, i)
}

// object scrubs the record at i.
func (g *gelf) object(i int) (end int, fate scrub.Fate, reason string) {
	g.run.Begin()
	m := g.run.Mark()
	g.text = false
	end, left, err := g.run.Sorted(i, g)
	switch {
	case errors.Is(err, scrub.ErrDropRecord):
		g.run.Rollback(m)
		if end, err = g.run.Skip(i); err == nil {
			g.run.End(scrub.Dropped)
			return end, scrub.Dropped, ""
		}
		reason = unreadable
	case err != nil:
		reason = unreadable
	case g.run.TooLong(end - i):
		reason = tooLong
	case !g.text:
		reason = "short_message missing"
	default:
		g.run.Insert(end-1, !left)
		g.run.End(scrub.Kept)
		return end, scrub.Kept, ""
	}
	g.run.Rollback(m)
	g.run.End(scrub.Withheld)
	return end, scrub.Withheld, reason
}

// appendOwnMember appends a fact of the request as a member of the user's own.
func appendOwnMember(dst []byte, f meta.Field) []byte {
	return scrub.AppendMember(append(dst, ','), "_", f)
}

// Member implements scrub.Visitor.
func (g *gelf) Member(key []byte, at int) (end int, stays bool, err error) {
	name, says := g.Sort(key)
	if in := g.run.In(); says {
		g.text = g.text || at+1 < len(in) && in[at] == '"' && in[at+1] != '"'
	}
	return g.run.Value(at, g.run.At(scrub.Root, name), name)
}

// Sort implements scrub.Sorter: names of a record's own members begin with _, and one that says what the record is about must be there.
func (*gelf) Sort(key []byte) (path []byte, asks bool) {
	if len(key) > 1 && key[0] == '_' {
		return key[1:], false
	}
	return key, string(key) == "short_message" || string(key) == "message"
}

// Order implements scrub.Sorter.
func (*gelf) Order() uint32 { return orderGELF }

// Accept implements Codec.
func (c GELF) Accept(b *Batch) Response {
	if b.Kept+b.Dropped == 0 && len(b.Faults) > 0 {
		return c.Refuse(Malformed, b.Faults[0].Reason, "")
	}
	return Response{Status: 202}
}

// Relay implements Codec. GELF has no word for a part of a batch: records withheld show in metrics only.
func (GELF) Relay(_ *Batch, up *Response) Response { return *up }

// Refuse implements Codec: plain text.
func (GELF) Refuse(why Refusal, detail, _ string) Response {
	r := refusals[why]
	r.ContentType, r.Body = "text/plain; charset=utf-8", []byte(detail+"\n")
	return r
}

// Synthesise implements Codec: there is nothing to ask for.
func (c GELF) Synthesise(string, string) Response { return c.Refuse(NotFound, "no such endpoint", "") }

// AppendLines implements Codec.
func (GELF) AppendLines(dst []byte, b *Batch) ([]byte, error) {
	body := b.Bytes()
	for i := record.Begin(body); i < len(body); {
		end, fault := record.Skip(body, i, maxDepth)
		if fault != nil {
			return dst, errUnreadable
		}
		sep := byte('{')
		err := eachMember(body, i, func(key, value []byte) error {
			if string(key) == "version" {
				return nil
			}
			dst = append(append(dst, sep, '"'), unwrap.AppendJSON(nil, plainName(key))...)
			dst = appendFlat(append(dst, '"', ':'), value)
			sep = ','
			return nil
		})
		if err != nil {
			return dst, errUnreadable
		}
		if sep == '{' {
			dst = append(dst, '{')
		}
		dst = append(dst, "}\n"...)
		i = record.SkipSpace(body, end)
	}
	return dst, nil
}

// plainName is the name of a member where GELF is not spoken.
func plainName(key []byte) []byte {
	switch string(key) {
	case "short_message":
		return []byte("message")
	case "_message", "_short_message", "_full_message", "_host", "_timestamp", "_level", "_version":
		return key
	}
	if len(key) > 1 && key[0] == '_' {
		return key[1:]
	}
	return key
}
