package baseline

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/record"
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
		return nil, fmt.Errorf("it would have %s, and no more than %s can be read: measure fewer scenarios or rounds", record.SizeText(n), record.SizeText(limit))
	}
	_, err = record.Outline(data)
	return data, err
}
