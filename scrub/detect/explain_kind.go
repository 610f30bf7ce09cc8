package detect

// kindOf returns the name of the row of numberKinds by which a word, or the text's name, has found f; empty where none has.
func (s *Set) kindOf(text []byte, f Finding, ctx Context) string {
	b := new(numberText)
	for at := namedFrom(text, f.Start); at <= f.Start; at++ {
		if !behindWord(text, at) {
			continue
		}
		if w := wordEnding(text, at); w != nil {
			if name := s.kindBehind(&search{t: text, word: w, end: at, direct: true, b: b}, f, at); name != "" {
				return name
			}
		}
	}
	for at := 2; at <= len(ctx.Key); at++ {
		if !mayEndWord(ctx.Key, at) {
			continue
		}
		if w := wordEnding(ctx.Key, at); w != nil {
			if name := s.kindBehind(&search{t: text, word: w, direct: onlyFillers(ctx.Key[at:]), parted: true, keyed: true, b: b}, f, 0); name != "" {
				return name
			}
		}
	}
	if f.Detector == NationalID && residentID(text, f.Start) {
		return "cn_resident_id"
	}
	return ""
}

// kindBehind returns the name of the row by which the word of a search, from i on, names f.
func (s *Set) kindBehind(w *search, f Finding, i int) string {
	w.o, w.from = &s.options, f.Start
	if g, ok := w.run(i); !ok || g != f {
		return ""
	}
	w.b.read(w.t, f.Start)
	for _, k := range w.word.kinds {
		kind := &numberKinds[k]
		if kind.id == f.Detector && (w.direct || !kind.direct) && kind.at(w.t, f.Start, w.b) == f.End {
			return kind.name
		}
	}
	return ""
}
