package app

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// writeFile writes a file whole or not at all: a reader never sees half of one,
// and a full disk leaves the old one.
func writeFile(path string, write func(io.Writer) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("writing %s: %w", path, err), os.Remove(f.Name()))
		}
	}()
	b := bufio.NewWriter(f)
	if err := errors.Join(write(b), b.Flush(), f.Chmod(0o644), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

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
