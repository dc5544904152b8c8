package session

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/figures"
	"github.com/org/proxy-bench-action/internal/work"
)

const (
	// countShare is the share of the time budget for counting; what is not used of it,
	// timing gets.
	countShare = 1.0 / 6
	// againShare is the share of that time for a second process pair of some scenarios.
	againShare = 3.0 / 4
	// leastCounted is from which time budget on there is room for it.
	leastCounted = 90 * time.Second
)

// counted counts what requests cost, in a share of the time budget, before anything is
// timed, and returns how much of the budget is left. What cannot be counted is said, and
// keeps nothing else from being done.
func (s *Session) counted(ctx context.Context, budget time.Duration) (left time.Duration, err error) {
	s.work, s.counting, s.countedIn = nil, nil, 0 // of another base
	if !s.Config.Gate.Policy.Work.Settled().Counts() {
		return budget, nil
	}
	if budget < leastCounted {
		s.Log.Say("instructions and system calls are not counted: that takes a time budget of %s or more", figures.Length(leastCounted.Seconds()))
		return budget, nil
	}
	began := s.Now()
	s.Log.Group("count")
	defer s.Log.EndGroup()
	err = s.countSurely(ctx, time.Duration(countShare*float64(budget)))
	if ctx.Err() != nil {
		return 0, err
	}
	if err != nil {
		s.Log.Say("counting: %v", err)
	}
	s.countedIn = s.Now().Sub(began)
	return budget - s.countedIn, nil
}

// countSurely counts all scenarios, and once more, with other processes, what one process
// pair leaves unsure.
func (s *Session) countSurely(ctx context.Context, within time.Duration) error {
	err := s.count(ctx, 1, s.toCount(), within)
	unsure := work.Unsure(s.work, s.Config.Gate.Policy.Work.Settled().Limit)
	if err != nil || len(unsure) == 0 {
		return err
	}
	s.Log.Say("a request seems to cost something else in %s: counted once more, with other processes", strings.Join(unsure, ", "))
	cells := slices.DeleteFunc(s.toCount(), func(c bench.Scenario) bool { return !slices.Contains(unsure, c.ID()) })
	return s.count(ctx, 2, cells, time.Duration(againShare*float64(within)))
}
