package session

import (
	"io"
	"strings"

	"github.com/org/proxy-bench-action/internal/baseline"
	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/history"
)

// WriteBaseline writes what later gates are compared with, as a zip: the head's
// rounds, its build, and the history that came before.
func WriteBaseline(to io.Writer, r Result, head bench.Recipe, log Log) error {
	run := headOnly(r.Run)
	b := baseline.Baseline{Run: run, Gateway: head}
	var before []history.Entry
	if r.Base.Stored != nil {
		before = r.Base.Stored.History
	}
	b.History = history.Append(before, run)
	paths := bundled(head)
	bundle, err := baseline.Write(to, b, ".", paths, baseline.DefaultLimits().Bundle)
	if err != nil {
		return err
	}
	if bundle == nil {
		log.Say("nothing to bundle: the start line names no file of this directory; list what it needs under gateway.bundle")
	} else {
		log.Say("bundled %s: %d files, %.1f MB", strings.Join(paths, ", "), len(bundle.Files), float64(bundle.Total)/(1<<20))
	}
	return nil
}

// bundled is what has to travel in a baseline: what the configuration lists,
// else the program that the start line names.
func bundled(g bench.Recipe) []string {
	if len(g.Bundle) > 0 {
		return g.Bundle
	}
	if program := programOf(g.Start); program != "" && exists(program) {
		return []string{program}
	}
	return nil
}

// headOnly is a run without the rounds of a base.
func headOnly(run bench.Run) bench.Run {
	var rounds []bench.Round
	for _, r := range run.Rounds {
		if r.Arm != bench.Base {
			rounds = append(rounds, r)
		}
	}
	run.Rounds, run.Base = rounds, nil
	run.Plan.Arms = []bench.Arm{bench.Direct, bench.Head}
	return run
}
