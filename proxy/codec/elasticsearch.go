package codec

import (
	"bytes"
	"errors"
	"slices"
	"strconv"

	"winnow/config"
	"winnow/scrub"
	"winnow/scrub/record"
	"winnow/scrub/unwrap"
)

// Elasticsearch is the _bulk API of Elasticsearch and OpenSearch. The body is lines: an action, and for all actions but delete a
// document. A document that cannot be read, and one that policy drops, costs its own item of the answer and no other.
type Elasticsearch struct{}

// Protocol is "elasticsearch".
func (Elasticsearch) Protocol() config.Protocol { return config.ProtocolElasticsearch }

// Scrub implements Codec.
func (Elasticsearch) Scrub(run *scrub.Run, req *Request) (Batch, error) {
	b := Batch{protocol: config.ProtocolElasticsearch, ContentType: req.ContentType}
	if err := run.LoadJSON(req.Body); err != nil {
		return Batch{}, err
	}
	b.items = make([]item, 0, len(req.Body)/pairBytes+8)
	s := bulk{run: run, b: &b, body: req.Body}
	for i := record.SkipSpace(req.Body, 0); i < len(req.Body); {
		next, err := s.pair(i)
		if err != nil {
			return Batch{}, err
		}
		i = record.SkipSpace(req.Body, next)
	}
	if len(b.items) == 0 {
		return Batch{}, &scrub.Fault{Reason: "body holds no action"}
	}
	b.finish(run)
	return b, nil
}

// pairBytes is less than most actions have with their documents.
const pairBytes = 256

// bulk walks one body.
type bulk struct {
	run    *scrub.Run
	b      *Batch
	body   []byte
	action bulkAction // of the pair at hand
	update bool       // the walk is inside the document of an update
}

// pair scrubs the action at i and its document, and returns where the next action begins. An action that cannot be read makes the
// rest of the body senseless, as it does for the backend itself.
func (s *bulk) pair(i int) (next int, err error) {
	m := s.run.Mark()
	s.action, s.update = noAction, false
	end, err := s.line(i)
	dropped := errors.Is(err, scrub.ErrDropRecord)
	if dropped {
		end, err = s.run.Skip(i)
	}
	if err != nil {
		return end, err
	}
	if s.action == noAction {
		return i, &scrub.Fault{Offset: i, Reason: "action expected: index, create, update or delete"}
	}
	start := record.SkipSpace(s.body, end)
	fate, reason := scrub.Kept, tooLong
	switch {
	case dropped:
		next, fate = s.skip(start), scrub.Dropped
		s.run.End(fate)
	case s.action == deletes:
		next = start
		s.run.End(fate)
	case s.action == updates:
		next, fate, reason = s.document(start)
	default:
		if next, fate, err = s.run.Record(start, scrub.Root); err != nil {
			reason, next = err.Error(), lineEnd(s.body, start)
		}
	}
	it := item{action: s.action}
	if !s.b.note(len(s.b.items)+1, fate, reason) {
		s.run.Rollback(m)
		s.run.Replace(i, record.SkipSpace(s.body, next), nil)
		if it.status = taken[s.action]; fate == scrub.Withheld {
			it.status, s.b.reasons = 400, append(s.b.reasons, reason)
		}
	}
	s.b.items = append(s.b.items, it)
	return next, nil
}

// skip passes over the document at i of an action that goes.
func (s *bulk) skip(i int) (next int) {
	if s.action == deletes {
		return i
	}
	next, err := s.run.Skip(i)
	if err != nil {
		return lineEnd(s.body, i)
	}
	return next
}

// document scrubs the lines of an update: the parts that hold fields are records without metadata.
func (s *bulk) document(i int) (next int, fate scrub.Fate, reason string) {
	s.update = true
	next, err := s.run.Object(i, s)
	fate = scrub.Kept
	switch {
	case errors.Is(err, scrub.ErrDropRecord):
		fate, next = scrub.Dropped, s.skip(i)
	case err != nil:
		fate, next, reason = scrub.Withheld, lineEnd(s.body, i), err.Error()
	}
	s.run.End(fate)
	return next, fate, reason
}

