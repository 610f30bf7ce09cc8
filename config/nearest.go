package config

import (
	"slices"
	"strings"
)

// synonyms are words of other tools for ours, too far away to be taken for a slip of the finger.
var synonyms = map[string]string{
	"anonymise": "pseudonym", "anonymize": "pseudonym", "hash": "pseudonym", "pseudonymise": "pseudonym", "pseudonymize": "pseudonym",
	"tokenise": "pseudonym", "tokenize": "pseudonym", "redact": "replace", "remove": "drop", "delete": "drop", "allow": "keep",
	"elastic": "elasticsearch", "opensearch": "elasticsearch", "ndjson": "json", "jsonl": "json", "opentelemetry": "otlp",
	"credit_card": "card", "pan": "card", "ip": "ipv4", "jwt_token": "jwt", "username": "user_path", "warning": "warn",
	"user_agent": "browser", "useragent": "browser", "referer": "referrer", "pii": "identity",
}

// suggest is the hint for a word that is none of known: the nearest, or all when they are few and none is near.
func suggest(word string, known []string) string {
	if near := nearest(word, known); near != "" {
		return "did you mean \"" + near + "\"?"
	}
	if len(known) <= 20 {
		return "known are " + strings.Join(known, ", ")
	}
	return ""
}

// Suggest is the hint for a word that is none of known, as the end of a message: did you mean "…"? Empty when there is none to give.
func Suggest(word string, known []string) string { return suggest(word, known) }

// nearest is the known word that differs least, if it differs by no more than a third of its letters.
func nearest(word string, known []string) string {
	word = strings.ReplaceAll(strings.ToLower(word), "-", "_")
	if s, ok := synonyms[word]; ok && slices.Contains(known, s) {
		return s
	}
	best, least := "", len(word)
	for _, k := range known {
		if d := distance(word, k); d < least && d <= max(1, len(k)/3) {
			best, least = k, d
		}
	}
	if best == "" {
		best = related(word, known)
	}
	return best
}

// related is the first known word that word is a part of ("max_body"), or that is a part of word ("iban_number").
func related(word string, known []string) string {
	for _, k := range known {
		if len(word) > 3 && strings.Contains(strings.ReplaceAll(k, "-", "_"), word) {
			return k
		}
	}
	for part := range strings.SplitSeq(word, "_") {
		if s, ok := synonyms[part]; ok && slices.Contains(known, s) {
			part = s
		}
		if slices.Contains(known, part) {
			return part
		}
	}
	return ""
}

// distance is the number of letters to insert, delete, change or swap with a neighbour (optimal string alignment).
func distance(a, b string) int {
	if len(a) > 64 || len(b) > 64 {
		return len(a) + len(b)
	}
	var rows [3][65]int
	before, last, row := &rows[0], &rows[1], &rows[2]
	for j := range len(b) + 1 {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
