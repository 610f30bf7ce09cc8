package detect

// Markup between a word and its value: tags of HTML, and of types in YAML.

// maxTagBytes bounds the length of a tag.
const maxTagBytes = 64

// markupTags are the elements that may stand around a word or a value without a meaning of their own; a row of a table ends what a word names.
var markupTags = newWordSet("a", "b", "br", "code", "dd", "div", "dt", "em", "font", "i", "label", "li", "p", "small", "span", "strong", "td", "th", "u")

// tagLen returns the length of the tag of HTML at i, or 0: </td>, <td class="number">.
func tagLen(t []byte, i int) int {
	if byteAt(t, i) != '<' {
		return 0
	}
	name := i + 1
	if byteAt(t, name) == '/' {
		name++
	}
	end := name
	for isLetter(byteAt(t, end)) {
		end++
	}
	if !markupTags.has(t[name:end]) {
		return 0
	}
	for ; end < len(t) && end-i < maxTagBytes; end++ {
		switch t[end] {
		case '>':
			return end + 1 - i
		case '<', '\n', '\r':
			return 0
		}
	}
	return 0
}

// typeLen returns the length of the tag of YAML at i that says what type a value has (YAML 1.2.2 section 10.1), or 0: !!str.
func typeLen(t []byte, i int) int {
	if !has(t, i, "!!") {
		return 0
	}
	end := i + 2
	for isLetter(byteAt(t, end)) {
		end++
	}
	if !isBlank(byteAt(t, end)) || end-i > len("!!timestamp") {
		return 0
	}
	return end - i
}
