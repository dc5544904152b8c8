//go:build measured

package gallery

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/config"
	"github.com/org/proxy-bench-action/internal/record"
)

const root = "../.." // of the repository

// TestMeasuredGallery: every gateway, as its registry has it, is ready at once, serves
// the default suite without a failed request, and is no regression against itself. Those
// of this repository are measured against themselves by the tests of faults.
func TestMeasuredGallery(t *testing.T) {
	program := build(t)
	for _, g := range All {
		if g.From == ours {
			continue
		}
		t.Run(g.Name, func(t *testing.T) {
			t.Run("check", func(t *testing.T) { check(t, program, g) })
			t.Run("suite", func(t *testing.T) { suite(t, program, g) })
			t.Run("itself", func(t *testing.T) { itself(t, program, g) })
		})
	}
}

// mostOfCheck is how long the check of a gateway may take once it is ready.
const mostOfCheck = 3 * time.Second

var readyAfter = regexp.MustCompile(`ready after ([0-9.]+) (µs|ms|s)`)

func check(t *testing.T, program string, g Gateway) {
	install(t, g) // whose time is not that of the check
	began := time.Now()
	out := ran(t, root, 0, program, "check", "--config", g.ConfigPath())
	took := time.Since(began)
	t.Logf("%s", out)
	found := readyAfter.FindStringSubmatch(out)
	if found == nil {
		t.Fatal("it does not say when the gateway was ready")
	}
	ready, err := time.ParseDuration(found[1] + found[2])
	if err != nil {
		t.Fatal(err)
	}
	if took-ready > mostOfCheck {
		t.Errorf("took %v, of which %v to start the gateway", took, ready)
	}
}

// install runs the build line of the gateway.
func install(t *testing.T, g Gateway) {
	t.Helper()
	c, err := config.Load(config.ForMeasuring, config.Sources{Name: g.Config, File: read(t, g)})
	if err != nil {
		t.Fatal(err)
	}
	ran(t, root, 0, "sh", "-c", c.Gateway.Build)
}

func read(t *testing.T, g Gateway) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, g.ConfigPath()))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

const suiteBudget = 30 * time.Second

// suite measures a gateway with the default suite, and once more if something went
// wrong: a machine that other programs use can make one request of thousands fail.
func suite(t *testing.T, program string, g Gateway) {
	first := measureSuite(t, program, g)
	if len(first) == 0 {
		return
	}
	t.Logf("once: %q", first)
	for _, wrong := range measureSuite(t, program, g) {
		t.Error(wrong)
	}
}

func measureSuite(t *testing.T, program string, g Gateway) (wrong []string) {
	dir := t.TempDir()
	began := time.Now()
	out := ran(t, root, 0, program, "run", "--config", g.ConfigPath(), "--time-budget", suiteBudget.String(), "--out", dir)
	took := time.Since(began)
	run, _, err := record.ReadDirectory(dir, new(any))
	if err != nil {
		t.Fatal(err)
	}
	m := Of(g, "", run)
	t.Logf("%d of %d scenarios, %d rounds, %d requests, %d failed, %.2f upstream requests, %v, took %v", len(m.Cells), len(run.Scenarios), m.Rounds, m.Requests, m.Failed, m.Upstream, m.Causes, took)
	// A slow gateway has no time for every scenario.
	if float64(m.Failed) > g.Loses*float64(m.Requests) || m.Rounds == 0 || !run.Validity.Complete {
		wrong = append(wrong, fmt.Sprintf("failed: %d, rounds: %d, complete: %v\n%s", m.Failed, m.Rounds, run.Validity.Complete, out))
	}
	if distance(m.Upstream) > 0.005 {
		wrong = append(wrong, fmt.Sprintf("%v requests to the backend for one to the gateway", m.Upstream))
	}
	if took > 2*suiteBudget {
		wrong = append(wrong, fmt.Sprintf("took %v of %v", took, suiteBudget))
	}
	return wrong
}

// reduced is the suite of gates that have to be quick.
var reduced = []string{"--modes", "json,sse", "--concurrency", "1,10", "--body", "1KB"}

// itself gates a gateway against the same one: no regression, no improvement. Where few
// fresh processes fit, or on a busy machine, it may be inconclusive: this is told, and is no
// failure. What other programs of the machine have done is not there in the second try,
// which has more time.
func itself(t *testing.T, program string, g Gateway) {
	repo := repository(t, g)
	for _, budget := range []string{"25s", "60s"} {
		v, _ := gate(t, program, repo, slices.Concat(reduced, []string{"--base", "HEAD", "--measure-same", "--time-budget", budget})...)
		if v.Outcome == bench.Pass {
			return
		}
		t.Logf("in %s %s: %s", budget, v.Outcome, v.Reason)
		if v.Outcome == bench.Inconclusive {
			return
		}
	}
	t.Error("not the same as itself, in two tries")
}

