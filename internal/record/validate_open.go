package record

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
)

// checkOpen checks the windows and knees of an open loop as Validate does rounds.
func checkOpen(run bench.Run) error {
	for i, w := range run.Windows {
		if err := checkWindow(w, run.Plan.Arms); err != nil {
			return fmt.Errorf("windows[%d], %q: %w", i, w.Arm, err)
		}
	}
	for i, k := range run.Knees {
		if err := checkKnee(k, run); err != nil {
			return fmt.Errorf("knees[%d], %q: %w", i, k.Arm, err)
		}
	}
	return nil
}

func checkWindow(w bench.Window, arms []bench.Arm) error {
	if !slices.Contains(arms, w.Arm) {
		return errors.New("the plan has no such arm")
	}
	return cmp.Or(
		At("body_bytes", count(w.BodyBytes)),
		At("rate", quantity(w.Rate)),
		At("seconds", quantity(w.Seconds)),
		At("offered", quantity(w.Offered)),
		At("achieved", quantity(w.Achieved)),
		At("requests", count(w.Requests)),
		At("waited", count(w.Waited)),
		At("client_cpu_share", optional(w.ClientCPU)),
		FirstOf("errors", w.Errors, func(_ bench.ErrorClass, n int) error { return count(n) }),
		At("latency", checkTail(&w.Latency)),
		At("first_event", checkTail(w.FirstEvent)),
		At("lag", checkTail(&w.Lag)),
	)
}

func checkTail(t *bench.Tail) error {
	if t == nil {
		return nil
	}
	return cmp.Or(optional(t.P50), optional(t.P95), optional(t.P99), optional(t.Max))
}

func checkKnee(k bench.Knee, run bench.Run) error {
	if !slices.Contains(run.Plan.Arms, k.Arm) {
		return errors.New("the plan has no such arm")
	}
	for _, place := range k.Windows {
		if place < 0 || place >= len(run.Windows) {
			return fmt.Errorf("stands on window %d of %d", place, len(run.Windows))
		}
	}
	return cmp.Or(
		At("body_bytes", count(k.BodyBytes)),
		At("bound_seconds", quantity(k.Bound)),
		At("quiet_p99_seconds", optional(k.Quiet)),
		At("held", optional(k.Held)),
		At("missed", optional(k.Missed)),
	)
}

func optional(v *float64) error {
	if v == nil {
		return nil
	}
	return quantity(*v)
}
