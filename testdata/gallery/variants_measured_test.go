//go:build measured

package gallery

import (
	"slices"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
)

// TestMeasuredVariants: a change of nginx's configuration that no request fails of is
// called by its name, and a regression if it does harm.
func TestMeasuredVariants(t *testing.T) {
	program := build(t)
	for _, c := range Variants {
		t.Run(c.Name, func(t *testing.T) {
			for n := 1; ; n++ {
				v := gateVariant(t, program, c)
				if slices.ContainsFunc(v.Behaviours, func(b bench.BehaviourChange) bool {
					return b.Behaviour == c.Shows && (b.Change == bench.ChangeNew || b.Change == bench.ChangeOther) && (!b.Harm || v.Outcome == bench.Regression)
				}) {
					return
				}
				if n == 2 { // other programs share the machine
					t.Errorf("no %s: %s: %s, %+v", c.Shows, v.Outcome, v.Reason, v.Behaviours)
					return
				}
				t.Logf("once: %s: %s, %+v", v.Outcome, v.Reason, v.Behaviours)
			}
		})
	}
}

// gateVariant decides between nginx as it is and the variant.
func gateVariant(t *testing.T, program string, c Variant) bench.Verdict {
	t.Helper()
	nginx := named(t, "nginx")
	r, err := NewRepository(root, t.TempDir(), nginx)
	if err != nil {
		t.Fatal(err)
	}
	text := string(read(t, nginx))
	changed := c.Edit(text)
	if changed == text {
		t.Fatalf("%s has nothing of what %s changes", nginx.ConfigPath(), c.Is)
	}
	if err := r.Commit(changed, c.Name); err != nil {
		t.Fatal(err)
	}
	// So long that the exchanges have the time of a gate by default.
	v, out := gate(t, program, r.Dir, "--base", "HEAD~1", "--modes", "json,sse", "--concurrency", "1", "--body", "1KB", "--instructions", "off", "--time-budget", "240s")
	t.Logf("%s", out)
	return v
}
