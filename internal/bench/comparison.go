package bench

import "math"

// Outcome is the answer of the gate, for a metric, a group, a scenario or the
// whole.
type Outcome string

// The outcomes. Shown is for what is compared and never decides; NoBaseline is
// an outcome of the whole only.
const (
	Regression   Outcome = "regression"   // worse by more than the threshold, confirmed
	Improvement  Outcome = "improvement"  // better by more than the threshold, confirmed
	Pass         Outcome = "pass"         // a change of twice the threshold is excluded
	Inconclusive Outcome = "inconclusive" // neither is shown
	NoBaseline   Outcome = "no-baseline"  // nothing to compare with
	Shown        Outcome = "shown"
)

// Method names the test that a p comes from.
type Method string

// The methods. The first two need base and head in the same rounds; each process
// pair is one piece of evidence.
const (
	MethodStratified Method = "stratified" // Mann-Whitney on slices inside each round, with over-dispersion between process pairs
	MethodAligned    Method = "aligned"    // Mann-Whitney on aligned process pairs, exact permutation within each
	MethodUnpaired   Method = "unpaired"   // textbook Mann-Whitney on processes, each divided by its direct arm if it has one
	MethodHistory    Method = "history"    // Student's t against the runs of main
)

// Of says what a change is a share of.
type Of string

// A threshold is a share of the overhead where there is a direct arm to know
// it from, else of the value itself.
const (
	OfOverhead Of = "overhead"
	OfValue    Of = "value"
)

// Interval is a two-sided interval: low, high.
type Interval [2]float64

// Comparison is base against head of one metric of one scenario. What cannot
// be had is absent and Reason says why; it is never 0. All shares are
// fractions of 1, and all else is in the unit of the metric.
type Comparison struct {
	Scenario string `json:"scenario"`
	Metric   Metric `json:"metric"`
	// Stage of the rounds that the figures are from: fresh ones where there are any.
	Stage  Stage `json:"stage"`
	Rounds int   `json:"rounds"` // that count
	// Pairs is the number of process pairs that the rounds are of; absent in older
	// files, in which each round had its own.
	Pairs int `json:"process_pairs,omitempty"`
	// Omitted is the number of valid rounds in which an arm had no value.
	Omitted int `json:"rounds_left_out,omitempty"`

	// Base, Head and Direct come from the same paired estimate as Shift, so that they
	// agree with it: head/base − 1 is Shift. They are medians of the rounds where there
	// is no such estimate.
	Base   *float64 `json:"base,omitempty"`
	Head   *float64 `json:"head,omitempty"`
	Direct *float64 `json:"direct,omitempty"`

	// Share is h, the part of the base's value that is overhead: (base − direct)/base.
	Share *float64 `json:"overhead_share,omitempty"`
	// Shift is the Hodges-Lehmann estimate of head/base − 1 with its 95 %
	// interval, and Lower and Upper its one-sided 95 % limits.
	Shift   *float64  `json:"shift,omitempty"`
	ShiftCI *Interval `json:"shift_ci,omitempty"`
	Lower   *float64  `json:"lower,omitempty"`
	Upper   *float64  `json:"upper,omitempty"`
	// Change is Shift as a share of what the threshold is a share of.
	Change    *float64  `json:"change,omitempty"`
	ChangeAbs *float64  `json:"change_abs,omitempty"` // Shift × Base, which is Head − Base
	CI        *Interval `json:"ci,omitempty"`         // of Change, 95 %
	Of        Of        `json:"of,omitempty"`

	Method Method   `json:"method,omitempty"`
	U      *float64 `json:"u,omitempty"` // of Method; summed over the rounds when stratified
	// P is the chance of evidence as strong as this for "worse by more than δ"
	// when it is not so; PBetter the same for "better by more than δ".
	P       *float64 `json:"p,omitempty"`
	PBetter *float64 `json:"p_better,omitempty"`
	// PAligned is the exact aligned test beside a stratified P, which for a plain mean
	// is twice the smaller one of both tests; PTextbook is
	// the unpaired test of benchstat, one-sided with no δ: wrong here, since
	// base and head share their rounds, and shown for comparison.
	PAligned  *float64 `json:"p_aligned,omitempty"`
	PTextbook *float64 `json:"p_textbook,omitempty"`
	// SD is the standard deviation of ln(head/base) over the process pairs.
	SD *float64 `json:"sd,omitempty"`
	// Machines is what each machine of a merged run says by itself, and MachineSE the
	// standard error of ln(head/base) that differences between machines add, which more
	// process pairs do not lower. Disagree says whether they differ more than chance would
	// have it. Absent on one machine.
	Machines  []MachineShift `json:"machines,omitempty"`
	MachineSE float64        `json:"machine_se,omitempty"`
	Disagree  *Disagreement  `json:"machines_differ,omitempty"`

	// The rest is the policy's. PAdjusted is by Holm over what was confirmed;
	// Limit is the smallest Shift that is over the threshold and the floor.
	Gated      bool     `json:"gated"`
	PAdjusted  *float64 `json:"p_adjusted,omitempty"`
	Threshold  *float64 `json:"threshold,omitempty"` // of Of
	Floor      *float64 `json:"floor,omitempty"`     // in the metric's unit
	Limit      *float64 `json:"limit,omitempty"`
	Resolution *float64 `json:"resolution,omitempty"` // smallest true Shift found in 80 % of gates
	Outcome    Outcome  `json:"outcome,omitempty"`
	Reason     string   `json:"reason,omitempty"`
}

