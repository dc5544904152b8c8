package probe

import (
	"context"
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/exchange"
)

// mostAgain is how large the requests of an exchange may be for being read again, in
// bytes.
const mostAgain = 256 << 10

// addLate adds the requests that reached the backend after their exchange was over:
// copies that a gateway sends aside need not come before its answer.
func (l *looking) addLate(ctx context.Context, made []exchange.Exchange) error {
	for i := range made {
		x := &made[i]
		p := l.player(x.Arm)
		numbers, size := p.repeatable(x.Received)
		if len(numbers) == 0 || size > mostAgain {
			continue
		}
		heard, err := p.heard(ctx, numbers...)
		if err != nil {
			return err
		}
		last := x.Received[len(x.Received)-1].At
		for _, r := range heard.Requests {
			if r.At > last {
				x.Received = append(x.Received, r)
			}
		}
	}
	return nil
}

// repeatable are the numbers of requests that the backend has still the script for, and
// how large their bodies are together.
func (p *player) repeatable(all []exchange.Received) (numbers []int, size int) {
	for _, r := range all {
		size += len(r.Body)
		if r.Number > 0 && !slices.Contains(numbers, r.Number) {
			numbers = append(numbers, r.Number)
		}
	}
	if p.scripts.Load() > perSubject { // some were used again
		return nil, 0
	}
	return numbers, size
}

// player is the one of an arm.
func (l *looking) player(arm bench.Arm) *player {
	i := slices.IndexFunc(l.players, func(p *player) bool { return p.Arm == arm })
	return l.players[i]
}
