package detect

// Named tells whether a field's name may say what its values are: false promises that a scan with it as Context.Key finds no more than one
// without, and that what it leaves out Opens the text: a number that the name would have to call what it looks like. It costs a look-up or two,
// where such a scan compares the name with every word.
func (s *Set) Named(key []byte) bool {
	kind := secretKind(key)
	return kind != wantNothing && kind != wantQuery || foreignKind(key) != wantNothing || authorizationKey(key) || namesNumber(key) || s.options.Custom.reads(key) || phoneWords.inName(key) || callWords.inName(key) || ssnWords.inName(key) ||
		cardWords.inName(key) || vendorNear.inName(key) || addressWords.inName(key)
}

// Opens tells whether what is found at start may open the text, so that its field's name would be its own: nothing but a few signs stands
// before it. A matcher may look at a place a little before what it finds.
func Opens(text []byte, start int) bool { return onlyPunctuation(text, max(0, start-3)) }

// vendorNear are the words that must name some vendors' tokens.
var vendorNear = func() *wordSet {
	var all []string
	for i := range vendorRows {
		all = append(all, vendorRows[i].near...)
	}
	return newWordSet(all...)
}()
