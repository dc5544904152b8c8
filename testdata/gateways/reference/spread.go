package main

import "sync/atomic"

// spread chooses a share of what passes: each at which the running total of the
// share reaches a whole number, for 1% the 100th, the 200th and so on. A random
// choice would make the number of them differ from run to run.
type spread struct {
	parts  int64 // of whole
	passed atomic.Int64
}

// next tells whether the next one is chosen.
func (s *spread) next() bool {
	n := s.passed.Add(1)
	return n*s.parts/whole > (n-1)*s.parts/whole
}