// TestMeasuredUpgrade: agentic-server 0.9.0 parses every body once more than 0.8.0,
// and turns Nagle's algorithm off. Both open a connection for every stream. What has
// become better is measured again only in the time that is left.
func TestMeasuredUpgrade(t *testing.T) {
	repo := repository(t, named(t, "agentic-server-0.8.0"), named(t, "agentic-server-0.9.0"))
	program := build(t)
	var v bench.Verdict
	has := func(scenario string, want bench.Outcome, metrics ...bench.Metric) bool {
		return slices.ContainsFunc(v.Comparisons, func(c bench.Comparison) bool {
			return c.Scenario == scenario && c.Outcome == want && slices.Contains(metrics, c.Metric)
		})
	}
	faster := func() bool { return has("sse/c1/1KB", bench.Improvement, bench.TotalTypical) }
	for _, budget := range []string{"90s", "180s"} { // a machine that others use may need the second
		var out string
		v, out = gate(t, program, repo, "--base", "HEAD~1", "--modes", "json,sse", "--concurrency", "1", "--body", "1KB,100KB", "--time-budget", budget)
		t.Logf("%s", out)
		if v.Outcome == bench.Regression && faster() {
			break
		}
	}
	if v.Outcome != bench.Regression {
		t.Errorf("%s: %s", v.Outcome, v.Reason)
	}
	if !has("json/c1/100KB", bench.Regression, bench.LatencyTypical, bench.CPUPerRequest) {
		t.Error("no regression of json/c1/100KB")
	}
	if !faster() {
		t.Error("no improvement of the whole stream")
	}
	if !slices.ContainsFunc(v.Diagnoses, func(d bench.Diagnosis) bool {
		return d.Name == "connection-churn" && d.Change == bench.ChangeKept
	}) {
		t.Errorf("no connection-churn that is in the base, too: %+v", v.Diagnoses)
	}
	if !slices.ContainsFunc(v.Diagnoses, func(d bench.Diagnosis) bool {
		return d.Name == "delayed-ack-stall" && d.Change == bench.ChangeGone
	}) {
		t.Errorf("no delayed-ack-stall that is gone: %+v", v.Diagnoses)
	}
	for _, b := range v.Behaviours {
		if b.Behaviour == "delayed-ack-stall" && b.Change != bench.ChangeGone {
			t.Errorf("exchanges see the stall: %+v", b)
		}
	}
}

func named(t *testing.T, name string) Gateway {
	t.Helper()
	i := slices.IndexFunc(All, func(g Gateway) bool { return g.Name == name })
	if i < 0 {
		t.Fatalf("there is no gateway %q", name)
	}
	return All[i]
}

// build builds the program.
func build(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "proxy-bench")
	ran(t, root, 0, "go", "build", "-o", program, "./cmd/proxy-bench")
	return program
}

// gate decides in a repository.
func gate(t *testing.T, program, repo string, args ...string) (v bench.Verdict, out string) {
	t.Helper()
	dir := t.TempDir()
	out = ran(t, repo, anyStatus, program, slices.Concat([]string{"gate", "--out", dir}, args)...)
	_, v, err := record.ReadDirectory(dir, new(any))
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return v, out
}

// repository is one with a commit for each of some configurations of one gateway.
func repository(t *testing.T, gateways ...Gateway) string {
	t.Helper()
	r, err := NewRepository(root, t.TempDir(), gateways[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range gateways[1:] {
		if err := r.Commit(string(read(t, g)), g.Name); err != nil {
			t.Fatal(err)
		}
	}
	return r.Dir
}

// anyStatus is an exit status that is as good as any.
const anyStatus = -1

// ran runs a program in a directory, and says what it printed.
func ran(t *testing.T, dir string, want int, name string, args ...string) string {
	t.Helper()
	c := exec.CommandContext(t.Context(), name, args...)
	c.Dir = dir
	out, err := c.CombinedOutput()
	var status *exec.ExitError
	if err != nil && !errors.As(err, &status) {
		t.Fatal(err)
	}
	if got := c.ProcessState.ExitCode(); want != anyStatus && got != want {
		t.Errorf("%v: exit status %d, want %d\n%s", c.Args, got, want, out)
	}
	return string(out)
}
