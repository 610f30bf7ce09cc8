package cases

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"unicode/utf16"
)

// encoder gives text the form it has in a shape.
type encoder func(string) string

// quotedJSON escapes text as the content of a JSON string, with no more escapes than it needs.
func quotedJSON(s string) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		panic(err) // a string has a JSON form
	}
	return strings.TrimSuffix(b.String()[1:], "\"\n")
}

// htmlJSON escapes text as encoding/json does by default, and @, = and ' as other writers do.
func htmlJSON(s string) string {
	return strings.NewReplacer("<", `\u003c`, ">", `\u003e`, "&", `\u0026`, "@", `\u0040`, "=", `\u003d`, "'", `\u0027`, "+", `\u002B`).Replace(quotedJSON(s))
}

// unicodeJSON escapes everything.
func unicodeJSON(s string) string {
	var b strings.Builder
	for _, u := range utf16.Encode([]rune(s)) {
		fmt.Fprintf(&b, `\u%04x`, u)
	}
	return b.String()
}

// asciiJSON escapes what is not ASCII.
func asciiJSON(s string) string {
	var b strings.Builder
	for _, r := range quotedJSON(s) {
		if r < 0x80 {
			b.WriteRune(r)
		} else {
			b.WriteString(unicodeJSON(string(r)))
		}
	}
	return b.String()
}

func backslashed(quote string) encoder {
	return func(s string) string { return strings.NewReplacer(`\`, `\\`, quote, `\`+quote).Replace(s) }
}

func doubled(quote string) encoder {
	return func(s string) string { return strings.ReplaceAll(s, quote, quote+quote) }
}

func entities(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;").Replace(s)
}

func queryPlus(s string) string  { return url.QueryEscape(s) }
func query20(s string) string    { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }
func queryLower(s string) string { return lowerEscapes(query20(s)) }
func queryTwice(s string) string { return query20(query20(s)) }

func lowerEscapes(s string) string {
	b := []byte(s)
	for i := 0; i+2 < len(b); i++ {
		if b[i] == '%' {
			copy(b[i:], strings.ToLower(s[i:i+3]))
			i += 2
		}
	}
	return string(b)
}

func base64Text(s string) string {
	return base64.StdEncoding.EncodeToString([]byte(`{"user":"u-17","note":"` + s + `","ok":true}`))
}

// wide gives digits their full-width forms.
func wide(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r + 0xfee0
		}
		return r
	}, s)
}

// sprinkled puts a zero-width space or a soft hyphen behind every third character.
func sprinkled(s string) string {
	var b strings.Builder
	for i, r := range []rune(s) {
		b.WriteRune(r)
		if i%3 == 2 {
			b.WriteRune([...]rune{'\u200b', '\u00ad'}[i/3%2])
		}
	}
	return b.String()
}

// layers wraps text as the message of that many JSON objects, one in the other's string.
func layers(text string, depth int) string {
	for range depth {
		text = `{"ts":"2026-03-14T09:26:53.589Z","level":"info","message":"` + quotedJSON(text) + `"}`
	}
	return text
}
