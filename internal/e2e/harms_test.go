//go:build measured

package e2e

import (
	"testing"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/testdata/faults"
)

// TestMeasuredHarms looks at the reference gateway with each fault beside the one
// without: it has to be found by its name, and no other harm.
func TestMeasuredHarms(t *testing.T) {
	rig := harmRig(t)
	for _, f := range faults.All {
		t.Run(f.Switch, func(t *testing.T) {
			t.Parallel() // looks mostly wait
			for n := 1; ; n++ {
				said := look(t, rig, f)
				found, wrong := f.Judge(said)
				if found && len(wrong) == 0 {
					return
				}
				for _, c := range said {
					t.Logf("%s (%s): %s", c.Behaviour, c.Change, c.Text)
				}
				if n == 2 { // other programs share the machine
					t.Errorf("found as %s: %v; wrong: %q", f.Name, found, wrong)
					return
				}
			}
		})
	}
}

// TestMeasuredNoHarm: nothing is new of a gateway beside itself.
func TestMeasuredNoHarm(t *testing.T) {
	for _, c := range look(t, harmRig(t), faults.Fault{}) {
		if _, wrong := (faults.Fault{}).Judge([]bench.BehaviourChange{c}); len(wrong) > 0 {
			t.Errorf("%s: %s", c.Behaviour, c.Text)
		}
	}
}

func harmRig(t *testing.T) faults.Rig {
	t.Helper()
	rig, err := faults.Build(t.Context(), "../..", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return rig
}

// look says what a fault changes.
func look(t *testing.T, rig faults.Rig, f faults.Fault) []bench.BehaviourChange {
	t.Helper()
	began := time.Now()
	said, err := rig.Look(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("looked for %.1f s", time.Since(began).Seconds())
	return said
}
