package upstream

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"net"
	"net/url"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/valyala/fasthttp"

	"winnow/config"
	"winnow/proxy/codec"
	"winnow/proxy/codec/format"
	"winnow/proxy/tcp"
)

// HTTPOptions are what an HTTP upstream is made of beside its configuration.
type HTTPOptions struct {
	Config config.Upstream
	// UserAgent of every request.
	UserAgent string
	// Encoder of every body. Nil: as the client encoded it.
	Encoder Encoder
	// MaxAnswerBytes bounds the body of an answer.
	MaxAnswerBytes int
	// Now is the clock.
	Now func() time.Time
}

// HTTP is a backend that speaks the route's own protocol.
type HTTP struct {
	client  fasthttp.HostClient
	origin  string // scheme, host and path prefix
	headers [][2]string
	health  string
	timeout time.Duration
	encoder Encoder
	format  format.Format // nil: the client's own protocol
	cookies bool          // of the backend go on to clients
	breaker breaker
}

// idleConnection is shorter than the keep-alive time of common backends (60 and 75 seconds): who closes last sends into nothing.
const idleConnection = 30 * time.Second

// NewHTTP makes an upstream; it connects when the first delivery comes. The error is about the URL or the file of authorities.
func NewHTTP(o HTTPOptions) (*HTTP, error) {
	c := o.Config
	u, err := url.Parse(c.URL)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return nil, fmt.Errorf("upstream %q: not an http or https URL", c.ID)
	}
	h := &HTTP{
		origin:  u.Scheme + "://" + u.Host + strings.TrimSuffix(u.EscapedPath(), "/"),
		health:  c.HealthPath,
		cookies: c.SetCookie == config.SetCookieCap,
		timeout: time.Duration(c.Timeout),
		encoder: o.Encoder,
		format:  format.New(c.Format, format.Options{Path: c.Path, Index: c.Index, Labels: c.Labels}),
		breaker: breaker{now: o.Now, random: rand.Int64N},
	}
	dialer := net.Dialer{Timeout: h.timeout}
	h.client = fasthttp.HostClient{
		Addr:                          address(u),
		Name:                          o.UserAgent,
		IsTLS:                         u.Scheme == "https",
		Dial:                          func(addr string) (net.Conn, error) { return dial(&dialer, addr) },
		MaxConns:                      c.MaxConnections,
		MaxConnWaitTimeout:            h.timeout,
		MaxIdleConnDuration:           idleConnection,
		MaxIdemponentCallAttempts:     2,
		RetryIfErr:                    retryStale,
		ReadTimeout:                   h.timeout,
		WriteTimeout:                  h.timeout,
		ReadBufferSize:                16 << 10,
		MaxResponseBodySize:           o.MaxAnswerBytes,
		ConnPoolStrategy:              fasthttp.LIFO,
		DisablePathNormalizing:        true,
		DisableHeaderNamesNormalizing: false,
		SecureErrorLogMessage:         true,
		Transport:                     &transport{},
	}
	if h.client.TLSConfig, err = trust(c); err != nil {
		return nil, err
	}
	for name, value := range c.Headers {
		h.headers = append(h.headers, [2]string{name, value.Reveal()})
	}
	return h, nil
}

// String tells the origin only: the headers are secrets.
func (h *HTTP) String() string { return h.origin }

func address(u *url.URL) string {
	if u.Port() != "" {
		return u.Host
	}
	if u.Scheme == "https" {
		return u.Host + ":443"
	}
	return u.Host + ":80"
}

func dial(dialer *net.Dialer, addr string) (net.Conn, error) {
	c, err := dialer.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	return tcp.Direct(c), nil
}

// trust is the TLS configuration: the system's authorities, or those of a file alone.
func trust(c config.Upstream) (*tls.Config, error) {
	t := &tls.Config{MinVersion: tls.VersionTLS12}
	if c.CAFile == "" {
		return t, nil
	}
	pem, err := os.ReadFile(c.CAFile)
	if err != nil {
		return nil, fmt.Errorf("upstream %q: ca_file: %w", c.ID, err)
	}
	t.RootCAs = x509.NewCertPool()
	if !t.RootCAs.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("upstream %q: ca_file %s: no certificate in PEM form", c.ID, c.CAFile)
	}
	return t, nil
}

// retryStale tries once more when the connection was closed before the first byte of an answer: an idle one that the backend had
// given up. The backend may have taken the batch all the same, so delivery is at least once.
func retryStale(_ *fasthttp.Request, attempts int, err error) (resetTimeout, retry bool) {
	stale := errors.Is(err, io.EOF) || errors.Is(err, syscall.EPIPE) || errors.Is(err, syscall.ECONNRESET)
	return false, stale && attempts == 1
}

// Deliver implements Upstream.
func (h *HTTP) Deliver(d *Delivery) (codec.Response, error) {
	if h.format != nil {
		return h.deliverRecords(d)
	}
	encoder := d.Encoding
	if h.encoder != nil {
		encoder = h.encoder
	}
	body := d.Batch.Bytes()
	coding := encoder.String()
	switch {
	case d.Fixed:
		coding = d.Encoding.String()
	case d.Batch.Untouched() && coding == d.Encoding.String():
		body = d.Original
	case coding != "":
		var err error
		if d.wire, err = encoder.Append(d.wire[:0], body); err != nil {
			return codec.Response{}, errEncoding
		}
		body = d.wire
	}
	return h.send(d, body, coding)
}

