package observed

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/org/proxy-bench-action/internal/behaviour"
	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/plain"
)

const (
	// longestDetail is how much of one exchange is told, and longestPart how much of each
	// part of a description, in characters: both quote gateways.
	longestDetail, longestPart = 240, 80
	// mostParts is how many parts of a description are told.
	mostParts = 8
)

// row is what was seen of a behaviour in one case, or in several that say the same.
type row struct {
	behaviour.Behaviour
	cases      []string
	base, head *sight
}

// sight is what one gateway showed, over all of its processes.
type sight struct {
	seen, of       int
	unseen, detail string
	says           []string
}

// rowsOf sorts facts by behaviour and case, in the order of the facts.
func rowsOf(facts []bench.Fact) []*row {
	type key struct {
		name  bench.BehaviourName
		where string
	}
	var rows []*row
	at := make(map[key]*row)
	for _, f := range facts {
		k := key{f.Behaviour, f.Case}
		r := at[k]
		if r == nil {
			r = &row{Behaviour: described(f.Behaviour)}
			if f.Case != "" {
				r.cases = []string{plain.To(f.Case, longestPart)}
			}
			at[k], rows = r, append(rows, r)
		}
		of := &r.head
		if f.Arm == bench.Base {
			of = &r.base
		}
		if *of == nil {
			*of = &sight{}
		}
		(*of).add(f)
	}
	return rows
}

// described is a behaviour by name. One that this version does not know, such as one
// of a later version's file, is told without being called harm.
func described(name bench.BehaviourName) behaviour.Behaviour {
	b, known := behaviour.Describe(name)
	if !known {
		b = behaviour.Behaviour{Name: name, Title: plain.To(string(name), longestPart)}
	}
	return b
}

func (s *sight) add(f bench.Fact) {
	detail := plain.To(f.Detail, longestDetail)
	if f.Seen > 0 && s.seen == 0 { // of an exchange in which it was so
		s.detail = cmp.Or(detail, s.detail)
	}
	s.detail = cmp.Or(s.detail, detail)
	s.seen, s.of = s.seen+f.Seen, s.of+f.Of
	s.unseen = cmp.Or(s.unseen, plain.To(f.Unseen, longestDetail))
	for _, part := range f.Says[:min(len(f.Says), 10*mostParts)] {
		if part = plain.To(part, longestPart); part != "" && !slices.Contains(s.says, part) {
			s.says = append(s.says, part)
		}
	}
	slices.Sort(s.says)
}

// possible reports whether an exchange could show it.
func (s *sight) possible() bool { return s != nil && s.of > 0 }

// shows reports whether there is something to tell.
func (s *sight) shows() bool { return s.possible() && (s.seen > 0 || len(s.says) > 0) }

// always reports whether every exchange showed it.
func (s *sight) always() bool { return s.possible() && s.seen == s.of }

func (r *row) possible() bool { return r.base.possible() || r.head.possible() }
func (r *row) shows() bool    { return r.base.shows() || r.head.shows() }
func (r *row) always() bool   { return r.base.always() || r.head.always() }

// name is what the gateway does, and in which cases.
func (r *row) name() string {
	name := plain.Capital(r.Title)
	if len(r.cases) > 0 {
		name += fmt.Sprintf(" (%s)", list(r.cases))
	}
	return name
}

// text is what was seen: of two gateways both.
func (r *row) text() string {
	if r.base == nil || r.head == nil {
		return cmp.Or(r.head, r.base).text()
	}
	base, head := r.base.short(), r.head.short()
	if base == head && len(r.head.says) > 0 {
		return r.head.text()
	}
	of, detail := &head, r.head.detail
	if !r.head.shows() && r.base.shows() {
		of, detail = &base, r.base.detail
	}
	if detail != "" {
		*of += fmt.Sprintf(" (%s)", detail)
	}
	return fmt.Sprintf("head %s; base %s", head, base)
}

// text is what one gateway does.
func (s *sight) text() string { return joined(s.short(), s.detail) }

// short is a description, or how often it was seen.
func (s *sight) short() string {
	switch {
	case s.of == 0:
		return "not seen: " + cmp.Or(s.unseen, "no exchange could show it")
	case len(s.says) > 0:
		return list(s.says)
	default:
		return fmt.Sprintf("%d of %d", s.seen, s.of)
	}
}

// list is so many parts as a reader takes in.
func list(parts []string) string {
	text := strings.Join(parts[:min(mostParts, len(parts))], ", ")
	if more := len(parts) - mostParts; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

func joined(text, detail string) string {
	if detail == "" {
		return text
	}
	return text + ": " + detail
}

// counts is how often it was seen, without details.
func (r *row) counts() string {
	switch {
	case r.base == nil || r.head == nil:
		return cmp.Or(r.head, r.base).short()
	case r.base.short() == r.head.short():
		return r.head.short() + " of each"
	}
	return fmt.Sprintf("head %s; base %s", r.head.short(), r.base.short())
}

// inAllCases are the rows with the cases of each behaviour taken together.
func inAllCases(rows []*row) (all []*row) {
	for _, r := range rows {
		i := slices.IndexFunc(all, func(other *row) bool { return other.Name == r.Name })
		if i < 0 {
			i = len(all)
			all = append(all, &row{Behaviour: r.Behaviour})
		}
		all[i].base, all[i].head = sum(all[i].base, r.base), sum(all[i].head, r.head)
	}
	return all
}

// alike reports whether two rows show the same, but for details.
func (r *row) alike(other *row) bool {
	return (r.base == nil) == (other.base == nil) && (r.head == nil) == (other.head == nil) && r.counts() == other.counts()
}

// sum is what both show; either may be nil.
func sum(a, b *sight) *sight {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	}
	return &sight{seen: a.seen + b.seen, of: a.of + b.of, unseen: cmp.Or(a.unseen, b.unseen)}
}

// merged are the rows with those that show one behaviour alike in several cases as one,
// with the details of the first.
func merged(rows []*row) []*row {
	var all []*row
	for _, r := range rows {
		i := slices.IndexFunc(all, func(other *row) bool { return other.Name == r.Name && other.alike(r) })
		if i < 0 {
			one := *r
			one.cases = slices.Clone(r.cases)
			all = append(all, &one)
		} else {
			all[i].cases = append(all[i].cases, r.cases...)
		}
	}
	return all
}