// Deviation is the standard deviation that a single process pair would have if it alone
// were the reason for the standard error of all. SD has to be there.
func (c Comparison) Deviation() float64 {
	return math.Hypot(*c.SD, c.MachineSE*math.Sqrt(float64(c.Pairs)))
}

// MachineShift is the change that one machine shows.
type MachineShift struct {
	Machine int       `json:"machine"` // as in Round
	Pairs   int       `json:"process_pairs"`
	Shift   *float64  `json:"shift,omitempty"`
	CI      *Interval `json:"shift_ci,omitempty"` // 95 %; absent with too few pairs for one
}

// Disagreement is a test of whether all machines have one change.
type Disagreement struct {
	Q  float64 `json:"q"` // Cochran's
	DF int     `json:"df"`
	P  float64 `json:"p"`
}

// Group is base against head over several scenarios together: a process pair's value
// is the mean over the members of ln(head/base) of one metric.
// Fields that Comparison has too mean the same.
type Group struct {
	Group   string    `json:"group"`            // "all", "sse", "c10", "10KB"
	Metric  Metric    `json:"metric,omitempty"` // empty: the primary one of each member's mode
	Members []string  `json:"members"`
	Stage   Stage     `json:"stage"`
	Rounds  int       `json:"rounds"`
	Pairs   int       `json:"process_pairs,omitempty"`
	Shift   *float64  `json:"shift,omitempty"`
	ShiftCI *Interval `json:"shift_ci,omitempty"`
	P       *float64  `json:"p,omitempty"`
	PBetter *float64  `json:"p_better,omitempty"`
	Limit   *float64  `json:"limit,omitempty"`
	Outcome Outcome   `json:"outcome,omitempty"`
	Reason  string    `json:"reason,omitempty"`
}

// ErrorShare is how much more of its requests a gateway may lose before that
// counts, unless it loses them in a way that it did not before.
const ErrorShare = 0.001

// ErrorRate is base against head by the requests that failed, in one scenario
// or, with Scenario empty, in all together.
type ErrorRate struct {
	Scenario     string     `json:"scenario,omitempty"`
	Class        ErrorClass `json:"class,omitempty"` // empty: every class
	BaseErrors   int64      `json:"base_errors"`
	BaseRequests int64      `json:"base_requests"` // failed and answered
	HeadErrors   int64      `json:"head_errors"`
	HeadRequests int64      `json:"head_requests"`
	P            *float64   `json:"p,omitempty"`        // Fisher's exact test on requests
	PRounds      *float64   `json:"p_rounds,omitempty"` // Mann-Whitney on the rounds' rates
	Level        float64    `json:"level"`              // both have to be at or below it
	Outcome      Outcome    `json:"outcome"`
	Reason       string     `json:"reason"`
}
