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

func main() {
	trials := flag.Int("trials", 100, "simulated gates for each row")
	seed := flag.Uint64("seed", 1, "seed of the noise")
	level := flag.String("level", "", "noise: quiet, mid, loaded, luck; all of them without one")
	only := flag.String("changes", "", "regular expression of the rows; all of them without one")
	others := flag.Bool("others", false, "the table of other rules instead")
	shards := flag.Bool("shards", false, "the table of gates over several machines instead")
	from := flag.Int("from", 0, "with -shards, the first of the trials: parts of a table, made one after the other")
	timing := flag.Duration("timing", 0, "how long a gate may time; what the other stages leave of four minutes without it")
	flag.Parse()
	if err := run(*level, *only, *others, *shards, *timing, *seed, *from, *trials); err != nil {
		fmt.Fprintf(os.Stderr, "simulate: %v\n", err)
		os.Exit(2)
	}
}

func run(level, only string, others, shards bool, timing time.Duration, seed uint64, from, trials int) error {
	wanted, err := regexp.Compile(only)
	if err != nil {
		return fmt.Errorf("-changes: %w", err)
	}
	spreads := slices.DeleteFunc(simulate.Spreads(), func(s simulate.Spread) bool { return !wanted.MatchString(s.Name) })
	changes := slices.DeleteFunc(simulate.Changes(), func(c simulate.Change) bool { return !wanted.MatchString(c.Name) })
	levels := slices.DeleteFunc(simulate.Levels(), func(l simulate.Level) bool { return level != "" && l.Name != level })
	for i := range changes {
		changes[i].Timing = timing.Seconds()
	}
	if shards {
		changes = make([]simulate.Change, len(spreads))
	}
	if len(changes) == 0 || len(levels) == 0 || trials < 1 {
		return fmt.Errorf("there is no -level %q or no row for -changes %q, or -trials %d is below 1", level, only, trials)
	}
	report := simulate.Report
	if others {
		report = simulate.ReportOthers
	}
	debug.SetGCPercent(400) // a gate is garbage after some hundredths of a second
	began := time.Now()
	for _, l := range levels {
		if shards {
			simulate.ReportSpreads(os.Stdout, l, spreads, seed, from, trials)
			continue
		}
		report(os.Stdout, l, changes, seed, trials)
	}
	if gates := len(levels) * len(changes) * trials; !others {
		fmt.Fprintf(os.Stderr, "%d gates in %v: %.0f a minute\n", gates, time.Since(began).Round(time.Second), float64(gates)/time.Since(began).Minutes())
	}
	return nil
}
