package session

import (
	"os"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/saved"
	"github.com/org/proxy-bench-action/testdata/recordtest"
	"github.com/org/proxy-bench-action/testdata/testenv"
)

// whole is a configuration whose bundle is all of the gateway.
const whole = "version: 1\ngateway: {build: cp gateway.sh gateway, start: exec ./gateway, bundle: [gateway], ready: {path: /health, timeout: 10s}}\n" +
	"suite: {modes: [json], concurrency: [1], body: [1KB]}\nmeasure: {rounds: 1, time_budget: 1s}\n"

// sameRepository has a gateway that is one file with what it needs, and a baseline with it,
// of the commit.
func sameRepository(t *testing.T, configuration string) (r *repository, file string) {
	t.Helper()
	r = newRepository(t)
	r.write(DefaultConfig, configuration)
	r.write("main.go", "package main\n")
	r.write(".gitignore", "/gateway\n/out\n/*.zip\n/local.toml\n")
	r.commit()
	s := r.open()
	if err := s.build(t.Context(), bench.Head, side{Recipe: s.Config.Gateway}); err != nil {
		t.Fatal(err)
	}
	run := recordtest.Run(1, recordtest.SSE10)
	run.Commit.SHA = r.head
	return r, r.save(Result{Run: run})
}

// built is a session that has built head.
func (r *repository) built() *Session {
	r.t.Helper()
	s := r.open()
	s.sides[bench.Head] = side{Recipe: s.Config.Gateway}
	if err := s.build(r.t.Context(), bench.Head, s.sides[bench.Head]); err != nil {
		r.t.Fatal(err)
	}
	return s
}

// difference chooses a base, and says how head, which is built, differs.
func (r *repository) difference(s *Session, from BaseSources) string {
	r.t.Helper()
	from.Config = DefaultConfig
	c := choice{Session: s, BaseSources: from}
	base, err := c.choose(r.t.Context())
	if err != nil || base.side == nil {
		r.t.Fatalf("no base: %v\n%s", err, r.log)
	}
	how := s.difference(r.t.Context(), base, from.Config)
	if err := c.close(r.t.Context()); err != nil {
		r.t.Error(err)
	}
	return how
}

// TestDifference: base and head are the same program only where everything that is run
// is known to be equal, whether base is unpacked or built.
func TestDifference(t *testing.T) {
	const same = ""
	setting := func(from, to string) func(r *repository) {
		return func(r *repository) { r.write(DefaultConfig, strings.Replace(whole, from, to, 1)) }
	}
	shared, file := sameRepository(t, whole)
	for name, c := range map[string]struct {
		change          func(r *repository)
		bundle, rebuilt string // how they differ, by the source of the base
	}{
		"nothing":            {func(*repository) {}, same, same},
		"documents":          {func(r *repository) { r.write("README.md", "words"); r.commit() }, same, same},
		"one byte":           {func(r *repository) { r.write("gateway.sh", read(r, "gateway.sh")+"\n") }, "gateway has ", "gateway has "},
		"the start line":     {setting("exec ./gateway", "exec ./gateway --fast"), "the start lines differ", "the start lines differ"},
		"a variable":         {setting("ready:", "env: {A: b}, ready:"), "gateway.env differs", "gateway.env differs"},
		"the ready path":     {setting("/health", "/healthz"), "gateway.ready.path differs", "gateway.ready.path differs"},
		"patience":           {setting("10s", "20s"), DefaultConfig + " has changed", same},
		"the build line":     {setting("cp gateway.sh gateway", "cp -f gateway.sh gateway"), DefaultConfig + " has changed", "the build lines differ"},
		"the mode":           {setting("gateway, start", "gateway && chmod 700 gateway, start"), "gateway has the mode 0700", "the build lines differ"},
		"more in the bundle": {setting("[gateway]", "[gateway, main.go]"), "main.go is new", same},
		"no bundle":          {setting(", bundle: [gateway]", ""), DefaultConfig + " has changed", "gateway is a script"},
		"a file it may read": {func(r *repository) { r.write("prompts/a.md", "x"); r.commit() }, "prompts/a.md has changed", "prompts/a.md has changed"},
		"a source":           {func(r *repository) { r.write("main.go", "package x\n") }, "main.go has changed", "main.go has changed"},
		"a local setting":    {func(r *repository) { r.write("local.toml", "x = 1") }, "local.toml is head's alone", "local.toml is head's alone"},
	} {
		t.Run(name, func(t *testing.T) {
			commit := shared.head
			r := shared.at(t, commit)
			c.change(r)
			s := r.built()
			for source, want := range map[string]string{file: c.bundle, commit: c.rebuilt} {
				from := BaseSources{File: file}
				if source == commit {
					from = BaseSources{Ref: commit}
				}
				if got := r.difference(s, from); (got == same) != (want == same) || !strings.Contains(got, want) {
					t.Errorf("%+v: %q, want %q", from, got, want)
				}
			}
		})
	}
}

func read(r *repository, file string) string {
	r.t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		r.t.Fatal(err)
	}
	return string(text)
}

