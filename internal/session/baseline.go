package session

import (
	"errors"
	"io"
	"os"
	"strings"

	"github.com/org/proxy-bench-action/internal/baseline"
	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/history"
	"github.com/org/proxy-bench-action/internal/saved"
	"github.com/org/proxy-bench-action/internal/startline"
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
	paths, why := bundled(head)
	bundle, err := baseline.Write(to, b, ".", paths, baseline.DefaultLimits().Bundle)
	if err != nil {
		return err
	}
	if bundle == nil {
		log.Say("nothing to bundle: %s; without it a gate builds the commit of this baseline again", why)
		return nil
	}
	log.Say("bundled %s: %d files, %.1f MB", strings.Join(paths, ", "), len(bundle.Files), float64(bundle.Total)/(1<<20))
	if why != "" {
		log.Say("%s", why)
	}
	return nil
}

// bundled is what has to travel in a baseline: what the configuration lists, else
// what the start line lets guess. A guess that cannot be carried is no reason to
// lose the baseline; why says what is missing.
func bundled(g bench.Recipe) (paths []string, why string) {
	if len(g.Bundle) > 0 {
		return g.Bundle, ""
	}
	guess := startline.BundleOf(g.Start, os.DirFS("."))
	if len(guess.Paths) > 0 {
		if err := baseline.Bundlable(".", guess.Paths, baseline.DefaultLimits().Bundle); err != nil {
			return nil, err.Error() + "; list what the gateway needs under gateway.bundle"
		}
	}
	return guess.Paths, guess.Why
}
