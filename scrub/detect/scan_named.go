package detect

// Named tells whether a field's name may say what its values are: false promises that a scan with it as Context.Key finds no more than one
// without, and leaves out nothing but what is no such number as the name would have to say it is: in the first KeyedBytes of a text. It costs
// a look-up or two, where such a scan compares the name with every word.
func (s *Set) Named(key []byte) bool {
	kind := secretKind(key)
	return kind != wantNothing && kind != wantQuery || authorizationKey(key) || namesNumber(key) || s.options.Custom.reads(key) || phoneWords.inName(key) || ssnWords.inName(key) ||
		cardWords.inName(key) || vendorNear.inName(key) || addressWords.inName(key)
}

// KeyedBytes is how far into a text its field's name is taken for the name of a number there, and with room to spare: see onlyPunctuation.
const KeyedBytes = 16

// vendorNear are the words that must name some vendors' tokens.
var vendorNear = func() *wordSet {
	var all []string
	for i := range vendorRows {
		all = append(all, vendorRows[i].near...)
	}
	return newWordSet(all...)
}()
