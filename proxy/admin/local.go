package admin

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// LocalFile is the file in the data folder with the token of the command line: made at every start, readable for its owner only, who can read the
// master secret too.
const LocalFile = "admin.token"

// NewSecret makes a token or an ingest key of 256 random bits.
func NewSecret() string {
	var random [32]byte
	rand.Read(random[:])
	return "winnow_" + hex.EncodeToString(random[:])
}

// MakeLocal writes a new token into a folder, in place of the last one.
func MakeLocal(dir string) (token string, err error) {
	name := filepath.Join(dir, LocalFile)
	f, err := os.CreateTemp(dir, LocalFile+".*") // mode 0600
	if err != nil {
		return "", fmt.Errorf("admin token: %w", err)
	}
	token = NewSecret()
	_, err = f.WriteString(token + "\n")
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		return "", errors.Join(fmt.Errorf("admin token: %w", err), os.Remove(f.Name()))
	}
	return token, nil
}

// ReadLocal reads the token of the winnow that runs on a folder.
func ReadLocal(dir string) (string, error) {
	text, err := os.ReadFile(filepath.Join(dir, LocalFile))
	if errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("the state in %s is in use, but not by a winnow that takes commands: another command has it just now, or that winnow is starting or "+
			"ending; try again", dir)
	}
	if err != nil {
		return "", fmt.Errorf("the token of the winnow that runs: %w; run this as its user, or name a token with --token-file", err)
	}
	return strings.TrimSpace(string(text)), nil
}

// RemoveLocal removes the token of a winnow that ends.
func RemoveLocal(dir string) error { return os.Remove(filepath.Join(dir, LocalFile)) }
