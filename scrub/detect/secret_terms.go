package detect

// Members and terms as two languages print them: PHP says who may see a member, Erlang has brackets around binaries.
//
//	["token":"App\User":private]=> string(16) "…"     [password:protected] => …
//	{password,<<"…">>}     #{<<"token">> => <<"…">>}

// behindVisibility returns the offset behind what PHP prints of a member from the colon at i on, who may see it and the arrow; or i: ["token":protected]=>,
// [token:App\User:private] =>.
func behindVisibility(t []byte, i int) int {
	end := i
	for end < len(t) && end-i < maxKeyBytes && (isKeyByte(t[end]) || t[end] == ':' || t[end] == '"' || t[end] == '\\') {
		end++
	}
	if byteAt(t, end) != ']' || !endsFold(t[i:end], ":protected") && !endsFold(t[i:end], ":private") {
		return i
	}
	if j := skipBlanks(t, end+1); has(t, j, "=>") {
		return behindEquals(t, j+1)
	}
	return i
}

// binarySeparator reads what stands at i between a key and its value that are binaries of Erlang, as members of a map or of a tuple: <<"token">> => <<"…">>.
func binarySeparator(t []byte, i int) (s separator, ok bool) {
	i = skipBlanks(t, i)
	switch {
	case has(t, i, "=>"):
		s.end = skipBlanks(t, i+len("=>"))
	case byteAt(t, i) == ',':
		s.end = skipBlanks(t, i+1)
	}
	return s, has(t, s.end, "<<")
}

// closesBinary reports whether a binary of Erlang ends behind the text in quotes with n backslashes each that begins at i.
func closesBinary(t []byte, i, n int) bool {
	near := t[:min(len(t), i+maxMadeBytes)]
	return has(t, behindQuote(t, quotedEnd(near, i, byteAt(t, i-1), n, Context{})), ">>")
}
