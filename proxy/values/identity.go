package values

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"winnow/proxy/durable"
)

// identityFile is beside the values of a folder. No name of a value has a dot.
const identityFile = "bucket.id"

// Identity tells this bucket from every other, also from one that is made in its place when it is gone. It is the same for a copy of the folder.
func (f *Folder) Identity(context.Context) (string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	at := filepath.Join(f.dir, identityFile)
	text, err := os.ReadFile(at)
	if id := strings.TrimSpace(string(text)); err == nil && id != "" {
		return id, nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("values: %w", err)
	}
	id := make([]byte, 16)
	rand.Read(id)
	text = hex.AppendEncode(nil, id)
	if err := durable.Replace(at, append(text, '\n')); err != nil {
		return "", fmt.Errorf("values: %w", err)
	}
	return string(text), nil
}
