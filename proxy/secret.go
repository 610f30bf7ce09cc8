package proxy

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"winnow/config"
	"winnow/scrub/pseudonym"
)

// masterFile is the generated master secret in the data folder: 64 hexadecimal digits and a line feed, mode 0600.
const masterFile = "master.secret"

// master returns the configured master secret, or the one kept in the data folder; there made tells that it is new.
func master(c *config.Config) (secret []byte, made bool, err error) {
	if !c.MasterSecret.Empty() {
		return []byte(c.MasterSecret.Reveal()), false, nil
	}
	name := filepath.Join(c.DataDir, masterFile)
	secret, err = readMaster(name)
	if errors.Is(err, fs.ErrNotExist) {
		if secret, err = makeMaster(c.DataDir, name); err == nil {
			return secret, true, nil
		}
	}
	if err != nil {
		return nil, false, fmt.Errorf("master secret: %w", err)
	}
	return secret, false, nil
}

func readMaster(name string) ([]byte, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("%s can be read by others than its owner: chmod 600 it, and consider it known", name)
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	secret := make([]byte, hex.DecodedLen(len(text)))
	n, err := hex.Decode(secret, trimLine(text))
	if err != nil || n < pseudonym.MinMasterBytes {
		return nil, fmt.Errorf("%s does not hold a master secret: 64 hexadecimal digits; restore it, or remove it to have a new one made", name)
	}
	return secret[:n], nil
}

func trimLine(text []byte) []byte {
	if n := len(text); n > 0 && text[n-1] == '\n' {
		return text[:n-1]
	}
	return text
}

// makeMaster writes a new secret in full before it is used: pseudonyms under a secret that is then lost could never be made again.
func makeMaster(dir, name string) ([]byte, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	secret := make([]byte, pseudonym.MinMasterBytes)
	rand.Read(secret)
	f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	_, err = f.WriteString(hex.EncodeToString(secret) + "\n")
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return nil, errors.Join(err, os.Remove(name))
	}
	return secret, nil
}

// keyring derives the pseudonym keys of a configuration, each once. It is safe for concurrent use.
type keyring struct {
	master []byte
	length time.Duration

	mu      sync.RWMutex
	epoch   uint32
	domains map[string]*pseudonym.Domain // by tenant, of epoch
}

// purpose of the stream that this proxy forwards (SOD-1).
const purpose = "operations"

// domain returns the keys of a tenant at a time.
func (k *keyring) domain(tenant string, now time.Time) (*pseudonym.Domain, error) {
	epoch := pseudonym.Epoch(now, k.length)
	k.mu.RLock()
	d := k.domains[tenant]
	current := k.epoch == epoch
	k.mu.RUnlock()
	if d != nil && current {
		return d, nil
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.epoch != epoch || k.domains == nil {
		k.epoch, k.domains = epoch, map[string]*pseudonym.Domain{} // requests that began before keep theirs
	}
	if d := k.domains[tenant]; d != nil {
		return d, nil
	}
	d, err := pseudonym.Derive(k.master, tenant, purpose, epoch)
	if err == nil {
		k.domains[tenant] = d
	}
	return d, err
}
