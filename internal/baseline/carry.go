package baseline

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/figures"
	"github.com/org/proxy-bench-action/internal/startline"
)

// Carried is what has to travel with a gateway that was built in dir: what its recipe
// lists, else what the start line lets guess; why says what is missing.
func Carried(g bench.Recipe, dir string) (paths []string, why string) {
	if len(g.Bundle) > 0 {
		return g.Bundle, ""
	}
	here, err := filepath.Abs(dir)
	if err != nil {
		return nil, err.Error()
	}
	guess := startline.BundleOf(g.Start, os.DirFS(here), here)
	return guess.Paths, guess.Why
}

// Leave writes a baseline with the files of its gateway that lie in dir. Where they cannot
// be carried, the numbers and the history are left all the same, with the reason. It
// returns what was written, and what to say of it.
func Leave(to io.Writer, b Baseline, dir string) (left Baseline, said []string, err error) {
	paths, why := Carried(b.Gateway, dir)
	var content bytes.Buffer
	b.Bundle, why, err = writeCarried(&content, &b, dir, paths, why)
	if err != nil {
		return b, nil, err
	}
	if b.Bundle == nil {
		said = append(said, "nothing to bundle: "+b.NoBundle+"; without it a gate builds the commit of this baseline again")
	} else {
		said = append(said, "bundled "+strings.Join(paths, ", ")+": "+figures.Counted(len(b.Bundle.Files), "file")+", "+figures.Memory(float64(b.Bundle.Total)))
		if why != "" {
			said = append(said, why)
		}
	}
	_, err = content.WriteTo(to)
	return b, said, err
}

// writeCarried writes a baseline with the files of paths, or else with the reason why it
// has none.
func writeCarried(to *bytes.Buffer, b *Baseline, dir string, paths []string, why string) (*Manifest, string, error) {
	limit := DefaultLimits().Bundle
	if len(paths) > 0 {
		bundle, err := Write(to, *b, dir, paths, limit)
		if err == nil {
			return bundle, why, nil
		}
		why = err.Error() + "; gateway.bundle says what is carried"
	}
	to.Reset()
	b.NoBundle, _, _ = strings.Cut(why, "\n")
	bundle, err := Write(to, *b, dir, nil, limit)
	return bundle, why, err
}

// Rewrite writes b with the bundle of another baseline, whose files it unpacks into
// scratch, an empty directory.
func Rewrite(to io.Writer, b Baseline, of *Archive, other Baseline, scratch string) error {
	if other.Bundle == nil {
		b.NoBundle = other.NoBundle
		_, err := Write(to, b, scratch, nil, of.limits.Bundle)
		return err
	}
	if err := of.Unpack(other, scratch); err != nil {
		return err
	}
	entries, err := os.ReadDir(scratch)
	if err != nil {
		return err
	}
	var paths []string
	for _, e := range entries {
		paths = append(paths, e.Name())
	}
	_, err = Write(to, b, scratch, paths, of.limits.Bundle)
	return err
}
