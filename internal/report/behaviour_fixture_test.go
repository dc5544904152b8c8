package report_test

import (
	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/report"
)

// behaved adds facts and timelines to a run: of a head that holds streams until their
// end and answers from a cache, beside a base that does neither, or of a head alone.
func behaved(run bench.Run) bench.Run {
	for _, arm := range run.Plan.Arms {
		run.Timelines = append(run.Timelines, streamed(arm, arm == bench.Head))
		if arm == bench.Direct {
			continue
		}
		for process := 1; process <= 2; process++ {
			add := func(f bench.Fact) {
				f.Arm, f.Process = arm, process
				run.Facts = append(run.Facts, f)
			}
			cached := bench.Fact{Behaviour: "answered-without-backend", Of: 5, Detail: "1 requests to the backend for 1 of the client"}
			if arm == bench.Head {
				cached.Seen, cached.Detail = 5, "0 requests to the backend for 1 of the client"
			}
			add(cached)
			for _, where := range []string{"equal", "differing"} {
				add(bench.Fact{Behaviour: "asks-twice", Case: where, Of: 5})
			}
			for i, where := range []string{"429", "500"} {
				unknown := bench.Fact{Behaviour: "a-later-version-knows", Case: where, Of: 3, Seen: 3 * i, Says: []string{"Via", "X-Request-Id"}}
				if arm == bench.Head {
					unknown.Says = append(unknown.Says, "X-Served-By")
				}
				add(unknown)
			}
			add(bench.Fact{Behaviour: "another-that-a-later-version-knows", Case: "gone", Unseen: "no time was left for it"})
		}
	}
	return run
}

// streamed is a stream of twelve events, one every 15 ms.
func streamed(arm bench.Arm, held bool) bench.Timeline {
	t := bench.Timeline{Arm: arm}
	for i := range 12 {
		at := 12e-3 + 15e-3*float64(i)
		t.Sent = append(t.Sent, at)
		if held {
			t.Came = append(t.Came, 178.6e-3+0.05e-3*float64(i))
		} else {
			t.Came = append(t.Came, at+0.4e-3)
		}
	}
	return t
}

// behavedDifferently is a gate whose head is as fast as the base and does other things.
func behavedDifferently() report.Report {
	r := decideSaved(behaved(saved("pass")))
	r.Verdict.Outcome = bench.Regression
	r.Verdict.Reason = "streams are buffered whole: 10 of 10, base 0 of 10"
	r.Verdict.Behaviours = []bench.BehaviourChange{
		{
			Behaviour: "a-later-version-knows", Change: bench.ChangeNew, Harm: true, Outcome: bench.Regression,
			Text: "streams are buffered whole: 10 of 10, base 0 of 10", Look: "buffering of answers, a missing flush after each event, compression",
		},
		{
			Behaviour: "answered-without-backend", Change: bench.ChangeNew, Harm: true, Outcome: bench.Regression,
			Text: "answers requests without asking the backend: 10 of 10, base 0 of 10", Look: "a cache, or an answer of the gateway's own",
		},
		{
			Behaviour: "errors-rewritten", Case: "429", Change: bench.ChangeKept, Harm: true, Outcome: bench.Pass,
			Text: "429 of the backend becomes 500: 10 of 10, base 10 of 10", Look: "how errors of the backend are mapped",
		},
		{
			Behaviour: "runs-on", Change: bench.ChangeGone, Harm: true, Outcome: bench.Pass,
			Text: "the backend goes on after clients went away: 0 of 10, base 10 of 10", Look: "cancellation",
		},
		{
			Behaviour: "adds-headers", Change: bench.ChangeOther, Outcome: bench.Pass,
			Text: "headers added to answers: Via, X-Request-Id, X-Served-By; base Via, X-Request-Id",
		},
		{
			Behaviour: "asks-twice", Change: bench.ChangeUndecided, Harm: true, Outcome: bench.Pass,
			Text: "asks the backend more than once for one request: 5 of 5, base 0 of 5; not decided: one process pair was looked at, two decide",
		},
		{
			Behaviour: "keeps-threads", Case: "500", Change: bench.ChangeSometimes, Harm: true, Outcome: bench.Pass,
			Text: "threads are kept: 4 of 10, base 0 of 10",
		},
	}
	return r
}

// reportedOnly is the same where no behaviour decides.
func reportedOnly() report.Report {
	r := behavedDifferently()
	r.Verdict.Outcome, r.Verdict.Reason = bench.Pass, ""
	for i := range r.Verdict.Behaviours {
		r.Verdict.Behaviours[i].Outcome = bench.Pass
	}
	return r
}

// hostileFacts have s wherever facts hold text, more of them than a text shows.
func hostileFacts(s string) (facts []bench.Fact) {
	for i := range 5 {
		for _, name := range []bench.BehaviourName{"answered-without-backend", "asks-twice", bench.BehaviourName(s)} {
			f := bench.Fact{Behaviour: name, Case: s, Arm: bench.Head, Of: 5, Seen: i % 6, Detail: s, Says: []string{s, s + "x", s}}
			if i%3 == 0 {
				f = bench.Fact{Behaviour: name, Case: s + string(rune('a'+i)), Arm: bench.Arm(s), Unseen: s}
			}
			facts = append(facts, f)
		}
	}
	return facts
}

// hostileTimelines are of no arm, without events, and with times that no clock has.
func hostileTimelines(s string) []bench.Timeline {
	return []bench.Timeline{
		{Arm: bench.Arm(s), Sent: []float64{1}, Came: []float64{1}},
		{Arm: bench.Direct},
		{Arm: bench.Base, Sent: []float64{-1, 1e300}, Came: []float64{1e300, -1e300}},
		{Arm: bench.Head, Sent: make([]float64, 5000), Came: make([]float64, 4000)},
	}
}

// hostileChanges are of every kind, and one has no words of its own.
func hostileChanges(s string) []bench.BehaviourChange {
	all := []bench.BehaviourChange{{Behaviour: bench.BehaviourName(s), Change: bench.ChangeNew, Harm: true, Outcome: bench.Regression}}
	for _, change := range []bench.Change{bench.ChangeNew, bench.ChangeKept, bench.ChangeGone, bench.ChangeSometimes, bench.ChangeUndecided, bench.ChangeOther, bench.Change(s)} {
		for _, harm := range []bool{true, false} {
			all = append(all, bench.BehaviourChange{Behaviour: bench.BehaviourName(s), Case: s, Change: change, Harm: harm, Outcome: bench.Outcome(s), Text: s, Look: s})
		}
	}
	return all
}
