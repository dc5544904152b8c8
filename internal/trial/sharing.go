package trial

import "time"

// fewestProcesses of a gateway that is measured alone are started whatever a start
// costs. Memory layout and hash seeds make each process a little faster or slower.
const fewestProcesses = 3

// roundsPerProcess chooses how many rounds share a process, given how long the
// first round took and its start within it: the fewest that bring the start's
// share below startShare, as long as enough processes remain.
func roundsPerProcess(start, round time.Duration, rounds int) int {
	most := max(1, rounds/fewestProcesses)
	work := round - start
	k := 1
	// start/k ≤ s·(start/k + work) for the share s, solved for k.
	for k < most && float64(start)*(1-startShare) > startShare*float64(work)*float64(k) {
		k++
	}
	return k
}
