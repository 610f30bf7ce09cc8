package detect

// Secrets of several words: passphrases, and the words that wallets are restored from.
//
// Accepted: behind a name that ends in mnemonic, seed or phrase, the first 12, 15, 18, 21 or 24 words of three to eight small letters with one blank between;
// behind passphrase, four words of small letters or more up to the line's end, if they are no message. Words are not looked up in a list: behind such a name
// sentences, which have shorter words and signs, do not look so. Source: BIP-39.

// Lengths of words and phrases.
const (
	minPhraseWord  = 3
	maxPhraseWord  = 12
	maxSeedWord    = 8
	minPhraseWords = 4
	minSeedWords   = 12
	maxSeedWords   = 24
)

// seedEnd returns the end of the words at i that restore a wallet, or i.
func seedEnd(t []byte, i int) int {
	end, at := i, i
	for n := 1; n <= maxSeedWords; n++ {
		stop := smallWord(t, at, maxSeedWord)
		if stop == at {
			break
		}
		if n >= minSeedWords && n%3 == 0 {
			end = stop
		}
		if at = stop + 1; byteAt(t, stop) != ' ' {
			break
		}
	}
	return end
}

// phraseEnd returns the end of the passphrase at i, or i.
func phraseEnd(t []byte, i int) int {
	at := i
	for n := 1; ; n++ {
		stop := smallWord(t, at, maxPhraseWord)
		if stop == at || n == maxSeedWords || sentenceWords.has(t[at:stop]) || isDummy(t[at:stop]) {
			return i
		}
		if byteAt(t, stop) == ' ' {
			at = stop + 1
			continue
		}
		switch c := byteAt(t, stop); {
		case n < minPhraseWords:
			return i
		case c == 0, c == '\n', c == '\r', c == '"', c == '\\', c == '<', c == '\'':
			return stop
		}
		return i
	}
}

// smallWord returns the end of the word of small letters at i, no longer than most; i where there is none.
func smallWord(t []byte, i, most int) int {
	j := i
	for isLower(byteAt(t, j)) {
		j++
	}
	if n := j - i; n < minPhraseWord || n > most {
		return i
	}
	return j
}

// severalWords returns all the words of a phrase for a value without quotes, if key names one, and whether it is still running text.
func severalWords(t, key []byte, kind want, v value, prose bool) (value, bool) {
	switch {
	case v.quoted || !keyEndsIn(key, "phrase") && kind != wantPhrase:
	case kind != wantPhrase:
		if end := phraseEnd(t, v.start); end > v.end {
			return value{v.start, end, false}, false
		}
	case v.start < v.end:
		v.end = max(v.end, seedEnd(t, v.start))
	}
	return v, prose
}

// isSeed reports whether b is the words that restore a wallet.
func isSeed(b []byte) bool { return len(b) > 0 && seedEnd(b, 0) == len(b) }

// inFrench reports whether the key passe that begins at i is the last word of a password's name: mot de passe, palavra-passe.
func inFrench(t []byte, i int) bool {
	for _, before := range [...]string{"mot de ", "mot_de_", "mot-de-", "palavra ", "palavra-"} {
		if hasFold(t, i-len(before), before) {
			return true
		}
	}
	return false
}
