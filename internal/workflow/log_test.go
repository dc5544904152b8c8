package workflow

import (
	"bytes"
	"testing"
	"time"

	"github.com/org/proxy-bench-action/internal/actions"
	"github.com/org/proxy-bench-action/internal/session"
	"github.com/org/proxy-bench-action/internal/trial"
)

// TestStepLog: each stage is the title of a group, no group is in another, and there is a
// line on how far it is only now and then.
func TestStepLog(t *testing.T) {
	var b bytes.Buffer
	l := &stepLog{Lines: session.Lines{W: &b}, runner: actions.NewRunner(func(string) string { return "" }, &b)}
	at := 0
	measure := func(rounds int) {
		for round := 1; round <= rounds; round++ {
			at += 2
			l.Progress(trial.Progress{Unit: "process pair", Round: round, Rounds: rounds, Elapsed: time.Duration(at) * time.Second, Remaining: time.Minute})
		}
		l.EndProgress()
	}
	l.Group("measure, in at most 4m0s")
	l.Stage("screening (1s gone)")
	measure(10)
	l.Stage("measuring again (21s gone)")
	measure(10)
	l.EndGroup()
	l.EndGroup()
	want := "::group::measure, in at most 4m0s\n::endgroup::\n" +
		"::group::screening (1s gone)\nprocess pair 8 of at most 10, 16s gone, at most 1m0s left\n::endgroup::\n" +
		"::group::measuring again (21s gone)\nprocess pair 6 of at most 10, 32s gone, at most 1m0s left\n::endgroup::\n"
	if b.String() != want {
		t.Errorf("%s\nwant\n%s", b.String(), want)
	}
}
