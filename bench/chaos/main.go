// Command chaos proves that a client that heard "taken" never loses a batch: it runs the real winnow, breaks what can break, and counts.
//
//	go run ./bench/chaos [-scenario all] [-cycles 0] [-tenth] [-mounts] [-keep]
//
// Every scenario prints a table of what it counted beside what was asked, and the command fails if any differs. -tenth runs a tenth of the
// cycles, as the package's test does. Every process, folder and mount that it makes it also removes, but for what -keep leaves. Linux only.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
)

// scenario is one way to break things.
type scenario struct {
	name, about string
	// cycles of the whole proof; a tenth has at least one.
	cycles int
	run    func(ctx context.Context, s *stand, cycles int) ([]row, error)
}

// scenarios in the order of "all".
func scenarios() []scenario {
	return []scenario{
		{"kill", "kill -9 under load, clients send again what was not answered", 200, kill},
		{"backend", "a backend that refuses, resets, hangs, trickles, loses answers or refuses by status", 1, backends},
		{"damage", "torn, overgrown, flipped, stale and missing files of a stopped spool", 10, damaged},
		{"versions", "a spool that a winnow with another release of nats-server has filled, and the other way round", 10, versions},
		{"power", "power cut under load: what was not synced is gone; needs root", 200, power},
		{"machine", "a full, failing, slow or read-only disk, no file left, a stop, a kill for memory, a jump of the clock", 1, machine},
		{"cluster", "kill -9 of the leader of three NATS servers under load", 60, cluster},
		{"rolling", "three NATS servers stopped and started one after the other", 30, rolling},
		{"blackout", "power cut of all three NATS servers at once; needs root", 20, blackout},
		{"partition", "a server of the cluster cut off from others, from winnow, or from both; needs root", 20, partition},
		{"slow", "a server of the cluster that stops for seconds, or whose fsyncs take up to a second more", 20, slow},
		{"full", "a full disk of the server that leads; needs root", 10, full},
		{"copies", "a flipped byte in one server's copy of the lane, and that server leads", 10, copies},
		{"nodes", "two winnows on one cluster: one is killed, or stopped for longer than its lease", 20, nodes},
		{"overload", "0.5 to 10 times what the backend can take, with idle and slow connections", 100, overload},
		{"bound", "a lane that is full, while more is sent and a little is delivered", 20, bound},
		{"soak", "goroutines, open files and memory while requests come and a backend fails now and then", 240, soak},
		{"outage", "a backend that is down for a day of a quick clock, then catches up while batches are taken", 24, outage},
		{"speed", "64 producers, beside a bare append-and-fsync loop", 20, speed},
		{"recovery", "1 GB of backlog opened and delivered", 10, recovery},
	}
}

// options are what the command line chose.
type options struct {
	scenarios []string
	cycles    int
	tenth     bool
	mounts    bool
	keep      bool
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	o, err := parse(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	if err := run(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "bench/chaos:", err)
		os.Exit(1)
	}
}

func parse(args []string) (options, error) {
	var names []string
	for _, s := range scenarios() {
		names = append(names, s.name)
	}
	flags := flag.NewFlagSet("chaos", flag.ContinueOnError)
	var o options
	list := flags.String("scenario", "all", "scenarios, joined by commas: "+strings.Join(names, ", ")+"; or all")
	flags.IntVar(&o.cycles, "cycles", 0, "of each scenario; 0: as many as the whole proof has")
	flags.BoolVar(&o.tenth, "tenth", false, "a tenth of the cycles")
	flags.BoolVar(&o.mounts, "mounts", false, "fail, and do not pass over a scenario, where no file system can be mounted")
	flags.BoolVar(&o.keep, "keep", false, "leave the folder with all files, to look at what failed")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if o.scenarios = strings.Split(*list, ","); *list == "all" {
		o.scenarios = names
	}
	for _, s := range o.scenarios {
		if !slices.Contains(names, s) {
			return o, fmt.Errorf("unknown scenario %q: choose of %s", s, strings.Join(names, ", "))
		}
	}
	if o.cycles < 0 {
		return o, fmt.Errorf("%d cycles prove nothing: at least 1, or 0 for the whole proof", o.cycles)
	}
	return o, nil
}

func run(ctx context.Context, o options) error {
	s, err := newStand(ctx)
	if err != nil {
		return err
	}
	s.mounts = o.mounts
	var errs []error
	for _, sc := range scenarios() {
		if !slices.Contains(o.scenarios, sc.name) {
			continue
		}
		rows, err := sc.run(ctx, s, o.count(sc.cycles))
		if err == nil {
			err = table(os.Stdout, sc, rows, true)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", sc.name, err))
		}
	}
	if o.keep {
		fmt.Println("files are in", s.dir)
		return errors.Join(errs...)
	}
	return errors.Join(append(errs, s.remove())...)
}

// count is how many cycles are run of a scenario whose whole proof has so many.
func (o options) count(whole int) int {
	if o.cycles > 0 {
		whole = o.cycles
	}
	if o.tenth {
		return max(1, whole/10)
	}
	return whole
}
