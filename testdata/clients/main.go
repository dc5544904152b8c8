// Clients compares the load client with wrk and ab: the same server, one client
// after the other in random order, several times, and the medians of the ratios.
// What a load generator reads of a server has to be what the others read, or its
// figures are about itself.
//
// It needs wrk, ab, node and python3, and a machine with nothing else to do. It
// exits with 1 when a ratio is outside its bounds.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/org/proxy-bench-action/internal/mockllm"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	var err error
	switch {
	case len(os.Args) > 1 && os.Args[1] == mockCommand:
		os.Exit(mockllm.Main(os.Stdin, os.Stdout))
	case len(os.Args) > 1 && os.Args[1] == serveCommand:
		err = serve(os.Args[2:])
	default:
		err = compare(ctx)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "clients:", err)
		os.Exit(1)
	}
}

// The processes of this program other than the one that compares.
const (
	mockCommand  = "mock"
	serveCommand = "serve"
)

// settings of a comparison.
type settings struct {
	rounds      int
	length      time.Duration
	only        string
	concurrency []int
}

func compare(ctx context.Context) error {
	s := settings{concurrency: []int{1, 10, 50}}
	flag.IntVar(&s.rounds, "rounds", 5, "rounds, each of one run of every client")
	flag.DurationVar(&s.length, "length", time.Second, "length of a run, in whole seconds")
	flag.StringVar(&s.only, "only", "", "compare on the server of this name alone: "+strings.Join(names(), ", "))
	flag.Parse()
	if flag.NArg() > 0 || s.rounds < 1 || s.length < time.Second || s.length%time.Second != 0 || s.only != "" && !slices.Contains(names(), s.only) {
		return errors.New("see -help")
	}
	for _, needed := range []string{"wrk", "ab", "node", "python3"} {
		if _, err := exec.LookPath(needed); err != nil {
			return fmt.Errorf("%w: apt-get install wrk apache2-utils nodejs python3", err)
		}
	}
	debug.SetGCPercent(-1) // as while the tool measures; a run makes no garbage to speak of
	rig, err := newRig(ctx)
	if err != nil {
		return err
	}
	defer rig.close()
	fmt.Println(heading)
	missed := 0
	for _, server := range servers {
		if s.only != "" && s.only != server.name {
			continue
		}
		n, err := rig.compare(ctx, server, s)
		if err != nil {
			return fmt.Errorf("%s: %w", server.name, err)
		}
		missed += n
	}
	if missed > 0 {
		return fmt.Errorf("%d ratios are outside their bounds", missed)
	}
	return nil
}

// compare measures one server, prints a line for each concurrency, and counts the
// ratios outside their bounds.
func (r *rig) compare(ctx context.Context, server server, s settings) (missed int, err error) {
	addr, stop, err := server.start(ctx, r)
	if err != nil {
		return 0, err
	}
	defer stop()
	r.whole = server.whole
	if server.warm > 0 {
		if _, err := r.wrk(ctx, addr, 10, server.warm); err != nil {
			return 0, err
		}
	}
	for _, concurrency := range s.concurrency {
		var all []round
		for range s.rounds {
			next := round{}
			for _, client := range rand.Perm(len(clients)) {
				debug.FreeOSMemory()
				if next[client], err = clients[client].run(r, ctx, addr, concurrency, s.length); err != nil {
					return 0, fmt.Errorf("%s with %d connections: %w", clients[client].name, concurrency, err)
				}
			}
			all = append(all, next)
		}
		line, outside := row(server, concurrency, all)
		fmt.Println(line)
		missed += outside
	}
	return missed, nil
}
