package codec

import (
	"encoding/binary"

	"google.golang.org/protobuf/encoding/protowire"

	"winnow/scrub"
)

// Where the texts of a protobuf body are. A walk before the walk gathers them, so that one scan sees them all; what it passes over, or
// gathers for nothing, costs time and no more.

// part is what a field of a message holds: nothing to gather, text, or a message.
type part uint8

const (
	noText part = iota
	aText
	requestPart
	resourceLogsPart
	resourcePart
	scopeLogsPart
	scopePart
	recordPart
	keyValuePart
	anyValuePart
	listPart // ArrayValue
	mapPart  // KeyValueList
	pushPart
	streamPart
	entryPart
	pairPart
	entityPart
	tracesPart
	resourceSpansPart
	scopeSpansPart
	spanPart
	eventPart
	linkPart
	statusPart
	metricsPart
	resourceMetricsPart
	scopeMetricsPart
	metricPart
	numbersPart
	numberPointPart
	histogramPart
	histogramPointPart
	exponentialPart
	exponentialPointPart
	summaryPart
	summaryPointPart
	exemplarPart
	bucketsPart
	quantilePart
	parts
)

// point tells whether it is a data point, of which one is a record.
func (p part) point() bool {
	return p == numberPointPart || p == histogramPointPart || p == exponentialPointPart || p == summaryPointPart
}

// textParts lists the fields of each message by number. Names are not among them: the same few come again and again, and Run.Member
// remembers those.
var textParts = [parts][16]part{
	requestPart:      {1: resourceLogsPart},
	resourceLogsPart: {1: resourcePart, 2: scopeLogsPart, 3: aText},
	resourcePart:     {1: keyValuePart, 3: entityPart},
	scopeLogsPart:    {1: scopePart, 2: recordPart, 3: aText},
	scopePart:        {1: aText, 2: aText, 3: keyValuePart},
	recordPart:       {3: aText, 5: anyValuePart, 6: keyValuePart, 12: aText},
	keyValuePart:     {2: anyValuePart},
	anyValuePart:     {1: aText, 5: listPart, 6: mapPart},
	listPart:         {1: anyValuePart},
	mapPart:          {1: keyValuePart},
	pushPart:         {1: streamPart},
	streamPart:       {2: entryPart},
	entryPart:        {2: aText, 3: pairPart, 4: pairPart},
	pairPart:         {2: aText},

	entityPart:           {1: aText, 2: aText},
	tracesPart:           {1: resourceSpansPart},
	resourceSpansPart:    {1: resourcePart, 2: scopeSpansPart, 3: aText},
	scopeSpansPart:       {1: scopePart, 2: spanPart, 3: aText},
	spanPart:             {3: aText, 5: aText, 9: keyValuePart, 11: eventPart, 13: linkPart, 15: statusPart},
	eventPart:            {2: aText, 3: keyValuePart},
	linkPart:             {3: aText, 4: keyValuePart},
	statusPart:           {2: aText},
	metricsPart:          {1: resourceMetricsPart},
	resourceMetricsPart:  {1: resourcePart, 2: scopeMetricsPart, 3: aText},
	scopeMetricsPart:     {1: scopePart, 2: metricPart, 3: aText},
	metricPart:           {1: aText, 2: aText, 3: aText, 5: numbersPart, 7: numbersPart, 9: histogramPart, 10: exponentialPart, 11: summaryPart, 12: keyValuePart},
	numbersPart:          {1: numberPointPart},
	numberPointPart:      {5: exemplarPart, 7: keyValuePart},
	histogramPart:        {1: histogramPointPart},
	histogramPointPart:   {8: exemplarPart, 9: keyValuePart},
	exponentialPart:      {1: exponentialPointPart},
	exponentialPointPart: {1: keyValuePart, 8: bucketsPart, 9: bucketsPart, 11: exemplarPart},
	summaryPart:          {1: summaryPointPart},
	summaryPointPart:     {6: quantilePart, 7: keyValuePart},
	exemplarPart:         {7: keyValuePart},
}

// gather gathers and scans the texts of a message loaded into run.
func gather(run *scrub.Run, message part) {
	g := gatherer{run: run, in: run.In(), message: run.Message()}
	g.parts(0, len(g.in), message, 4*maxValues)
	run.Scan()
}

// gatherer is the walk before the walk.
type gatherer struct {
	run     *scrub.Run
	in      []byte
	message scrub.Field
	known   [16]knownText // asked for so far
	told    int           // of them
}

// knownText is the field that a text of OTLP is.
type knownText struct {
	d     *otlpPart
	field scrub.Field
}

// parts gathers the texts in in[i:stop], as far as it can be read.
func (g *gatherer) parts(i, stop int, message part, depth int) {
	run, in := g.run, g.in
	for i < stop {
		tag := uint64(in[i])
		if i++; tag >= 0x80 {
			return // only the flags of a span have so high a number, and they come last
		}
		switch protowire.Type(tag & 7) {
		case protowire.VarintType:
			for i < stop && in[i] >= 0x80 {
				i++
			}
			i++
		case protowire.Fixed32Type:
			i += 4
		case protowire.Fixed64Type:
			if message == anyValuePart && tag>>3 == 4 && stop-i >= 8 {
				run.GatherNumber(i, scrub.Float(binary.LittleEndian.Uint64(in[i:])))
			}
			i += 8
		case protowire.BytesType:
			n, width := binary.Uvarint(in[i:stop])
			if i += width; width <= 0 || n > uint64(stop-i) {
				return
			}
			switch what := textParts[message][tag>>3&15]; {
			case what == aText:
				run.Gather(i, i+int(n))
			case what == recordPart || what == entryPart || what == spanPart || what.point():
				g.record(i, i+int(n), what)
			case what != noText && depth > 0:
				g.parts(i, i+int(n), what, depth-1)
			}
			i += int(n)
		default:
			return
		}
	}
}
