// Command simulate shows how often the gate's rule calls changed and unchanged
// code a regression on simulated noise, beside other rules on the same data, as
// Markdown. Nothing is measured. It is for who changes the rule:
//
//	go run ./internal/simulate/cmd -trials 1000 -levels loaded
package main

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/org/proxy-bench-action/internal/simulate"
)

func main() {
	trials := flag.Int("trials", 100, "simulated gates for each cell of the tables; 1000 take an hour")
	seed := flag.Uint64("seed", 1, "seed of the noise")
	levels := flag.String("levels", "quiet,mid,loaded", "noise levels: quiet, mid, high, loaded")
	flag.Parse()
	o := simulate.Options{Trials: *trials, Seed: *seed, Changes: simulate.Changes()}
	for name := range strings.SplitSeq(*levels, ",") {
		k := slices.IndexFunc(simulate.Levels(), func(l simulate.Level) bool { return l.Name == name })
		if k < 0 {
			fail(fmt.Errorf("-levels: there is no %q", name), 2)
		}
		o.Levels = append(o.Levels, simulate.Levels()[k])
	}
	if o.Trials < 1 {
		fail(fmt.Errorf("-trials %d: at least 1", o.Trials), 2)
	}
	if err := simulate.Report(os.Stdout, o); err != nil {
		fail(err, 1)
	}
}

func fail(err error, code int) {
	fmt.Fprintln(os.Stderr, "simulate:", err)
	os.Exit(code)
}
