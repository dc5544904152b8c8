package session

import (
	"bytes"
	"errors"
	"io"
	"os"
	"strings"

	"github.com/org/proxy-bench-action/internal/baseline"
	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/figures"
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
	var content bytes.Buffer
	bundle, err := writeBundled(&content, &b, paths, why)
	if err != nil {
		return err
	}
	switch {
	case bundle == nil:
		log.Say("nothing to bundle: %s; without it a gate builds the commit of this baseline again", b.NoBundle)
	default:
		log.Say("bundled %s: %s, %s", strings.Join(paths, ", "), figures.Counted(len(bundle.Files), "file"), figures.Memory(float64(bundle.Total)))
		if why != "" {
			log.Say("%s", why)
		}
	}
	_, err = content.WriteTo(to)
	return err
}

// writeBundled writes a baseline with the files of paths. Where they cannot be carried,
// the numbers and the history are left all the same, with the reason.
func writeBundled(to *bytes.Buffer, b *baseline.Baseline, paths []string, why string) (*baseline.Manifest, error) {
	limit := baseline.DefaultLimits().Bundle
	if len(paths) > 0 {
		bundle, err := baseline.Write(to, *b, ".", paths, limit)
		if err == nil {
			return bundle, nil
		}
		why = err.Error() + "; gateway.bundle says what is carried"
	}
	to.Reset()
	b.NoBundle, _, _ = strings.Cut(why, "\n")
	return baseline.Write(to, *b, ".", nil, limit)
}

// bundled is what has to travel in a baseline: what the configuration lists, else
// what the start line lets guess; why says what is missing.
func bundled(g bench.Recipe) (paths []string, why string) {
	if len(g.Bundle) > 0 {
		return g.Bundle, ""
	}
	here, err := os.Getwd()
	if err != nil {
		return nil, err.Error()
	}
	guess := startline.BundleOf(g.Start, os.DirFS("."), here)
	return guess.Paths, guess.Why
}
