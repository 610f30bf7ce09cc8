package config

import (
	"fmt"
	"io"
	"log/slog"
)

// Secret is a value that is never shown: not by fmt, slog or encoding/json. It is written in the file as ${NAME}, file:/path or, at
// a pinch, in clear. The zero Secret is empty.
type Secret struct {
	value string
}

const hidden = "[secret]"

// NewSecret hides value.
func NewSecret(value string) Secret { return Secret{value} }

// Reveal returns the clear value. Call it where the value is used, and nowhere else.
func (s Secret) Reveal() string { return s.value }

// Empty reports whether there is no value.
func (s Secret) Empty() bool { return s.value == "" }

// String hides the value.
func (Secret) String() string { return hidden }

// Format hides the value from every verb, %#v and %d included.
func (Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, hidden) }

// LogValue hides the value from slog.
func (Secret) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalText hides the value from encoders.
func (Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }
