package codec

// spanLine is one span as a line of JSON. Times are nanoseconds since 1970, the message is its name.
type spanLine struct {
	Timestamp    string         `json:"timestamp,omitempty"` // of its start
	End          string         `json:"end_timestamp,omitempty"`
	Message      string         `json:"message,omitempty"`
	Kind         any            `json:"kind,omitempty"`
	StatusCode   any            `json:"status_code,omitempty"`
	StatusText   string         `json:"status_message,omitempty"`
	TraceID      string         `json:"trace_id,omitempty"`
	SpanID       string         `json:"span_id,omitempty"`
	ParentSpanID string         `json:"parent_span_id,omitempty"`
	TraceState   string         `json:"trace_state,omitempty"`
	Attributes   map[string]any `json:"attributes,omitempty"`
	Events       []spanLine     `json:"events,omitempty"`
	Links        []spanLine     `json:"links,omitempty"`
	Scope        map[string]any `json:"scope,omitempty"`
	Resource     map[string]any `json:"resource,omitempty"`
}

// pointLine is one data point as a line of JSON. The message is the metric's name; value is of gauges and sums, count and sum of the others.
type pointLine struct {
	Timestamp   string         `json:"timestamp,omitempty"`
	Start       string         `json:"start_timestamp,omitempty"`
	Message     string         `json:"message,omitempty"`
	Type        string         `json:"metric_type"`
	Description string         `json:"description,omitempty"`
	Unit        string         `json:"unit,omitempty"`
	Temporality any            `json:"aggregation_temporality,omitempty"`
	Monotonic   any            `json:"is_monotonic,omitempty"`
	Value       any            `json:"value,omitempty"`
	Count       any            `json:"count,omitempty"`
	Sum         any            `json:"sum,omitempty"`
	Min         any            `json:"min,omitempty"`
	Max         any            `json:"max,omitempty"`
	Bounds      any            `json:"explicit_bounds,omitempty"`
	Buckets     any            `json:"bucket_counts,omitempty"`
	Scale       any            `json:"scale,omitempty"`
	ZeroCount   any            `json:"zero_count,omitempty"`
	Positive    any            `json:"positive,omitempty"`
	Negative    any            `json:"negative,omitempty"`
	Quantiles   any            `json:"quantile_values,omitempty"`
	Attributes  map[string]any `json:"attributes,omitempty"`
	Exemplars   []exemplarLine `json:"exemplars,omitempty"`
	Scope       map[string]any `json:"scope,omitempty"`
	Resource    map[string]any `json:"resource,omitempty"`
}

// exemplarLine is one exemplar of a data point.
type exemplarLine struct {
	Timestamp  string         `json:"timestamp,omitempty"`
	Value      any            `json:"value,omitempty"`
	TraceID    string         `json:"trace_id,omitempty"`
	SpanID     string         `json:"span_id,omitempty"`
	Attributes map[string]any `json:"attributes,omitempty"`
}

// appendSignalLines appends a line for every span or data point.
func (b *Batch) appendSignalLines(dst []byte) ([]byte, error) {
	request, err := b.otlpTree()
	if err != nil {
		return dst, errUnreadable
	}
	resources, scopes, records := "resourceSpans", "scopeSpans", "spans"
	if b.signal == metricsSignal {
		resources, scopes, records = "resourceMetrics", "scopeMetrics", "metrics"
	}
	for _, r := range request.trees(resources) {
		for _, s := range r.trees(scopes) {
			resource, scope := r.tree("resource").attributes("attributes"), s.tree("scope").scopeLine()
			for _, t := range s.trees(records) {
				if b.signal == metricsSignal {
					dst, err = t.appendPoints(dst, resource, scope)
				} else {
					line := t.spanLine()
					line.Resource, line.Scope = resource, scope
					dst, err = appendLine(dst, line)
				}
				if err != nil {
					return dst, err
				}
			}
		}
	}
	return dst, nil
}

// scopeLine is an InstrumentationScope's attributes, with its name and version among them.
func (t otlpTree) scopeLine() map[string]any {
	m := t.attributes("attributes")
	for _, name := range []string{"name", "version"} {
		if text := t.text(name); text != "" {
			if m == nil {
				m = map[string]any{}
			}
			m[name] = text
		}
	}
	return m
}

// spanLine is a span, or an event or a link of one, which have a part of what a span has.
func (t otlpTree) spanLine() spanLine {
	line := spanLine{
		Timestamp: t.text("startTimeUnixNano") + t.text("timeUnixNano"), End: t.text("endTimeUnixNano"), Message: t.text("name"), Kind: t["kind"],
		StatusCode: t.tree("status")["code"], StatusText: t.tree("status").text("message"),
		TraceID: t.text("traceId"), SpanID: t.text("spanId"), ParentSpanID: t.text("parentSpanId"), TraceState: t.text("traceState"),
		Attributes: t.attributes("attributes"),
	}
	for _, e := range t.trees("events") {
		line.Events = append(line.Events, e.spanLine())
	}
	for _, l := range t.trees("links") {
		line.Links = append(line.Links, l.spanLine())
	}
	return line
}

// appendPoints appends a line for every data point of a metric.
func (t otlpTree) appendPoints(dst []byte, resource, scope map[string]any) ([]byte, error) {
	for _, d := range metric {
		data := t.tree(d.name)
		for _, point := range data.trees("dataPoints") {
			line := point.pointLine()
			line.Type, line.Message, line.Description, line.Unit = d.name, t.text("name"), t.text("description"), t.text("unit")
			line.Temporality, line.Monotonic = data["aggregationTemporality"], data["isMonotonic"]
			line.Resource, line.Scope = resource, scope
			var err error
			if dst, err = appendLine(dst, line); err != nil {
				return dst, err
			}
		}
	}
	return dst, nil
}

func (t otlpTree) pointLine() pointLine {
	line := pointLine{
		Timestamp: t.text("timeUnixNano"), Start: t.text("startTimeUnixNano"), Value: t.value(),
		Count: t["count"], Sum: t["sum"], Min: t["min"], Max: t["max"], Bounds: t["explicitBounds"], Buckets: t["bucketCounts"],
		Scale: t["scale"], ZeroCount: t["zeroCount"], Positive: t["positive"], Negative: t["negative"], Quantiles: t["quantileValues"],
		Attributes: t.attributes("attributes"),
	}
	for _, e := range t.trees("exemplars") {
		line.Exemplars = append(line.Exemplars, exemplarLine{
			Timestamp: e.text("timeUnixNano"), Value: e.value(), TraceID: e.text("traceId"), SpanID: e.text("spanId"),
			Attributes: e.attributes("filteredAttributes"),
		})
	}
	return line
}

// value is a point's or an exemplar's, which may be a whole number or not.
func (t otlpTree) value() any {
	if v, ok := t["asInt"]; ok {
		return v
	}
	return t["asDouble"]
}
