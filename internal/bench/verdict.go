package bench

// VerdictSchema is the version of the Verdict's file format.
const VerdictSchema = "proxy-bench/verdict/v1"

// Verdict is the decision over all Comparisons. Nothing in it depends on who
// reads it: whether a regression fails the job is a conclusion drawn later.
type Verdict struct {
	Schema    string            `json:"schema"`
	Outcome   Outcome           `json:"outcome"`
	Reason    string            `json:"reason"`
	Rule      Rule              `json:"rule"`
	Scenarios []ScenarioVerdict `json:"scenarios"`
	// Groups are those tried: flagged by the screening, with fresh rounds if
	// there were any.
	Groups      []Group      `json:"groups,omitempty"`
	Errors      []ErrorRate  `json:"errors,omitempty"` // where a request failed
	Comparisons []Comparison `json:"comparisons"`
	// Diagnoses are explanations and take no part in Outcome.
	Diagnoses []Diagnosis `json:"diagnoses,omitempty"`
	Warnings  []string    `json:"warnings,omitempty"`
}

// ScenarioVerdict is the outcome of one scenario over its metrics and errors.
type ScenarioVerdict struct {
	Scenario string  `json:"scenario"`
	Outcome  Outcome `json:"outcome"`
	Reason   string  `json:"reason"`
}

// Rule is what the policy came down to for these data.
type Rule struct {
	Alpha     float64 `json:"alpha"`
	Delta     float64 `json:"delta"` // changes up to this share are code layout
	Threshold float64 `json:"threshold"`
	Floor     float64 `json:"floor"` // seconds
	// Level is Alpha, halved when scenarios and a group are both tried.
	Level        float64 `json:"level"`
	Hypotheses   int     `json:"hypotheses"` // scenario metrics that Level is shared over by Holm
	ScreenRounds int     `json:"screen_rounds"`
	FreshRounds  int     `json:"fresh_rounds"`
}
