package session

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/attempt"
	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/openloop"
	"github.com/org/proxy-bench-action/internal/pace"
	"github.com/org/proxy-bench-action/internal/saved"
)

// TestGateByBaseline: a gate without a base leaves a baseline, whose gateway then
// runs beside head. Nothing is said of speed: the machine may be busy.
func TestGateByBaseline(t *testing.T) {
	r := newRepository(t)
	g := r.gate(BaseSources{})
	if g.Verdict.Outcome != bench.NoBaseline || g.Base.Info.Source != "" || !g.Run.Validity.Complete || armsOf(g.Run) != "map[direct:1 head:1]" {
		t.Fatalf("outcome %s, base %+v, rounds of %s", g.Verdict.Outcome, g.Base, armsOf(g.Run))
	}
	if c := g.Run.Commit; c.SHA != r.head || c.Ref != "main" || c.Dirty {
		t.Errorf("commit %+v", c)
	}
	file := r.save(g)
	r.says("bundled gateway: 1 file,")
	if err := os.Remove("gateway.sh"); err != nil { // head's, so that base's can only be the bundle's
		t.Fatal(err)
	}
	g = r.gate(BaseSources{File: file}, "gateway.build", "true")
	if g.Base.Info.Source != bench.SourceBundle || g.Run.Base == nil || g.Run.Base.SHA != r.head || !strings.Contains(armsOf(g.Run), "base:") || g.Verdict.Outcome == bench.NoBaseline {
		t.Errorf("outcome %s, base %+v, rounds of %s\n%s", g.Verdict.Outcome, g.Base, armsOf(g.Run), r.log)
	}
	if !g.Run.Commit.Dirty {
		t.Error("a changed work tree is not called dirty")
	}
	if again := saved.Decide(g.Run, nil); again.Outcome != g.Verdict.Outcome {
		t.Errorf("decided again: %s, not %s", again.Outcome, g.Verdict.Outcome)
	}
	c := g.Report([]bench.Outcome{bench.Regression}, []string{"--quick"}).Context
	if c.Reproduce != "proxy-bench gate --base "+r.head+" --quick" || len(c.History) != 1 || c.History[0].SHA != r.head || len(c.Notes) > 0 {
		t.Errorf("context %+v", c)
	}
}

// TestGateByCommit: the base commit is built by its own configuration, beside a
// head of which only the start line is the same.
func TestGateByCommit(t *testing.T) {
	r := newRepository(t)
	first := r.head
	r.write(DefaultConfig, strings.Replace(gatewayFile, "cp gateway.sh gateway", "cp other.sh gateway", 1))
	r.git("mv", "gateway.sh", "other.sh")
	r.commit()
	g := r.gate(BaseSources{Ref: "HEAD~1"})
	if g.Base.Info.Source != bench.SourceRebuild || g.Run.Base.SHA != first || !strings.Contains(armsOf(g.Run), "base:") {
		t.Errorf("base %+v, rounds of %s", g.Base, armsOf(g.Run))
	}
	r.says("building base: cp gateway.sh gateway")
	r.says("building head: cp other.sh gateway")
}

// TestGateRunAgain: an attempt has the rounds of the one before it.
func TestGateRunAgain(t *testing.T) {
	r := newRepository(t)
	r.write(DefaultConfig, strings.Replace(gatewayFile, "cp gateway.sh gateway", "cp other.sh gateway", 1))
	r.git("mv", "gateway.sh", "other.sh")
	r.commit()
	first := r.gate(BaseSources{Ref: "HEAD~1"})
	other := first.Run
	other.Environment.CPUs = 64
	again := r.gate(BaseSources{Ref: "HEAD~1", Attempts: attempt.Attempts{Number: 3, Runs: []bench.Run{other, first.Run}}})
	if len(again.Run.Earlier) != 1 || again.Run.Attempt != 3 || len(again.Run.Rounds) <= len(first.Run.Rounds) {
		t.Errorf("%d rounds after %v, the first attempt has %d", len(again.Run.Rounds), again.Run.Earlier, len(first.Run.Rounds))
	}
	r.says("another kind of machine: 64 ×")
	if notes := again.Report(nil, nil).Context.Notes; len(notes) != 1 || !strings.Contains(notes[0], "another kind of machine") {
		t.Errorf("notes %q", notes)
	}
}

