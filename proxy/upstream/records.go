package upstream

import (
	"context"
	"strings"
	"time"

	"github.com/valyala/fasthttp"

	"winnow/proxy/codec"
	"winnow/proxy/codec/format"
)

// maxAttempts to hand over records of which a backend took only some.
const maxAttempts = 4

// deliverRecords hands a batch over in the upstream's own format, whatever protocol it came by. The client's answer is then its own
// protocol's, made here. Where the backend says which records it has no room for now, those alone are sent again, within the time-out.
func (h *HTTP) deliverRecords(d *Delivery) (codec.Response, error) {
	var err error
	if d.lines, err = d.Codec.AppendLines(d.lines[:0], d.Batch); err != nil {
		return codec.Response{}, errLines
	}
	if len(d.lines) == 0 {
		return d.Codec.Accept(d.Batch), nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), h.timeout)
	defer cancel()
	refused := 0
	for attempts := 1; ; attempts++ {
		v, err := h.sendRecords(ctx, d)
		if err != nil {
			return codec.Response{}, err
		}
		refused += v.Refused
		if !v.Again {
			break
		}
		sift, ok := h.format.(format.Sifter)
		if !ok || attempts == maxAttempts || !again(ctx, attempts) {
			return codec.Response{}, errPartly
		}
		d.lines = sift.Sift(d.lines[:0], d.lines, d.reply)
	}
	d.Batch.Reject(refused)
	return d.Codec.Accept(d.Batch), nil
}

// sendRecords makes one attempt with d.lines. The body of the answer is then in d.reply.
func (h *HTTP) sendRecords(ctx context.Context, d *Delivery) (v format.Verdict, err error) {
	if d.body, err = h.format.Append(d.body[:0], d.lines, h.breaker.now()); err != nil {
		return v, errLines
	}
	body, coding := d.body, ""
	if h.encoder != nil && h.encoder.String() != "" {
		coding = h.encoder.String()
		if d.wire, err = h.encoder.Append(d.wire[:0], d.body); err != nil {
			return v, errEncoding
		}
		body = d.wire
	}
	end, _ := ctx.Deadline()
	q := d.asRecords(h.format.Path(), h.format.ContentType())
	answer, err := h.sendWithin(time.Until(end), &q, body, coding)
	d.reply = q.reply
	if err != nil {
		return v, err
	}
	return h.judge(&answer)
}

// asRecords is the request that hands records over: nothing of the client's own request is in it.
func (d *Delivery) asRecords(path, contentType string) Delivery {
	path, query, _ := strings.Cut(path, "?")
	return Delivery{Method: fasthttp.MethodPost, Path: path, Query: []byte(query), ContentType: contentType, OrgID: d.OrgID, reply: d.reply}
}

// judge tells what a backend's answer says.
func (h *HTTP) judge(answer *codec.Response) (v format.Verdict, err error) {
	switch s := answer.Status; {
	case s/100 == 2:
		return h.format.Judge(answer.Body), nil
	case s == fasthttp.StatusTooManyRequests:
		return v, errUpstreamBusy
	case s == fasthttp.StatusRequestEntityTooLarge:
		return v, errTooLarge
	case s == fasthttp.StatusBadRequest || s == fasthttp.StatusUnprocessableEntity:
		return v, errRefused
	}
	return v, errAnswer
}
