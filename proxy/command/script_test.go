package command_test

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"regexp"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// patience bounds every wait for another process.
const patience = 20 * time.Second

// freeAddr is a loopback address that nobody listens on just now.
func freeAddr() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// freePorts sets variables to free addresses: freeports NAME...
func freePorts(ts *testscript.TestScript, _ bool, names []string) {
	for _, name := range names {
		addr, err := freeAddr()
		ts.Check(err)
		ts.Setenv(name, addr)
	}
}

// ready waits until a URL answers 200: ready URL
func ready(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(await("answer of "+args[0], func() bool { return answers(args[0]) }))
}

func answers(url string) bool {
	resp, err := http.Get(url)
	if err != nil {
		return false
	}
	resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}

// post sends a file as JSON lines, which must be taken: post URL FILE
func post(ts *testscript.TestScript, _ bool, args []string) {
	body, err := os.Open(ts.MkAbs(args[1]))
	ts.Check(err)
	defer body.Close()
	resp, err := http.Post(args[0], "application/x-ndjson", body)
	ts.Check(err)
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		ts.Fatalf("status %d", resp.StatusCode)
	}
}

// eventually waits until a file holds a text: eventually FILE TEXT
func eventually(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(await(args[1]+" in "+args[0], func() bool {
		text, err := os.ReadFile(ts.MkAbs(args[0]))
		return err == nil && strings.Contains(string(text), args[1])
	}))
}

// eventuallyRuns runs a command until its output has a line that matches: eventuallyruns PATTERN COMMAND...
func eventuallyRuns(ts *testscript.TestScript, _ bool, args []string) {
	pattern, err := regexp.Compile("(?m)" + args[0])
	ts.Check(err)
	ts.Check(await(args[0], func() bool {
		out, failed := "", ts.Exec(args[1], args[2:]...)
		if failed == nil {
			out = ts.ReadFile("stdout")
		}
		return pattern.MatchString(out)
	}))
}

// await asks again and again until ok says yes.
func await(what string, ok func() bool) error {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	over := time.After(patience)
	for !ok() {
		select {
		case <-tick.C:
		case <-over:
			return fmt.Errorf("waited %s for the %s", patience, what)
		}
	}
	return nil
}
