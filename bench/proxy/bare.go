package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"runtime"
	"time"

	"github.com/valyala/fasthttp"
)

// bareFlag makes this binary the bare proxy; its argument is "listen,upstream". It is not for people.
const bareFlag = "-be-bare-proxy"

// bareMetrics is the one path that the bare proxy answers itself.
const bareMetrics = "/-/metrics"

// startBare starts this very binary as a reverse proxy that does nothing but pass bodies on.
func startBare(ctx context.Context, upstream string) (*child, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	address, err := freeAddress()
	if err != nil {
		return nil, err
	}
	c, err := spawn(ctx, "bare", self, bareFlag, address+","+upstream)
	if err != nil {
		return nil, err
	}
	c.address, c.metrics = address, "http://"+address+bareMetrics
	err = c.ready(ctx, func() error {
		_, err := get(ctx, c.metrics)
		return err
	})
	if err != nil {
		c.stop()
		return nil, err
	}
	return c, nil
}

// serveBare is the child's side.
func serveBare(addresses string) error {
	var listen, upstream string
	for i := range addresses {
		if addresses[i] == ',' {
			listen, upstream = addresses[:i], addresses[i+1:]
		}
	}
	client := &fasthttp.HostClient{
		Addr: upstream, MaxConns: 256, ReadTimeout: 15 * time.Second, WriteTimeout: 15 * time.Second,
		NoDefaultUserAgentHeader: true, DisableHeaderNamesNormalizing: true, DisablePathNormalizing: true,
	}
	server := &fasthttp.Server{
		MaxRequestBodySize: 64 << 20,
		Handler: func(ctx *fasthttp.RequestCtx) {
			if string(ctx.Path()) == bareMetrics {
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				fmt.Fprintf(ctx, "%s%d\n", mallocsMetric, m.Mallocs)
				return
			}
			ctx.Request.Header.Del("Connection")
			if err := client.Do(&ctx.Request, &ctx.Response); err != nil {
				ctx.Error("upstream failed", fasthttp.StatusBadGateway)
				return
			}
			ctx.Response.Header.Del("Connection")
		},
	}
	if err := server.ListenAndServe(listen); err != nil {
		return fmt.Errorf("bare proxy: %w", err)
	}
	return nil
}

// freeAddress returns a loopback address that nobody listens on.
func freeAddress() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return listener.Addr().String(), listener.Close()
}
