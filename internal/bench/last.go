package bench

// Last are the largest numbers of a round and of a process, 0 without any: another run that
// is added to this one counts on from there.
func (r Run) Last() (round, process int) {
	for _, measured := range r.Rounds {
		round, process = max(round, measured.Round), max(process, measured.Process)
	}
	for _, f := range r.Facts {
		process = max(process, f.Process)
	}
	for _, w := range r.Work {
		process = max(process, w.Process)
	}
	for _, w := range r.WarmUps {
		process = max(process, w.Process)
	}
	for _, u := range r.Unmeasured {
		for _, number := range u.Rounds {
			round = max(round, number)
		}
	}
	return round, process
}
