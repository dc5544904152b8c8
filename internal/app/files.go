package app

import (
	"errors"
	"fmt"
	"os"
)

// prepareOut makes sure, before anything is measured, that results can be
// written to dir.
func prepareOut(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return &usageError{fmt.Errorf("--out: %w", err)}
	}
	f, err := os.CreateTemp(dir, ".proxy-bench-*")
	if err != nil {
		return &usageError{fmt.Errorf("--out: cannot write there: %w", err)}
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}
