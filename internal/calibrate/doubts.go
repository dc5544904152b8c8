package calibrate

import (
	"fmt"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/figures"
)

const (
	// sameLevel is the p below which base and head are not taken for one build.
	sameLevel = 0.001
	// fewShare is below which share of a gate's process pairs there are too few to draw
	// from. Where all of them decide, a calibration has three quarters of them.
	fewShare = 0.6
	// disturbedShare is the share of disturbed rounds that is worth a word.
	disturbedShare = 0.10
	// named is how many scenarios a warning names.
	named = 4
)

// warnings are reasons to doubt the estimate, in plain words.
func (s sampler) warnings(run bench.Run, c bench.Calibration) []string {
	var all []string
	warn := func(format string, args ...any) { all = append(all, fmt.Sprintf(format, args...)) }
	files := run.Environment.BinarySHA256
	if d := c.Difference; d.P != nil && d.PBetter != nil && min(*d.P, *d.PBetter) < sameLevel {
		warn("base and head differ by %s over all scenarios, although one build was to be both: what is between them counts as noise here. Measure again; if it stays, they are not the same program or not set up alike",
			figures.Added(*d.Shift))
	} else if files[bench.Base] != "" && files[bench.Head] != "" && files[bench.Base] != files[bench.Head] {
		warn("base and head were two different files: calibrate from one build, or what is between them counts as noise")
	}
	if wanted := c.Gate.Pairs; float64(c.Pairs) < fewShare*float64(wanted) {
		warn("a gate looks at %d process pairs, and these were drawn from only %d: a longer --time-budget makes a better estimate", wanted, c.Pairs)
	}
	if left := run.Plan.LeftOut; len(left) > 0 {
		text := strings.Join(left[:min(named, len(left))], ", ")
		if more := len(left) - named; more > 0 {
			text += fmt.Sprintf(" and %d more", more)
		}
		warn("the time budget has no room for %s, left out here as in gates: %s", figures.Counted(len(left), "scenario"), text)
	}
	if n, of := disturbed(run); float64(n) > disturbedShare*float64(of) {
		warn("the machine was disturbed in %d of %d rounds (other programs used %s of its CPU time, its host took %s): calibrate again in a quieter hour, or expect gates that are as noisy",
			n, of, figures.Percent(run.Validity.Foreign), figures.Percent(run.Validity.Steal))
	}
	if 2*c.FalseAlarms.Gates < s.Trials {
		warn("the time was enough for %d of %d gates of unchanged code: --from with the saved run.json makes all of them", c.FalseAlarms.Gates, s.Trials)
	}
	return all
}

// disturbed counts the rounds in which the machine was busy with something else, and
// all of them.
func disturbed(run bench.Run) (n, of int) {
	seen := make(map[int]bool)
	for _, r := range run.Rounds {
		seen[r.Round] = seen[r.Round] || r.Void != "" || r.Disturbed != ""
	}
	for _, was := range seen {
		if was {
			n++
		}
	}
	return n, len(seen)
}
