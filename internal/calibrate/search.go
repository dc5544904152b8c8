package calibrate

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/stats"
)

// changes are the sizes of changes that are tried, as a person would write them down.
var changes = []float64{0.01, 0.02, 0.03, 0.05, 0.07, 0.10, 0.15, 0.20, 0.25, 0.30, 0.40, 0.50, 0.75, 1, 1.5, 2, 3, 4}

// fewTries are made whatever the clock says: without a change that is too small, the
// one that is large enough may be far too large.
const fewTries = 3

// foundShare is the share of gates that find what counts as found.
const foundShare = 0.8

// target is a scenario into which changes are put.
type target struct {
	id    string
	share float64 // the change that its own noise is thought to leave detectable
}

// targets are the scenarios whose own resolution is known, as a share of what their
// threshold is a share of, by rising noise. With any overhead among them, those
// without one are left out: their shares are of something else.
func (s sampler) targets(resolutions map[key]float64) (all []target, of bench.Of) {
	units, of := s.units(), bench.OfValue
	primary := make(map[string]bench.Comparison)
	for _, c := range s.gated {
		if c.Metric == s.mode(c.Scenario).Primary() {
			primary[c.Scenario] = c
			if c.Of == bench.OfOverhead {
				of = bench.OfOverhead
			}
		}
	}
	for _, sc := range s.scenarios {
		k := key{sc.ID(), sc.Mode.Primary()}
		if r, known := resolutions[k]; known && r > 0 && primary[k.scenario].Of == of && units[k] > 0 {
			all = append(all, target{k.scenario, r / units[k]})
		}
	}
	slices.SortStableFunc(all, func(a, b target) int { return cmp.Compare(a.share, b.share) })
	return all, of
}

func (p pool) mode(id string) bench.Mode {
	for _, s := range p.scenarios {
		if s.ID() == id {
			return s.Mode
		}
	}
	return ""
}

// inOne finds the change that is found in one scenario. It is put into each scenario
// in turn, in proportion to the resolution that the gate itself gives for it, so that
// all of them are about as hard to find. scale is by what those resolutions have to be
// multiplied, so that gates do find it; 0 when nothing is found.
func (s sampler) inOne(ctx context.Context, targets []target, of bench.Of, until float64) (f bench.Found, power []bench.Power, scale float64, err error) {
	f = bench.Found{Where: bench.OneScenario, Of: of}
	var shares []float64
	c := change{where: bench.OneScenario}
	for _, t := range targets {
		shares, c.each = append(shares, t.share), append(c.each, t.id)
	}
	median, err := stats.Median(shares)
	if err != nil {
		f.Reason = "the gate gives no resolution in any scenario"
		return f, nil, 0, nil
	}
	worst := targets[len(targets)-1]
	f.Worst = worst.id
	found, power, err := s.search(ctx, median, until, func(share float64) change {
		c.name, c.by = fmt.Sprintf("%+.3g %% in one scenario", 100*share), make(map[string]float64)
		for _, t := range targets {
			c.by[t.id] = share * t.share / median
		}
		return c
	})
	if err != nil || found == nil {
		f.Reason = notFound
		return f, power, 0, err
	}
	f.Change, f.WorstChange = found, new(*found*worst.share/median)
	return f, power, *found / median, nil
}

var notFound = fmt.Sprintf("none is found: changes of up to %.0f %% were tried", 100*changes[len(changes)-1])

// inAll finds the change that is found when it is in all scenarios.
func (s sampler) inAll(ctx context.Context, of bench.Of, until float64) (bench.Found, []bench.Power, error) {
	f := bench.Found{Where: bench.Everywhere, Of: of}
	found, power, err := s.search(ctx, s.Policy.Threshold, until, func(share float64) change {
		by := make(map[string]float64)
		for _, sc := range s.scenarios {
			by[sc.ID()] = share
		}
		return change{name: fmt.Sprintf("%+.3g %% in all scenarios", 100*share), where: bench.Everywhere, by: by}
	})
	if f.Change = found; found == nil {
		f.Reason = notFound
	}
	return f, power, err
}

// search is the function search over gates with the changes that at makes.
func (s sampler) search(ctx context.Context, guess, until float64, at func(share float64) change) (*float64, []bench.Power, error) {
	return search(guess, func() bool { return s.late(until) }, func(share float64) (bench.Power, error) {
		c := at(share)
		rate, err := s.rate(ctx, c, max(1, s.Trials/4), until)
		return bench.Power{Change: share, Where: c.where, Rate: rate}, err
	})
}

// search finds the change that 80 % of gates find, nil when even the largest that is
// tried is not, and lists what it tried. It begins near a guess, takes larger steps
// until the answer lies between two changes, and halves the rest: larger changes are
// found more often. Between the two it interpolates, on the log scale. When it is late
// it ends after a few tries.
func search(guess float64, late func() bool, try func(share float64) (bench.Power, error)) (*float64, []bench.Power, error) {
	var all []bench.Power
	low, high := -1, len(changes) // too small, and large enough
	next, stride := slices.IndexFunc(changes, func(c float64) bool { return c >= guess }), 1
	if next < 0 {
		next = high - 1
	}
	var below, above float64 // the shares of gates that find these
	for high-low > 1 && (len(all) < fewTries || high == len(changes) || !late()) {
		p, err := try(changes[next])
		if err != nil {
			return nil, nil, err
		}
		all = append(all, p)
		if p.Share >= foundShare {
			high, above = next, p.Share
		} else {
			low, below = next, p.Share
		}
		switch {
		case high == len(changes):
			next, stride = min(low+stride, high-1), 2*stride
		case low == -1:
			next, stride = max(high-stride, 0), 2*stride
		default:
			next = (low + high) / 2
		}
	}
	slices.SortFunc(all, func(a, b bench.Power) int { return cmp.Compare(a.Change, b.Change) })
	switch {
	case high == len(changes):
		return nil, all, nil
	case low == -1:
		return new(changes[high]), all, nil
	}
	way := (foundShare - below) / (above - below)
	return new(changes[low] * math.Pow(changes[high]/changes[low], way)), all, nil
}