// Ask implements Upstream.
func (h *HTTP) Ask(q *Delivery) (codec.Response, error) {
	if h.format != nil {
		return codec.Response{}, ErrSilent
	}
	return h.send(q, q.Body, "")
}

// Up implements Upstream.
func (h *HTTP) Up() bool { return h.breaker.up() }

// Close implements Upstream.
func (h *HTTP) Close() error {
	h.client.CloseIdleConnections()
	return nil
}

// send makes the request and reads the answer.
func (h *HTTP) send(d *Delivery, body []byte, coding string) (codec.Response, error) {
	return h.sendWithin(h.timeout, d, body, coding)
}

func (h *HTTP) sendWithin(limit time.Duration, d *Delivery, body []byte, coding string) (codec.Response, error) {
	if !h.breaker.allow() {
		return codec.Response{}, ErrResting
	}
	req, resp := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
	defer fasthttp.ReleaseRequest(req)
	defer fasthttp.ReleaseResponse(resp)
	h.address(req, d)
	setHeader(req, fasthttp.HeaderContentType, d.ContentType)
	setHeader(req, fasthttp.HeaderContentEncoding, coding)
	setHeader(req, fasthttp.HeaderAccept, d.Accept)
	setHeader(req, "X-Scope-OrgID", d.OrgID)
	for i := range d.Headers {
		setHeader(req, d.Headers[i][0], d.Headers[i][1])
	}
	for i := range h.headers {
		req.Header.Set(h.headers[i][0], h.headers[i][1])
	}
	req.SetBodyRaw(body)
	if err := h.client.DoTimeout(req, resp, limit); err != nil { // before the status: a broken connection reads 200
		failure := classify(err)
		if failure != errBusy {
			h.breaker.fail()
		}
		return codec.Response{}, failure
	}
	h.breaker.succeed()
	r := d.answer(resp, h.breaker.now)
	if h.cookies {
		r.Headers = appendCookies(r.Headers, &resp.Header, h.breaker.now())
	}
	return r, nil
}

func (h *HTTP) address(req *fasthttp.Request, d *Delivery) {
	req.Header.SetMethod(d.Method)
	d.reply = append(append(d.reply[:0], h.origin...), d.Path...)
	if len(d.Query) > 0 {
		d.reply = append(append(d.reply, '?'), d.Query...)
	}
	req.SetRequestURIBytes(d.reply)
	req.URI().DisablePathNormalizing = true
}

func setHeader(req *fasthttp.Request, name, value string) {
	if value != "" {
		req.Header.Set(name, value)
	}
}

func classify(err error) *Error {
	var op *net.OpError
	var timeout interface{ Timeout() bool }
	switch {
	case errors.Is(err, fasthttp.ErrNoFreeConns):
		return errBusy
	case errors.Is(err, fasthttp.ErrBodyTooLarge):
		return errLongAnswer
	case errors.As(err, &op) && op.Op == "dial":
		return errDown
	case errors.As(err, &timeout) && timeout.Timeout():
		return errTimeout
	}
	return errDown
}

// answer takes from a backend's answer what a client may see: no cookie, nor any header that is not named here. A body in a
// coding that nobody asked for is left out.
func (d *Delivery) answer(resp *fasthttp.Response, now func() time.Time) codec.Response {
	r := codec.Response{Status: resp.StatusCode(), ContentType: MediaType(resp.Header.ContentType())}
	if len(resp.Header.ContentEncoding()) == 0 {
		d.reply = append(d.reply[:0], resp.Body()...)
		r.Body = d.reply
	}
	if v := resp.Header.Peek(fasthttp.HeaderRetryAfter); len(v) > 0 {
		r.RetryAfter = retryAfter(v, now)
	}
	if string(resp.Header.Peek("X-Elastic-Product")) == elasticProduct[1] {
		r.Headers = [][2]string{elasticProduct}
	}
	r.Headers = appendRelayed(r.Headers, &resp.Header)
	return r
}

// retryAfter is a Retry-After header in seconds, whether it says seconds or a date (RFC 9110 section 10.2.3); 0 for nonsense, at most a day.
func retryAfter(v []byte, now func() time.Time) int {
	const day = 24 * 60 * 60
	if n, err := fasthttp.ParseUint(v); err == nil {
		return min(n, day)
	}
	at, err := fasthttp.ParseHTTPDate(v)
	if err != nil {
		return 0
	}
	return min(max(0, int(math.Ceil(at.Sub(now()).Seconds()))), day)
}

var elasticProduct = [2]string{"X-Elastic-Product", "Elasticsearch"}

// Probe asks a backend that is down and has a health path, and closes the breaker when it is well.
func (h *HTTP) Probe() {
	if h.health == "" || h.breaker.up() {
		return
	}
	req, resp := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
	defer fasthttp.ReleaseRequest(req)
	defer fasthttp.ReleaseResponse(resp)
	h.address(req, &Delivery{Method: fasthttp.MethodGet, Path: h.health})
	for i := range h.headers {
		req.Header.Set(h.headers[i][0], h.headers[i][1])
	}
	if h.client.DoTimeout(req, resp, h.timeout) == nil && resp.StatusCode() < 300 {
		h.breaker.succeed()
	}
}
