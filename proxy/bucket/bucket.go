// Package bucket stores objects in S3 and in stores that speak its protocol.
//
// It is the only package that knows Amazon's SDK. It signs with the keys that it is given: it asks no metadata service, reads no
// environment and no file but that of the authorities. It makes one attempt; whoever calls tries again.
package bucket

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go/logging"
)

// Options are what a bucket is reached with.
type Options struct {
	// Bucket is its name.
	Bucket string
	// Region it is in, and requests are signed for.
	Region string
	// Endpoint is the URL of a store that is not Amazon's; empty: Amazon's own in the region.
	Endpoint string
	// PathStyle puts the bucket's name into the path, not into the host.
	PathStyle bool
	// AccessKeyID, SecretAccessKey and, for temporary ones, SessionToken sign the requests.
	AccessKeyID, SecretAccessKey, SessionToken string
	// CAFile holds the certificate authorities (PEM) trusted, in place of the system's.
	CAFile string
	// Connections to the store at most.
	Connections int
}

// Bucket is one bucket. It is safe for concurrent use.
type Bucket struct {
	name   string
	client *s3.Client
}

// dialTimeout bounds connecting; a request's own context bounds the rest.
const dialTimeout = 10 * time.Second

// Open makes a Bucket; it connects with the first object. The error is about the file of authorities.
func Open(o Options) (*Bucket, error) {
	trusted, err := trust(o.CAFile)
	if err != nil {
		return nil, err
	}
	client := &http.Client{
		Transport: &http.Transport{
			Proxy:               http.ProxyFromEnvironment,
			DialContext:         (&net.Dialer{Timeout: dialTimeout}).DialContext,
			TLSClientConfig:     trusted,
			TLSHandshakeTimeout: dialTimeout,
			MaxConnsPerHost:     o.Connections,
			MaxIdleConnsPerHost: o.Connections,
			IdleConnTimeout:     30 * time.Second,
			ForceAttemptHTTP2:   true,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, // a signature is for one host
	}
	s := s3.Options{
		Region:       o.Region,
		Credentials:  credentials.NewStaticCredentialsProvider(o.AccessKeyID, o.SecretAccessKey, o.SessionToken),
		UsePathStyle: o.PathStyle,
		HTTPClient:   client,
		Retryer:      aws.NopRetryer{},
		Logger:       logging.Nop{},
	}
	if o.Endpoint != "" {
		s.BaseEndpoint = &o.Endpoint
		s.RequestChecksumCalculation = aws.RequestChecksumCalculationWhenRequired // many stores know none but Content-MD5
		s.ResponseChecksumValidation = aws.ResponseChecksumValidationWhenRequired
	}
	return &Bucket{name: o.Bucket, client: s3.New(s)}, nil
}

// trust is the TLS configuration: the system's authorities, or those of a file alone.
func trust(file string) (*tls.Config, error) {
	t := &tls.Config{MinVersion: tls.VersionTLS12}
	if file == "" {
		return t, nil
	}
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("ca_file: %w", err)
	}
	t.RootCAs = x509.NewCertPool()
	if !t.RootCAs.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("ca_file %s: no certificate in PEM form", file)
	}
	return t, nil
}

// contentType of what is stored.
const contentType = "application/zstd"

// Put stores an object; what the key held before is replaced. The error is a *Failure.
func (b *Bucket) Put(ctx context.Context, key string, body []byte) error {
	r := &lent{from: bytes.NewReader(body)}
	defer r.takeBack()
	_, err := b.client.PutObject(ctx, &s3.PutObjectInput{
		Bucket: &b.name, Key: &key, Body: r, ContentType: aws.String(contentType), ContentLength: aws.Int64(int64(len(body))),
	})
	if err != nil {
		return failureOf(ctx, err)
	}
	return nil
}
