package proof

import (
	"math"
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
)

// Failed is the outcome of a gate that has made no verdict.
const Failed bench.Outcome = "failed"

// Decision is a line of the record: one whole gate.
type Decision struct {
	Row     string        `json:"row"`
	N       int           `json:"n"` // from 1
	Outcome bench.Outcome `json:"outcome"`
	Exit    int           `json:"exit"`
	Error   string        `json:"error,omitempty"` // the last that a gate without a verdict said
	// Seconds is the wall-clock time of the gate, with the starts of its gateways; Spent
	// has what of it each part took. Gateways are built before.
	Seconds float64      `json:"seconds"`
	Spent   *bench.Spent `json:"spent_seconds,omitempty"`
	// Change is the mean change of overhead over the scenarios; of a row that changes one,
	// of that one.
	Change      *float64 `json:"change"`
	Regressions []string `json:"regressions"`
	Noted       []string `json:"noted"` // the groups of notes
	// Findings are the behaviours and diagnoses that base and head do not share. Lines of
	// older versions have none.
	Findings []Finding `json:"findings"`
	LeftOut  []string  `json:"left_out,omitempty"` // scenarios, for lack of time
	// Load is that of the machine in the last minute of the gate, Foreign and Steal the
	// shares of the machine that others had.
	Load    float64 `json:"load"`
	Foreign float64 `json:"foreign_cpu"`
	Steal   float64 `json:"steal"`
	Seed    uint64  `json:"seed"`
	Args    string  `json:"args"` // what head has more than base
	Date    string  `json:"date"`
	Machine string  `json:"machine"`
	Commit  string  `json:"commit"`
}

// Finding is a behaviour or a diagnosis of which something became from base to head.
type Finding struct {
	Name   string       `json:"name"`
	Of     string       `json:"of"` // behaviour or diagnosis
	Change bench.Change `json:"change"`
	Harm   bool         `json:"harm,omitempty"`
	Text   string       `json:"text"`
}

// New says whether head is said to have what base has not.
func (f Finding) New() bool { return f.Change == bench.ChangeNew || f.Change == bench.ChangeOther }

// Take takes from a gate what the record has of it; only is the scenario that the row
// changes, empty for all.
func (d *Decision) Take(run bench.Run, v bench.Verdict, only string) {
	d.Outcome, d.LeftOut = v.Outcome, run.Plan.LeftOut
	if s := run.Spent; s != nil {
		d.Spent = &bench.Spent{Counting: Tenths(s.Counting), Behaviours: Tenths(s.Behaviours), Timing: Tenths(s.Timing)}
	}
	d.Foreign, d.Steal = run.Validity.Foreign, run.Validity.Steal
	d.Change = changeOf(v.Comparisons, only)
	d.Regressions, d.Noted, d.Findings = regressions(v), []string{}, findings(v)
	for _, note := range v.Notes {
		if !slices.Contains(d.Noted, note.Group) {
			d.Noted = append(d.Noted, note.Group)
		}
	}
	slices.Sort(d.Noted)
}

// Tenths is a number of seconds as lines have it.
func Tenths(seconds float64) float64 { return math.Round(10*seconds) / 10 }

// changeOf is the mean change of the primary metrics.
func changeOf(all []bench.Comparison, only string) *float64 {
	var sum, n float64
	for _, c := range all {
		primary := c.Metric == bench.LatencyTypical || c.Metric == bench.TotalTypical
		if primary && c.Change != nil && (only == "" || c.Scenario == only) {
			sum += *c.Change
			n++
		}
	}
	if n == 0 {
		return nil
	}
	return new(sum / n)
}

// regressions names what is one.
func regressions(v bench.Verdict) []string {
	all := []string{}
	for _, s := range v.Scenarios {
		if s.Outcome == bench.Regression {
			all = append(all, s.Scenario)
		}
	}
	for _, g := range v.Groups {
		if g.Outcome == bench.Regression {
			all = append(all, "group "+g.Group)
		}
	}
	for _, b := range v.Behaviours {
		if b.Outcome == bench.Regression {
			all = append(all, "behaviour "+string(b.Behaviour))
		}
	}
	for _, w := range v.Work {
		if w.Outcome == bench.Regression {
			all = append(all, w.What+" of "+w.Scenario)
		}
	}
	return all
}

// findings are the behaviours and diagnoses that are not the same with base and head.
func findings(v bench.Verdict) []Finding {
	all := []Finding{}
	for _, b := range v.Behaviours {
		if b.Change != bench.ChangeKept {
			all = append(all, Finding{string(b.Behaviour), "behaviour", b.Change, b.Harm, b.Text})
		}
	}
	for _, d := range v.Diagnoses {
		if d.Change != bench.ChangeKept && d.Change != "" {
			all = append(all, Finding{string(d.Name), "diagnosis", d.Change, false, d.Seen})
		}
	}
	return all
}