// Member implements scrub.Visitor for an action line and for the document of an update.
func (s *bulk) Member(key []byte, at int) (end int, stays bool, err error) {
	if s.update {
		return s.part(key, at)
	}
	named := bulkAction(1 + slices.Index(actions[1:], string(key)))
	if named == noAction {
		return at, false, &scrub.Fault{Offset: at, Reason: "unknown action"}
	}
	if s.action != noAction || s.body[min(at, len(s.body)-1)] != '{' {
		return at, false, &scrub.Fault{Offset: at, Reason: "an action line holds one action, an object"}
	}
	end, err = s.about(named, at)
	return end, true, err
}

// about scrubs the object at, which says what the action is about.
func (s *bulk) about(named bulkAction, at int) (end int, err error) {
	s.action = named
	m := s.run.Mark()
	end, stays, err := s.run.Value(at, s.run.Within(scrub.Bulk), nil)
	if err == nil && !stays {
		// An action stands even where nothing in it does.
		s.run.Rollback(m)
		s.run.Replace(at, end, []byte("{}"))
	}
	return end, err
}

// line scrubs the action line at i. What is spelled as most are needs no walk over its one member.
func (s *bulk) line(i int) (end int, err error) {
	for named := creates; named < bulkAction(len(actions)); named++ {
		opening := openings[named]
		at := i + len(opening) - 1
		if at >= len(s.body) || string(s.body[i:at+1]) != opening || !s.run.Still(i, at) {
			continue
		}
		m := s.run.Mark()
		end, err = s.about(named, at)
		if errors.Is(err, scrub.ErrDropRecord) {
			return end, err
		}
		if end = record.SkipSpace(s.body, end); err == nil && end < len(s.body) && s.body[end] == '}' {
			return end + 1, nil
		}
		s.run.Rollback(m)
		s.action = noAction
	}
	return s.run.Object(i, s)
}

// part decides about one member of an update's document. A script is code with values in it, which nobody can judge: only mode scrub
// lets it by.
func (s *bulk) part(key []byte, at int) (end int, stays bool, err error) {
	switch string(key) {
	case "doc", "upsert":
		end, err = s.run.Walk(at, scrub.Root, false)
		return end, true, err
	case "doc_as_upsert", "detect_noop", "scripted_upsert":
		end, err = s.run.Skip(at)
		value := string(s.body[at:end])
		return end, value == "true" || value == "false", err
	}
	return s.run.Value(at, s.run.At(scrub.Bulk, key), key)
}

const bulkType = "application/json"

// answerType is the media type of an answer: clients that send Elastic's vendor type expect it back.
func answerType(requestType string) string {
	media, version, vendor := bytes.Cut([]byte(requestType), []byte("compatible-with="))
	if !vendor || !bytes.Contains(media, []byte("vnd.elasticsearch")) || len(version) == 0 || version[0]-'0' > 9 {
		return bulkType
	}
	return "application/vnd.elasticsearch+json;compatible-with=" + string(version[:1])
}

var product = [][2]string{{"X-Elastic-Product", "Elasticsearch"}}

// Accept implements Codec.
func (Elasticsearch) Accept(b *Batch) Response {
	return Response{Status: 200, ContentType: answerType(b.ContentType), Headers: product, Body: b.itemised(nil, []byte("0"), false)}
}

// Relay implements Codec: the items that the upstream did not see take their places among those it did.
func (c Elasticsearch) Relay(b *Batch, up *Response) Response {
	if b.Dropped+b.Withheld == 0 || up.Status != 200 {
		return *up
	}
	reply, err := readBulkReply(up.Body)
	if err != nil || len(reply.items) != b.Kept {
		return c.Refuse(UpstreamDown, "the upstream's answer cannot be read", b.ContentType)
	}
	merged := *up
	merged.Body = b.itemised(reply.items, reply.took, reply.errors)
	return merged
}

