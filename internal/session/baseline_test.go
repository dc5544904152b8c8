package session

import (
	"bytes"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/baseline"
	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/saved"
	"github.com/org/proxy-bench-action/testdata/recordtest"
)

// TestBundled: what the configuration lists is no guess. What cannot be carried leaves a
// baseline with the numbers, and with the reason.
func TestBundled(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, err := range []error{
		os.WriteFile("gw", nil, 0o755), os.Symlink("/usr/bin/env", "link"),
		os.MkdirAll("node_modules/.bin", 0o755), os.Mkdir("node_modules/pkg", 0o755),
		os.WriteFile("node_modules/pkg/cli.js", nil, 0o755), os.Symlink("../pkg/cli.js", "node_modules/.bin/pkg"),
		os.WriteFile("server.mjs", []byte(`import "pkg"`), 0o644),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	check := func(g bench.Recipe, want []string, says string) {
		t.Helper()
		paths, why := baseline.Carried(g, ".")
		if !slices.Equal(paths, want) || !strings.Contains(why, says) || (why == "") != (says == "") {
			t.Errorf("%q: %q, %q", g.Start, paths, why)
		}
	}
	check(bench.Recipe{Start: "./gw"}, []string{"gw"}, "")
	check(bench.Recipe{Start: "./link"}, []string{"link"}, "")
	check(bench.Recipe{Start: "node server.mjs"}, []string{"node_modules", "server.mjs"}, "")
	check(bench.Recipe{Start: "./link", Bundle: []string{"link"}}, []string{"link"}, "")
	check(bench.Recipe{Start: "python app.py"}, nil, "gateway.bundle")
	run := recordtest.Run(2, recordtest.SSE10)
	for to, why := range map[string]string{"../../packages": "", "../../../elsewhere": `"node_modules/pkg/shared" is a symbolic link to "../../../elsewhere", which`} {
		if err := errors.Join(os.MkdirAll("packages", 0o755), os.RemoveAll("node_modules/pkg/shared"), os.Symlink(to, "node_modules/pkg/shared")); err != nil {
			t.Fatal(err)
		}
		var content, log bytes.Buffer
		if err := WriteBaseline(&content, Result{Run: run}, bench.Recipe{Start: "node server.mjs"}, &Lines{W: &log}); err != nil {
			t.Fatal(err)
		}
		b, _, err := baseline.Open(content.Bytes(), baseline.DefaultLimits())
		if err != nil || len(b.Run.Rounds) == 0 || len(b.History) != 1 || (b.Bundle == nil) != (why != "") || !strings.Contains(b.NoBundle, why) || !strings.Contains(log.String(), why) {
			t.Errorf("%s: %v, bundled %v, %q\n%s", to, err, b.Bundle, b.NoBundle, &log)
		}
	}
}

// TestBaselineOfAGateWithABase can be read again: nothing of the base is in it.
func TestBaselineOfAGateWithABase(t *testing.T) {
	t.Chdir(t.TempDir())
	run := recordtest.Run(2, recordtest.SSE10)
	run.Base = &bench.BaseInfo{Source: bench.SourceBundle, SHA: "abc"}
	for _, arm := range []bench.Arm{bench.Base, bench.Head} {
		run.WarmUps = append(run.WarmUps, bench.WarmUp{Arm: arm})
		run.Unmeasured = append(run.Unmeasured, bench.Unmeasured{Arm: arm, Scenario: recordtest.SSE10.ID()})
		run.Rewrites = append(run.Rewrites, bench.Rewrite{Arm: arm, Mode: bench.SSE, Kind: bench.Recuts})
		run.Facts = append(run.Facts, bench.Fact{Behaviour: "asks-twice", Arm: arm, Process: 1, Of: 3})
		run.Timelines = append(run.Timelines, bench.Timeline{Arm: arm, Sent: []float64{}, Came: []float64{}})
	}
	f, err := os.Create("base.zip")
	if err != nil {
		t.Fatal(err)
	}
	err = WriteBaseline(f, Result{Run: run}, bench.Recipe{Start: "./gw"}, &Lines{W: &strings.Builder{}})
	if err := errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
	b, err := saved.Rounds("base.zip")
	if err != nil || len(b.Run.Rounds) != 4 || len(b.Run.WarmUps) != 1 || len(b.Run.Unmeasured) != 1 || len(b.Run.Rewrites) != 1 || len(b.Run.Facts) != 1 || len(b.Run.Timelines) != 1 {
		t.Errorf("%+v, %v", b.Run, err)
	}
}
