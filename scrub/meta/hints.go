package meta

import "bytes"

const (
	longestHint = 512 // bytes of a client hint that are read
	mostBrands  = 8   // brands in Sec-CH-UA
)

// brands are the names in Sec-CH-UA that mean something, best first: a browser also lists Chromium, and one or more made-up names that
// keep servers from depending on the list ("Not/A)Brand"). Names that are not here are passed over.
var brands = [...]struct{ brand, browser string }{
	{"HeadlessChrome", "Headless Chrome"},
	{"Microsoft Edge WebView2", "Edge WebView2"},
	{"Microsoft Edge", "Edge"},
	{"Opera", "Opera"},
	{"Opera GX", "Opera"},
	{"Opera Mini Android", "Opera Mini"},
	{"Brave", "Brave"},
	{"YaBrowser", "Yandex Browser"},
	{"Yandex", "Yandex Browser"},
	{"Samsung Internet", "Samsung Internet"},
	{"Vivaldi", "Vivaldi"},
	{"DuckDuckGo", "DuckDuckGo"},
	{"Whale", "Whale"},
	{"MIUI Browser", "MIUI Browser"},
	{"HuaweiBrowser", "Huawei Browser"},
	{"Android WebView", "Android WebView"},
	{"Google Chrome", "Chrome"},
	{"Chromium", "Chromium"},
}

// platforms are the values of Sec-CH-UA-Platform, in their own spelling.
var platforms = [...]struct{ hint, system string }{
	{"Android", "Android"},
	{"Chrome OS", "ChromeOS"},
	{"Chromium OS", "ChromeOS"},
	{"iOS", "iOS"},
	{"Linux", "Linux"},
	{"macOS", "macOS"},
	{"Windows", "Windows"},
}

// hints corrects a with the client hints, where they are sane. Source: W3C User-Agent Client Hints, RFC 8941.
func (l *lexicon) hints(a *agent, r *Request, k kind) {
	name, v := brand(r.brands)
	if name != "" && k != inApp && !(name == "Chromium" && a.browser != "" && a.browser != "Chrome") {
		a.browser, a.browserVersion = name, v
	}
	system := platform(r.platform)
	if system == "" || a.system == "Ubuntu" || a.system == "Fedora" {
		return
	}
	if system != a.system {
		a.system, a.systemVersion = system, version{}
	}
	if v := platformVersion(system, r.platformVersion); v.known {
		a.systemVersion = v
	}
}

// brand finds the best known brand of a Sec-CH-UA list, and its major version. A list that is not well formed tells nothing.
func brand(list []byte) (string, version) {
	if len(list) > longestHint {
		return "", version{}
	}
	best, bestVersion := len(brands), version{}
	for n := 0; len(list) > 0; n++ {
		var name, v []byte
		var ok bool
		if name, v, list, ok = cutBrand(list); !ok || n == mostBrands {
			return "", version{}
		}
		for i := 0; i < best; i++ {
			if string(name) == brands[i].brand {
				major, known := number(v)
				best, bestVersion = i, version{n: major, known: known}
			}
		}
	}
	if best == len(brands) {
		return "", version{}
	}
	return brands[best].browser, bestVersion
}

// cutBrand cuts one `"name";v="number"` from a list. Escapes stay as they are: no known name has one.
func cutBrand(list []byte) (name, v, rest []byte, ok bool) {
	if name, rest, ok = quoted(list); !ok {
		return nil, nil, nil, false
	}
	for {
		rest = trim(rest)
		if len(rest) == 0 {
			return name, v, nil, true
		}
		if rest[0] == ',' {
			rest = trim(rest[1:])
			return name, v, rest, len(rest) > 0
		}
		key, after, found := bytes.Cut(rest[1:], []byte{'='})
		if rest[0] != ';' || !found {
			return nil, nil, nil, false
		}
		var value []byte
		if value, rest, ok = quoted(after); !ok {
			return nil, nil, nil, false
		}
		if string(trim(key)) == "v" {
			v = value
		}
	}
}

// quoted cuts a string in quotes from the start of b.
func quoted(b []byte) (text, rest []byte, ok bool) {
	b = trim(b)
	if len(b) == 0 || b[0] != '"' {
		return nil, nil, false
	}
	for i := 1; i < len(b); i++ {
		switch b[i] {
		case '\\':
			i++
		case '"':
			return b[1:i], b[i+1:], true
		}
	}
	return nil, nil, false
}

func platform(hint []byte) string {
	text, rest, ok := quoted(hint[:min(len(hint), longestHint)])
	if !ok || len(rest) > 0 {
		return ""
	}
	for _, p := range platforms {
		if string(text) == p.hint {
			return p.system
		}
	}
	return ""
}

// platformVersion is the major version that Sec-CH-UA-Platform-Version tells. Windows counts there by its own key: 1 to 10 is Windows
// 10, 13 and later Windows 11, 0.1 to 0.3 Windows 7 to 8.1.
func platformVersion(system string, hint []byte) version {
	text, rest, ok := quoted(hint[:min(len(hint), longestHint)])
	if !ok || len(rest) > 0 {
		return version{}
	}
	n, ok := number(text)
	if !ok || system == "Linux" || system == "ChromeOS" {
		return version{}
	}
	if system != "Windows" {
		return version{n: n, known: true}
	}
	switch {
	case n >= 13:
		return numeric(11)
	case n >= 1 && n <= 10:
		return numeric(10)
	}
	return version{}
}
