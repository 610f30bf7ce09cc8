package upstream

import (
	"strings"

	"github.com/valyala/fasthttp"

	"winnow/proxy/codec"
)

// deliverRecords hands a batch over in the upstream's own format, whatever protocol it came by. The client's answer is then its own
// protocol's, made here.
func (h *HTTP) deliverRecords(d *Delivery) (codec.Response, error) {
	var err error
	if d.wire, err = d.Codec.AppendLines(d.wire[:0], d.Batch); err != nil {
		return codec.Response{}, errLines
	}
	if len(d.wire) == 0 {
		return d.Codec.Accept(d.Batch), nil
	}
	if d.body, err = h.format.Append(d.body[:0], d.wire, h.breaker.now()); err != nil {
		return codec.Response{}, errLines
	}
	body, coding := d.body, ""
	if h.encoder != nil && h.encoder.String() != "" {
		coding = h.encoder.String()
		if d.wire, err = h.encoder.Append(d.wire[:0], d.body); err != nil {
			return codec.Response{}, errEncoding
		}
		body = d.wire
	}
	q := d.asRecords(h.format.Path(), h.format.ContentType())
	answer, err := h.send(&q, body, coding)
	d.reply = q.reply
	if err != nil {
		return codec.Response{}, err
	}
	return h.judge(d, &answer)
}

// asRecords is the request that hands records over: nothing of the client's own request is in it.
func (d *Delivery) asRecords(path, contentType string) Delivery {
	path, query, _ := strings.Cut(path, "?")
	return Delivery{Method: fasthttp.MethodPost, Path: path, Query: []byte(query), ContentType: contentType, OrgID: d.OrgID, reply: d.reply}
}

// judge makes the client's answer of a backend's.
func (h *HTTP) judge(d *Delivery, answer *codec.Response) (codec.Response, error) {
	switch s := answer.Status; {
	case s/100 == 2:
		v := h.format.Judge(answer.Body)
		if v.Again {
			return codec.Response{}, errPartly
		}
		d.Batch.Reject(v.Refused)
		return d.Codec.Accept(d.Batch), nil
	case s == fasthttp.StatusTooManyRequests:
		return codec.Response{}, errUpstreamBusy
	case s == fasthttp.StatusRequestEntityTooLarge:
		return codec.Response{}, errTooLarge
	case s == fasthttp.StatusBadRequest || s == fasthttp.StatusUnprocessableEntity:
		return codec.Response{}, errRefused
	}
	return codec.Response{}, errAnswer
}
