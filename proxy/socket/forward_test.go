package socket

import (
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/tinylib/msgp/msgp"

	"winnow/config"
	"winnow/proxy/codec"
)

// event is a message of one record, which asks to be acknowledged if chunk is not empty.
func event(text, chunk string) string {
	n := uint32(3)
	if chunk != "" {
		n = 4
	}
	b := msgp.AppendString(msgp.AppendArrayHeader(nil, n), "app")
	b = msgp.AppendMapStrStr(msgp.AppendInt(b, 1), map[string]string{"message": text})
	if chunk != "" {
		b = msgp.AppendMapStrStr(b, map[string]string{"chunk": chunk})
	}
	return string(b)
}

// acked says what the codec would: an acknowledgement for each message.
func acked(body string) *codec.Response {
	var out []byte
	for _, c := range []string{"c1", "c2"} {
		if strings.Contains(body, c) {
			out = msgp.AppendMapStrStr(out, map[string]string{"ack": c})
		}
	}
	return &codec.Response{Status: 200, Body: out}
}

func expect(t *testing.T, c net.Conn, want string) {
	t.Helper()
	got := make([]byte, len(want))
	if err := c.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if n, err := io.ReadFull(c, got); err != nil || string(got) != want {
		t.Fatalf("got %q, %v, want %q", got[:n], err, want)
	}
}

func expectClosed(t *testing.T, c net.Conn) {
	t.Helper()
	if err := c.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if n, err := c.Read(make([]byte, 1)); n > 0 || err == nil || strings.Contains(err.Error(), "timeout") {
		t.Fatalf("not closed: %d, %v", n, err)
	}
}

