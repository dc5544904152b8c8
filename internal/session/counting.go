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
	// surerShare is that for a second process pair of what looks like a regression.
	surerShare = 1.0 / 8
	// leastCounted is from which time budget on there is room for it.
	leastCounted = 90 * time.Second
)

// counted counts what requests cost, in a share of the time budget, before anything is
// timed, and returns how much of the budget is left. What cannot be counted is said, and
// keeps nothing else from being done.
func (s *Session) counted(ctx context.Context, budget time.Duration) (left time.Duration, err error) {
	s.work, s.counting, s.countedIn = nil, nil, 0 // of another base
	rule := s.Config.Gate.Policy.Work.Settled()
	if !rule.Counts() {
		return budget, nil
	}
	if budget < leastCounted {
		s.Log.Say("instructions and system calls are not counted: that takes a time budget of %s or more", figures.Length(leastCounted.Seconds()))
		return budget, nil
	}
	began := s.Now()
	s.Log.Group("count")
	defer s.Log.EndGroup()
	share := func(of float64) time.Duration { return time.Duration(of * float64(budget)) }
	err = s.count(ctx, 1, s.toCount(), share(countShare))
	if suspects := work.Suspects(s.work, rule.Limit); err == nil && len(suspects) > 0 {
		s.Log.Say("a request costs more in %s: counted once more, with other processes", strings.Join(suspects, ", "))
		err = s.count(ctx, 2, slices.DeleteFunc(s.toCount(), func(c bench.Scenario) bool { return !slices.Contains(suspects, c.ID()) }), share(surerShare))
	}
	if ctx.Err() != nil {
		return 0, err
	}
	if err != nil {
		s.Log.Say("counting: %v", err)
	}
	s.countedIn = s.Now().Sub(began)
	return budget - s.countedIn, nil
}
