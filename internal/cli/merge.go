package cli

import (
	"errors"
	"fmt"
	"os"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/config"
	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/internal/record"
	"github.com/org/proxy-bench-action/internal/report"
	"github.com/org/proxy-bench-action/internal/report/text"
	"github.com/org/proxy-bench-action/internal/saved"
	"github.com/org/proxy-bench-action/internal/shard"
)

type mergeCommand struct {
	gateFlags
	Config  string   `help:"Configuration file, for its gate settings instead of those that the shards were measured with." placeholder:"FILE"`
	Commit  string   `help:"The commit that all shards have to be of, in full." placeholder:"SHA"`
	RunID   string   `name:"run-id" help:"The run that all shards have to be of, as gate --run-id has it." placeholder:"ID"`
	Out     string   `help:"Directory for verdict.json, run.json, bench.txt and report.html." placeholder:"DIR"`
	JSON    bool     `name:"json" help:"Print verdict.json instead of the text."`
	Verbose bool     `short:"v" help:"Show every scenario."`
	Dirs    []string `arg:"" optional:"" name:"dir" help:"Directories with the run.json of each shard, at any depth, as gate --shard i/n --out has written them."`
}

func (mergeCommand) Help() string {
	return `Decides once over the shards of a gate that several machines have measured. Each
machine's rounds are compared within that machine. A shard that is missing, failed,
or does not fit the others is named first, and the rest decides.

Exit status: 0 pass, improvement or no baseline; 1 regression; 2 wrong usage, or
shards of different gates; 3 no shard is left, or a file lies about its commit; 4
inconclusive, if --fail-on says so; 130 interrupted.

Examples:
  proxy-bench merge shards
  proxy-bench merge shard-1 shard-2 shard-3 --out results
  proxy-bench merge shards --run-id 4711 --fail-on regression,inconclusive`
}

// Run reads, merges, decides, saves and shows.
func (c mergeCommand) Run(w host.World) error {
	run, err := c.merged(w)
	if err != nil {
		return err
	}
	if c.Out != "" {
		if err := record.PrepareDirectory(c.Out); err != nil {
			return host.Usagef("--out: %w", err)
		}
	}
	from := config.Sources{Saved: run.Policy, Overrides: overrides(c.gateFlags)}
	if c.Config != "" {
		if from.File, err = os.ReadFile(c.Config); err != nil {
			return host.Usage(err)
		}
		from.Saved, from.Name = nil, c.Config
	}
	fails, err := saved.DecideBy(&run, from)
	if err != nil {
		return err
	}
	r := report.Report{Run: run, Verdict: saved.Decide(run, nil), Context: report.Context{FailOn: fails}}
	saved.Surround(&r.Context, run, nil)
	built := report.Once(r)
	var unsaved error
	if c.Out != "" {
		unsaved = saved.Files(built).Save(c.Out)
	}
	if c.JSON {
		err = record.WriteVerdict(w.Stdout, r.Verdict)
	} else {
		err = text.Write(w.Stdout, built.Document(), style(w, c.Verbose))
	}
	if err := errors.Join(err, unsaved); err != nil {
		return err
	}
	return conclude(r.Verdict, fails)
}

// merged is one run of the shards that are named.
func (c mergeCommand) merged(w host.World) (bench.Run, error) {
	shards, twice, err := saved.Shards(c.Dirs)
	if err != nil {
		return bench.Run{}, err
	}
	for _, file := range twice {
		fmt.Fprintf(w.Stderr, "%s is named more than once, and counts once\n", file)
	}
	run, _, err := shard.Merge(shards, shard.Expect{Commit: c.Commit, RunID: c.RunID})
	if _, mistaken := errors.AsType[*shard.Mistake](err); mistaken {
		err = host.Usage(err)
	}
	if err == nil && run.Base != nil && run.Base.Source == bench.SourceStored {
		err = host.Usagef("the shards were compared with stored numbers, which need the baseline: merge them in the workflow, or measure with --base")
	}
	return run, err
}
