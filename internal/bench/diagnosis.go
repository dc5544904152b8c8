package bench

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
