package trial

import "time"

// startShare is the share of the time that starting gateways may take before
// they are started less often.
const startShare = 0.25

// fewestProcesses are started whatever a start costs. Memory layout and hash seeds
// make each process a little faster or slower; with one process for the whole
// trial this would look like a change.
const fewestProcesses = 3

// roundsPerProcess chooses how many rounds share a process, given how long the
// first round took and its start within it: the fewest that bring the start's
// share below startShare, as long as enough processes remain.
func roundsPerProcess(start, round time.Duration, rounds int) int {
	if float64(start) <= startShare*float64(round) {
		return 1
	}
	most := max(1, rounds/fewestProcesses)
	work := round - start
	if work <= 0 {
		return most
	}
	// start/k ≤ s·(start/k + work) for the share s, solved for k.
	k := 1
	for k < most && float64(start)*(1-startShare) > startShare*float64(work)*float64(k) {
		k++
	}
	return k
}
