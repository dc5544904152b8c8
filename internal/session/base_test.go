package session

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/org/proxy-bench-action/internal/baseline"
	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/history"
	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/internal/revision"
	"github.com/org/proxy-bench-action/internal/saved"
	"github.com/org/proxy-bench-action/testdata/recordtest"
	"github.com/org/proxy-bench-action/testdata/testenv"
)

// TestChoose: the best source that can be had, and why not a better one.
func TestChoose(t *testing.T) {
	r := newRepository(t)
	measured := r.gate(BaseSources{})
	file := r.save(measured)
	r.write("text.zip", "PK but no zip")
	only := r.saveRun(measured.Run)
	r.write("broken/"+DefaultConfig, "version: 1\ngateway: {strat: x}\n")
	r.commit()
	for name, c := range map[string]struct {
		from   BaseSources
		source bench.BaseSource
		note   string // of the base
		err    string
		usage  bool
	}{
		"nothing":                        {from: BaseSources{}},
		"a bundle before a commit":       {from: BaseSources{File: file, Ref: "HEAD"}, source: bench.SourceBundle},
		"numbers, whose commit is here":  {from: BaseSources{File: only}, source: bench.SourceRebuild, note: "the bundled gateway cannot be used"},
		"numbers, and no building":       {from: BaseSources{File: only, BundleOnly: true}, source: bench.SourceStored, note: "the bundled gateway cannot be used"},
		"numbers, and a commit gone":     {from: BaseSources{File: only, Ref: "gone"}, source: bench.SourceStored, note: `there is no commit "gone"`},
		"a file that a user named":       {from: BaseSources{File: "missing.zip", Ref: "HEAD"}, err: "missing.zip", usage: true},
		"a broken file that a user has":  {from: BaseSources{File: "text.zip"}, err: "text.zip", usage: true},
		"a broken file that was fetched": {from: BaseSources{File: "text.zip", Fetched: true, Ref: "HEAD"}, source: bench.SourceRebuild, note: "text.zip"},
		"a commit that a user named":     {from: BaseSources{Ref: "gone", Named: "--base"}, err: `--base: there is no commit "gone"`, usage: true},
		"a named one that is not built":  {from: BaseSources{Ref: "HEAD", Named: "--base", BundleOnly: true, Notes: []string{"no token"}}, err: "--base: HEAD cannot be compared with: no token"},
		"a commit that is gone":          {from: BaseSources{Ref: "gone"}, note: `there is no commit "gone"`},
		"what was noted before":          {from: BaseSources{Ref: "HEAD", Notes: []string{"no token"}}, source: bench.SourceRebuild, note: "no token"},
		"its own configuration broken":   {from: BaseSources{Ref: "HEAD", Config: "broken/" + DefaultConfig}, source: bench.SourceRebuild, note: "the base's configuration cannot be read"},
	} {
		t.Run(name, func(t *testing.T) {
			s := r.open()
			choice := choice{Session: s, BaseSources: c.from}
			base, err := choice.choose(t.Context())
			if err := choice.close(t.Context()); err != nil {
				t.Error(err)
			}
			if (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) || host.IsUsage(err) != c.usage {
				t.Fatalf("error %v, want one with %q", err, c.err)
			}
			if base.Info.Source != c.source || !strings.Contains(base.Notes, c.note) || (base.Notes == "") != (c.note == "") {
				t.Errorf("%+v, want %q with the note %q", base, c.source, c.note)
			}
			if (base.side != nil) != (c.source == bench.SourceBundle || c.source == bench.SourceRebuild) {
				t.Errorf("a gateway: %v", base.side)
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestBaseThatDoesNotRun: what was built elsewhere may not start here, and what a
// commit holds may not build; the next source is taken then.
func TestBaseThatDoesNotRun(t *testing.T) {
	r := newRepository(t)
	first := r.head
	r.write("gateway", "#!/bin/sh\nexit 3\n")
	run := recordtest.Run(1, recordtest.SSE10)
	run.Commit.SHA = first
	const built = "cp gateway.sh gateway"
	for _, c := range []struct {
		name   string
		rounds int // of the baseline
		build  string
		source bench.BaseSource
		note   string
	}{
		{"another commit is built", 1, built, bench.SourceRebuild, ""},
		{"the commit does not build", 1, "exit 4", bench.SourceStored, "the base commit cannot be built: gateway build: exited with status 4"},
		{"there are no numbers, either", 0, "exit 4", "", "exited with status 4"},
	} {
		t.Run(c.name, func(t *testing.T) {
			run.Rounds = run.Rounds[:min(c.rounds*3, len(run.Rounds))]
			s := r.open("gateway.build", c.build)
			choice := choice{Session: s, BaseSources: BaseSources{File: r.save(Result{Run: run}), Config: "missing.yml"}}
			base, err := choice.choose(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if base.Info.Source != c.source || !strings.Contains(base.Notes, c.note) || !strings.HasPrefix(base.Notes, "the bundled gateway cannot be used: gateway died: exited with status 3") {
				t.Errorf("%q with the notes %q", base.Info.Source, base.Notes)
			}
			if c.source != "" && (base.Info.SHA != first || base.Stored == nil) {
				t.Errorf("the base is %+v", base.Info)
			}
			if err := choice.close(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestOneFileOfBothBuilds: where base's build writes what head runs, both are one
// program, and a comparison would pass anything.
func TestOneFileOfBothBuilds(t *testing.T) {
	for name, c := range map[string]struct {
		build, start string // $1 is a directory outside of the repository
		refused      bool
	}{
		"in the working directory": {"cp gateway.sh gateway", "exec ./gateway", false},
		"an absolute path":         {"cp gateway.sh $1/gateway", "exec $1/gateway", true},
		"a target of both":         {"cp gateway.sh ${CARGO_TARGET_DIR:-$1}/gateway", "exec ${CARGO_TARGET_DIR:-$1}/gateway", true},
		"a place beside":           {"cp gateway.sh gateway; cp gateway.sh $1/copy", "exec ./gateway", false},
	} {
		t.Run(name, func(t *testing.T) {
			r, outside := newRepository(t), t.TempDir()
			s := r.open("gateway.build", strings.ReplaceAll(c.build, "$1", outside), "gateway.start", strings.ReplaceAll(c.start, "$1", outside))
			s.sides[bench.Head] = side{Recipe: s.Config.Gateway}
			if err := s.build(t.Context(), bench.Head, s.sides[bench.Head]); err != nil {
				t.Fatal(err)
			}
			choice := choice{Session: s, BaseSources: BaseSources{Ref: "HEAD", Config: "missing.yml"}}
			_, err := choice.choose(t.Context())
			if refused := host.IsUsage(err) && strings.Contains(err.Error(), outside+"/gateway, which head runs"); refused != c.refused || err != nil && !refused {
				t.Errorf("refused %v: %v", refused, err)
			}
			if err := choice.close(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestOneFileOfHeadsBuild: a base that builds nothing must not run what head has built.
func TestOneFileOfHeadsBuild(t *testing.T) {
	r, outside := newRepository(t), t.TempDir()
	start := "exec " + outside + "/gateway"
	r.write("own.yml", "version: 1\ngateway: {start: "+start+"}\n")
	r.commit()
	r.write(outside+"/gateway", "#!/bin/sh\n")
	for _, built := range []bool{true, false} {
		s := r.open("gateway.start", start)
		began := time.Now().Add(-time.Hour)
		if !built {
			began = time.Now().Add(time.Hour)
		}
		s.sides[bench.Head] = side{Recipe: s.Config.Gateway}
		choice := choice{Session: s, BaseSources: BaseSources{Ref: "HEAD", Config: "own.yml"}, began: began}
		_, err := choice.choose(t.Context())
		if refused := host.IsUsage(err) && strings.Contains(err.Error(), "the build of head has written "+outside+"/gateway"); refused != built || err != nil && !refused {
			t.Errorf("built by head %v: %v", built, err)
		}
		if err := choice.close(t.Context()); err != nil {
			t.Error(err)
		}
	}
}

// TestBaseByItsOwnConfiguration: a base is built and started as its own commit
// says, in the directory that we are in; by head's configuration where that is
// no part of the commit.
func TestBaseByItsOwnConfiguration(t *testing.T) {
	r := newRepository(t)
	for path, content := range map[string]string{
		"cmd/gw/own.yml": "version: 1\ngateway: {start: ./old}\n", "cmd/gw/go.mod": "module gw\n",
		"cmd/gw/main.go": "package main\n\nfunc main() {}\n", "cmd/gw/" + DefaultConfig: gatewayFile,
	} {
		r.write(path, content)
	}
	r.commit()
	t.Chdir("cmd/gw")
	absolute, err := filepath.Abs("own.yml")
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]struct{ start, build string }{
		"own.yml":     {"./old", "go build -o ./ ./..."},
		"missing.yml": {"exec ./gateway", "touch built"},
		absolute:      {"exec ./gateway", "touch built"},
	} {
		s := r.open("gateway.build", "touch built")
		choice := choice{Session: s, BaseSources: BaseSources{Ref: "HEAD", Config: path}}
		g, _, err := choice.rebuild(t.Context(), "HEAD")
		if err != nil {
			t.Fatal(err)
		}
		if g.Start != want.start || g.Build != want.build || g.dir != filepath.Join(s.Sandbox.Scratch(), "base/tree/cmd/gw") {
			t.Errorf("%s: %+v", path, *g)
		}
		if err := choice.close(t.Context()); err != nil {
			t.Error(err)
		}
	}
}

// TestOutsideOfARepository: there is no commit to build there, and none that is
// measured.
func TestOutsideOfARepository(t *testing.T) {
	r := newRepository(t)
	s := r.open()
	t.Chdir(t.TempDir())
	for named, says := range map[string]string{"--base": "--base: this directory is in no git repository", "": ""} {
		c := choice{Session: s, BaseSources: BaseSources{Ref: "HEAD", Named: named}}
		base, err := c.choose(t.Context())
		testenv.WantError(t, err, says)
		if host.IsUsage(err) != (named != "") || named == "" && !strings.HasPrefix(base.Notes, "the base commit cannot be built: this directory is in no git repository") {
			t.Errorf("named %q: %v, notes %q", named, err, base.Notes)
		}
	}
	if c := revision.CheckedOut(t.Context(), s.Sandbox.Git); c != (bench.Commit{}) {
		t.Errorf("of the commit %+v", c)
	}
}

// TestBaseline: what a gate leaves holds head's rounds only, after the history
// before them, and what the gateway needs to run.
func TestBaseline(t *testing.T) {
	r := newRepository(t)
	r.write("gateway", "#!/bin/sh\n")
	run := recordtest.Run(2, recordtest.SSE10)
	stored := baseline.Baseline{History: history.Append(nil, saved.HeadOnly(run))}
	run.Commit.SHA, run.Base = "2222", &bench.BaseInfo{Source: bench.SourceBundle}
	for _, c := range []struct {
		head   bench.Recipe
		bundle string
		says   string
	}{
		{bench.Recipe{Start: "exec ./gateway", Env: map[string]string{"A": "b"}}, "gateway", "bundled gateway: 1 file,"},
		{bench.Recipe{Start: "exec ./gateway", Bundle: []string{"gateway.sh"}}, "gateway.sh", "bundled gateway.sh: 1 file,"},
		{bench.Recipe{Start: "haproxy"}, "", "nothing to bundle: haproxy is a program of the machine and not of the repository"},
		{bench.Recipe{Start: "./missing"}, "", "nothing to bundle"},
		{bench.Recipe{Start: "x", Bundle: []string{"missing"}}, "", "nothing to bundle: bundling the gateway from .: statat missing: no such file"},
	} {
		r.log.Reset()
		var file bytes.Buffer
		if err := WriteBaseline(&file, Result{Run: run, Base: Base{Stored: &stored}}, c.head, &Lines{W: r.log}); err != nil {
			t.Fatal(err)
		}
		r.says(c.says)
		b, _, err := baseline.Open(file.Bytes(), baseline.DefaultLimits())
		if err != nil {
			t.Fatal(err)
		}
		bundle := ""
		if b.Bundle != nil {
			bundle = b.Bundle.Files[0].Path
		}
		if b.Gateway.Start != c.head.Start || b.Gateway.Env["A"] != c.head.Env["A"] || bundle != c.bundle {
			t.Errorf("the gateway is %+v, bundled %q", b.Gateway, bundle)
		}
		if len(b.History) != 2 || b.History[1].SHA != "2222" || b.Run.Base != nil || armsOf(b.Run) != "map[direct:2 head:2]" {
			t.Errorf("history %+v, rounds of %s", b.History, armsOf(b.Run))
		}
	}
}
