package proxy_test

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"testing"
	"time"

	"winnow/proxy/codec"
	"winnow/proxy/socket"
	"winnow/scrub"
	"winnow/scrub/scrubtest"
)

// unheard counts nothing.
type unheard struct{}

func (unheard) Connected(int) {}
func (unheard) Lost(int, int) {}
func (unheard) Truncated()    {}
func (unheard) Retried()      {}

// BenchmarkSocket is messages over one connection, from the first byte to the last message handed over: bare says so at once, and is what a
// proxy costs that does nothing; scrub has the codec and the default policy at work.
func BenchmarkSocket(b *testing.B) {
	const n = 2000
	message := func(i int) string {
		return fmt.Sprintf("<14>1 2026-03-14T09:26:53.%06dZ web-1 shop 4711 m%d - order %d of alice@example.com took 12 ms", i, i, i)
	}
	var counted, gelf []byte
	for i := range n {
		counted = codec.AppendSyslogFrame(counted, []byte(message(i)), false)
		gelf = fmt.Appendf(gelf, `{"version":"1.1","host":"web-1","short_message":"order %d of alice@example.com took 12 ms","level":6,"_request_id":"m%d"}`+"\x00", i, i)
	}
	var fluent []byte
	for i := range n {
		text := fmt.Sprintf("order %d of alice@example.com took 12 ms", i)
		fluent = append(append(append(fluent, "\x93\xa3app\x01\x81\xa7message\xd9"...), byte(len(text))), text...)
	}
	for _, tt := range []struct {
		codec codec.Codec
		in    []byte
	}{{codec.Syslog{}, counted}, {codec.Fluent{}, fluent}, {codec.GELF{}, gelf}} {
		b.Run(fmt.Sprintf("protocol=%s/proxy=bare", tt.codec.Protocol()), func(b *testing.B) { throughSocket(b, tt.codec, tt.in, n, nil) })
		b.Run(fmt.Sprintf("protocol=%s/proxy=scrub", tt.codec.Protocol()), func(b *testing.B) {
			throughSocket(b, tt.codec, tt.in, n, scrubtest.Policy(b, ""))
		})
	}
}

func throughSocket(b *testing.B, c codec.Codec, in []byte, n int, p *scrub.Policy) {
	b.Helper()
	taken := make(chan int, 1000)
	l, err := socket.Open(socket.Options{
		Protocol: c.Protocol(), Transport: "tcp", Address: "127.0.0.1:0", MaxMessageBytes: 1 << 20, MaxBatchBytes: 16 << 20, MaxConnections: 1,
		ReadTimeout: time.Minute, WriteTimeout: time.Minute, IdleTimeout: time.Minute, Counters: unheard{}, Log: slog.New(slog.DiscardHandler), Now: time.Now,
		Submit: func(m *codec.Message, answered func(*codec.Response, codec.Refusal, string)) {
			if p != nil {
				run := p.Begin(scrub.Request{})
				if batch, err := c.Scrub(run, &codec.Request{Body: m.Body, MaxDecoded: 64 << 20}); err != nil || batch.Kept == 0 {
					b.Error("not scrubbed: ", err)
				}
				run.Close()
			}
			taken <- len(m.Body)
			answered(&codec.Response{Status: 200}, 0, "")
		},
	})
	if err != nil {
		b.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- l.Serve() }()
	conn, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(in)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := conn.Write(in); err != nil {
			b.Fatal(err)
		}
		for left := len(in); left > 0; {
			left -= <-taken
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*n), "us/record")
	conn.Close()
	if err := l.Shutdown(context.Background()); err != nil {
		b.Error(err)
	}
	if err := <-served; err != nil {
		b.Error(err)
	}
}
