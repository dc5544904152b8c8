package bench

// Last are the largest numbers of a round and of a process, 0 without any: another run that
// is added to this one counts on from there.
func (run Run) Last() (round, process int) {
	for _, r := range run.Rounds {
		round, process = max(round, r.Round), max(process, r.Process)
	}
	for _, f := range run.Facts {
		process = max(process, f.Process)
	}
	for _, w := range run.Work {
		process = max(process, w.Process)
	}
	for _, w := range run.WarmUps {
		process = max(process, w.Process)
	}
	for _, u := range run.Unmeasured {
		for _, r := range u.Rounds {
			round = max(round, r)
		}
	}
	return round, process
}
