package scrub_test

import (
	"testing"

	"winnow/scrub/scrubtest"
)

const softly = "policy: {mode: scrub}\n"

// Bodies made to be misread: whatever policy removes stays removed, and what leaves is still what it was to its reader.
func TestHostile(t *testing.T) {
	for _, c := range []struct{ name, policy, in, want string }{
		{"surrogates and letters around a finding", softly, `{"a":"\ud83d\ude00alice@example.com\ud83d\ude00 é192.0.2.7\n192.0.2.8\ud800"}`,
			`{"a":"\ud83d\ude00[email]\ud83d\ude00 é[ip]\n[ip]\ud800"}`},
		{"an escape in a finding", softly, `{"a":"x \u0061lice\u0040example.co\u006d y"}`, `{"a":"x [email] y"}`},
		{"names twice", softly, `{"a":"alice@example.com","a":"bob@example.com","\u0061":"carol@example.com"}`, `{"a":"[email]","a":"[email]","\u0061":"[email]"}`},
		{"names that become the same", softly, `{"alice@example.com":1,"bob@example.com":{"carol@example.com":2},"dan\u0040example.com":3}`,
			`{"[email]":1,"[email]#2":{"[email]":2},"[email]#3":3}`},
		{"a mapped rule on an object", "policy: {rules: [{id: a, fields: [a], action: mask}]}\n", `{"a":{"b":1},"level":"x"}`, `{"level":"x"}`},
		{"a mapped rule on lists", "policy: {rules: [{id: a, fields: [a], action: mask}]}\n", `{"a":["Bob",["Eve",{"b":"Bob"}],null,7,true]}`, `{"a":["***",["***"],null,"***","***"]}`},
		{"a record dropped deep down", "policy: {mode: scrub, rules: [{id: a, fields: [a.b], action: drop_record}]}\n", `{"x":"alice@example.com","a":[[{"b":1}]]}`, "dropped"},
		{"a record dropped in text in text", "policy: {mode: scrub, rules: [{id: a, fields: [a], action: drop_record}]}\n", `{"x":"{\"y\":\"{\\\"a\\\":1}\"}"}`, "dropped"},
		{"a string that looks like a bare value of JSON", softly, `{"a":": 4111111111111111, x"}`, `{"a":": [card], x"}`},
		{"a name that looks like one", softly, `{": 4111111111111111,":1}`, `{": [card],":1}`},
		{"a replacement with quotes", "policy: {mode: scrub, detectors: {email: {action: {replace: 'an \"e-mail\"\\'}}}}\n",
			`{"a":"of alice@example.com","n":"\tof alice@example.com","m":"{\"a\":\"alice@example.com\"}"}`,
			`{"a":"of an \"e-mail\"\\","n":"\tof an \"e-mail\"\\","m":"{\"a\":\"an \\\"e-mail\\\"\\\\\"}"}`},
		{"a replacement with quotes in a number", "policy: {mode: scrub, detectors: {card: {action: {replace: '\"'}}}}\n",
			`{"a":4111111111111111}`, `{"a":"\""}`},
		{"an escaped name of a secret", softly, `{"pass\u0077ord":"hunter2x"}`, `{"pass\u0077ord":"[secret]"}`},
		{"a list of secrets", softly, `{"password":["hunter2x","correct9horse",["battery7staple"]]}`, `{"password":["[secret]","[secret]",["[secret]"]]}`},
		{"a list of secrets in a list", softly, `{"password":[["hunter2x"]]}`, `{"password":[["[secret]"]]}`},
		{"a number under an escaped secret's name", softly, `{"p\u0069n":4321}`, `{"p\u0069n":"[secret]"}`},
		{"bytes that are not UTF-8 in a name", softly, "{\"alice\xc1\x80example.com\":1}", `{"[withheld]":1}`},
		{"a byte order mark before an object in text", "", "\xef\xbb\xbf{\"level\":\"info\",\"customer\":\"Bob\"}", "\xef\xbb\xbf{\"level\":\"info\"}"},
		{"an object too deep in text", "limits: {max_depth: 4}\n", `{"level":"info","message":"{\"a\":{\"a\":{\"a\":{\"a\":{\"customer\":\"Bob\"}}}}}"}`,
			`{"level":"info","message":"[withheld]"}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := lines(t, scrubtest.Policy(t, c.policy), c.in, nil); got != c.want+"\n" {
				t.Errorf("got:  %swant: %s", got, c.want)
			}
		})
	}
}
