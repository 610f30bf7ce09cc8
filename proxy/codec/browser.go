package codec

import (
	"bytes"
	"net/url"
	"strings"

	"winnow/config"
	"winnow/scrub"
	"winnow/scrub/record"
	"winnow/scrub/unwrap"
)

// Browser is what pages and browsers send by themselves: reports of the Reporting API (application/reports+json: Content Security Policy,
// Network Error Logging, deprecations, interventions, crashes), the older application/csp-report, and whatever scripts hand to
// navigator.sendBeacon or fetch: JSON objects, one or many, lines of text, and forms, which become JSON. The ping of a link (<a ping>, text/ping)
// becomes {"message":"PING"}: what it has to tell is in its headers, and so in the facts of the request (META-3). Browsers send a report again
// until the answer is 2xx, and never again to where the answer was 410 (W3C Reporting API, section 3.3): so that is not said.
//
// As lines, a report is the object that it is: type, age, url, user_agent, body; a CSP report {"csp-report": …}. A form is one object.
//
// Sources: W3C Reporting API, Content Security Policy Level 3, Network Error Logging, Beacon; application/x-www-form-urlencoded: URL standard;
// text/ping: HTML standard, hyperlink auditing.
type Browser struct{}

// Protocol is "browser".
func (Browser) Protocol() config.Protocol { return config.ProtocolBrowser }

// Classify takes any POST: routes decide which paths are for pages.
func (Browser) Classify(method, _ string) Endpoint {
	if method == "POST" {
		return Write
	}
	return Unknown
}

const (
	formType   = "application/x-www-form-urlencoded"
	reportType = "application/reports+json"
	cspType    = "application/csp-report"
	pingType   = "text/ping"
)

const pingBody, pingRecord = "PING", `{"message":"PING"}`

// Scrub implements Codec.
func (Browser) Scrub(run *scrub.Run, req *Request) (Batch, error) {
	media, _, _ := strings.Cut(req.ContentType, ";")
	switch media {
	case reportType, cspType:
		return scrubReports(run, req)
	case formType:
		form, err := appendForm(nil, req.Body)
		if err != nil {
			return Batch{}, err
		}
		return scrubMade(run, req, form)
	case pingType:
		if string(bytes.TrimSpace(req.Body)) != pingBody {
			return Batch{}, &scrub.Fault{Reason: "the body of a ping is the word PING"}
		}
		return scrubMade(run, req, []byte(pingRecord))
	}
	b, err := JSON{}.Scrub(run, req)
	b.protocol = config.ProtocolBrowser
	return b, err
}

// scrubMade scrubs the object that was made of a body.
func scrubMade(run *scrub.Run, req *Request, object []byte) (Batch, error) {
	r := *req
	r.Body, r.ContentType = object, "application/json"
	b, err := JSON{}.Scrub(run, &r)
	b.protocol, b.untouched = config.ProtocolBrowser, false
	return b, err
}

// becomesObject tells whether a body of a type leaves as an object of JSON.
func becomesObject(contentType string) bool {
	return strings.HasPrefix(contentType, formType) || strings.HasPrefix(contentType, pingType)
}

// scrubReports scrubs one report, or an array of them.
func scrubReports(run *scrub.Run, req *Request) (Batch, error) {
	b := Batch{protocol: config.ProtocolBrowser, ContentType: req.ContentType}
	if err := run.LoadJSON(req.Body); err != nil {
		return Batch{}, err
	}
	i := record.Begin(req.Body)
	if i == len(req.Body) || req.Body[i] != '[' && req.Body[i] != '{' {
		return Batch{}, &scrub.Fault{Offset: i, Reason: "body is neither a report nor an array of them"}
	}
	e := elements{run: run, b: &b, scope: scrub.Report}
	var end int
	var err error
	if req.Body[i] == '[' {
		end, err = run.Array(i, &e)
	} else {
		var stays bool
		if end, stays, err = e.Member(nil, i); err == nil && !stays {
			run.Replace(i, end, nil)
		}
	}
	if err != nil {
		return Batch{}, err
	}
	if end = record.SkipSpace(req.Body, end); end < len(req.Body) {
		return Batch{}, &scrub.Fault{Offset: end, Reason: "text behind the reports"}
	}
	b.finish(run)
	return b, nil
}

// appendForm appends the fields of a form as one JSON object.
func appendForm(dst, form []byte) ([]byte, error) {
	dst = append(dst, '{')
	for at := 0; at < len(form); {
		pair, _, _ := bytes.Cut(form[at:], []byte("&"))
		name, value, _ := bytes.Cut(pair, []byte("="))
		plainName, err1 := url.QueryUnescape(string(name))
		plainValue, err2 := url.QueryUnescape(string(value))
		if err1 != nil || err2 != nil {
			return nil, &scrub.Fault{Offset: at, Reason: "a field of the form is not encoded as it should be"}
		}
		if at += len(pair) + 1; len(pair) == 0 {
			continue
		}
		if len(dst) > 1 {
			dst = append(dst, ',')
		}
		dst = unwrap.AppendJSON(append(dst, '"'), []byte(plainName))
		dst = append(unwrap.AppendJSON(append(dst, `":"`...), []byte(plainValue)), '"')
	}
	if len(dst) == 1 {
		return nil, &scrub.Fault{Reason: "form is empty"}
	}
	return append(dst, '}'), nil
}

// Forward implements Forwarder: a form and a ping leave as JSON. Forms with files in them are not read.
func (Browser) Forward(f *Forward, req *Request, _ func([]byte) bool) (why Refusal, detail string) {
	if becomesObject(req.ContentType) {
		f.Headers = append(f.Headers, [2]string{"Content-Type", "application/json"})
	}
	if req.Header == nil {
		return 0, ""
	}
	if media := req.Header.Peek("Content-Type"); len(media) >= 10 && strings.EqualFold(string(media[:10]), "multipart/") {
		return UnsupportedEncoding, "forms are taken as application/x-www-form-urlencoded only"
	}
	return 0, ""
}

// Accept implements Codec. Nobody reads the answer: it is empty, unless nothing at all could be read.
func (Browser) Accept(b *Batch) Response {
	if b.Kept+b.Dropped == 0 && b.Withheld > 0 {
		return b.report(400)
	}
	return Response{Status: 204}
}

// Relay implements Codec. What the backend took is an empty answer, and a backend that is gone is down.
func (c Browser) Relay(b *Batch, up *Response) Response {
	switch {
	case up.Status/100 == 2:
		return c.Accept(b)
	case up.Status == 410:
		return c.Refuse(UpstreamDown, "the upstream has no such endpoint any more", "")
	}
	return *up
}

// Refuse implements Codec.
func (Browser) Refuse(why Refusal, detail, requestType string) Response {
	r := JSON{}.Refuse(why, detail, requestType)
	if why == Busy {
		r.Status = 503
	}
	return r
}

// Synthesise implements Codec: browsers ask for nothing.
func (c Browser) Synthesise(string, string) Response {
	return c.Refuse(NotFound, "no such endpoint", "")
}

// AppendLines implements Codec.
func (Browser) AppendLines(dst []byte, b *Batch) ([]byte, error) { return JSON{}.AppendLines(dst, b) }
