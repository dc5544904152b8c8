package behaviour

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/exchange"
)

// Facts are what the exchanges of a run show, by behaviour in the order of the
// registry, then by case, process and arm.
func Facts(all []exchange.Exchange) []bench.Fact {
	var facts []bench.Fact
	excused := usually(all).without(all)
	for _, b := range registry {
		look := all
		if b.OfItsOwn {
			look = excused
		}
		for _, k := range b.kinds(look) {
			facts = append(facts, b.facts(k)...)
		}
	}
	return withoutUnfinished(facts)
}

// withoutUnfinished are the facts without what a gateway is said to keep of clients that
// have gone while the backend still works on for them: it holds that until the work ends.
func withoutUnfinished(facts []bench.Fact) []bench.Fact {
	for i, f := range facts {
		known, _ := Describe(f.Behaviour)
		if known.Group != Holdings || f.Case != exchange.ClientGone || f.Of == 0 {
			continue
		}
		if slices.ContainsFunc(facts, func(g bench.Fact) bool {
			return g.Behaviour == ignoresDisconnect && g.Arm == f.Arm && g.Process == f.Process && g.Seen > 0
		}) {
			facts[i] = bench.Fact{
				Behaviour: f.Behaviour, Case: f.Case, Arm: f.Arm, Process: f.Process,
				Unseen: "the backend works on for clients that have gone, which holds memory, sockets and threads until it ends",
			}
		}
	}
	return facts
}

// kind is the exchanges of one situation, case and process number, of all arms.
type kind struct {
	name    string // the case
	process int
	all     []exchange.Exchange
}

// kinds sorts the exchanges that show a behaviour by case and process, in the order in
// which they first occur.
func (b Behaviour) kinds(all []exchange.Exchange) (sorted []kind) {
	for _, x := range all {
		if !slices.Contains(b.In, x.Situation) || b.cases != nil && !slices.Contains(b.cases, x.Case) {
			continue
		}
		name := b.caseOf(x)
		i := slices.IndexFunc(sorted, func(k kind) bool { return k.name == name && k.process == x.Process })
		if i < 0 {
			i = len(sorted)
			sorted = append(sorted, kind{name: name, process: x.Process})
		}
		sorted[i].all = append(sorted[i].all, x)
	}
	return sorted
}

// caseOf is the case that an exchange is of. Harm in some situations alone, such as a
// cache of JSON answers and not of streams, is seen in all exchanges of these.
func (b Behaviour) caseOf(x exchange.Exchange) string {
	if !b.Harm || len(b.In) == 1 {
		return x.Case
	}
	if x.Case == "" {
		return string(x.Situation)
	}
	return string(x.Situation) + ": " + x.Case
}

// facts are those of one behaviour, one for each gateway. What the direct path shows,
// too, is not the gateway's.
func (b Behaviour) facts(k kind) (facts []bench.Fact) {
	var direct []exchange.Exchange
	for _, x := range k.all {
		if x.Arm == bench.Direct {
			direct = append(direct, x)
		}
	}
	if b.Harm && b.fact(bench.Direct, k, direct).Seen > 0 {
		return b.unseen(k, "it shows without a gateway, too")
	}
	for _, arm := range []bench.Arm{bench.Base, bench.Head} {
		if f := b.fact(arm, k, direct); f.Of > 0 || f.Unseen != "" {
			facts = append(facts, f)
		}
	}
	return facts
}

// unseen are the facts of all gateways where none can be told.
func (b Behaviour) unseen(k kind, why string) (facts []bench.Fact) {
	for _, arm := range []bench.Arm{bench.Base, bench.Head} {
		if slices.ContainsFunc(k.all, func(x exchange.Exchange) bool { return x.Arm == arm }) {
			facts = append(facts, bench.Fact{Behaviour: b.Name, Case: k.name, Arm: arm, Process: k.process, Unseen: why})
		}
	}
	return facts
}

// fact is what all exchanges with one arm show.
func (b Behaviour) fact(arm bench.Arm, k kind, direct []exchange.Exchange) bench.Fact {
	f := bench.Fact{Behaviour: b.Name, Case: k.name, Arm: arm, Process: k.process}
	var values []float64
	said := descriptions{}
	for _, x := range k.all {
		if x.Arm != arm {
			continue
		}
		s := sight{why: x.Failed}
		switch {
		case x.Failed != "":
		case withoutPrompt(x) && b.Group != Upstream && b.Group != Downstream:
			s.why = "a request reached the backend without its prompt, which says what the backend is to do"
		default:
			s = b.look(x, direct)
		}
		if !s.possible {
			f.Unseen = cmp.Or(f.Unseen, s.why)
			continue
		}
		f.Of++
		said.add(x.Situation, s.says)
		if s.seen {
			f.Seen++
		}
		if s.seen || f.Detail == "" {
			f.Detail = cmp.Or(s.detail, f.Detail)
		}
		if s.seen && s.value != nil {
			values = append(values, *s.value)
		}
	}
	if f.Of > 0 {
		f.Unseen = ""
	}
	if len(values) > 0 {
		slices.Sort(values)
		f.Value = new(values[len(values)/2])
	}
	f.Says = said.parts()
	return f
}

// descriptions are what the exchanges of each situation say.
type descriptions map[exchange.Situation][]string

func (d descriptions) add(in exchange.Situation, says []string) { d[in] = append(d[in], says...) }

// parts are those of all situations together, sorted. What only some of the situations
// say has their names behind it: "drops X-Trace (stream)".
func (d descriptions) parts() (all []string) {
	for in, says := range d {
		for _, part := range says {
			everywhere := true
			for _, others := range d {
				everywhere = everywhere && slices.Contains(others, part)
			}
			if !everywhere {
				part += fmt.Sprintf(" (%s)", in)
			}
			all = append(all, part)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}
