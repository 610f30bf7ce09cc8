package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

// backendName is what the backend of unresolved is called.
const backendName = "backend.example.com."

// unresolved has the backend's name lead nowhere while the backend moves to another address: first the name server says that there is no such name,
// then it says nothing. Winnow has a view of its own of /etc/resolv.conf, which takes root.
func unresolved(ctx context.Context, s *stand) ([]row, error) {
	const name = "has a name that is gone"
	if exec.CommandContext(ctx, "unshare", "--mount", "true").Run() != nil {
		return []row{told("backend "+name+": NOT RUN, no name space can be made here", "-")}, nil
	}
	names, err := newNameServer()
	if err != nil {
		return []row{told("backend "+name+": NOT RUN, nobody may listen on port 53", "-")}, nil
	}
	defer names.close()
	b, err := newBackend()
	if err != nil {
		return nil, err
	}
	defer b.close()
	_, port, err := net.SplitHostPort(b.address)
	if err != nil {
		return nil, err
	}
	w, err := s.newWinnowTo(fmt.Sprintf("{id: sink, url: 'http://%s:%s', timeout: 1s}", strings.TrimSuffix(backendName, "."), port))
	if err != nil {
		return nil, err
	}
	defer w.close()
	if err := w.asks(names); err != nil {
		return nil, err
	}
	names.say(net.IPv4(127, 0, 0, 1))
	if err := errors.Join(w.start(ctx), b.send(ctx, w, "first", 1, 1)); err != nil {
		return nil, err
	}
	until(ctx, 10*time.Second, func() bool { return b.missing() == 0 })
	b.close()
	names.say(nil)
	early, err := b.suffer(ctx, w, 1)
	if err != nil {
		return nil, err
	}
	names.silent.Store(true)
	rest(ctx, faultTime/2)
	moved := net.IPv4(127, 0, 0, 2)
	l, err := net.Listen("tcp", net.JoinHostPort(moved.String(), port))
	if err != nil {
		return nil, err
	}
	b.serve(l)
	names.say(moved)
	names.silent.Store(false)
	return b.settle(ctx, w, outcome{name: name, early: early, before: 1})
}

// asks has winnow resolve names by a server, and by no file.
func (w *winnow) asks(n *nameServer) error {
	resolv, hosts := w.path("resolv.conf"), w.path("hosts")
	text := "nameserver " + n.address + "\noptions timeout:1 attempts:1\n"
	const script = `mount --bind "$1" /etc/resolv.conf && mount --bind "$2" /etc/hosts && shift 2 && exec "$@"`
	w.args = append([]string{"unshare", "--mount", "sh", "-c", script, "sh", resolv, hosts}, w.args...)
	return errors.Join(os.WriteFile(resolv, []byte(text), 0o600), os.WriteFile(hosts, []byte("127.0.0.1 localhost\n"), 0o600))
}

// nameServer answers for one name (RFC 1035).
type nameServer struct {
	address string
	conn    net.PacketConn
	at      atomic.Pointer[[4]byte] // nil: there is no such name
	silent  atomic.Bool
}

func newNameServer() (n *nameServer, err error) {
	n = &nameServer{}
	for range 10 { // another may have taken one of the addresses
		n.address = fmt.Sprintf("127.0.%d.%d", 1+rand.N(250), 1+rand.N(250))
		if n.conn, err = net.ListenPacket("udp", n.address+":53"); err == nil {
			go n.serve()
			return n, nil
		}
	}
	return nil, err
}

func (n *nameServer) close() { _ = n.conn.Close() }

// say has the name lead to an address, or nowhere.
func (n *nameServer) say(ip net.IP) {
	if ip == nil {
		n.at.Store(nil)
		return
	}
	at := [4]byte(ip.To4())
	n.at.Store(&at)
}

// serve answers until the server is closed.
func (n *nameServer) serve() {
	buf := make([]byte, 1500)
	for {
		size, from, err := n.conn.ReadFrom(buf)
		if err != nil {
			return
		}
		answer, err := n.answer(buf[:size])
		if err == nil && !n.silent.Load() {
			_, _ = n.conn.WriteTo(answer, from) // who asked may be gone
		}
	}
}

func (n *nameServer) answer(question []byte) ([]byte, error) {
	var p dnsmessage.Parser
	head, err := p.Start(question)
	if err != nil {
		return nil, err
	}
	q, err := p.Question()
	if err != nil {
		return nil, err
	}
	at, known := n.at.Load(), strings.EqualFold(q.Name.String(), backendName)
	m := dnsmessage.Message{Header: dnsmessage.Header{ID: head.ID, Response: true, Authoritative: true, RecursionDesired: head.RecursionDesired}}
	m.Questions = []dnsmessage.Question{q}
	switch {
	case !known || at == nil:
		m.RCode = dnsmessage.RCodeNameError
	case q.Type == dnsmessage.TypeA:
		m.Answers = []dnsmessage.Resource{{
			Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class, TTL: 1}, Body: &dnsmessage.AResource{A: *at},
		}}
	}
	return m.Pack()
}
