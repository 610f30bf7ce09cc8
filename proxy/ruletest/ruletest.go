// Package ruletest runs the tests that stand in a config file beside its policy.
//
// A test's input goes the way of a request's body: through the codec of its protocol and the policy as compiled, without metadata. It reads
// no file and no clock, so that a test passes everywhere or nowhere.
//
// A Failure holds text of the test, for who runs the tests by hand. The errors of Compile hold none: it is for logs.
package ruletest

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"winnow/config"
	"winnow/proxy/codec"
	"winnow/scrub"
	"winnow/scrub/detect"
	"winnow/scrub/pseudonym"
)

// Result is what came of one test.
type Result struct {
	// Name of the test, and its place in the file.
	Name     string
	Position config.Position
	// Failures are the expectations that did not hold; none: the test passed.
	Failures []Failure
}

// Passed tells whether every expectation held.
func (r *Result) Passed() bool { return len(r.Failures) == 0 }

// Failure is one expectation that did not hold.
type Failure struct {
	// Expectation is its key in the file: want, unchanged, findings, dropped; or input, of which nothing could be made.
	Expectation string
	// Message says what is wrong, without any text of the test.
	Message string
	// Input, Got and Want are bodies; of findings, Got and Want are names, one a line. Got and Want are empty where there is nothing
	// to compare.
	Input, Got, Want string
	// Offset of the first difference between Got and Want, in bytes; -1 where there is nothing to compare.
	Offset int
}

// The keys under which tests make pseudonyms: anyone can make the same, so that want can be written down.
const (
	testMaster  = "winnow rule tests: not a secret."
	testTenant  = "test"
	testPurpose = "operations"
)

// Run runs the tests of c, in their order, under the policy p compiled from it.
func Run(c *config.Config, p *scrub.Policy) (results []Result) {
	if len(c.Tests) == 0 {
		return nil
	}
	keys, err := pseudonym.Derive([]byte(testMaster), testTenant, testPurpose, 0)
	if err != nil {
		panic("ruletest: " + err.Error()) // the test key has the length it needs
	}
	s := subject{policy: p, names: p.DetectorNames(), keys: keys, limit: int(c.Limits.MaxDecodedBytes)}
	for i := range c.Tests {
		t := &c.Tests[i]
		r := Result{Name: t.Name, Position: c.Source.Pos(fmt.Sprintf("tests[%d]", i))}
		r.Failures = s.judge(t)
		results = append(results, r)
	}
	return results
}

// Compile compiles the policy of c and holds it to all tests. The error lists every mistake with its place in the file; of a test that
// fails it has place and name, and no text of it.
func Compile(c *config.Config) (*scrub.Policy, error) {
	p, err := scrub.Compile(c)
	if err != nil {
		return nil, err
	}
	var mistakes config.Mistakes
	for _, r := range Run(c, p) {
		if !r.Passed() {
			mistakes = append(mistakes, config.Mistake{
				Position: r.Position, Message: fmt.Sprintf("test %q fails", r.Name), Hint: "`winnow test FILE` shows why; mend the policy, or the test",
			})
		}
	}
	if len(mistakes) > 0 {
		return nil, mistakes
	}
	return p, nil
}

// subject is what is tested.
type subject struct {
	policy *scrub.Policy
	names  []string // of detectors
	keys   *pseudonym.Domain
	limit  int
}

// outcome is what became of a test's input.
type outcome struct {
	body                    string
	kept, dropped, withheld int
	reason                  string // of the first record withheld
}

// judge holds what becomes of a test's input against what is expected.
func (s *subject) judge(t *config.Test) (failures []Failure) {
	got, err := s.scrub(t, nil)
	if err != nil {
		return []Failure{{Expectation: "input", Message: "the body cannot be read: " + reason(err) + otherForm(t), Input: t.Input, Offset: -1}}
	}
	fail := func(expectation, message string) {
		failures = append(failures, Failure{Expectation: expectation, Message: message, Input: t.Input, Got: got.body, Offset: -1})
	}
	if t.Want != nil {
		failures = append(failures, compare("want", t.Input, got, *t.Want)...)
	}
	if t.Unchanged {
		failures = append(failures, compare("unchanged", t.Input, got, t.Input)...)
	}
	if t.Findings != nil {
		failures = append(failures, s.findings(t)...)
	}
	switch {
	case !t.Dropped:
	case got.kept > 0:
		fail("dropped", fmt.Sprintf("%d of %d records leave", got.kept, got.kept+got.dropped+got.withheld))
	case got.withheld > 0:
		fail("dropped", "a record is withheld, and not dropped by the policy: "+got.reason)
	case got.dropped == 0:
		fail("dropped", "there is no record in the input")
	}
	return failures
}

