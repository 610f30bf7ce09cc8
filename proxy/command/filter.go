package command

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"unicode/utf8"

	"winnow/config"
	"winnow/scrub"
	"winnow/scrub/detect"
	"winnow/scrub/record"
)

// The forms of lines that a filter takes.
const (
	formatAuto = "auto" // a line that is a JSON object is a record, any other is text; in mode strict a broken object is withheld
	formatText = "text" // every line is text; JSON in it is looked into
	formatJSON = "json" // every line is one JSON object
)

// What stands for a line that does not leave, so that one line in stays one line out.
const (
	withheldText = "[withheld]"
	droppedText  = "[dropped]"
	withheldJSON = `{"winnow.withheld":true}`
	droppedJSON  = `{"winnow.dropped":true}`
)

// filter scrubs lines: for each line that comes in one goes out, in its place and with its own line end. A blank line stays. A line that
// cannot be read, is too long or holds NUL bytes (it is no text, or in an encoding that detectors cannot read) is withheld: a line that
// says so stands for it. Bytes of a text that are not UTF-8 are taken for letters of some one-byte encoding and stay.
//
// A filter keeps a state from line to line only for private keys (keyLines). It is not safe for concurrent use.
type filter struct {
	policy *scrub.Policy
	req    scrub.Request
	format string
	depth  int // limits.max_depth
	out    io.Writer

	begun bool // the input at hand
	keys  keyLines
	spans []span
	done  []byte // output of one block
	odd   oddText
	tally tally
}

// span is one line.
type span struct {
	start, stop, next int // stop is before the line end, next behind it
	kind              lineKind
}

// lineKind is how a line is to be read.
type lineKind uint8

const (
	blank  lineKind = iota
	object          // JSON
	broken          // JSON expected
	text
	foreign // text that is not UTF-8
	opaque  // text with NUL bytes
)

// tally is what a filter did.
type tally struct {
	Bytes                    int64
	Lines, Dropped, Withheld int
	Unfit                    int // values withheld
	Rules                    []int
	Findings                 []int // by scrub.Policy.DetectorNames
}

func newFilter(p *scrub.Policy, req scrub.Request, format string, depth int, out io.Writer) *filter {
	return &filter{policy: p, req: req, format: format, depth: depth, out: out, tally: tally{Rules: make([]int, len(p.RuleIDs())), Findings: make([]int, len(p.DetectorNames()))}}
}

// byteOrderMark may stand at the beginning of a file.
var byteOrderMark = []byte("\xef\xbb\xbf")

// block scrubs whole lines and writes them at once. It overwrites what it is given.
func (f *filter) block(lines []byte) error {
	f.done = f.done[:0]
	if !f.begun && bytes.HasPrefix(lines, byteOrderMark) {
		f.done, lines = append(f.done, byteOrderMark...), lines[len(byteOrderMark):]
	}
	f.begun = true
	lines, found := f.keys.scrub(lines)
	f.tally.Findings[detect.PrivateKey] += found
	f.split(lines)
	for i := 0; i < len(f.spans); {
		j := i + 1
		for j < len(f.spans) && together(f.spans[i].kind, f.spans[j].kind) {
			j++
		}
		f.safely(lines, f.spans[i:j])
		i = j
	}
	f.tally.Lines += len(f.spans)
	_, err := f.out.Write(f.done)
	return err
}

// long stands for a line that was too long to be held.
func (f *filter) long(end []byte) error {
	f.tally.Lines++
	f.tally.Withheld++
	f.keys.idle++
	stands := withheldText
	if f.format == formatJSON {
		stands = withheldJSON
	}
	_, err := f.out.Write(append([]byte(stands), end...))
	return err
}

// together tells whether lines of these kinds can be scrubbed in one go: lines of JSON that was checked, or lines of plain text.
func together(a, b lineKind) bool {
	json := func(k lineKind) bool { return k == object || k == broken }
	plain := func(k lineKind) bool { return k == text || k == opaque }
	return json(a) && (json(b) || b == blank) || plain(a) && (plain(b) || b == blank)
}

// split finds the lines and what each is.
func (f *filter) split(lines []byte) {
	f.spans = f.spans[:0]
	valid := utf8.Valid(lines)
	nul := bytes.IndexByte(lines, 0) >= 0
	for i := 0; i < len(lines); {
		s := span{start: i, next: len(lines)}
		if n := bytes.IndexByte(lines[i:], '\n'); n >= 0 {
			s.next = i + n + 1
		}
		s.stop = s.next - len(lineEnd(lines[i:s.next]))
		s.kind = f.kindOf(lines[s.start:s.stop], valid, nul)
		if s.kind == broken {
			clearLine(lines[s.start:s.stop])
		}
		f.spans = append(f.spans, s)
		i = s.next
	}
}

// lineEnd is the line end of a line: nothing, LF or CRLF.
func lineEnd(line []byte) []byte {
	n := len(line)
	switch {
	case n == 0 || line[n-1] != '\n':
		return nil
	case n > 1 && line[n-2] == '\r':
		return line[n-2:]
	}
	return line[n-1:]
}

