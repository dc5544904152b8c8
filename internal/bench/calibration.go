package bench

import "time"

// CalibrationSchema is the version of the Calibration's file format.
const CalibrationSchema = "proxy-bench/calibration/v1"

// Calibration says how well a gate works on one machine, from rounds in which
// the same build was driven as base and as head. Standard deviations are on the
// log scale, where 0.05 is about 5 %; shares are fractions of 1.
type Calibration struct {
	Schema      string      `json:"schema"`
	Tool        Tool        `json:"tool"`
	Commit      Commit      `json:"commit"`
	Started     time.Time   `json:"started"`
	Environment Environment `json:"environment"`
	Policy      Policy      `json:"policy"`
	Seed        uint64      `json:"seed"`        // of the resampling
	Rounds      int         `json:"rounds"`      // measured, and drawn from
	GateRounds  int         `json:"gate_rounds"` // of the screening of a resampled gate
	// Difference is the change from base to head over all scenarios as they were
	// measured: around 0 for one build.
	Difference Group `json:"difference"`
	// FalseAlarms is what becomes of unchanged code, Power of slower code.
	FalseAlarms Rate      `json:"false_alarms"`
	Power       []Power   `json:"power"`
	Drift       Drift     `json:"drift"`
	Noise       []Noise   `json:"noise"` // of every gated metric of every scenario
	Carried     []Carried `json:"carried"`
	Warnings    []string  `json:"warnings,omitempty"`
}

// Rate counts the outcomes of many resampled gates.
type Rate struct {
	Gates        int     `json:"gates"`
	Regressions  int     `json:"regressions"`
	Inconclusive int     `json:"inconclusive"`
	Share        float64 `json:"share"` // of Gates that are Regressions
	// CI is the 95 % interval of Share. It covers the luck of drawing from the
	// rounds that were measured, not that of measuring these rounds.
	CI Interval `json:"ci"`
}

// Where says which scenarios a change was put into.
type Where string

// The places of a change.
const (
	Everywhere  Where = "everywhere"
	OneScenario Where = "one-scenario" // each in turn
)

// Power is how often a change is found.
type Power struct {
	Change float64 `json:"change"` // of the latency
	Where  Where   `json:"where"`
	Rate
}

// Drift is what the level of base and head together did in the course of the
// rounds. It does not touch the ratio of head to base, only numbers of other
// times and machines.
type Drift struct {
	PerRound        float64   `json:"per_round"`       // slope of ln level
	CI              *Interval `json:"ci,omitempty"`    // of PerRound, 95 %
	SD              float64   `json:"sd"`              // of ln level, between rounds
	Autocorrelation float64   `json:"autocorrelation"` // of ln level, from one round to the next
}

// Noise is where the spread of one metric of one scenario comes from, and what
// it leaves to be seen. What cannot be had is absent and Reason says why.
type Noise struct {
	Scenario string `json:"scenario"`
	Metric   Metric `json:"metric"`
	Rounds   int    `json:"rounds"`
	// Between is the SD over the rounds of ln(head/base), Within that of the
	// slices of an arm inside a round, and Process the part of Between that
	// slices varying by Within do not explain.
	Between *float64 `json:"between_sd,omitempty"`
	Within  *float64 `json:"within_sd,omitempty"`
	Process *float64 `json:"process_sd,omitempty"`
	// Resolution is the smallest true change that 80 % of gates find under the
	// policy; Limit is the smallest that the policy lets count, and Least the
	// smallest Limit that this noise carries. All are shares of the value.
	Resolution *float64 `json:"resolution,omitempty"`
	Limit      *float64 `json:"limit,omitempty"`
	Least      *float64 `json:"least,omitempty"`
	Carried    bool     `json:"carried"` // Limit is not below Least
	Reason     string   `json:"reason,omitempty"`
}

// Carried says for one metric in how many scenarios the policy's threshold is
// carried: a change of twice the threshold is found in 80 % of gates.
type Carried struct {
	Metric    Metric `json:"metric"`
	Scenarios int    `json:"scenarios"`
	Carried   int    `json:"carried"`
	// Least is the smallest threshold of 1, 2, 3, 5, 7, 10, 15, ... 100 % that is
	// carried in all of them; absent when none is.
	Least *float64 `json:"least,omitempty"`
	Worst string   `json:"worst"` // the scenario that carries least
}
