package meta_test

import (
	"strings"
	"testing"
)

func TestLanguage(t *testing.T) {
	tests := []struct{ header, want string }{
		{"en", "en"},
		{"de-CH", "de-CH"},
		{"DE-ch", "de-CH"},
		{"en-US,en;q=0.9,fr;q=0.8", "en-US"},
		{"fr;q=0.3, de-AT;q=0.7, en;q=0.5", "de-AT"},
		{"fr;q=0.7,de;q=0.7", "fr"},
		{"*, en;q=0.5", "en"},
		{"*", ""},
		{"zh-Hant-TW", "zh-TW"},
		{"zh-Hans", "zh"},
		{"sr-Latn-RS", "sr-RS"},
		{"es-419", "es-419"},
		{"iw", "he"},
		{"in-ID", "id-ID"},
		{"gsw-CH", "gsw-CH"},
		{"fil-PH", "fil-PH"},
		{"fr-CH-x-john-smith", "fr-CH"},
		{"x-john-smith", ""},
		{"i-klingon", ""},
		{"john-SMITH", ""},
		{"de-DE-u-co-phonebk", "de-DE"},
		{"de-john", "de"},
		{"en-XX", "en"},
		{"en-999", "en"},
		{"qq-DE", ""},
		{"alice@example.com, de;q=0.4", "de"},
		{"en;q=abc, fr;q=0.2", "fr"},
		{"en;q=, fr;q=0.2", "fr"},
		{"en;level=1, fr;q=0.2", "fr"},
		{"en;q=0, fr;q=0.001", "fr"},
		{"en;q=2, fr;q=0.1", "fr"},
		{"en;q=1.000,fr", "en"},
		{"en ; Q = 0.9 , fr ; q = 0.95", "fr"},
		{"en_US", ""},
		{"", ""},
		{",,,", ""},
		{"en" + strings.Repeat("-abcdefgh", 10), ""},
		{"de;q=0.1," + strings.Repeat("xx;q=0.9,", 100) + "en", "de"},
		{strings.Repeat("a", 1<<20), ""},
		{"e\x00n", ""},
	}
	e := compile(t, nil)
	for _, tt := range tests {
		if got := take(t, e, "Accept-Language", tt.header)["browser.language"]; got != tt.want {
			t.Errorf("%.80q: browser.language = %q, want %q", tt.header, got, tt.want)
		}
	}
}

func TestTimeZone(t *testing.T) {
	e := compile(t, nil)
	for header, want := range map[string]string{
		"Europe/Zurich":                  "Europe/Zurich",
		" America/New_York ":             "America/New_York",
		"America/Argentina/Buenos_Aires": "America/Argentina/Buenos_Aires",
		"Asia/Calcutta":                  "Asia/Calcutta",
		"Etc/GMT+5":                      "Etc/GMT+5",
		"UTC":                            "UTC",
		"europe/zurich":                  "",
		"Europe/Johnsmith":               "",
		"Europe/Zurich; alice":           "",
		"+02:00":                         "",
		"Factory":                        "",
		"Europe":                         "",
		"-":                              "",
		"":                               "",
	} {
		for _, name := range []string{"X-Timezone", "X-Time-Zone", "Time-Zone"} {
			if got := take(t, e, name, header)["browser.time_zone"]; got != want {
				t.Errorf("%s: %q: browser.time_zone = %q, want %q", name, header, got, want)
			}
		}
	}
}
