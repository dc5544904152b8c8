package baseline

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/org/proxy-bench-action/internal/bench"
)

// Write writes baseline.json, whatever b.Schema says as version [Schema]. The
// bytes depend on b alone. It refuses what [Read] would refuse, so that no main
// leaves a baseline behind that no pull request can use.
func Write(w io.Writer, b Baseline) error {
	data, err := encode(b)
	if err != nil {
		return fmt.Errorf("writing the baseline: %w", err)
	}
	_, err = w.Write(data)
	return err
}

func encode(b Baseline) ([]byte, error) {
	b.Schema = Schema
	b.History = append([]Entry{}, b.History...) // empty is [], not null
	b.Run.Scenarios = append([]bench.Cell{}, b.Run.Scenarios...)
	b.Run.Rounds = append([]bench.Round{}, b.Run.Rounds...)
	if err := b.check(); err != nil {
		return nil, err
	}
	data, err := json.Marshal(b)
	if err != nil {
		return nil, err
	}
	if n, limit := int64(len(data)), DefaultLimits().File; n > limit {
		return nil, fmt.Errorf("it would have %s, and no more than %s can be read: measure fewer scenarios or rounds", sizeText(n), sizeText(limit))
	}
	_, err = outline(data)
	return data, err
}

// WriteFile writes a file whole or not at all: a reader never sees half of one,
// and a full disk or a power cut leaves the old one.
func WriteFile(path string, write func(io.Writer) error) (err error) {
	dir := filepath.Dir(path)
	f, err := os.CreateTemp(dir, "."+filepath.Base(path)+"-*")
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("writing %s: %w", path, err), os.Remove(f.Name()))
		}
	}()
	b := bufio.NewWriter(f)
	if err := write(b); err != nil {
		return errors.Join(err, f.Close())
	}
	// The content must be on the disk before its name is.
	if err := errors.Join(b.Flush(), f.Chmod(0o644), f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
