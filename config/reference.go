package config

import (
	"errors"
	"io/fs"
	"reflect"
	"regexp"
	"strings"
)

// Env is what Parse may ask of the world. A nil function knows nothing.
type Env struct {
	// Lookup returns an environment variable (os.LookupEnv).
	Lookup func(name string) (string, bool)
	// ReadFile returns a file's content (os.ReadFile), for file: references of secrets.
	ReadFile func(path string) ([]byte, error)
}

func (e Env) lookup(name string) (string, bool) {
	if e.Lookup == nil {
		return "", false
	}
	return e.Lookup(name)
}

func (e Env) read(path string) ([]byte, error) {
	if e.ReadFile == nil {
		return nil, fs.ErrNotExist
	}
	return e.ReadFile(path)
}

var variable = regexp.MustCompile(`^\$\{([A-Za-z_][A-Za-z0-9_]*)(:-([^}]*))?\}`)

// expand replaces ${NAME} and ${NAME:-default} in a text; $${ stands for ${ itself. The default also serves when the variable is
// empty. What comes in is never looked at again, so it cannot bring in YAML or further references.
func (d *decoder) expand(n *node, path string) (text string, referred, ok bool) {
	return d.expandText(n, n.text, path)
}

func (d *decoder) expandText(n *node, in, path string) (text string, referred, ok bool) {
	var out strings.Builder
	for {
		i := strings.Index(in, "${")
		if i < 0 {
			out.WriteString(in)
			return out.String(), referred, true
		}
		if i > 0 && in[i-1] == '$' {
			out.WriteString(in[:i-1] + "${")
			in = in[i+2:]
			continue
		}
		m := variable.FindStringSubmatch(in[i:])
		if m == nil {
			d.fail(n, path, "write ${NAME} or ${NAME:-default}; $${ stands for ${ itself", "%s holds a reference that does not parse", last(path))
			return "", true, false
		}
		value, set := d.env.lookup(m[1])
		switch {
		case m[2] != "" && value == "":
			value = m[3]
		case !set:
			d.fail(n, path, "set it, or write ${"+m[1]+":-default}", "%s: environment variable %q is not set", last(path), m[1])
			return "", true, false
		}
		out.WriteString(in[:i] + value)
		in, referred = in[i+len(m[0]):], true
	}
}

// secret decodes a value that is never shown: in clear, with ${NAME}, or the content of file:/path without one newline at its end.
func (d *decoder) secret(n *node, path string, v reflect.Value) {
	if n.kind != isWord && n.kind != isText {
		d.fail(n, path, n.kind.quotes(), "%s must be text, not %s", last(path), n.kind)
		return
	}
	name, isFile := strings.CutPrefix(n.text, "file:")
	text, referred, ok := d.expandText(n, name, path)
	if !ok {
		return
	}
	if isFile {
		if text, ok = d.readSecret(n, path, text); !ok {
			return
		}
	} else if !referred && text != "" {
		d.inline = append(d.inline, path)
	}
	v.Set(reflect.ValueOf(Secret{text}))
}

func (d *decoder) readSecret(n *node, path, name string) (string, bool) {
	data, err := d.env.read(name)
	text, _ := strings.CutSuffix(string(data), "\n")
	text, _ = strings.CutSuffix(text, "\r")
	switch {
	case errors.Is(err, fs.ErrNotExist):
		d.fail(n, path, "write an absolute path after file:", "%s: the file does not exist", last(path))
	case errors.Is(err, fs.ErrPermission):
		d.fail(n, path, "let winnow's user read it", "%s: the file may not be read", last(path))
	case err != nil:
		d.fail(n, path, "", "%s: the file cannot be read", last(path))
	case text == "":
		d.fail(n, path, "", "%s: the file is empty", last(path))
	default:
		return text, true
	}
	return "", false
}
