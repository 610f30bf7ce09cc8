package command

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"winnow/config"
	"winnow/proxy"
	"winnow/proxy/admin"
)

// reach is how a command gets at what a winnow keeps: through the administrators' API of the one that is named or that runs, or, when none runs,
// by opening the state itself, under its locks. Either way it is the same API, and what is done is told in the audit log.
type reach struct {
	config, address, tokenFile string
	caFile, certFile, keyFile  string
}

// The environment's part: for winnows elsewhere, and for containers.
const (
	envAddress = "WINNOW_ADDRESS"
	envToken   = "WINNOW_TOKEN"
)

// flags adds those of a command and of all below it.
func (r *reach) flags(cmd *cobra.Command) {
	f := cmd.PersistentFlags()
	f.StringVar(&r.config, "config", "", "config file that says where the state is (default: the embedded one)")
	f.StringVar(&r.address, "address", "", "URL of another winnow's administrators' listener (default: $"+envAddress+", else the config file's)")
	f.StringVar(&r.tokenFile, "token-file", "", "file with a token of admin.tokens (default: $"+envToken+", else that of the winnow that runs here)")
	f.StringVar(&r.caFile, "ca-file", "", "certificate authorities (PEM) to trust for --address (default: the system's)")
	f.StringVar(&r.certFile, "cert-file", "", "certificate (PEM) to show where admin.tls asks clients for one")
	f.StringVar(&r.keyFile, "key-file", "", "its key")
}

// with calls f with a client of the API.
func (r *reach) with(f func(context.Context, *admin.Client) error) error {
	ctx := context.Background()
	if address := r.named(); address != "" {
		client, err := r.remote(address)
		if err != nil {
			return err
		}
		return f(ctx, client)
	}
	c, err := load(r.config)
	if err != nil {
		return err
	}
	client, end, err := proxy.OpenAPI(ctx, c, slog.New(slog.DiscardHandler))
	if errors.Is(err, proxy.ErrRunning) {
		if client, err = r.running(c); err == nil {
			return f(ctx, client)
		}
	}
	if err != nil {
		return err
	}
	return errors.Join(f(ctx, client), end())
}

// named is the URL of a winnow elsewhere; empty if the flag and the environment name none.
func (r *reach) named() string {
	if r.address != "" {
		return r.address
	}
	return os.Getenv(envAddress)
}

// token is that of the flag or the environment; empty if there is neither.
func (r *reach) token() (string, error) {
	if r.tokenFile == "" {
		return os.Getenv(envToken), nil
	}
	text, err := os.ReadFile(r.tokenFile)
	return strings.TrimSpace(string(text)), err
}

// remote is a client of a winnow that is named by its URL. A token goes over the network encrypted only.
func (r *reach) remote(address string) (*admin.Client, error) {
	address = strings.TrimSuffix(address, "/")
	host, plain := strings.CutPrefix(address, "http://")
	if !plain && !strings.HasPrefix(address, "https://") {
		return nil, usagef("--address: write a URL such as https://winnow.example.com:8081")
	}
	if plain && !config.IsLoopback(host) {
		return nil, usagef("--address: write https://: a token must not go over the network in clear")
	}
	token, err := r.token()
	if err != nil {
		return nil, err
	}
	if token == "" {
		return nil, usagef("name a token with --token-file or $%s: --address is of a winnow whose data folder is not looked for", envToken)
	}
	t := &tls.Config{MinVersion: tls.VersionTLS12}
	if r.caFile != "" {
		text, err := os.ReadFile(r.caFile)
		if err != nil {
			return nil, err
		}
		if t.RootCAs = x509.NewCertPool(); !t.RootCAs.AppendCertsFromPEM(text) {
			return nil, fmt.Errorf("%s: no certificate in PEM form", r.caFile)
		}
	}
	if err := r.show(t); err != nil {
		return nil, err
	}
	return admin.NewClient(address, token, t), nil
}

// show puts the client's own certificate into t, if one is named.
func (r *reach) show(t *tls.Config) error {
	if r.certFile == "" && r.keyFile == "" {
		return nil
	}
	pair, err := tls.LoadX509KeyPair(r.certFile, r.keyFile)
	t.Certificates = []tls.Certificate{pair}
	return err
}

// running is a client of the winnow that runs on the state of a configuration.
func (r *reach) running(c *config.Config) (*admin.Client, error) {
	if c.Admin.Listen == "off" {
		return nil, errors.New("a winnow runs on this state, and its administrators' listener is off: stop it first, or set admin.listen")
	}
	token, err := r.token()
	if err == nil && token == "" {
		token, err = admin.ReadLocal(c.DataDir)
	}
	if err != nil {
		return nil, err
	}
	address := reachable(c.Admin.Listen)
	if !c.Admin.TLS.On() {
		return admin.NewClient("http://"+address, token, nil), nil
	}
	t, err := pinned(c.Admin.TLS.CertFile)
	if err == nil {
		err = r.show(t)
	}
	return admin.NewClient("https://"+address, token, t), err
}

// pinned trusts the one certificate that the configuration names, whatever name is in it: the listener is called by its address.
func pinned(certFile string) (*tls.Config, error) {
	text, err := os.ReadFile(certFile)
	if err != nil {
		return nil, err
	}
	first, _ := pem.Decode(text)
	if first == nil {
		return nil, fmt.Errorf("%s: no certificate in PEM form", certFile)
	}
	return &tls.Config{
		MinVersion: tls.VersionTLS12, InsecureSkipVerify: true, // VerifyConnection does it
		VerifyConnection: func(s tls.ConnectionState) error {
			if len(s.PeerCertificates) == 0 || !bytes.Equal(s.PeerCertificates[0].Raw, first.Bytes) {
				return errors.New("the listener does not show the certificate of admin.tls.cert_file")
			}
			return nil
		},
	}, nil
}
