package pseudonym

import (
	"bytes"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"
)

var testMaster = []byte("0123456789abcdef0123456789abcdef")

func derive(t testing.TB, tenant, purpose string, epoch uint32) *Domain {
	t.Helper()
	d, err := Derive(testMaster, tenant, purpose, epoch)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func token(d *Domain, kind, value string) string {
	return string(d.NewMinter(1).Append(nil, kind, []byte(value)))
}

// Tokens are a format: operators have them in their backends. None of these may ever change. They were computed apart from this code, with
// Python's hmac and base64.
func TestGoldenTokens(t *testing.T) {
	d := derive(t, "acme", "logs", 7)
	for _, c := range []struct{ kind, value, want string }{
		{"email", "alice@example.com", "email_e7_3mclsvnunwijmx2bohldrwort4"},
		{"ip", "192.0.2.1", "ip_e7_x6bekn5jvkni26pt63mbfic5vm"},
		{"ip", "2001:db8::1", "ip_e7_5sxulbwz7sfybpe4vacb6363s4"},
		{"card", "4111111111111111", "card_e7_or6ks4dbgwvqwvbzf32st7xqjm"},
		{"id", "", "id_e7_ekrfcjynwuvs7ontklqkk75tay"},
		{"customer_no", "A-17", "customer_no_e7_fbj4wb4wav2uv62yayoabmxsty"},
	} {
		if got := token(d, c.kind, c.value); got != c.want {
			t.Errorf("%s: got %s, want %s", c.kind, got, c.want)
		}
	}
}

// plainHMAC and plainToken are the format written down a second time, from SHA-256 up.
func plainHMAC(key, msg []byte) []byte {
	var inner, outer [64]byte
	copy(inner[:], key)
	copy(outer[:], key)
	for i := range inner {
		inner[i] ^= 0x36
		outer[i] ^= 0x5c
	}
	h := sha256.Sum256(append(inner[:], msg...))
	h = sha256.Sum256(append(outer[:], h[:]...))
	return h[:]
}

func plainToken(tenant, purpose string, epoch uint32, kind, canonical string) string {
	info := "winnow pseudonym 1"
	for _, s := range []string{tenant, purpose} {
		var n [4]byte
		binary.BigEndian.PutUint32(n[:], uint32(len(s)))
		info += string(n[:]) + s
	}
	var n [4]byte
	binary.BigEndian.PutUint32(n[:], epoch)
	info += string(n[:])
	extracted := plainHMAC(make([]byte, 32), testMaster)
	key := plainHMAC(extracted, []byte(info+"\x01"))
	digest := plainHMAC(key, []byte(kind+"\x00"+canonical))[:16]
	text := strings.TrimRight(base32.StdEncoding.EncodeToString(digest), "=")
	return fmt.Sprintf("%s_e%d_%s", kind, epoch, strings.ToLower(text))
}

func TestTokenFormat(t *testing.T) {
	for _, epoch := range []uint32{0, 7, 1<<32 - 1} {
		d := derive(t, "acme", "logs", epoch)
		for i := range 100 {
			kind, value := []string{"id", "customer_no", "email"}[i%3], fmt.Sprintf("v%d@example.com", i)
			got, want := token(d, kind, value), plainToken("acme", "logs", epoch, kind, value)
			if got != want {
				t.Fatalf("%s %s: got %s, want %s", kind, value, got, want)
			}
			if !IsToken([]byte(got), kind) || !IsToken([]byte(got), "") || IsToken([]byte(got), "other") {
				t.Fatalf("%s is not known as a token of its kind only", got)
			}
		}
	}
}

func TestDomainsAreApart(t *testing.T) {
	seen := map[string]string{}
	for _, c := range []struct {
		tenant, purpose string
		epoch           uint32
		kind            string
	}{
		{"a", "bc", 1, "id"}, {"ab", "c", 1, "id"}, {"", "abc", 1, "id"}, {"abc", "", 1, "id"}, {"a", "bc", 2, "id"}, {"a", "bc", 1, "user"},
	} {
		got := token(derive(t, c.tenant, c.purpose, c.epoch), c.kind, "x")
		digest := got[len(got)-digestChars:]
		if other, ok := seen[digest]; ok {
			t.Errorf("%+v shares a digest with %s", c, other)
		}
		seen[digest] = fmt.Sprintf("%+v", c)
	}
}

func TestDeriveShortMaster(t *testing.T) {
	_, err := Derive(testMaster[:31], "a", "b", 1)
	if err == nil || err.Error() != "pseudonym: secret of 31 bytes: at least 32 are needed" {
		t.Errorf("got %v", err)
	}
}

func TestEpoch(t *testing.T) {
	const month = 30 * 24 * time.Hour
	start := time.Unix(3*int64(month/time.Second), 0)
	for _, c := range []struct {
		now    time.Time
		length time.Duration
		want   uint32
	}{
		{start, month, 3},
		{start.Add(-time.Nanosecond), month, 2},
		{start.In(time.FixedZone("east", 14*3600)), month, 3},
		{time.Unix(-5, 0), month, 0},
		{time.Unix(77, 0), 0, 77},
		{time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC), time.Second, 1<<32 - 1},
	} {
		if got := Epoch(c.now, c.length); got != c.want {
			t.Errorf("Epoch(%v, %v) = %d, want %d", c.now, c.length, got, c.want)
		}
	}
}

func TestKeyIsHidden(t *testing.T) {
	d := derive(t, "a", "b", 1)
	m := d.NewMinter(1)
	m.Append(nil, "id", []byte("someone"))
	key := d.key
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "d", d, "copy", *d, "m", m)
	text := log.String()
	for _, verb := range []string{"%v", "%+v", "%#v", "%x", "%d", "%s"} {
		text += fmt.Sprintf(verb+verb+verb, d, *d, m)
	}
	for _, bad := range []string{fmt.Sprintf("%d", key[0:3])[1:8], fmt.Sprintf("%x", key[:4]), "0x", "someone"} {
		if strings.Contains(text, bad) {
			t.Errorf("%q shows in %s", bad, text)
		}
	}
}

func TestDestroy(t *testing.T) {
	d := derive(t, "a", "b", 1)
	d.Destroy()
	if d.key != [32]byte{} {
		t.Error("the key is still there")
	}
	defer func() {
		if recover() == nil {
			t.Error("a minter was made without a key")
		}
	}()
	d.NewMinter(1)
}

func TestIsToken(t *testing.T) {
	good := "email_e7_" + strings.Repeat("a", 26)
	for v, want := range map[string]bool{
		good:                               true,
		"e7_e8_" + good[9:]:                true,
		"x_e4294967295_" + good[9:]:        true,
		"x_e4294967296_" + good[9:]:        false,
		"x_e07_" + good[9:]:                false,
		"x_e_" + good[9:]:                  false,
		"_e7_" + good[9:]:                  false,
		"e7_" + good[9:]:                   false,
		"email_e7-" + good[9:]:             false,
		"Email_e7_" + good[9:]:             false,
		"e-mail_e7_" + good[9:]:            false,
		good + "a":                         false,
		good[1:]:                           true,
		good[:len(good)-1]:                 false,
		good[:len(good)-1] + "b":           false, // not 128 bits
		good[:len(good)-1] + "1":           false,
		strings.Repeat("k", 33) + good[5:]: false,
		"":                                 false,
		good[9:]:                           false,
		"_" + good[9:]:                     false,
	} {
		if got := IsToken([]byte(v), ""); got != want {
			t.Errorf("IsToken(%q) = %v", v, got)
		}
	}
}
