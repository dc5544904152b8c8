package session

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/gateway"
	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/internal/record"
	"github.com/org/proxy-bench-action/testdata/testenv"
)

// TestFailures: each error says what failed; whole rounds before it are kept.
func TestFailures(t *testing.T) {
	for name, c := range map[string]struct {
		how      string // of the gateway
		settings []string
		is       func(error) bool
		says     []string
		rounds   string // that are kept, by arm; empty when there is not even a run
	}{
		"build": {"good", []string{"gateway.build", "echo oh no; exit 3"}, isStep(gateway.StepBuild), []string{"oh no", "status 3"}, ""},
		"start": {"good", []string{"gateway.start", "exec ./missing"}, isStep(gateway.StepDied), []string{"127"}, "map[]"},
		"ready": {"good", []string{"gateway.start", "exec sleep 1000", "gateway.ready.timeout", "1s"}, isStep(gateway.StepReady), nil, "map[]"},
		"lies":  {"lies", nil, isDriveError, []string{"status 418", "I am lying", "what to do"}, "map[]"},
		"hangs": {"hangs", []string{"request.timeout", "200ms"}, isDriveError, []string{`"timeout"`}, "map[]"},
		"dies":  {"dies", nil, isStep(gateway.StepDied), []string{"status 7", "I am dying"}, "map[]"},
		"dies in the second round": {
			"dies",
			[]string{"gateway.start", "test -e one && exec ./gateway; touch one; exec ./good", "measure.rounds", "3", "measure.time_budget", "30s", "gate.behaviour", "off"},
			isStep(gateway.StepDied),
			[]string{"I am dying"},
			"map[direct:1 head:1]",
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRepository(t)
			r.gateway("good", 0)
			if err := os.Rename("gateway.sh", "good"); err != nil {
				t.Fatal(err)
			}
			r.gateway(c.how, 10)
			g, err := r.open(c.settings...).Gate(t.Context(), BaseSources{})
			if err == nil || !c.is(err) || host.Status(err) != host.ExitFailed {
				t.Fatalf("error %v\n%s", err, r.log)
			}
			for _, text := range c.says {
				testenv.WantError(t, err, text)
			}
			if g.Verdict.Outcome != "" || (g.Run.Schema == "") != (c.rounds == "") {
				t.Errorf("verdict %q on the run %q", g.Verdict.Outcome, g.Run.Schema)
			}
			if g.Run.Schema != "" {
				wantIncomplete(t, g.Run, c.rounds, "round ")
			}
		})
	}
}

// wantIncomplete checks what is kept of a run that ended with an error.
func wantIncomplete(t *testing.T, run bench.Run, rounds, why string) {
	t.Helper()
	v := run.Validity
	if v.Complete || !strings.HasPrefix(v.Incomplete, why) || strings.Contains(v.Incomplete, "\n") || armsOf(run) != rounds {
		t.Errorf("complete %v, %q; rounds of %s, want %s", v.Complete, v.Incomplete, armsOf(run), rounds)
	}
	if err := record.Validate(run); err != nil {
		t.Error(err)
	}
}

func isDriveError(err error) bool {
	_, ok := errors.AsType[*DriveError](err)
	return ok
}

func isStep(step gateway.Step) func(error) bool {
	return func(err error) bool {
		failed, ok := errors.AsType[*gateway.Error](err)
		return ok && failed.Step == step
	}
}

// TestInterrupted: whatever is interrupted, whole rounds before it are kept and
// say so.
func TestInterrupted(t *testing.T) {
	r := newRepository(t)
	for name, c := range map[string]struct {
		settings []string
		ref      string // of the base
		at       string // the line of the log
		rounds   string // that are kept, by arm; empty when there is not even a run
	}{
		"the build":   {[]string{"gateway.build", "sleep 1000"}, "", "building head", ""},
		"the base":    {[]string{"gateway.build", `case "$PWD" in *tree) sleep 1000;; esac; cp gateway.sh gateway`}, "HEAD", "building base", ""},
		"first round": {nil, "", "round 1 of", "map[]"},
		"later round": {[]string{"measure.rounds", "20", "measure.time_budget", "60s", "gate.behaviour", "off"}, "", "round 3 of", "map[direct:2 head:2]"},
	} {
		t.Run(name, func(t *testing.T) {
			s := r.open(c.settings...)
			g, err := s.Gate(r.cancelAt(s, c.at), BaseSources{Ref: c.ref})
			if !errors.Is(err, host.ErrInterrupted) || host.Status(err) != host.ExitInterrupted || g.Verdict.Outcome != "" {
				t.Fatalf("%v, outcome %q\n%s", err, g.Verdict.Outcome, r.log)
			}
			if (g.Run.Schema == "") != (c.rounds == "") {
				t.Errorf("the run %q", g.Run.Schema)
			}
			if g.Run.Schema != "" {
				wantIncomplete(t, g.Run, c.rounds, "interrupted")
			}
		})
	}
}

// TestOpen: what the mock cannot answer is a mistake of the user's, and the
// sandbox is closed.
func TestOpen(t *testing.T) {
	r := newRepository(t)
	for _, content := range []string{"", "{\n", `{"at_ms": 0, "mode": "json", "body": 1000, "answer": 1024, "status": 1}` + "\n"} {
		r.write("trace.jsonl", content)
		_, err := r.tryOpen("load.trace", "trace.jsonl")
		testenv.WantError(t, err, "load.trace: ")
	}
}
