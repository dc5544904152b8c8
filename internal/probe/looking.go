package probe

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/exchange"
)

// looking is one look at all subjects.
type looking struct {
	players []*player
	began   time.Time
	within  time.Duration
	lively  sync.WaitGroup // exchanges aside
	alive   atomic.Int64   // so many kinds of them are left
	still   sync.WaitGroup // those in which nothing happens
	asleep  atomic.Int64   // so many kinds of these are left
	// apart is true when exchanges are made with one subject after the other: requests
	// without a number would be anybody's.
	apart bool
}

// Why an exchange was not made.
const (
	noTime   = "the time budget has no room for it"
	onlyOne  = "the gateway serves one request at a time"
	tooLong  = "the gateway serves one request at a time, and this one would take %v"
	mostLong = time.Second // for which others wait at a gateway that serves one at a time
)

// deadline is when the exchanges have to be over.
func (l *looking) deadline() time.Time { return l.began.Add(l.within) }

// meeting is one exchange with every subject.
type meeting struct {
	situation
	name   string // of the case
	beside bool   // the others
	among  []*player
	made   []exchange.Exchange
	done   bool
	err    error
}

// makeAll makes the exchanges of all situations in their order; those aside begin first.
// The time that Look may be late is for requests that are in work at the deadline.
func (l *looking) makeAll(ctx context.Context, all []situation) (made []exchange.Exchange, err error) {
	late := patient
	for _, p := range l.players {
		late = min(late, p.Timeout)
	}
	bounded, cancel := context.WithDeadline(ctx, l.deadline().Add(late))
	defer cancel()
	meetings := l.meetings(all)
	l.begin(bounded, meetings)
	if err = l.inOrder(bounded, meetings); err != nil {
		cancel()
	}
	l.lively.Wait()
	l.still.Wait()
	for _, m := range meetings {
		made, err = append(made, m.made...), errors.Join(err, m.err) // of those aside
	}
	if err = cmp.Or(ctx.Err(), err); err != nil {
		return made, err
	}
	return made, l.addLate(ctx, made)
}

// inOrder makes the exchanges that are not aside.
func (l *looking) inOrder(ctx context.Context, meetings []*meeting) error {
	over := map[exchange.Situation]time.Duration{}
	for m := l.next(meetings, over); m != nil; m = l.next(meetings, over) {
		if m.quiet {
			l.lively.Wait()
		}
		if m.alone {
			l.still.Wait()
		}
		began := time.Now()
		if err := l.side(ctx, m); err != nil {
			return err
		}
		m.done = true
		over[m.situation.name] += time.Since(began) - l.takes(m)
	}
	return nil
}

// next is the first exchange that is still to be made, in this order: those that need not
// wait for quiet, those that have to, and those of a situation that takes much longer than
// it should, such as errors of a gateway that hangs on them.
func (l *looking) next(meetings []*meeting, over map[exchange.Situation]time.Duration) (first *meeting) {
	best := 0
	for _, m := range meetings {
		rank := 3
		switch {
		case m.beside || m.done:
			continue
		case over[m.situation.name] > l.within/8:
			rank = 1
		case m.quiet && l.alive.Load() > 0 || m.alone && l.asleep.Load() > 0:
			rank = 2
		}
		if rank > best {
			first, best = m, rank
		}
	}
	return first
}

// meetings are the exchanges to be made.
func (l *looking) meetings(all []situation) (list []*meeting) {
	for _, s := range all {
		for _, name := range s.caseNames() {
			for _, among := range l.parted(s) {
				for range s.repeats {
					m := &meeting{situation: s, name: name, among: among, made: make([]exchange.Exchange, len(among))}
					m.beside = s.aside && !among[0].serial
					list = append(list, m)
				}
			}
		}
	}
	return list
}

// parted are those who are met at the same time: gateways that serve one request at a
// time are not met aside.
func (l *looking) parted(s situation) (groups [][]*player) {
	for _, serial := range []bool{false, true} {
		group := slices.DeleteFunc(slices.Clone(l.players), func(p *player) bool { return s.aside && p.serial != serial })
		if s.aside && len(group) > 0 || !s.aside && !serial {
			groups = append(groups, group)
		}
	}
	return groups
}