func (f *filter) kindOf(line []byte, valid, nul bool) lineKind {
	at := record.SkipSpace(line, 0)
	switch {
	case at == len(line):
		return blank
	case f.format != formatText && f.isObject(line, at):
		return object
	case f.format == formatJSON, f.format == formatAuto && line[at] == '{' && f.req.Mode == config.ModeStrict:
		return broken
	case nul && bytes.IndexByte(line, 0) >= 0:
		return opaque
	case !valid && !utf8.Valid(line):
		return foreign
	}
	return text
}

// isObject tells whether a line is one JSON object, whose first byte is at.
func (f *filter) isObject(line []byte, at int) bool {
	if line[at] != '{' {
		return false
	}
	end, fault := record.Skip(line, at, f.depth)
	return fault == nil && record.SkipSpace(line, end) == len(line)
}

// clearLine makes a line blank, so that what is broken in it cannot be taken for a part of its neighbours.
func clearLine(line []byte) {
	for i := range line {
		line[i] = ' '
	}
}

// safely scrubs lines of one kind. Where a detector fails they are scrubbed one by one, and the one that fails is withheld.
func (f *filter) safely(lines []byte, spans []span) {
	n, before := len(f.done), f.tally
	before.Rules, before.Findings = slices.Clone(f.tally.Rules), slices.Clone(f.tally.Findings)
	if f.attempt(lines, spans) {
		return
	}
	f.done, f.tally = f.done[:n], before
	for i, s := range spans {
		if len(spans) > 1 {
			f.safely(lines, spans[i:i+1])
			continue
		}
		f.tally.Withheld++
		f.done = append(append(f.done, f.withheld(s)...), lines[s.stop:s.next]...)
	}
}

// attempt is false if scrubbing failed in a way that it never should.
func (f *filter) attempt(lines []byte, spans []span) (ok bool) {
	defer func() { ok = recover() == nil }()
	switch spans[0].kind {
	case object, broken:
		f.objects(lines, spans)
	case foreign:
		f.foreign(lines, spans[0])
	default:
		f.texts(lines, spans)
	}
	return true
}

// objects scrubs lines of JSON. Each of them was checked to be one object, so that none reaches into the next.
func (f *filter) objects(lines []byte, spans []span) {
	from := spans[0].start
	run := f.policy.Begin(f.req)
	err := run.LoadJSON(lines[from:spans[len(spans)-1].next])
	for _, s := range spans {
		if s.kind == blank {
			continue
		}
		fate := scrub.Withheld
		if s.kind == object && err == nil {
			var fault error
			_, fate, fault = run.Record(record.SkipSpace(lines, s.start)-from, scrub.Root)
			if fault != nil {
				fate = scrub.Withheld
			}
		}
		f.note(run, s, from, fate)
	}
	f.finish(run)
}

// texts scrubs lines of text.
func (f *filter) texts(lines []byte, spans []span) {
	from := spans[0].start
	run := f.policy.Begin(f.req)
	err := run.LoadText(lines[from:spans[len(spans)-1].next])
	for _, s := range spans {
		if s.kind == blank {
			continue
		}
		fate := scrub.Withheld
		if s.kind == text && err == nil {
			fate = run.Line(s.start-from, s.stop-from)
		}
		f.note(run, s, from, fate)
	}
	f.finish(run)
}

// foreign scrubs one line of text that is not UTF-8.
func (f *filter) foreign(lines []byte, s span) {
	spelled, ok := f.odd.spell(lines[s.start:s.stop])
	run := f.policy.Begin(f.req)
	fate := scrub.Withheld
	if err := run.LoadText(spelled); ok && err == nil {
		fate = run.Line(0, len(spelled))
	}
	f.note(run, span{stop: len(spelled), kind: text}, 0, fate)
	clean := f.finished(run)
	f.done = append(f.odd.appendBack(f.done, clean), lines[s.stop:s.next]...)
	run.Close()
}

// note puts another line in the place of one that does not leave.
func (f *filter) note(run *scrub.Run, s span, from int, fate scrub.Fate) {
	switch {
	case fate == scrub.Kept:
	case fate == scrub.Withheld:
		f.tally.Withheld++
		run.Replace(s.start-from, s.stop-from, []byte(f.withheld(s)))
	case s.kind == object:
		f.tally.Dropped++
		run.Replace(s.start-from, s.stop-from, []byte(droppedJSON))
	default:
		f.tally.Dropped++
		run.Replace(s.start-from, s.stop-from, []byte(droppedText))
	}
}

func (f *filter) withheld(s span) string {
	if s.kind == object || s.kind == broken {
		return withheldJSON
	}
	return withheldText
}

func (f *filter) finish(run *scrub.Run) {
	f.done = append(f.done, f.finished(run)...)
	run.Close()
}

// finished is the result of a run, whose counts it adds.
func (f *filter) finished(run *scrub.Run) []byte {
	counts := run.Counts()
	f.tally.Unfit += counts.Unfit
	for i, n := range counts.Rules {
		f.tally.Rules[i] += n
	}
	for i, n := range counts.Findings {
		f.tally.Findings[i] += n
	}
	return run.Finish().Bytes()
}

// scrubLines sends one input through the filter. read is told of the bytes as they come.
func (f *filter) scrubLines(in io.Reader, name string, longest int, read func(n int)) error {
	f.begun, f.keys.open = false, false
	lines := lineReader{max: longest, block: f.block, long: f.long, read: func(n int) {
		f.tally.Bytes += int64(n)
		read(n)
	}}
	if err := lines.run(in); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}
