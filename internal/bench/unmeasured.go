package bench

import "fmt"

// Unmeasured is a scenario that an arm could not do: more than half of its
// requests failed. Its rounds have no figures.
type Unmeasured struct {
	Scenario string     `json:"scenario"` // Scenario.ID
	Arm      Arm        `json:"arm"`
	Rounds   []int      `json:"rounds"`   // in which it was tried
	Requests int        `json:"requests"` // of those tries
	Failed   int        `json:"failed"`
	Class    ErrorClass `json:"class"`  // of most of them
	Reason   string     `json:"reason"` // what the first one looked like
}

// Why is the reason with the class of the error, where that is not in it.
func (u Unmeasured) Why() string {
	if u.Class == ErrStatus {
		return u.Reason
	}
	return fmt.Sprintf("%s: %s", u.Class, u.Reason)
}

// AddUnmeasured adds what an arm could not do in some rounds to what it could not in
// others.
func AddUnmeasured(all []Unmeasured, u Unmeasured) []Unmeasured {
	for i := range all {
		if old := &all[i]; old.Scenario == u.Scenario && old.Arm == u.Arm {
			old.Rounds = append(old.Rounds, u.Rounds...)
			old.Requests, old.Failed = old.Requests+u.Requests, old.Failed+u.Failed
			return all
		}
	}
	return append(all, u)
}

// WarmUp is what it took until a fresh gateway process had settled in one mode.
type WarmUp struct {
	Process  int     `json:"process"` // as in Round
	Arm      Arm     `json:"arm"`
	Mode     Mode    `json:"mode"`
	Requests int     `json:"requests"`
	Seconds  float64 `json:"seconds"`
	// Settled is false when its cost per request still fell when the time was over.
	Settled bool `json:"settled"`
	// First and Last are the cost of a request in the first and in the last burst,
	// in seconds: CPU time, or time where that cannot be read.
	First float64 `json:"first_per_request"`
	Last  float64 `json:"last_per_request"`
}
