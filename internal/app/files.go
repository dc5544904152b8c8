package app

import (
	"errors"
	"os"

	"github.com/org/proxy-bench-action/internal/host"
)

// prepareOut makes sure, before anything is measured, that results can be
// written to dir.
func prepareOut(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return host.Usagef("--out: %w", err)
	}
	f, err := os.CreateTemp(dir, ".proxy-bench-*")
	if err != nil {
		return host.Usagef("--out: cannot write there: %w", err)
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}
