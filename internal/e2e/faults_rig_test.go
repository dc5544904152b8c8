//go:build measured

package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/testdata/testenv"
)

const gateways = "../../testdata/gateways"

// figuresOnly leaves out exchanges and counts, which are not what diagnoses are made of.
const figuresOnly = "gate: {behaviour: off, instructions: off}\n"

// faultRig has the built programs.
type faultRig struct {
	bench   string
	gateway func(args string) string
}

func newFaultRig(t testing.TB, z zoo) faultRig {
	t.Helper()
	dir := t.TempDir()
	r := faultRig{filepath.Join(dir, "proxy-bench"), z.gateway(t, dir)}
	goBuild(t, r.bench, "./cmd/proxy-bench")
	return r
}

func goBuild(t testing.TB, path, pkg string) {
	t.Helper()
	build := exec.Command("go", "build", "-o", path, pkg)
	build.Dir = filepath.Join("..", "..")
	mustRun(t, build)
}

func mustRun(t testing.TB, c *exec.Cmd) {
	t.Helper()
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", c, err, out)
	}
}

func reference(t testing.TB, dir string) func(args string) string {
	program := filepath.Join(dir, "reference")
	goBuild(t, program, "./testdata/gateways/reference")
	return started(program)
}

func axum(t testing.TB, dir string) func(args string) string {
	if _, err := exec.LookPath("cargo"); err != nil {
		testenv.Lacks(t, "the axum gateway cannot be built: "+err.Error(), "install Rust")
	}
	source := filepath.Join(gateways, "axum")
	build := exec.Command("cargo", "build", "--locked", "--release", "--quiet")
	build.Dir = source
	mustRun(t, build)
	program := filepath.Join(dir, "axum")
	mustRun(t, exec.Command("cp", filepath.Join(source, "target", "release", "axum-gateway"), program))
	return started(program)
}

// haproxy takes no arguments: it is measured as its example says.
func haproxy(t testing.TB, _ string) func(args string) string {
	if _, err := os.Stat("/usr/sbin/haproxy"); err != nil {
		testenv.Lacks(t, err.Error(), "apt-get install haproxy")
	}
	example, err := os.ReadFile(filepath.Join(gateways, "haproxy", "proxy-bench.yml"))
	if err != nil {
		t.Fatal(err)
	}
	return func(string) string { return string(example) }
}

func started(program string) func(args string) string {
	return func(args string) string {
		return fmt.Sprintf("version: 1\ngateway:\n  start: exec %s -listen \"127.0.0.1:$PORT\" -upstream \"$UPSTREAM_URL\" %s\n  ready: {path: /health, timeout: 20s}\n", program, args)
	}
}

// look measures a gateway with faults, in the suite of the first, and says which
// diagnoses that they want were given, and what else was, which is wrong.
func (r faultRig) look(t testing.TB, faults ...fault) (found map[bench.DiagnosisName]bool, wrong string) {
	t.Helper()
	args := ""
	for _, f := range faults {
		if f.fault != "" {
			args += " -fault " + f.fault
		}
	}
	found = make(map[bench.DiagnosisName]bool)
	for _, d := range r.diagnose(t, args, faults[0].suite) {
		t.Logf("%s (%s) %v: %s", d.Name, d.Change, d.Scenarios, d.Seen)
		switch {
		case d.Change != bench.ChangeNew:
			wrong = fmt.Sprintf("%s is said to be %s", d.Name, d.Change)
		case slices.ContainsFunc(faults, func(f fault) bool { return f.want == d.Name }):
			found[d.Name] = true
		default:
			wrong = fmt.Sprintf("%s, which it is not: %s", d.Name, d.Seen)
		}
	}
	return found, wrong
}

// diagnose measures the gateway with arguments beside the one without.
func (r faultRig) diagnose(t testing.TB, args, suite string) []bench.Diagnosis {
	t.Helper()
	dir := t.TempDir()
	config := func(name, args string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(r.gateway(args)+suite+figuresOnly), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	out := filepath.Join(dir, "out")
	run := exec.CommandContext(ctx, r.bench, "run", "--config", config("head.yml", args), "--base-config", config("base.yml", ""), "--out", out)
	run.Dir = filepath.Join("..", "..") // of which the build lines of the examples are
	// Requests that fail are an exit status, too, and what some faults are.
	ran, err := run.CombinedOutput()
	if !exited(err) {
		t.Fatalf("%v\n%s", err, ran)
	}
	compare := exec.CommandContext(ctx, r.bench, "compare", "--json", filepath.Join(out, "run.json"))
	var v bench.Verdict
	var complaint bytes.Buffer
	compare.Stderr = &complaint
	text, err := compare.Output()
	if !exited(err) {
		t.Fatal(err)
	}
	if err := json.NewDecoder(bytes.NewReader(text)).Decode(&v); err != nil {
		t.Fatalf("%v in %q: %s\n%s", err, text, &complaint, ran)
	}
	return v.Diagnoses
}

// exited is true when a program ended by itself, whatever its status.
func exited(err error) bool {
	var status *exec.ExitError
	return err == nil || errors.As(err, &status) && status.Exited()
}
