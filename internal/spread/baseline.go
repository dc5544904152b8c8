package spread

import (
	"errors"
	"io"
	"os"
	"path/filepath"

	"github.com/org/proxy-bench-action/internal/baseline"
)

// WriteBaseline writes the baseline of a gate that was merged, with the gateway of another
// archive, which a shard or the job that prepared has left; empty: there is none, and the
// gates after it build the commit.
func WriteBaseline(to io.Writer, b baseline.Baseline, gateway string) error {
	if gateway == "" {
		b.NoBundle = "no shard has left a gateway"
		_, err := baseline.Write(to, b, ".", nil, baseline.DefaultLimits().Bundle)
		return err
	}
	other, archive, err := baseline.OpenFile(gateway)
	if err != nil {
		return err
	}
	b.Gateway = other.Gateway
	scratch, err := os.MkdirTemp(filepath.Dir(gateway), "gateway-")
	if err != nil {
		return err
	}
	return errors.Join(baseline.Rewrite(to, b, archive, other, scratch), os.RemoveAll(scratch))
}