// TestStoredBase: where only numbers can be had, they decide.
func TestStoredBase(t *testing.T) {
	r := newRepository(t)
	before := r.gate(BaseSources{})
	before.Run.Environment.CPUModel = "another"
	g := r.gate(BaseSources{File: r.saveRun(before.Run), BundleOnly: true})
	if g.Run.Base.Source != bench.SourceStored || strings.Contains(armsOf(g.Run), "base:") || g.Verdict.Outcome == bench.NoBaseline {
		t.Errorf("outcome %s, base %+v", g.Verdict.Outcome, g.Run.Base)
	}
	if notes := g.Report(nil, nil).Context.Notes; len(notes) != 1 || !strings.Contains(notes[0], "another CPU") {
		t.Errorf("notes %q", notes)
	}
}

// TestMeasure: base and head by configurations, and an open loop.
func TestMeasure(t *testing.T) {
	r := newRepository(t)
	r.write("trace.jsonl", `{"at_ms": 0, "mode": "json", "body": 1000, "answer": 1024}`+"\n"+`{"at_ms": 20, "mode": "sse", "body": 1000, "chunks": [[0, 64]]}`+"\n")
	s := r.open("suite.modes", "json,sse", "load.trace", "trace.jsonl")
	run, err := s.Measure(t.Context(), Sides{
		Base: &bench.Recipe{Build: "cp gateway.sh second", Start: "exec ./second", Ready: s.Config.Gateway.Ready},
		OpenLoop: &openloop.Settings{
			Arrivals: pace.Poisson, Window: openloop.ShortestWindow, Rates: []openloop.Rate{{PerSecond: 50}},
		},
	})
	if err != nil {
		t.Fatalf("%v\n%s", err, r.log)
	}
	if !run.Validity.Complete || armsOf(run) != "map[base:2 direct:2 head:2]" || len(run.Windows) == 0 {
		t.Errorf("rounds of %s, %d windows", armsOf(run), len(run.Windows))
	}
	if f := saved.FailuresOf(run); f.Failed > 0 || f.Sent == 0 {
		t.Error(f)
	}
	r.says("open loop: json 1KB at 50/s")
}

// TestToolchains: the run says what has built its gateways, where they are programs that
// show it.
func TestToolchains(t *testing.T) {
	r := newRepository(t)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, "gw"); err != nil {
		t.Fatal(err)
	}
	s := r.open()
	s.sides[bench.Head] = side{Recipe: bench.Recipe{Start: "exec ./gw gateway"}}
	s.sides[bench.Base] = side{Recipe: bench.Recipe{Start: "exec ./gateway.sh"}, dir: "."}
	var e bench.Environment
	s.identify(&e)
	if got := e.Toolchain; len(got) != 1 || !strings.HasPrefix(got[bench.Head], "go1.") {
		t.Errorf("%q", got)
	}
	if got := e.BinarySHA256; len(got) != 1 || len(got[bench.Base]) != 64 { // head is a link to outside of the repository
		t.Errorf("%q", got)
	}
}

// TestMeasureTwice drives one build as both.
func TestMeasureTwice(t *testing.T) {
	r := newRepository(t)
	run, err := r.open().MeasureTwice(t.Context(), 1, 0.75)
	if err != nil || armsOf(run) != "map[base:1 direct:1 head:1]" || strings.Count(r.log.String(), "building") != 1 {
		t.Errorf("rounds of %s, %v\n%s", armsOf(run), err, r.log)
	}
}

// TestLogsOfGateways: they are kept where a directory is named, and builds are
// shown where that is asked for.
func TestLogsOfGateways(t *testing.T) {
	r := newRepository(t)
	s := r.open("gateway.build", "cp gateway.sh gateway && echo built")
	s.LogDir, s.BuildOutput = t.TempDir(), r.log
	if _, err := s.Gate(t.Context(), BaseSources{}); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"build-head.log", "gateway-head.log"} {
		if _, err := os.Stat(filepath.Join(s.LogDir, name)); err != nil {
			t.Error(err)
		}
	}
	r.says("built\n")
}

// TestNothingToBuild: a program without a build line is taken as it is.
func TestNothingToBuild(t *testing.T) {
	r := newRepository(t)
	r.write(DefaultConfig, "version: 1\ngateway: {start: exec ./gateway.sh}\n")
	s := r.open()
	if err := s.build(t.Context(), bench.Head, side{Recipe: s.Config.Gateway}); err != nil {
		t.Fatal(err)
	}
	r.says("no build line, so gateway.sh is taken as it is")
}
