package app

import (
	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/internal/simulate"
)

// simulateCommand is `proxy-bench simulate`: how often the rule is right, on
// simulated noise.
type simulateCommand struct {
	Trials int      `help:"Simulated gates for each cell of the tables; 1000 take an hour." default:"100"`
	Seed   uint64   `help:"Seed of the noise." default:"1"`
	Levels []string `help:"Noise levels: quiet, mid, high, loaded." default:"quiet,mid,loaded"`
}

// Help is shown by --help.
func (simulateCommand) Help() string {
	return `Runs the gate's own rule on simulated rounds and prints, as Markdown, how often it
calls changed and unchanged code a regression, beside other rules on the same data.
Nothing is measured.`
}

// Run simulates and prints.
func (c simulateCommand) Run(w host.World) error {
	if c.Trials < 1 {
		return host.Usagef("--trials %d: at least 1", c.Trials)
	}
	var levels []simulate.Level
	for _, name := range c.Levels {
		level, err := levelNamed(name)
		if err != nil {
			return err
		}
		levels = append(levels, level)
	}
	return simulate.Report(w.Stdout, simulate.Options{Trials: c.Trials, Seed: c.Seed, Levels: levels, Changes: simulate.Changes()})
}

func levelNamed(name string) (simulate.Level, error) {
	var known []string
	for _, l := range simulate.Levels() {
		if l.Name == name {
			return l, nil
		}
		known = append(known, l.Name)
	}
	return simulate.Level{}, host.Usagef("--levels: there is no %q; there are %v", name, known)
}