// itemised writes a bulk answer; sent are the upstream's items for the records it got, nil for "all taken".
func (b *Batch) itemised(sent [][]byte, took []byte, failed bool) []byte {
	body := append(append([]byte(`{"took":`), took...), `,"errors":`...)
	body = strconv.AppendBool(body, failed || b.Withheld > 0)
	body = append(body, `,"items":[`...)
	reasons := b.reasons
	for i, it := range b.items {
		if i > 0 {
			body = append(body, ',')
		}
		switch {
		case it.status == 0 && sent != nil:
			body, sent = append(body, sent[0]...), sent[1:]
		case it.status == 400:
			body, reasons = it.append(body, reasons[0]), reasons[1:]
		default:
			body = it.append(body, "")
		}
	}
	return append(body, "]}"...)
}

// bulkAction is what is done with a document.
type bulkAction uint8

const (
	noAction bulkAction = iota
	creates
	indexes
	updates
	deletes
)

var (
	// actions are the words of action lines, and openings how most of those begin.
	actions  = [...]string{creates: "create", indexes: "index", updates: "update", deletes: "delete"}
	openings = [...]string{creates: `{"create":{`, indexes: `{"index":{`, updates: `{"update":{`, deletes: `{"delete":{`}
	// taken are the statuses of items that went well, and results what is said of them.
	taken   = [...]uint16{creates: 201, indexes: 201, updates: 200, deletes: 200}
	results = [...]string{creates: "created", indexes: "created", updates: "updated", deletes: "deleted"}
)

// append writes one item as the backend would. reason is why it was withheld, empty if it was not.
func (it item) append(body []byte, reason string) []byte {
	status := it.status
	if status == 0 {
		status = taken[it.action]
	}
	body = append(append(append(body, `{"`...), actions[it.action]...), `":{"_index":"","_id":"","status":`...)
	body = strconv.AppendInt(body, int64(status), 10)
	if reason == "" {
		return append(append(append(body, `,"result":"`...), results[it.action]...), `"}}`...)
	}
	body = append(body, `,"error":{"type":"mapper_parsing_exception","reason":"`...)
	return append(unwrap.AppendJSON(body, []byte("winnow: "+reason)), `"}}}`...)
}

// bulkReply is an upstream's answer, its items as they came.
type bulkReply struct {
	body   []byte
	took   []byte
	errors bool
	items  [][]byte
}

func readBulkReply(body []byte) (bulkReply, error) {
	r := bulkReply{body: body, took: []byte("0")}
	err := eachMember(body, record.SkipSpace(body, 0), func(key, value []byte) error {
		switch string(key) {
		case "took":
			r.took = value
		case "errors":
			r.errors = string(value) == "true"
		case "items":
			return eachElement(value, func(item []byte) error {
				r.items = append(r.items, item)
				return nil
			})
		}
		return nil
	})
	return r, err
}

// Refuse implements Codec.
func (Elasticsearch) Refuse(why Refusal, detail, requestType string) Response {
	r := refusals[why]
	kind := map[Refusal]string{
		Malformed: "illegal_argument_exception", TooLarge: "content_too_long_exception", Unauthorised: "security_exception",
		NotFound: "resource_not_found_exception", Forbidden: "security_exception", Busy: "es_rejected_execution_exception",
	}[why]
	if kind == "" {
		kind = "unavailable_shards_exception"
	}
	body := append(append([]byte(`{"error":{"root_cause":[],"type":"`), kind...), `","reason":"`...)
	body = append(unwrap.AppendJSON(body, []byte(detail)), `"},"status":`...)
	r.Body = append(strconv.AppendInt(body, int64(r.Status), 10), '}')
	r.ContentType, r.Headers = answerType(requestType), product
	return r
}

// AppendLines implements Codec: the documents, without their actions.
func (Elasticsearch) AppendLines(dst []byte, b *Batch) ([]byte, error) {
	body := b.Bytes()
	i := record.SkipSpace(body, 0)
	for _, it := range b.items {
		if it.status != 0 {
			continue
		}
		for part := range 2 {
			if part == 1 && it.action == deletes {
				break
			}
			end, fault := record.Skip(body, i, maxDepth)
			if fault != nil {
				return dst, errUnreadable
			}
			if part == 1 {
				dst = append(appendFlat(dst, body[i:end]), '\n')
			}
			i = record.SkipSpace(body, end)
		}
	}
	return dst, nil
}
