package changes

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/figures"
)

// shown is what the exchanges with all processes of one gateway show of a behaviour in
// one case.
type shown struct {
	facts     bool // there are some
	processes int  // of which an exchange could show it
	seen, of  int
	values    []float64
	says      map[string]int // in how many processes
	why       string         // an exchange could not show it
}

func shownBy(facts []bench.Fact, name bench.BehaviourName, of string, arm bench.Arm) shown {
	s := shown{says: map[string]int{}}
	for _, f := range facts {
		if f.Behaviour != name || f.Case != of || f.Arm != arm {
			continue
		}
		s.facts = true
		s.why = cmp.Or(s.why, f.Unseen)
		if f.Of == 0 {
			continue
		}
		s.processes++
		s.seen, s.of = s.seen+f.Seen, s.of+f.Of
		if f.Value != nil {
			s.values = append(s.values, *f.Value)
		}
		for _, part := range f.Says {
			s.says[part]++
		}
	}
	return s
}

// and adds what is shown in another case. It has no values.
func (s shown) and(o shown) shown {
	s.seen, s.of = s.seen+o.seen, s.of+o.of
	return s
}

// always is true when every exchange that could show it does.
func (s shown) always() bool { return s.of > 0 && s.seen == s.of }

// share is of the exchanges that could show it.
func (s shown) share() float64 { return float64(s.seen) / float64(max(1, s.of)) }

// unknown is why nothing is known of the base.
func (s shown) unknown() string {
	if !s.facts {
		return "nobody looked at the base for it"
	}
	return "of the base it is not known: " + cmp.Or(s.why, "no exchange could show it")
}

// subject is what a text is about: "turns errors into others (429)".
func (b row) subject(name string) string {
	if name == "" {
		return b.Title
	}
	return fmt.Sprintf("%s (%s)", b.Title, name)
}

// counts is "10 of 10, base 0 of 10", with the values where there are some: "2 of 2
// (12.0 MB), base 2 of 2 (1.10 MB)".
func (b row) counts(base, head shown) string {
	text := b.count(head) + ", base "
	if base.of == 0 {
		return text + "not seen"
	}
	return text + b.count(base)
}

func (b row) count(s shown) string {
	text := fmt.Sprintf("%d of %d", s.seen, s.of)
	if value := b.value(s.values); value != "" {
		text += fmt.Sprintf(" (%s)", value)
	}
	return text
}

// value is the median of the processes' values with its unit.
func (b row) value(of []float64) string {
	if len(of) == 0 {
		return ""
	}
	slices.Sort(of)
	middle := (of[(len(of)-1)/2] + of[len(of)/2]) / 2
	switch b.Unit {
	case bench.Seconds:
		return figures.Seconds(middle)
	case bench.Bytes:
		return figures.Memory(middle)
	case bench.Count:
		return figures.Digits(middle)
	}
	return ""
}

// difference is "now a, b; no longer c": the parts of a description that all processes
// of one gateway have and none of the other; empty where there is none.
func difference(base, head shown) string {
	var parts []string
	if more := only(head, base); len(more) > 0 {
		parts = append(parts, "now "+listed(more))
	}
	if less := only(base, head); len(less) > 0 {
		parts = append(parts, "no longer "+listed(less))
	}
	return strings.Join(parts, "; ")
}

// only are the parts that all processes of a have and none of b, sorted.
func only(a, b shown) (parts []string) {
	for part, n := range a.says {
		if n == a.processes && b.says[part] == 0 {
			parts = append(parts, part)
		}
	}
	slices.Sort(parts)
	return parts
}

// mostParts is how many parts of a description a text has.
const mostParts = 6

func listed(parts []string) string {
	more := len(parts) - mostParts
	if more <= 0 {
		return strings.Join(parts, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(parts[:mostParts], ", "), more)
}
