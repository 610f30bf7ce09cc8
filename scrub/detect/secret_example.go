package detect

// Text of documentation that says what is to stand in its place: your-api-key, YOUR_TOKEN_HERE, InsertPasswordHere, token_placeholder.

// exampleText reports whether v is at least two words of letters, parted by signs or capitals, that name a secret and tell to put it there.
func exampleText(v []byte) bool {
	if len(v) < len("put key") || len(v) > maxExampleBytes || !exampleFirst.begins(v) && !exampleLast.ends(v) {
		return false
	}
	words, asks, names := 0, false, false
	for i := 0; i < len(v); {
		end := exampleWord(v, i)
		if end == i {
			return false
		}
		w := v[i:end]
		words++
		asks = asks || i == 0 && exampleFirst.has(w) || end == len(v) && exampleLast.has(w)
		names = names || exampleNames.ends(w)
		if i = end; i < len(v) && !isAlnum(v[i]) {
			if c := v[i]; c != '-' && c != '_' && c != '.' && c != ' ' {
				return false
			}
			i++
		}
	}
	return words >= 2 && asks && names
}

// maxExampleBytes is the length of the longest such text.
const maxExampleBytes = 48

// exampleFirst and exampleLast are the first and the last words of such texts, one of which there is; exampleNames end the words for what is asked for.
var (
	exampleFirst = newWordSet("your", "insert", "enter", "replace", "paste", "put", "example", "placeholder", "sample")
	exampleLast  = newWordSet("here", "example", "placeholder", "sample")
	exampleNames = newWordSet("key", "token", "secret", "password", "passwd", "passphrase", "pwd", "credential", "credentials", "here", "value", "pin")
)

// exampleWord returns the end of the word of letters at i: capitals, or small letters behind what may be one capital.
func exampleWord(v []byte, i int) int {
	end := i
	for end < len(v) && isUpper(v[end]) {
		end++
	}
	if end-i > 1 {
		return end
	}
	for end < len(v) && isLower(v[end]) {
		end++
	}
	return end
}
