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
	Seed        uint64      `json:"seed"`          // of the resampling
	Rounds      int         `json:"rounds"`        // measured
	Pairs       int         `json:"process_pairs"` // of the rounds, and drawn from
	Gate        GatePlan    `json:"gate"`          // that is resampled
	// Difference is the change from base to head over all scenarios as they were
	// measured: around 0 for one build.
	Difference Group `json:"difference"`
	// FalseAlarms is what becomes of unchanged code, Power of slower code.
	FalseAlarms Rate      `json:"false_alarms"`
	Power       []Power   `json:"power"`
	Found       []Found   `json:"found"`
	Advice      Advice    `json:"advice"`
	Drift       Drift     `json:"drift"`
	Noise       []Noise   `json:"noise"` // of every gated metric of every scenario
	Carried     []Carried `json:"carried"`
	Warnings    []string  `json:"warnings,omitempty"`
}

// GatePlan is what a gate has time for here.
type GatePlan struct {
	Budget      float64 `json:"time_budget_seconds,omitempty"` // absent: no limit
	PairSeconds float64 `json:"pair_seconds,omitempty"`        // a process pair of all scenarios, as measured
	// Pairs is how many process pairs the screening looks at, and Room for how many of
	// all scenarios there is time; absent where there is no limit. Needed is the least
	// that decide anything.
	Pairs    int  `json:"process_pairs"`
	Room     *int `json:"room,omitempty"`
	Needed   int  `json:"needed"`
	OneStage bool `json:"one_stage,omitempty"` // all process pairs decide
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
	// Change is a share of what Found says: by it the times of head were longer. In
	// one scenario it is the change where the noise is the median one; it is larger
	// where there is more noise, in proportion.
	Change float64 `json:"change"`
	Where  Where   `json:"where"`
	Rate
}

// Found is the change that four of five gates find.
type Found struct {
	Where Where `json:"where"`
	Of    Of    `json:"of"`
	// Change is what 80 % of gates find, between the nearest that were tried; in one
	// scenario that with the median noise. It is absent where there is none.
	Change *float64 `json:"change,omitempty"`
	// Worst is the scenario with the most noise, and WorstChange what is found there.
	Worst       string   `json:"worst,omitempty"`
	WorstChange *float64 `json:"worst_change,omitempty"`
	Reason      string   `json:"reason,omitempty"` // why Change is absent
}

// Advice is what to set here. Absent numbers have nothing to say.
type Advice struct {
	// Noisy are the scenarios in which a typical time does not carry the policy's
	// threshold. Threshold is the smallest that is carried in all scenarios.
	Noisy     []string `json:"noisy,omitempty"`
	Threshold *float64 `json:"threshold,omitempty"`
	// Budget is the time budget with which the policy's threshold would be carried, or
	// with which a gate could decide at all.
	Budget *float64 `json:"time_budget_seconds,omitempty"`
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
	// Between is the SD over the process pairs of ln(head/base), Within that of the
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
