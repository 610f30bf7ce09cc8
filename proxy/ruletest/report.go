package ruletest

import (
	"encoding/json"
	"encoding/xml"
	"io"
	"strings"
)

// Failed counts the tests that failed.
func Failed(results []Result) (n int) {
	for i := range results {
		if !results[i].Passed() {
			n++
		}
	}
	return n
}

// testJSON is a test in the form json.
type testJSON struct {
	Name     string        `json:"name"`
	File     string        `json:"file"`
	Line     int           `json:"line"`
	Column   int           `json:"column"`
	OK       bool          `json:"ok"`
	Failures []failureJSON `json:"failures,omitempty"`
}

type failureJSON struct {
	Expectation string `json:"expectation"`
	Message     string `json:"message"`
	Input       string `json:"input"`
	Got         string `json:"got"`
	Want        string `json:"want"`
	Offset      int    `json:"offset"`
}

// WriteJSON writes one object: ok, how many tests passed and failed, and each test. The only errors are the writer's.
func WriteJSON(w io.Writer, results []Result) error {
	failed := Failed(results)
	report := struct {
		OK     bool       `json:"ok"`
		Passed int        `json:"passed"`
		Failed int        `json:"failed"`
		Tests  []testJSON `json:"tests"`
	}{failed == 0, len(results) - failed, failed, []testJSON{}}
	for i := range results {
		r := &results[i]
		t := testJSON{Name: r.Name, File: r.Position.File, Line: r.Position.Line, Column: r.Position.Column, OK: r.Passed()}
		for _, f := range r.Failures {
			t.Failures = append(t.Failures, failureJSON(f))
		}
		report.Tests = append(report.Tests, t)
	}
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	return out.Encode(report)
}

// The elements of JUnit XML that CI systems read.
type (
	junitSuites struct {
		XMLName  xml.Name   `xml:"testsuites"`
		Tests    int        `xml:"tests,attr"`
		Failures int        `xml:"failures,attr"`
		Suite    junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Class    string         `xml:"classname,attr"`
		Name     string         `xml:"name,attr"`
		File     string         `xml:"file,attr"`
		Line     int            `xml:"line,attr"`
		Failures []junitFailure `xml:"failure"`
	}
	junitFailure struct {
		Type    string `xml:"type,attr"`
		Message string `xml:"message,attr"`
		Text    string `xml:",cdata"`
	}
)

// WriteJUnit writes JUnit XML: one suite, named by the file. The only errors are the writer's.
func WriteJUnit(w io.Writer, file string, results []Result) error {
	failed := Failed(results)
	report := junitSuites{Tests: len(results), Failures: failed, Suite: junitSuite{Name: file, Tests: len(results), Failures: failed}}
	for i := range results {
		r := &results[i]
		c := junitCase{Class: file, Name: r.Name, File: r.Position.File, Line: r.Position.Line}
		for _, f := range r.Failures {
			c.Failures = append(c.Failures, junitFailure{f.Expectation, f.Message, "\n" + f.text()})
		}
		report.Suite.Cases = append(report.Suite.Cases, c)
	}
	text, err := xml.MarshalIndent(report, "", "  ")
	if err != nil {
		return err
	}
	_, err = w.Write(append([]byte(xml.Header), append(text, '\n')...))
	return err
}

// text is the failure's lines.
func (f *Failure) text() string {
	var b strings.Builder
	for _, line := range f.Diff() {
		b.WriteString(line.Text + "\n")
	}
	return b.String()
}
