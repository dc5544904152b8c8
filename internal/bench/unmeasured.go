package bench

import (
	"fmt"
	"strings"
)

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

// RateLimited says whether the gateway refused because there were too many requests.
func (u Unmeasured) RateLimited() bool {
	return u.Class == ErrStatus && strings.Contains(u.Reason, "status 429")
}

// Why is the reason in a few words: "status 413 where the mock sent 200; …".
func (u Unmeasured) Why() string {
	why := u.Reason
	if u.Class != ErrStatus {
		why = fmt.Sprintf("%s: %s", u.Class, why)
	}
	if u.RateLimited() {
		why = "a rate limit of the gateway: " + why
	}
	return why
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
