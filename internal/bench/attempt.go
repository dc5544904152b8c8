package bench

// Attempt is an earlier attempt of a job, whose rounds are among those of this one.
type Attempt struct {
	Attempt int `json:"attempt"` // from 1
	// Pairs is the number of process pairs that its rounds are of; of its gateway's
	// processes where base was not measured beside it.
	Pairs int `json:"process_pairs"`
}

// OnSameMachine is true for machines of one class: of one CPU model, with as many CPUs
// to use.
func (e Environment) OnSameMachine(other Environment) bool {
	return e.CPUModel == other.CPUModel && e.CPUs == other.CPUs
}