// otherForm says what to write instead of an input that is no JSON, where the protocol has other forms too: tests know none but JSON.
func otherForm(t *config.Test) string {
	switch config.Protocol(t.Protocol) {
	case config.ProtocolLoki, config.ProtocolOTLP:
	default:
		return ""
	}
	if in := strings.TrimLeft(t.Input, " \t\r\n"); in != "" && (in[0] == '{' || in[0] == '[') {
		return ""
	}
	return "; tests of protocol " + t.Protocol + " take its JSON form alone, not protobuf or text"
}

func reason(err error) string {
	var fault *scrub.Fault
	if errors.As(err, &fault) {
		return fmt.Sprintf("byte %d: %s", fault.Offset, fault.Reason)
	}
	return err.Error()
}

// scrub sends the input the way of a request.
func (s *subject) scrub(t *config.Test, trace func(scrub.Event)) (outcome, error) {
	protocol, req := request(t)
	req.MaxDecoded = s.limit
	c := codec.For(protocol)
	run := s.policy.Begin(scrub.Request{Mode: t.Mode, Keys: s.keys, LabelNames: protocol == config.ProtocolLoki, Trace: trace})
	defer run.Close()
	b, err := c.Scrub(run, req)
	if err != nil {
		return outcome{}, err
	}
	o := outcome{body: string(b.Bytes()), kept: b.Kept, dropped: b.Dropped, withheld: b.Withheld}
	if len(b.Faults) > 0 {
		o.reason = b.Faults[0].Reason
	}
	return o, nil
}

// request is the input as a client of its protocol sends it.
func request(t *config.Test) (config.Protocol, *codec.Request) {
	protocol, req := config.Protocol(t.Protocol), &codec.Request{Method: "POST", ContentType: "application/json", Body: []byte(t.Input), Received: time.Unix(0, 0).UTC()}
	switch {
	case t.Protocol == "text":
		protocol, req.ContentType = config.ProtocolJSON, "text/plain"
	case protocol == config.ProtocolSyslog:
		req.Body = framed(t.Input)
	case protocol == config.ProtocolClickHouse:
		req.Query = []byte("query=INSERT%20INTO%20logs%20FORMAT%20JSONEachRow")
	case protocol == config.ProtocolSentry && json.Valid(req.Body):
		req.Path = "/api/1/store/"
	case protocol == config.ProtocolSentry:
		req.Path, req.ContentType = "/api/1/envelope/", "application/x-sentry-envelope"
	}
	return protocol, req
}

// framed is lines as a listener hands on messages: each behind a count of its octets (RFC 6587 section 3.4.1).
func framed(lines string) (body []byte) {
	for line := range strings.Lines(lines) {
		line = strings.TrimRight(line, "\r\n")
		body = fmt.Appendf(body, "%d %s", len(line), line)
	}
	return body
}

// findings compares what detectors find with what is expected. It scrubs anew: a Run that is traced is another one than those of requests.
func (s *subject) findings(t *config.Test) []Failure {
	var got []string
	_, err := s.scrub(t, func(e scrub.Event) {
		if e.Detector != detect.None && e.Action != config.ActionKeep { // kept is what policy.allow leaves alone
			got = append(got, s.names[e.Detector])
		}
	})
	if err != nil {
		return []Failure{{Expectation: "findings", Message: "the body cannot be read: " + reason(err), Input: t.Input, Offset: -1}}
	}
	f := Failure{Expectation: "findings", Input: t.Input, Got: strings.Join(got, "\n"), Want: strings.Join(t.Findings, "\n")}
	if f.Got == f.Want {
		return nil
	}
	f.Offset = difference(f.Got, f.Want)
	f.Message = fmt.Sprintf("found %s; expected %s", list(got), list(t.Findings))
	return []Failure{f}
}

func list(names []string) string {
	if len(names) == 0 {
		return "nothing"
	}
	return strings.Join(names, ", ")
}
