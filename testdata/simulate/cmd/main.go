// Command simulate shows what the gate makes of changed and unchanged code on
// simulated noise, and how often other rules call it slower, as Markdown. Nothing
// is measured. It is for who changes the rule:
//
//	go run ./testdata/simulate/cmd -trials 300
//	go run ./testdata/simulate/cmd -trials 100 -level loaded -changes unchanged
package main

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"runtime/debug"
	"slices"
	"time"

	"github.com/org/proxy-bench-action/testdata/simulate"
)

// asked are the flags.
type asked struct {
	trials, from            int
	seed                    uint64
	level, only             string
	others, shards, counted bool
	timing                  time.Duration
}

func main() {
	var a asked
	flag.IntVar(&a.trials, "trials", 100, "simulated gates for each row")
	flag.Uint64Var(&a.seed, "seed", 1, "seed of the noise")
	flag.StringVar(&a.level, "level", "", "noise: quiet, mid, loaded, luck; all of them without one")
	flag.StringVar(&a.only, "changes", "", "regular expression of the rows; all of them without one")
	flag.BoolVar(&a.others, "others", false, "the table of other rules instead")
	flag.BoolVar(&a.shards, "shards", false, "the table of gates over several machines instead")
	flag.IntVar(&a.from, "from", 0, "with -shards, the first of the trials: parts of a table, made one after the other")
	flag.DurationVar(&a.timing, "timing", 0, "how long a gate may time; what the other stages leave of four minutes without it")
	flag.BoolVar(&a.counted, "counted", false, "instructions were counted, and have grown by as much as latency")
	flag.Parse()
	if err := a.run(); err != nil {
		fmt.Fprintf(os.Stderr, "simulate: %v\n", err)
		os.Exit(2)
	}
}

func (a asked) run() error {
	wanted, err := regexp.Compile(a.only)
	if err != nil {
		return fmt.Errorf("-changes: %w", err)
	}
	spreads := slices.DeleteFunc(simulate.Spreads(), func(s simulate.Spread) bool { return !wanted.MatchString(s.Name) })
	changes := slices.DeleteFunc(simulate.Changes(), func(c simulate.Change) bool { return !wanted.MatchString(c.Name) })
	levels := slices.DeleteFunc(simulate.Levels(), func(l simulate.Level) bool { return a.level != "" && l.Name != a.level })
	for i := range changes {
		changes[i].Timing, changes[i].Counted = a.timing.Seconds(), a.counted
	}
	if a.shards {
		changes = make([]simulate.Change, len(spreads))
	}
	if len(changes) == 0 || len(levels) == 0 || a.trials < 1 {
		return fmt.Errorf("there is no -level %q or no row for -changes %q, or -trials %d is below 1", a.level, a.only, a.trials)
	}
	report := simulate.Report
	if a.others {
		report = simulate.ReportOthers
	}
	debug.SetGCPercent(400) // a gate is garbage after some hundredths of a second
	began := time.Now()
	for _, l := range levels {
		if a.shards {
			simulate.ReportSpreads(os.Stdout, l, spreads, a.seed, a.from, a.trials)
			continue
		}
		report(os.Stdout, l, changes, a.seed, a.trials)
	}
	if gates := len(levels) * len(changes) * a.trials; !a.others {
		fmt.Fprintf(os.Stderr, "%d gates in %v: %.0f a minute\n", gates, time.Since(began).Round(time.Second), float64(gates)/time.Since(began).Minutes())
	}
	return nil
}
