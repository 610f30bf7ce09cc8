package config

// Source finds the place of a value by its path ("policy.rules[3].action"). A value that the file does not state has the place of
// the nearest enclosing one it does. The zero Source knows only its name.
type Source struct {
	// Name of the file, as given by the operator.
	Name string
}

// Secret is a value that is never shown. It is written in the file as ${NAME}, file:/path or, at a pinch, in clear.
type Secret struct {
	value string
}

// Reveal returns the clear value. Call it where the value is used, and nowhere else.
func (s Secret) Reveal() string { return s.value }

// String hides the value.
func (Secret) String() string { return "[secret]" }
