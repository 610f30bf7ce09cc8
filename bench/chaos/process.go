package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// process is a program that is started again and again in one folder: all that it may write is below it.
type process struct {
	dir  string
	args []string // the program first
	env  []string
	// page answers 200 once the process is ready.
	page string

	cmd   *exec.Cmd
	log   *os.File
	ended chan struct{}
}

func (p *process) path(name string) string { return filepath.Join(p.dir, name) }

// openLog has what the process writes to its outputs appended to a file in its folder.
func (p *process) openLog() (err error) {
	p.log, err = os.OpenFile(p.path("log"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	return err
}

// start starts the process and returns once it is ready.
func (p *process) start(ctx context.Context) error {
	began := time.Now()
	if err := p.begin(); err != nil {
		return err
	}
	return p.ready(ctx, began.Add(time.Minute))
}

// begin starts the process, which is not ready then.
func (p *process) begin() error {
	if err := allowCores(); err != nil {
		return err
	}
	p.cmd = exec.Command(p.args[0], p.args[1:]...)
	p.cmd.Dir, p.cmd.Stdout, p.cmd.Stderr = p.dir, p.log, p.log
	p.cmd.Env = append(os.Environ(), p.env...)
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := p.cmd.Start(); err != nil {
		return err
	}
	p.ended = make(chan struct{})
	go func(cmd *exec.Cmd, ended chan struct{}) {
		_ = cmd.Wait() // killed is how most of them end
		close(ended)
	}(p.cmd, p.ended)
	return nil
}

// ready asks until the process says that it is.
func (p *process) ready(ctx context.Context, deadline time.Time) error {
	client := http.Client{Timeout: time.Second}
	for {
		if answers(&client, p.page) && p.alive() { // else another process has its address
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-p.ended:
			return fmt.Errorf("%s ended before it was ready: %s", p.name(), p.lastWords())
		case <-time.After(10 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			p.signal(syscall.SIGKILL)
			return fmt.Errorf("%s is not ready in time: %s", p.name(), p.lastWords())
		}
	}
}

// answers tells whether a page answers 200.
func answers(client *http.Client, page string) bool {
	resp, err := client.Get(page)
	if err != nil {
		return false
	}
	resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}

func (p *process) name() string { return filepath.Base(p.args[0]) }

// pid of the process that runs.
func (p *process) pid() int { return p.cmd.Process.Pid }

// lastWords are the end of its log.
func (p *process) lastWords() []byte {
	text, err := os.ReadFile(p.path("log"))
	if err != nil {
		return []byte(err.Error())
	}
	return text[max(0, len(text)-1000):]
}

func (p *process) signal(s syscall.Signal) { _ = p.cmd.Process.Signal(s) }

// alive tells whether the process runs.
func (p *process) alive() bool {
	select {
	case <-p.ended:
		return false
	default:
		return true
	}
}

// end sends a signal and waits for the end.
func (p *process) end(s syscall.Signal) {
	if p.cmd == nil || p.cmd.Process == nil {
		return
	}
	p.signal(s)
	patience := time.AfterFunc(40*time.Second, func() { p.signal(syscall.SIGKILL) })
	defer patience.Stop()
	<-p.ended
}

// close kills the process and lets go of its log. The folder goes with that of the stand.
func (p *process) close() {
	p.end(syscall.SIGKILL)
	_ = p.log.Close()
}

// wrote counts a word in its log.
func (p *process) wrote(word string) (int, error) {
	text, err := os.ReadFile(p.path("log"))
	return bytes.Count(text, []byte(word)), err
}

// alarms is how often the process has told of a loss so far. Each is shown, so that a false one can be looked into.
func (p *process) alarms() (n int, err error) {
	text, err := os.ReadFile(p.path("log"))
	for line := range bytes.Lines(text) {
		if bytes.Contains(line, []byte("has lost")) {
			n++
			fmt.Printf("  %s", line)
		}
	}
	return n, err
}

// statusNumber is the number that follows a name in a process's status, as /proc shows it; 0 if there is none.
func statusNumber(text []byte, name string) (n int) {
	_, after, _ := bytes.Cut(text, []byte("\n"+name))
	for _, c := range bytes.TrimLeft(after, " \t") {
		if c < '0' || c > '9' {
			break
		}
		n = 10*n + int(c-'0')
	}
	return n
}

// allowCores lets the processes that this one starts leave core files: that none is there is winnow's own doing then.
func allowCores() error {
	var l unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_CORE, &l); err != nil {
		return err
	}
	l.Cur = l.Max
	return unix.Setrlimit(unix.RLIMIT_CORE, &l)
}
