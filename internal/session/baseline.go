package session

import (
	"errors"
	"io"

	"github.com/org/proxy-bench-action/internal/baseline"
	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/history"
	"github.com/org/proxy-bench-action/internal/saved"
)

// WriteBaseline writes what later gates are compared with, as a zip: the head's
// rounds, its build, and the history that came before.
func WriteBaseline(to io.Writer, r Result, head bench.Recipe, log Log) error {
	run := saved.HeadOnly(r.Run)
	run.SameProgram = false // as another one's base
	if r.Verdict.SameProgram {
		return errors.New("nothing was measured, and a baseline holds figures; measure the same program, too: --measure-same, or measure.same")
	}
	b := baseline.Baseline{Identity: r.Identity, Run: run, Gateway: head}
	var before []history.Entry
	if r.Base.Stored != nil {
		before = r.Base.Stored.History
	}
	b.History = history.Append(before, run)
	_, said, err := baseline.Leave(to, b, ".")
	for _, line := range said {
		log.Say("%s", line)
	}
	return err
}
