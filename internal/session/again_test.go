package session

import (
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/attempt"
	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/saved"
)

// TestBaselineThatIsBehind: main was fine when it left its baseline. Whether a change is
// to blame for what is worse now shows only a build of the commit that it starts from.
func TestBaselineThatIsBehind(t *testing.T) {
	whole := newRepository(t)
	whole.write(DefaultConfig, strings.Replace(gatewayFile, "ready:", "bundle: [gateway], ready:", 1))
	whole.commit()
	older := whole.head
	file := whole.save(whole.gate(BaseSources{}))
	for name, c := range map[string]struct {
		base, head string // how the gateways are; the baseline's is good
		from       BaseSources
		ref        string // of the base commit, where it is another
		outcome    bench.Outcome
		source     bench.BaseSource
		same       bool
		says       string // the note on the base
	}{
		"main is to blame":         {base: "lies", head: "lies", outcome: bench.Pass, source: bench.SourceRebuild, same: true, says: "built since head was worse than the baseline of"},
		"the change is to blame":   {base: "good", head: "lies", outcome: bench.Regression, source: bench.SourceRebuild, says: "which is 2 commits behind"},
		"the base is not here":     {base: "good", head: "lies", ref: "gone", outcome: bench.Inconclusive, source: bench.SourceBundle, says: `there is no commit "gone"`},
		"the base does not run":    {base: "exit 3", head: "lies", outcome: bench.Inconclusive, source: bench.SourceBundle, says: "the base commit is built and does not run: gateway died"},
		"no commit is to be built": {base: "good", head: "lies", from: BaseSources{BundleOnly: true}, outcome: bench.Inconclusive, source: bench.SourceBundle},
		"nobody is to blame":       {base: "good", head: "good", source: bench.SourceBundle},
	} {
		t.Run(name, func(t *testing.T) {
			r := whole.at(t, older)
			set := func(how string) {
				r.gateway(how, 10)
				if strings.HasPrefix(how, "exit") {
					r.write("gateway.sh", "#!/bin/sh\n"+how+"\n")
				}
				r.commit()
			}
			set(c.base)
			base := r.head
			if c.ref != "" {
				base = c.ref
			}
			r.write("README.md", "words")
			set(c.head)
			c.from.File, c.from.Run, c.from.Behind, c.from.Ref, c.from.Name = file, 7, 2, base, "main"
			g := r.gate(c.from)
			i := g.Base.Info
			if i.Source != c.source || !strings.Contains(i.Note, c.says) || i.Name != "main" || *g.Run.Base != i || g.Run.SameProgram != c.same {
				t.Errorf("%+v, the same program: %v", i, g.Run.SameProgram)
			}
			if c.outcome != "" && g.Verdict.Outcome != c.outcome || g.Verdict.Outcome == bench.Regression && c.outcome == "" {
				t.Errorf("outcome %s: %s\n%s", g.Verdict.Outcome, g.Verdict.Reason, r.log)
			}
			if again := saved.Decide(g.Run, nil); again.Outcome != g.Verdict.Outcome || again.Reason != g.Verdict.Reason {
				t.Errorf("decided again: %s, %s", again.Outcome, again.Reason)
			}
			if i.Source == bench.SourceRebuild {
				r.says("head is worse than " + older[:12] + ", which is 2 commits behind its base: the base, " + base[:12] + ", is built, and a gate against it of at most 1s decides")
				r.says("base: main at " + base[:12] + ", built again here")
				if i.SHA != base || i.Behind != 0 || i.Run != 0 {
					t.Errorf("%+v", i)
				}
			} else if i.SHA != older || i.Behind != 2 || i.Run != 7 {
				t.Errorf("%+v", i)
			}
			r.says("base: main at " + older[:12] + ", its build from run 7; 2 commits behind the base of this change")
		})
	}
}

// TestRunAgainAfterABuild: what was decided beside the base itself is not decided beside
// an older one when the job is run again.
func TestRunAgainAfterABuild(t *testing.T) {
	r := newRepository(t)
	file := r.save(r.gate(BaseSources{}))
	r.write("words", "")
	r.commit()
	base := r.head
	for source, info := range map[bench.BaseSource]bench.BaseInfo{
		bench.SourceRebuild: {Source: bench.SourceRebuild, SHA: base},
		bench.SourceBundle:  {Source: bench.SourceRebuild, SHA: "another"},
	} {
		s := r.open()
		c := choice{Session: s, BaseSources: BaseSources{
			File: file, Behind: 1, Ref: base, Config: DefaultConfig, Attempts: attempt.Attempts{Runs: []bench.Run{{}, {Base: &info}}},
		}}
		got, err := c.choose(t.Context())
		if err != nil || got.Info.Source != source {
			t.Errorf("after %s of %.7s: %q, %v", info.Source, info.SHA, got.Info.Source, err)
		}
		if err := c.close(t.Context()); err != nil {
			t.Error(err)
		}
	}
}
