package cli

import (
	"errors"
	"os"
	"slices"

	"github.com/org/proxy-bench-action/internal/baseline"
	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/config"
	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/internal/record"
	"github.com/org/proxy-bench-action/internal/report"
	"github.com/org/proxy-bench-action/internal/report/text"
	"github.com/org/proxy-bench-action/internal/saved"
)

type compareCommand struct {
	gateFlags
	Config  string   `help:"Configuration file, for its gate settings instead of the saved ones." placeholder:"FILE"`
	JSON    bool     `name:"json" help:"Print verdict.json instead of the text."`
	Verbose bool     `short:"v" help:"Show every scenario."`
	Files   []string `arg:"" name:"result" help:"A directory that --out has written, its run.json, or a baseline. One of a gate, or two: base and head."`
}

func (compareCommand) Help() string {
	return `Decides without measuring. One result: a gate that was saved, decided again. Two:
numbers of two jobs, base and head, each compared with its own direct path first,
by a wider margin. A result is a directory that --out has written, its run.json, or
a baseline.

Exit status: 0 pass, improvement or no baseline; 1 regression; 2 wrong usage or
files; 4 inconclusive, if --fail-on says so.

Examples:
  proxy-bench compare results
  proxy-bench compare results --threshold 5% --fail-on never
  proxy-bench compare main/ change/`
}

// Run decides and shows.
func (c compareCommand) Run(w host.World) error {
	runs, err := c.read()
	if err != nil {
		return err
	}
	head := runs[len(runs)-1]
	fails, err := c.policy(&head.Run)
	if err != nil {
		return err
	}
	var stored *baseline.Baseline
	if len(runs) == 2 {
		stored = &runs[0]
		head.Run.Base = &bench.BaseInfo{Source: bench.SourceStored, SHA: stored.Run.Commit.SHA}
	}
	v := saved.Decide(head.Run, stored)
	if c.JSON {
		err = record.WriteVerdict(w.Stdout, v)
	} else {
		err = text.Write(w.Stdout, report.Build(report.Report{Run: head.Run, Verdict: v}), style(w, c.Verbose))
	}
	if err != nil {
		return err
	}
	return conclude(v, fails)
}

// conclude is an error when the outcome is one to fail for.
func conclude(v bench.Verdict, fails []bench.Outcome) error {
	return host.Exit(host.Verdict(v.Outcome, fails, false))
}

// read reads one gate's run, or a base and a head.
func (c compareCommand) read() ([]baseline.Baseline, error) {
	if len(c.Files) > 2 {
		return nil, host.Usagef("compare takes one result or two, base and head, not %d", len(c.Files))
	}
	var all []baseline.Baseline
	for _, path := range c.Files {
		b, err := saved.Rounds(path)
		if err != nil {
			return nil, err
		}
		all = append(all, b)
	}
	if only := all[0].Run; len(all) == 1 && !slices.Contains(only.Plan.Arms, bench.Base) {
		return nil, host.Usage(errors.New(c.Files[0] + " holds no base to compare with: name two results, base and head, or save one with proxy-bench gate --base main --out DIR"))
	}
	return all, nil
}

// policy sets the run's policy: flags win over the file that was named, or over
// what the run was saved with. Where there is a file, what was saved does not count.
func (c compareCommand) policy(run *bench.Run) ([]bench.Outcome, error) {
	from := config.Sources{Saved: run.Policy, Overrides: overrides(c.gateFlags)}
	if c.Config != "" {
		var err error
		if from.File, err = os.ReadFile(c.Config); err != nil {
			return nil, host.Usage(err)
		}
		from.Saved, from.Name = nil, c.Config
	}
	return saved.DecideBy(run, from)
}
