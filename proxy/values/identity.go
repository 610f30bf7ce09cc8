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
	if err := WriteFile(at, append(text, '\n')); err != nil {
		return "", fmt.Errorf("values: %w", err)
	}
	return string(text), nil
}

// WriteFile puts a small file in the place of another, whole or not at all, mode 0600, and returns when it is on stable storage.
func WriteFile(path string, text []byte) error {
	file, err := os.OpenFile(path+temporary, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return err
	}
	if err := os.Rename(path+temporary, path); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}
