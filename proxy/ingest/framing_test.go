package ingest

import (
	"strings"
	"testing"
)

func TestPlainPath(t *testing.T) {
	for path, want := range map[string]bool{
		"/":                             true,
		"/ingest":                       true,
		"/logs-2026.03.01/_bulk":        true,
		"/%3Clogs-%7Bnow%3E/_bulk":      true,
		"/.kibana/_bulk":                true,
		"/a/":                           true,
		"":                              false,
		"*":                             false,
		"ingest":                        false,
		"/a//b":                         false,
		"/a/../b":                       false,
		"/a/..":                         false,
		"/./b":                          false,
		"/a/%2e%2e/b":                   false,
		"/a%2fb":                        false,
		"/a%5cb":                        false,
		"/a%00b":                        false,
		"/a%0d%0aHost:x":                false,
		"/a%252e":                       false,
		"/a%":                           false,
		"/a%zz":                         false,
		"/a\\b":                         false,
		"/a#b":                          false,
		"/\xc3\xa9":                     false,
		"/" + strings.Repeat("a", 2000): false,
	} {
		if got := plainPath([]byte(path)); got != want {
			t.Errorf("%.40q: %v", path, got)
		}
	}
}

func TestHeaderLine(t *testing.T) {
	raw := []byte("Host: example.com\r\nX-Content-Length: 1\r\nCONTENT-length: 3\r\n\r\n")
	for name, want := range map[string]bool{"content-length": true, "transfer-encoding": false, "host": true} {
		if got := headerLine(raw, name); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
	if headerLine([]byte("X: content-length: 1\r\n"), "content-length") {
		t.Error("a value is taken for a name")
	}
}

func TestBudget(t *testing.T) {
	b := NewBudget(100)
	if !b.Acquire("", 60, true) || b.Acquire("", 41, true) || !b.Acquire("", 40, true) || b.Held() != 100 {
		t.Errorf("held %d", b.Held())
	}
	b.Release("", 100)
	if b.Held() != 0 {
		t.Errorf("held %d", b.Held())
	}
}
