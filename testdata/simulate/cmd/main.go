// Command simulate shows how often the gate's rule calls changed and unchanged
// code a regression on simulated noise, beside other rules on the same data, as
// Markdown. Nothing is measured. It is for who changes the rule:
//
//	go run ./testdata/simulate/cmd -trials 1000 -level loaded
package main

import (
	"flag"
	"fmt"
	"os"

	"github.com/org/proxy-bench-action/testdata/simulate"
)

func main() {
	trials := flag.Int("trials", 100, "simulated gates for each cell of the tables; 1000 take an hour")
	seed := flag.Uint64("seed", 1, "seed of the noise")
	level := flag.String("level", "loaded", "noise: quiet, mid, loaded")
	flag.Parse()
	for _, l := range simulate.Levels() {
		if l.Name == *level && *trials > 0 {
			fmt.Print(simulate.Report(l, simulate.Changes(), *seed, *trials))
			return
		}
	}
	fmt.Fprintf(os.Stderr, "simulate: there is no -level %q, or -trials %d is below 1\n", *level, *trials)
	os.Exit(2)
}
