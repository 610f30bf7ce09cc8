package e2e

import (
	"encoding/base64"
	"net/url"
	"sort"
	"strings"
	"testing"
)

// The planted values. All are made up; addresses come from the ranges reserved for documentation.
const (
	plantedEmail    = "mira.planted@example.com"
	plantedCard     = "5555 5555 5555 4444"
	plantedAmex     = "378282246310005"
	plantedIBAN     = "DE89 3704 0044 0532 0130 00"
	plantedIPv4     = "203.0.113.77"
	plantedIPv6     = "2001:db8:85a3::8a2e:370:7334"
	plantedMAC      = "00:00:5e:00:53:af"
	plantedSSN      = "531-42-8876"
	plantedPhone    = "+1 212-555-0142"
	plantedBearer   = "plantedQ7xV2nR9tK4wM8sB3dF6"
	plantedBasic    = "cGxhbnRlZDpvcGVuLXNlc2FtZS00MQ=="
	plantedPassword = "pl4nted-Hunter-9041"
	plantedURLPass  = "pl4nted-Url-7731"
	plantedAPIKey   = "plantedKey8c1f5a7e3b9d2064"
	plantedSession  = "plantedSession55f0a9c3d7"
	plantedPEM      = "MIIEvplantedAIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQ"
	plantedPathUser = "mplanted"
	plantedName     = "Mira Plantedsson"
	plantedUserID   = "u-planted-48213"
)

// plantedJWT has a header that decodes to JSON with an algorithm, as a real one does.
var plantedJWT = strings.Join([]string{
	base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"HS256","typ":"JWT"}`)),
	base64.RawURLEncoding.EncodeToString([]byte(`{"sub":"u-planted-48213","name":"Mira Plantedsson"}`)),
	"plantedSflKxwRJSMeKKF2QT4fwpMeJf36POk6yJVadQ",
}, ".")

// inText are the values that a detector finds wherever they stand, by kind.
var inText = map[string]string{
	"email":       plantedEmail,
	"card":        plantedCard,
	"amex":        plantedAmex,
	"iban":        plantedIBAN,
	"ipv4":        plantedIPv4,
	"ipv6":        plantedIPv6,
	"mac":         plantedMAC,
	"us_ssn":      plantedSSN,
	"phone":       plantedPhone,
	"jwt":         plantedJWT,
	"bearer":      plantedBearer,
	"basic":       plantedBasic,
	"password":    plantedPassword,
	"url_pass":    plantedURLPass,
	"api_key":     plantedAPIKey,
	"session":     plantedSession,
	"private_key": plantedPEM,
	"user_path":   plantedPathUser,
}

// byName are the values that nothing but the name of their field gives away: withheld where only named fields leave.
var byName = map[string]string{
	"name":    plantedName,
	"user_id": plantedUserID,
}

// planted returns the values that must be gone in a mode. In direct mode they must all be there.
func planted(m mode) map[string]string {
	all := make(map[string]string, len(inText)+len(byName))
	for kind, v := range inText {
		all[kind] = v
	}
	if m == scrub {
		return all
	}
	for kind, v := range byName {
		all[kind] = v
	}
	return all
}

// found returns the kinds of the values that text holds, in whatever spelling.
func found(text string, values map[string]string) []string {
	forms := spellings(text)
	var kinds []string
	for kind, v := range values {
		want := []string{strings.ToLower(v), squeeze(strings.ToLower(v)), base64Core(v)}
		if holds(forms, want) {
			kinds = append(kinds, kind)
		}
	}
	sort.Strings(kinds)
	return kinds
}

// spellings are the forms of text that are searched: lower-case as it is, with escapes undone, and without separators; and, for base64, as it came.
func spellings(text string) []string {
	unescaped := strings.NewReplacer(`\u0040`, "@", `\"`, `"`, `\/`, "/", `\n`, "\n").Replace(text)
	lower := []string{strings.ToLower(text), strings.ToLower(unescaped), strings.ToLower(unpercent(text))}
	forms := append([]string{text}, lower...)
	for _, l := range lower {
		forms = append(forms, squeeze(l))
	}
	return forms
}

// unpercent undoes percent encoding where it is one, and leaves the rest.
func unpercent(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] == '%' && i+3 <= len(text) {
			if s, err := url.PathUnescape(text[i : i+3]); err == nil {
				b.WriteString(s)
				i += 2
				continue
			}
		}
		b.WriteByte(text[i])
	}
	return b.String()
}

// squeeze removes what people and formats put between digits.
func squeeze(text string) string {
	return strings.NewReplacer(" ", "", "-", "", ".", "").Replace(text)
}

// base64Core is the part of v in base64 that stands whatever follows it, when v begins a text.
func base64Core(v string) string {
	return base64.StdEncoding.EncodeToString([]byte(v)[:len(v)/3*3])
}

func holds(forms, want []string) bool {
	for _, f := range forms {
		for _, w := range want {
			if strings.Contains(f, w) {
				return true
			}
		}
	}
	return false
}

func TestFoundSeesEverySpelling(t *testing.T) {
	email := map[string]string{"email": plantedEmail}
	card := map[string]string{"card": plantedCard}
	for _, c := range []struct {
		text   string
		values map[string]string
		want   bool
	}{
		{"to mira.planted@example.com.", email, true},
		{"to MIRA.Planted@EXAMPLE.com.", email, true},
		{"to=mira.planted%40example.com&x=100%", email, true},
		{`{"to":"mira.planted\u0040example.com"}`, email, true},
		{"blob " + base64.StdEncoding.EncodeToString([]byte(plantedEmail+"\n")), email, true},
		{"to [email].", email, false},
		{"pan 5555-5555-5555-4444", card, true},
		{"pan 5555555555554444", card, true},
		{"pan ************4444", card, false},
	} {
		if got := found(c.text, c.values); (len(got) == 1) != c.want {
			t.Errorf("found(%q) = %v, want found: %v", c.text, got, c.want)
		}
	}
}
