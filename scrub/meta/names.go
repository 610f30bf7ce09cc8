package meta

// Names lists the names under which this Extractor may attach something, in the order of the facts.
func (e *Extractor) Names() []string {
	var names []string
	for _, r := range e.rules {
		if !r.on {
			continue
		}
		names = append(names, r.name)
		if r.version != "" {
			names = append(names, r.version)
		}
	}
	return names
}