// begin makes those aside: the cases at the same time, the repeats of each one after the
// other.
func (l *looking) begin(ctx context.Context, meetings []*meeting) {
	for _, same := range inARow(meetings) {
		if !same[0].beside {
			continue
		}
		group, going := &l.lively, &l.alive
		if same[0].still {
			group, going = &l.still, &l.asleep
		}
		going.Add(1)
		group.Go(func() {
			defer going.Add(-1)
			for _, m := range same {
				m.err = l.side(ctx, m)
			}
		})
	}
}

// inARow are the meetings of one kind each.
func inARow(meetings []*meeting) (kinds [][]*meeting) {
	for i, m := range meetings {
		if i == 0 || m.situation.name != meetings[i-1].situation.name || m.name != meetings[i-1].name || m.beside != meetings[i-1].beside {
			kinds = append(kinds, nil)
		}
		last := len(kinds) - 1
		kinds[last] = append(kinds[last], m)
	}
	return kinds
}

// side makes one exchange with each player at the same time.
func (l *looking) side(ctx context.Context, m *meeting) error {
	if why := l.prevented(m); why != "" {
		for i, p := range m.among {
			m.made[i] = m.marked(p, exchange.Exchange{Failed: why})
		}
		return nil
	}
	if !m.beside && l.apart {
		return l.inTurn(ctx, m)
	}
	errs := make([]error, len(m.among))
	var all sync.WaitGroup
	for i, p := range m.among {
		all.Go(func() { m.made[i], errs[i] = l.one(ctx, m, p) })
	}
	all.Wait()
	if err := errors.Join(errs...); err != nil {
		return err
	}
	if l.strangers(m) {
		l.apart = true
		return l.inTurn(ctx, m)
	}
	return nil
}

// strangers leaves the requests without a number to the only player that is known to
// cause such. It returns true when they may be anybody's, and can be told apart.
func (l *looking) strangers(m *meeting) (unclear bool) {
	strays := 0
	for _, p := range l.players {
		if p.stray {
			strays++
		}
	}
	for i, p := range m.among {
		if m.made[i].Strangers == 0 || p.stray && strays == 1 {
			continue
		}
		if strays == 1 || m.beside {
			m.made[i].Strangers = 0
		} else {
			unclear = len(l.players) > 1
		}
	}
	return unclear
}

// inTurn makes one exchange with one player after the other.
func (l *looking) inTurn(ctx context.Context, m *meeting) (err error) {
	for i, p := range m.among {
		if m.made[i], err = l.one(ctx, m, p); err != nil {
			return err
		}
	}
	return nil
}

// prevented says why a meeting cannot be; empty when it can.
func (l *looking) prevented(m *meeting) string {
	gateways, serial := 0, 0
	for _, p := range m.among {
		if p.Arm != bench.Direct {
			gateways++
			if p.serial {
				serial++
			}
		}
	}
	switch {
	case m.together && gateways > 0 && serial == gateways:
		return onlyOne
	case m.aside && !m.beside && m.takes > mostLong:
		return fmt.Sprintf(tooLong, m.takes)
	case time.Now().Add(l.takes(m)).After(l.deadline()):
		return noTime
	}
	return ""
}

// takes is how long a meeting should take.
func (l *looking) takes(m *meeting) (d time.Duration) {
	for _, p := range m.among {
		d = max(d, m.takes+time.Duration(m.requests)*p.slow)
	}
	return d
}

// one makes one exchange. What the end of the time has cut is none.
func (l *looking) one(ctx context.Context, m *meeting, p *player) (exchange.Exchange, error) {
	x, err := m.make(ctx, p.in(m.name))
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		x = exchange.Exchange{Failed: noTime}
	case ctx.Err() != nil:
		return m.marked(p, x), ctx.Err()
	case errors.Is(err, errBackend):
		return m.marked(p, x), err
	case err != nil:
		x.Failed = err.Error()
	}
	return m.marked(p, x), nil
}

// marked is an exchange with what it is of.
func (m *meeting) marked(p *player, x exchange.Exchange) exchange.Exchange {
	x.Situation, x.Case, x.API, x.Arm, x.Process = m.situation.name, m.name, p.API, p.Arm, p.Process
	return x
}

// gateways are the players that are none of the direct path.
func (l *looking) gateways() []*player {
	return slices.DeleteFunc(slices.Clone(l.players), func(p *player) bool { return p.Arm == bench.Direct })
}