// TestDifferenceOfACompiledGateway: its sources count as far as they are in the program,
// and without a commit to compare with only its own files do. One that was built again
// may run more of what it is made of.
func TestDifferenceOfACompiledGateway(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	r, file := sameRepository(t, strings.NewReplacer("cp gateway.sh", "cp '"+self+"'", "./gateway", "./gateway gateway good 0", ", bundle: [gateway]", "").Replace(whole))
	commit := r.head
	r.write("main.go", "package x\n")
	r.write(DefaultConfig, read(r, DefaultConfig)+"gate: {threshold: 20%}\n")
	for want, from := range map[string]BaseSources{"": {File: file}, "main.go has changed": {Ref: commit}} {
		if got := r.difference(r.built(), from); got != want && (want == "" || !strings.Contains(got, want)) {
			t.Errorf("%+v: %q, want %q", from, got, want)
		}
	}
	if err := os.RemoveAll(".git"); err != nil {
		t.Fatal(err)
	}
	if got := r.difference(r.built(), BaseSources{File: file}); got != "" {
		t.Errorf("outside of a repository: %q", got)
	}
	r.write("conf.yml", "a: b")
	if got := r.difference(r.built(), BaseSources{File: file}); !strings.Contains(got, "conf.yml is head's alone") {
		t.Errorf("with a file beside it: %q", got)
	}
	r.git("init", "--quiet", "--initial-branch=main") // for the end of the test
}

// TestDifferenceUnknown: what cannot be known counts as a difference.
func TestDifferenceUnknown(t *testing.T) {
	for name, c := range map[string]struct{ change, to, want string }{
		"a script without a bundle": {", bundle: [gateway]", "", "gateway is a script, and what it runs is not carried along"},
		"a pattern":                 {"exec ./gateway", "exec ./gateway *.yml", "it looks for files by a pattern"},
		"a variable of the machine": {"exec ./gateway", "exec ./gateway $HOSTNAME", "the value of $HOSTNAME"},
		"which gateway it is":       {"exec ./gateway", "exec ./gateway $ARM", "which of the two gateways it is"},
		"a program elsewhere":       {"start: exec ./gateway, bundle: [gateway]", `start: exec "$PWD/../gw"`, "outside of the repository"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRepository(t)
			r.write(DefaultConfig, strings.Replace(whole, c.change, c.to, 1))
			r.commit()
			s := r.open()
			if err := s.build(t.Context(), bench.Head, side{Recipe: s.Config.Gateway}); err != nil {
				t.Fatal(err)
			}
			both := side{Recipe: s.Config.Gateway, dir: "."}
			s.sides[bench.Head] = both
			base := Base{side: &both, Info: bench.BaseInfo{Source: bench.SourceRebuild, SHA: r.head}}
			if got := s.difference(t.Context(), base, DefaultConfig); !strings.Contains(got, c.want) {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

// TestNoFileOfTheRepository: two programs of the machine may still be two.
func TestNoFileOfTheRepository(t *testing.T) {
	r := newRepository(t)
	s := r.open("gateway.start", "exec gw --port $PORT")
	both := side{Recipe: s.Config.Gateway, dir: "."}
	s.sides[bench.Head] = both
	base := Base{side: &both, Info: bench.BaseInfo{Source: bench.SourceRebuild, SHA: r.head}}
	if got := s.difference(t.Context(), base, DefaultConfig); got == "" {
		t.Error("they are called the same program")
	}
}

// TestGateOfTheSameProgram: nothing is measured and it passes, unless it is asked for.
func TestGateOfTheSameProgram(t *testing.T) {
	r, file := sameRepository(t, whole)
	for source, from := range map[bench.BaseSource]BaseSources{bench.SourceBundle: {File: file}, bench.SourceRebuild: {Ref: r.head}} {
		g := r.gate(from)
		if g.Verdict.Outcome != bench.Pass || !g.Verdict.SameProgram || !g.Run.SameProgram || len(g.Run.Rounds) > 0 ||
			g.Run.Base.Source != source || g.Run.Base.SHA != r.head || !g.Run.Validity.Complete {
			t.Errorf("%s: verdict %+v, base %+v, rounds of %s\n%s", source, g.Verdict, g.Run.Base, armsOf(g.Run), r.log)
		}
		if again := saved.Decide(g.Run, nil); again.Outcome != bench.Pass || !again.SameProgram {
			t.Errorf("decided again: %+v", again)
		}
		if c := g.Report(nil, nil).Context; c.Reproduce != "proxy-bench gate --base "+r.head+" --measure-same" {
			t.Errorf("to measure it: %s", c.Reproduce)
		}
		if kept, err := saved.Rounds(r.saveRun(g.Run)); err != nil || !kept.Run.SameProgram {
			t.Errorf("kept: %+v, %v", kept.Run, err)
		}
		err := WriteBaseline(new(strings.Builder), g, bench.Recipe{Start: "x"}, &Lines{W: r.log})
		testenv.WantError(t, err, "nothing was measured")
	}
	g := r.gate(BaseSources{File: file}, "measure.same", "true")
	if !strings.Contains(armsOf(g.Run), "base:") || !g.Run.SameProgram || g.Verdict.SameProgram {
		t.Errorf("measured all the same: rounds of %s, verdict %+v", armsOf(g.Run), g.Verdict)
	}
	r.says("are the same program, and are measured all the same")
}