func TestForwardAcknowledges(t *testing.T) {
	i, release := newIntake(), make(chan struct{})
	i.answer = func(body string) (*codec.Response, codec.Refusal) {
		<-release
		return acked(body), 0
	}
	c := dial(t, listen(t, i, "tcp", config.ProtocolFluent, nil))
	write(t, c, event("one", "c1")+event("two", "c2"))
	if got := i.next(t); got != event("one", "c1")+event("two", "c2") {
		t.Errorf("handed over: %q", got)
	}
	if err := c.SetReadDeadline(time.Now().Add(50 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	if n, err := c.Read(make([]byte, 1)); n > 0 || err == nil {
		t.Error("acknowledged before it is durable")
	}
	close(release)
	expect(t, c, string(acked("c1 c2").Body))
	write(t, c, event("three", ""))
	i.next(t)
}

// A failure is left to a sender that waits for an acknowledgement, and is none of the business of one that does not.
func TestForwardFails(t *testing.T) {
	i, left := newIntake(), 2
	i.answer = func(body string) (*codec.Response, codec.Refusal) {
		if left--; left >= 0 {
			return &codec.Response{Status: 503}, codec.UpstreamDown
		}
		return acked(body), 0
	}
	l := listen(t, i, "tcp", config.ProtocolFluent, nil)
	c := dial(t, l)
	write(t, c, event("asks", "c1"))
	expectClosed(t, c)
	c = dial(t, l)
	write(t, c, event("does not", ""))
	for range 3 {
		i.next(t)
	}
	if i.lost != [LostReasons]int{} || i.retried != 2 {
		t.Errorf("lost %v, retried %d", i.lost, i.retried)
	}
}

// What is malformed closes the connection, and what was sent with it arrives.
func TestForwardMalformed(t *testing.T) {
	i := newIntake()
	i.answer = func(body string) (*codec.Response, codec.Refusal) {
		if strings.Contains(body, "bad") {
			return &codec.Response{Status: 400}, codec.Malformed
		}
		return acked(body), 0
	}
	l := listen(t, i, "tcp", config.ProtocolFluent, nil)
	c := dial(t, l)
	write(t, c, event("good", "c1")+event("bad", "c2")+event("never seen", ""))
	expect(t, c, string(acked("c1").Body))
	expectClosed(t, c)
	i.await(t, "the bad one", func() bool { return i.lost[LostRefused] == 1 })
	for name, in := range map[string]string{
		"no MessagePack": event("good", "c1") + "\xc1", "too large": event("good", "c1") + "\xc6\x00\xff\xff\xff",
	} {
		before := i.lost[LostBroken]
		c = dial(t, l)
		write(t, c, in)
		expect(t, c, string(acked("c1").Body))
		expectClosed(t, c)
		i.await(t, name, func() bool { return i.lost[LostBroken] == before+1 })
	}
}

// knock is a sender's side of the handshake. It returns what the listener says of it.
func knock(t *testing.T, c net.Conn, key, user, password string) (ok bool, proof string, users bool) {
	t.Helper()
	p := &packs{limit: 1000}
	read := func() []byte {
		for {
			start := p.at
			whole, err := p.next()
			if err == nil && !whole {
				err = p.fill(c)
			}
			if err != nil {
				t.Fatal(err)
			}
			if whole {
				return p.buf[start:p.at]
			}
		}
	}
	_, helo, err := msgp.ReadArrayHeaderBytes(read())
	if err != nil {
		t.Fatal(err)
	}
	if helo, err = msgp.Skip(helo); err != nil {
		t.Fatal(err)
	}
	options, _, err := msgp.ReadMapStrIntfBytes(helo, nil)
	if err != nil {
		t.Fatal(err)
	}
	nonce, auth := options["nonce"].([]byte), options["auth"].([]byte)
	b := msgp.AppendString(msgp.AppendArrayHeader(nil, 6), "PING")
	for _, part := range []string{"web-1", "pepper", digest([]byte("pepper"), []byte("web-1"), nonce, []byte(key)), user,
		digest(auth, []byte(user), []byte(password))} {
		b = msgp.AppendString(b, part)
	}
	write(t, c, string(b))
	var pong []any
	answer, _, err := msgp.ReadIntfBytes(read())
	if err != nil {
		t.Fatal(err)
	}
	pong = answer.([]any)
	want := digest([]byte("pepper"), []byte(pong[3].(string)), nonce, []byte(key))
	if pong[1].(bool) && pong[4] != want {
		t.Error("the listener does not show that it knows the key")
	}
	return pong[1].(bool), pong[4].(string), len(auth) > 0
}

func TestForwardKey(t *testing.T) {
	users := []config.User{{Name: "shop", Password: config.NewSecret("s3cr3t")}, {Name: "other", Password: config.NewSecret("0ther")}}
	for _, tt := range []struct {
		name                string
		users               []config.User
		key, user, password string
		ok                  bool
	}{
		{"key", nil, "k3y", "", "", true},
		{"wrong key", nil, "key", "", "", false},
		{"no key", nil, "", "", "", false},
		{"user", users, "k3y", "shop", "s3cr3t", true},
		{"another user", users, "k3y", "other", "0ther", true},
		{"another user's password", users, "k3y", "other", "s3cr3t", false},
		{"wrong password", users, "k3y", "shop", "secret", false},
		{"no user", users, "k3y", "", "", false},
		{"wrong key of a user", users, "key", "shop", "s3cr3t", false},
	} {
		i := newIntake()
		i.answer = func(body string) (*codec.Response, codec.Refusal) { return acked(body), 0 }
		l := listen(t, i, "tcp", config.ProtocolFluent, func(o *Options) { o.SharedKey, o.Users = config.NewSecret("k3y"), tt.users })
		c := dial(t, l)
		ok, proof, asked := knock(t, c, tt.key, tt.user, tt.password)
		if ok != tt.ok || !ok && proof != "" || asked != (tt.users != nil) {
			t.Errorf("%s: %v, users asked: %v", tt.name, ok, asked)
		}
		if !ok {
			expectClosed(t, c)
			i.await(t, tt.name, func() bool { return i.lost[LostBroken] == 1 })
			continue
		}
		write(t, c, event("one", "c1"))
		expect(t, c, string(acked("c1").Body))
	}
}

// Who sends records without a word about the key is not listened to.
func TestForwardWithoutHandshake(t *testing.T) {
	i := newIntake()
	l := listen(t, i, "tcp", config.ProtocolFluent, func(o *Options) { o.SharedKey = config.NewSecret("k3y") })
	for _, in := range []string{event("one", "c1"), "\xc1", "\xc6\x00\x00\xff\xff", string(msgp.AppendInt(msgp.AppendArrayHeader(nil, 6), 1)) + "\xc0\xc0\xc0\xc0\xc0"} {
		c := dial(t, l)
		write(t, c, in)
		if _, err := io.Copy(io.Discard, c); err != nil && strings.Contains(err.Error(), "timeout") {
			t.Errorf("%q: not closed", in)
		}
	}
	i.await(t, "handshakes", func() bool { return i.lost[LostBroken] == 4 })
	if len(i.bodies) > 0 {
		t.Error("records are taken")
	}
}

func TestHeartbeat(t *testing.T) {
	l := listen(t, newIntake(), "tcp", config.ProtocolFluent, nil)
	c, err := net.Dial("udp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	write(t, c, "\x00")
	expect(t, c, "\x00")
}
