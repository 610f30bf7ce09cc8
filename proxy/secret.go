package proxy

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"winnow/config"
	"winnow/proxy/durable"
	"winnow/scrub/pseudonym"
)

// masterFile is the generated master secret in the data folder: 64 hexadecimal digits and a line feed, mode 0600.
const masterFile = "master.secret"

// anyMaster returns the configured master secret, or the one kept in the data folder; there made tells that it is new.
func anyMaster(c *config.Config) (secret []byte, made bool, err error) {
	if secret, err = Master(context.Background(), c); secret != nil || err != nil {
		return secret, false, err
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

// keptMaster is anyMaster without making one, for who reads what is there.
func keptMaster(c *config.Config) ([]byte, error) {
	secret, err := Master(context.Background(), c)
	if secret != nil || err != nil {
		return secret, err
	}
	if secret, err = readMaster(filepath.Join(c.DataDir, masterFile)); err != nil {
		return nil, fmt.Errorf("master secret: %w", err)
	}
	return secret, nil
}

// Master returns the master secret that a configuration states, or has a command print; nil if it does neither.
func Master(ctx context.Context, c *config.Config) ([]byte, error) {
	switch {
	case !c.MasterSecret.Empty():
		return []byte(c.MasterSecret.Reveal()), nil
	case len(c.MasterSecretCommand) > 0:
		return commandedMaster(ctx, c.MasterSecretCommand)
	}
	return nil, nil
}

// Bounds on a command that prints the master secret.
const (
	masterTime  = 10 * time.Second
	masterBytes = 4 << 10
)

// commandedMaster runs a command and takes what it prints, without the line's end. What it says on stderr is not shown: it may hold a secret.
func commandedMaster(ctx context.Context, argv []string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, masterTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.WaitDelay = time.Second // for what it started and left behind
	out := &bounded{}
	cmd.Stdout = out
	err := cmd.Run()
	name := filepath.Base(argv[0])
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return nil, fmt.Errorf("master_secret_command: %s did not end in time: it has %s", name, masterTime)
	case out.over:
		return nil, fmt.Errorf("master_secret_command: %s printed more than %d bytes, and should print the secret alone", name, masterBytes)
	case errors.As(err, &exit):
		return nil, fmt.Errorf("master_secret_command: %s failed (%s); run it by hand to see what it says", name, exit.ProcessState)
	case err != nil:
		return nil, fmt.Errorf("master_secret_command: %s could not be run; is it there, and may it be run?", name)
	}
	secret := bytes.TrimRight(out.text, "\r\n")
	if len(secret) < pseudonym.MinMasterBytes {
		return nil, fmt.Errorf("master_secret_command: %s printed %d bytes; a master secret has at least %d", name, len(secret), pseudonym.MinMasterBytes)
	}
	return secret, nil
}

// bounded keeps what is written, up to masterBytes.
type bounded struct {
	text []byte
	over bool
}

// Write implements io.Writer. Its error ends the copying, and so the command.
func (b *bounded) Write(p []byte) (int, error) {
	if len(b.text)+len(p) > masterBytes {
		b.over = true
		return 0, io.ErrShortBuffer
	}
	b.text = append(b.text, p...)
	return len(p), nil
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

// makeMaster has a new secret on stable storage, and its name, before it is used: what is sealed under a secret that is then lost is lost with it.
func makeMaster(dir, name string) ([]byte, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	secret := make([]byte, pseudonym.MinMasterBytes)
	rand.Read(secret)
	if err := durable.Create(name, []byte(hex.EncodeToString(secret)+"\n")); err != nil {
		return nil, err
	}
	return secret, nil
}
