//go:build measured

package count

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/org/proxy-bench-action/internal/gateway"
	"github.com/org/proxy-bench-action/testdata/testenv"
)

// TestMeasuredTools counts the toy, a program in Go, by the real tools: base and head are
// the same, and both run as another user where we may do that.
func TestMeasuredTools(t *testing.T) {
	for _, as := range []string{"us", "another user"} {
		t.Run(as, func(t *testing.T) {
			b := newBed(t)
			if b.tools = Find(t.Context(), exec.LookPath); b.tools.NoInstructions != "" || b.tools.NoCalls != "" {
				t.Fatalf("%s; %s", b.tools.NoInstructions, b.tools.NoCalls)
			}
			if as != "us" {
				testenv.NeedsRoot(t)
				b.isolate(t)
			}
			b.plan.WarmUp, b.plan.Requests, b.plan.Batches, b.plan.Idle = 0, 0, 0, 0 // the usual ones
			work, counting := b.count(t)
			for _, w := range work {
				if w.Uncounted != "" || len(w.Instructions) < usualBatches {
					t.Fatalf("%+v", w)
				}
				lowest, most := slices.Min(w.Instructions), slices.Max(w.Instructions)
				if lowest < 10e3 || most > 1e6 || spread(w.Instructions) > 0.04 {
					t.Errorf("%s: %v instructions", w.Scenario, w.Instructions)
				}
				// A request is read, answered, and noted in two files.
				if n := w.SystemCalls["write"]; n < 2.9 || n > 4.1 {
					t.Errorf("%s: %v writes of a request; %v", w.Scenario, n, w.SystemCalls)
				}
				// go test strips its binaries, so that there are only addresses.
				if len(w.Functions) < 20 || w.Functions[0].Name == "" || w.Functions[0].Module == "" || w.Functions[0].Calls == 0 {
					t.Errorf("%s: functions %+v", w.Scenario, w.Functions)
				}
			}
			if a, b := work[0].Instructions, work[1].Instructions; relative(a, b) > 0.06 {
				t.Errorf("the same request costs %v and %v", a, b)
			}
			if counting.Valgrind == "" || counting.Tracer == "" || counting.Arch == "" {
				t.Errorf("%+v", counting)
			}
		})
	}
}

// relative is how far the medians of two cells are apart.
func relative(a, b []float64) float64 {
	x, y := median(a, len(a)), median(b, len(b))
	return max(x-y, y-x) / y
}

// isolate has the toy run as a user that this machine has no other processes of.
func (b *bed) isolate(t *testing.T) {
	t.Helper()
	b.spec.User = &gateway.User{UID: 64590, GID: 64590, Alone: true}
	open, err := os.MkdirTemp("/tmp", "proxy-bench-test-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(open) })
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	toy, served := filepath.Join(open, "toy"), filepath.Join(open, "served")
	b.dir, b.spec.ScratchDir = open, filepath.Join(open, "scratch")
	for _, err := range []error{
		os.Chmod(open, 0o755), copyFile(self, toy), os.Mkdir(b.spec.ScratchDir, 0o700), os.Chown(b.spec.ScratchDir, b.spec.User.UID, b.spec.User.GID),
		os.WriteFile(served, nil, 0o600), os.Chown(served, b.spec.User.UID, b.spec.User.GID),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	b.spec.Line = "exec " + toy + " toy"
	b.spec.Env = append(b.spec.Env, "SERVED="+served)
}

func copyFile(from, to string) error {
	data, err := os.Open(from)
	if err != nil {
		return err
	}
	defer data.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY, 0o755)
	if err != nil {
		return err
	}
	if _, err = io.Copy(out, data); err != nil {
		return err
	}
	return out.Close()
}
