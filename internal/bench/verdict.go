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
	// Groups are those tried: flagged by the screening, with fresh rounds if there
	// were any; in one stage, those that the level suffices for.
	Groups []Group `json:"groups,omitempty"`
	// Notes are findings that are reported and decide nothing.
	Notes  []Note      `json:"notes,omitempty"`
	Errors []ErrorRate `json:"errors,omitempty"` // where a request failed
	// Behaviours are what changed in what the gateway does, and the harm that base and
	// head both do.
	Behaviours []BehaviourChange `json:"behaviours,omitempty"`
	// Work is what changed in the work of a request, as far as it was counted.
	Work        []WorkChange `json:"work,omitempty"`
	Comparisons []Comparison `json:"comparisons"`
	// Diagnoses are explanations and take no part in Outcome.
	Diagnoses []Diagnosis `json:"diagnoses,omitempty"`
	Warnings  []string    `json:"warnings,omitempty"`
	// SameProgram is true when nothing was measured, since base and head are the same
	// program.
	SameProgram bool `json:"same_program,omitempty"`
}

// ScenarioVerdict is the outcome of one scenario over its metrics and errors.
type ScenarioVerdict struct {
	Scenario string  `json:"scenario"`
	Outcome  Outcome `json:"outcome"`
	Reason   string  `json:"reason"`
}

// Note is a finding that is reported and decides nothing: a change that is real and too
// small to be called a regression without a witness that the work grew.
type Note struct {
	Group  string `json:"group"`
	Metric Metric `json:"metric,omitempty"` // absent: the primary metric of each mode
	Text   string `json:"text"`
}

// Rule is what the policy came down to for these data.
type Rule struct {
	Alpha     float64 `json:"alpha"`
	Delta     float64 `json:"delta"` // changes up to this share are code layout
	Threshold float64 `json:"threshold"`
	Floor     float64 `json:"floor"` // seconds
	// Level is the part of Alpha that the last look had for scenarios: less what errors,
	// earlier looks and other attempts have, halved when groups are tried as well.
	Level      float64 `json:"level"`
	Hypotheses int     `json:"hypotheses"` // scenario metrics that Level is shared over by Holm
	// OneStage is true where all process pairs decide.
	OneStage     bool `json:"one_stage,omitempty"`
	ScreenRounds int  `json:"screen_rounds"`
	FreshRounds  int  `json:"fresh_rounds"`
}

// DiagnosisName names what a gateway does wrong, as far as its times and
// counters tell.
type DiagnosisName string

// Change is what became of a diagnosis from base to head.
type Change string

// The changes.
const (
	ChangeNew  Change = "new"  // the base does not have it
	ChangeKept Change = "kept" // the base has it, too
	ChangeGone Change = "gone" // only the base has it
	// Of behaviours alone: not in all exchanges of both process pairs; head does it and
	// too little is known to say more; a description that says something else.
	ChangeSometimes Change = "sometimes"
	ChangeUndecided Change = "undecided"
	ChangeOther     Change = "changed"
)

// Diagnosis explains figures. It has no say in an outcome.
type Diagnosis struct {
	Name      DiagnosisName `json:"name"`
	Arm       Arm           `json:"arm"`              // that has it; Base only when it is gone
	Change    Change        `json:"course,omitempty"` // absent where there is no base
	Scenarios []string      `json:"scenarios"`        // in the order of the suite; none where a probe shows it
	Seen      string        `json:"seen"`             // with its figures, of the scenario where it shows most
	Look      string        `json:"look"`             // at what in the gateway's code
}
