package proxy

import (
	"fmt"
	"os"
	"time"

	"winnow/config"
	"winnow/proxy/bucket"
	"winnow/proxy/upstream"
)

// archiveConnections to one store: an object goes over one, and a spare takes the place of one that broke.
const archiveConnections = 8

// archive makes an upstream of type s3.
func (p *proxy) archive(u config.Upstream) (upstream.Upstream, error) {
	o := bucket.Options{
		Bucket: u.Bucket, Region: u.Region, Endpoint: u.URL, PathStyle: u.URL != "", CAFile: u.CAFile, Connections: archiveConnections,
		AccessKeyID: u.AccessKeyID.Reveal(), SecretAccessKey: u.SecretAccessKey.Reveal(), SessionToken: u.SessionToken.Reveal(),
	}
	if u.PathStyle != nil {
		o.PathStyle = *u.PathStyle
	}
	if o.AccessKeyID == "" {
		o.AccessKeyID, o.SecretAccessKey, o.SessionToken = os.Getenv("AWS_ACCESS_KEY_ID"), os.Getenv("AWS_SECRET_ACCESS_KEY"), os.Getenv("AWS_SESSION_TOKEN")
	}
	if o.AccessKeyID == "" || o.SecretAccessKey == "" {
		return nil, fmt.Errorf("upstream %q: no keys for the bucket: write access_key_id and secret_access_key, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY", u.ID)
	}
	store, err := bucket.Open(o)
	if err != nil {
		return nil, fmt.Errorf("upstream %q: %w", u.ID, err)
	}
	return upstream.NewArchive(upstream.ArchiveOptions{
		ID: u.ID, Store: store, Prefix: u.Prefix, ObjectBytes: int(u.ObjectBytes), FlushInterval: time.Duration(u.FlushInterval),
		Timeout: time.Duration(u.Timeout), Now: p.o.Now, Log: p.o.Log,
	})
}
