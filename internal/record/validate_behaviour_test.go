package record

import (
	"bytes"
	"math"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/testdata/recordtest"
	"github.com/org/proxy-bench-action/testdata/testenv"
)

func TestValidateFacts(t *testing.T) {
	good := func() bench.Fact {
		return bench.Fact{Behaviour: "a newer one", Case: "429", Arm: bench.Head, Process: 1, Seen: 2, Of: 3, Value: new(-0.5), Says: []string{"a"}}
	}
	for name, c := range map[string]struct {
		spoil func(*bench.Fact)
		want  string
	}{
		"nothing":        {func(*bench.Fact) {}, ""},
		"unseen":         {func(f *bench.Fact) { f.Seen, f.Of, f.Unseen = 0, 0, "no time" }, ""},
		"no name":        {func(f *bench.Fact) { f.Behaviour = "" }, `facts[0], "" of "head": it names no behaviour`},
		"direct":         {func(f *bench.Fact) { f.Arm = bench.Direct }, "it is of no gateway of the plan"},
		"another arm":    {func(f *bench.Fact) { f.Arm = "tail" }, "it is of no gateway of the plan"},
		"no process":     {func(f *bench.Fact) { f.Process = 0 }, "processes count from 1"},
		"too often":      {func(f *bench.Fact) { f.Seen = 4 }, "seen in 4 of 3 exchanges"},
		"negative":       {func(f *bench.Fact) { f.Seen = -1 }, "seen: -1 must not be negative"},
		"without reason": {func(f *bench.Fact) { f.Seen, f.Of = 0, 0 }, "it does not say why"},
		"twice":          {func(f *bench.Fact) { f.Process = 2 }, `facts[1], "a newer one" of "head": is there twice`},
		"infinite":       {func(f *bench.Fact) { f.Value = new(math.Inf(1)) }, "value: +Inf is not a finite number"},
	} {
		t.Run(name, func(t *testing.T) {
			run := recordtest.Run(1, recordtest.SSE10)
			first, second := good(), good()
			c.spoil(&first)
			second.Process = 2
			run.Facts = []bench.Fact{first, second}
			testenv.WantError(t, Validate(run), c.want)
		})
	}
}

func TestValidateTimelines(t *testing.T) {
	for arm, want := range map[bench.Arm]string{bench.Direct: "", bench.Head: "", "tail": `timelines[0], "tail": the plan has no such arm`} {
		run := recordtest.Run(1, recordtest.SSE10)
		run.Timelines = []bench.Timeline{{Arm: arm, Sent: []float64{0.1}, Came: []float64{0.2}}}
		testenv.WantError(t, Validate(run), want)
	}
}

func TestReadVerdictChecksBehaviours(t *testing.T) {
	for name, c := range map[string]struct {
		change bench.BehaviourChange
		want   string
	}{
		"a regression":     {bench.BehaviourChange{Behaviour: "x", Change: bench.ChangeNew, Harm: true, Outcome: bench.Regression, Text: "x"}, ""},
		"not decided":      {bench.BehaviourChange{Behaviour: "x", Change: bench.ChangeUndecided, Harm: true, Outcome: bench.Pass, Text: "x"}, ""},
		"no text":          {bench.BehaviourChange{Behaviour: "x", Change: bench.ChangeNew, Outcome: bench.Pass}, `behaviours[0], "x": it has no name or no text`},
		"another change":   {bench.BehaviourChange{Behaviour: "x", Change: "better", Outcome: bench.Pass, Text: "x"}, `there is no change "better"`},
		"harm of the base": {bench.BehaviourChange{Behaviour: "x", Change: bench.ChangeKept, Harm: true, Outcome: bench.Regression, Text: "x"}, "only new harm is more than a pass"},
		"no harm":          {bench.BehaviourChange{Behaviour: "x", Change: bench.ChangeNew, Outcome: bench.Regression, Text: "x"}, "only new harm is more than a pass"},
	} {
		var b bytes.Buffer
		if err := WriteVerdict(&b, bench.Verdict{Schema: bench.VerdictSchema, Outcome: bench.Pass, Behaviours: []bench.BehaviourChange{c.change}}); err != nil {
			t.Fatal(err)
		}
		_, err := ReadVerdict(&b, MaxFile)
		t.Log(name)
		testenv.WantError(t, err, c.want)
	}
}
