package upstream

import "github.com/valyala/fasthttp"

// relayed are the headers of backends' answers that clients are shown, each in the only form that it may have: they are the backend's own text.
var relayed = [...]struct {
	name   string
	signs  string // beside letters and digits
	length int
}{
	{"X-Clickhouse-Summary", `{}":,_`, 1024}, // counts, as a JSON object
	{"X-Clickhouse-Exception-Code", "", 8},
	{"X-Clickhouse-Query-Id", "-", 36}, // the client's own, which went there as a UUID, or one that the backend made
	{"X-Sentry-Rate-Limits", ":;,_ ", 1024},
}

// appendRelayed appends those that an answer has.
func appendRelayed(list [][2]string, h *fasthttp.ResponseHeader) [][2]string {
	for i := range relayed {
		r := &relayed[i]
		if v := h.Peek(r.name); len(v) > 0 && len(v) <= r.length && plain(v, r.signs) {
			list = append(list, [2]string{r.name, string(v)})
		}
	}
	return list
}

// plain tells whether a value is letters, digits and signs.
func plain(value []byte, signs string) bool {
	for _, c := range value {
		if c|0x20-'a' < 26 || c-'0' < 10 {
			continue
		}
		found := false
		for i := range len(signs) {
			found = found || signs[i] == c
		}
		if !found {
			return false
		}
	}
	return true
}
