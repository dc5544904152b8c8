package changes

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/behaviour"
	"github.com/org/proxy-bench-action/internal/bench"
)

// machine is the name of a behaviour that depends on the speed of the machine.
var machine = behaviour.All()[slices.IndexFunc(behaviour.All(), func(b behaviour.Behaviour) bool { return b.Timed })].Name

var (
	harm   = behaviour.Behaviour{Name: "harm", Title: "buffers streams whole", Harm: true, Look: "at buffers"}
	timed  = behaviour.Behaviour{Name: machine, Title: "holds the first event back", Harm: true, Timed: true, Unit: bench.Seconds}
	memory = behaviour.Behaviour{Name: "memory", Title: "keeps memory", Harm: true, Unit: bench.Bytes}
	plain  = behaviour.Behaviour{Name: "plain", Title: "asks for HTTP/1.0"}
	adds   = behaviour.Behaviour{Name: "adds", Title: "adds headers upstream"}
)

// looked are the facts of one behaviour with one gateway: "3/3 3/3" is seen in three of
// three exchanges with each of two processes, "-" is unseen.
func looked(name bench.BehaviourName, arm bench.Arm, processes string, says ...string) (facts []bench.Fact) {
	for i, word := range strings.Fields(processes) {
		f := bench.Fact{Behaviour: name, Arm: arm, Process: 1 + i}
		if word == "-" {
			f.Unseen = "no time"
		} else if _, err := fmt.Sscanf(word, "%d/%d", &f.Seen, &f.Of); err != nil {
			panic(err)
		} else {
			f.Says = says
		}
		facts = append(facts, f)
	}
	return facts
}

func TestHarm(t *testing.T) {
	known := []behaviour.Behaviour{harm}
	for _, c := range []struct {
		base, head string
		change     bench.Change
		text       string
	}{
		{"0/5 0/5", "0/5 0/5", "", ""},
		{"0/5 0/5", "5/5 5/5", bench.ChangeNew, "10 of 10, base 0 of 10"},
		{"5/5 5/5", "5/5 5/5", bench.ChangeKept, "10 of 10, base 10 of 10"},
		{"5/5 5/5", "0/5 0/5", bench.ChangeGone, "0 of 10, base 10 of 10"},
		{"5/5 4/5", "0/5 0/5", bench.ChangeGone, "0 of 10, base 9 of 10"},
		// In part of the exchanges, or with one process pair only.
		{"0/5 0/5", "5/5 4/5", bench.ChangeSometimes, "9 of 10, base 0 of 10"},
		{"0/5 0/5", "0/5 1/5", bench.ChangeSometimes, "1 of 10, base 0 of 10"},
		{"1/5 0/5", "5/5 5/5", bench.ChangeSometimes, "10 of 10, base 1 of 10"},
		{"1/5 0/5", "4/5 4/5", bench.ChangeSometimes, "8 of 10, base 1 of 10"},
		{"2/5 2/5", "2/5 3/5", bench.ChangeKept, "5 of 10, base 4 of 10"},
		{"5/5 5/5", "1/5 0/5", bench.ChangeKept, "1 of 10, base 10 of 10"},
		{"0/5", "5/5", bench.ChangeUndecided, "5 of 5, base 0 of 5; not decided: one process pair was looked at, two decide"},
		{"0/5 -", "5/5 5/5", bench.ChangeUndecided, "10 of 10, base 0 of 5; not decided: one process pair was looked at, two decide"},
		{"0/5 0/5", "5/5 -", bench.ChangeUndecided, "5 of 5, base 0 of 10; not decided: one process pair was looked at, two decide"},
		// Where one of the two is not known.
		{"- -", "5/5 5/5", bench.ChangeUndecided, "10 of 10, base not seen; not decided: of the base it is not known: no time"},
		{"", "5/5 5/5", bench.ChangeUndecided, "10 of 10, base not seen; not decided: nobody looked at the base for it"},
		{"", "5/5 3/5", bench.ChangeSometimes, "8 of 10, base not seen"},
		{"- -", "0/5 0/5", "", ""},
		{"5/5 5/5", "- -", "", ""},
		{"5/5 5/5", "", "", ""},
		{"- -", "- -", "", ""},
	} {
		facts := append(looked("harm", bench.Base, c.base), looked("harm", bench.Head, c.head)...)
		got := compare(known, facts)
		if c.change == "" {
			if len(got) > 0 {
				t.Errorf("base %s, head %s: %+v", c.base, c.head, got)
			}
			continue
		}
		want := []bench.BehaviourChange{{Behaviour: "harm", Change: c.change, Harm: true, Outcome: bench.Pass, Text: "buffers streams whole: " + c.text, Look: "at buffers"}}
		if c.change == bench.ChangeNew {
			want[0].Outcome = bench.Regression
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("base %s, head %s:\n got %+v\nwant %+v", c.base, c.head, got, want)
		}
	}
}

func TestTold(t *testing.T) {
	known := []behaviour.Behaviour{plain, adds}
	for _, c := range []struct {
		name       bench.BehaviourName
		base, head []bench.Fact
		change     bench.Change
		text       string
	}{
		{"plain", looked("plain", bench.Base, "0/3 0/3"), looked("plain", bench.Head, "3/3 3/3"), bench.ChangeNew, "asks for HTTP/1.0: 6 of 6, base 0 of 6"},
		{"plain", looked("plain", bench.Base, "3/3 3/3"), looked("plain", bench.Head, "0/3 0/3"), bench.ChangeGone, "asks for HTTP/1.0: 0 of 6, base 6 of 6"},
		{"plain", looked("plain", bench.Base, "0/3 1/3"), looked("plain", bench.Head, "3/3 3/3"), bench.ChangeSometimes, "asks for HTTP/1.0: 6 of 6, base 1 of 6"},
		{"plain", looked("plain", bench.Base, "0/3 1/3"), looked("plain", bench.Head, "0/3 3/3"), "", ""},
		{"plain", looked("plain", bench.Base, "0/3 0/3"), looked("plain", bench.Head, "3/3"), "", ""},
		{"plain", looked("plain", bench.Base, "- -"), looked("plain", bench.Head, "3/3 3/3"), "", ""},
		{"adds", looked("adds", bench.Base, "3/3 3/3", "via"), looked("adds", bench.Head, "3/3 3/3", "via"), "", ""},
		{"adds", looked("adds", bench.Base, "3/3 3/3", "via", "x"), looked("adds", bench.Head, "3/3 3/3", "a", "b", "via"), bench.ChangeOther, "adds headers upstream: now a, b; no longer x"},
		{"adds", looked("adds", bench.Base, "0/3 0/3"), looked("adds", bench.Head, "3/3 3/3", "1", "2", "3", "4", "5", "6", "7", "8"), bench.ChangeOther, "adds headers upstream: now 1, 2, 3, 4, 5, 6 and 2 more"},
		{"adds", looked("adds", bench.Base, "3/3", "x"), looked("adds", bench.Head, "3/3 3/3", "y"), "", ""},
		// What one process alone says is none of the code.
		{
			"adds", looked("adds", bench.Base, "3/3 3/3", "via"),
			[]bench.Fact{{Behaviour: "adds", Arm: bench.Head, Process: 1, Seen: 3, Of: 3, Says: []string{"port 1", "via"}}, {Behaviour: "adds", Arm: bench.Head, Process: 2, Seen: 3, Of: 3, Says: []string{"port 2", "via"}}},
			"", "",
		},
	} {
		got := compare(known, append(c.base, c.head...))
		switch {
		case c.change == "" && len(got) == 0:
		case len(got) != 1 || got[0].Change != c.change || got[0].Text != c.text || got[0].Outcome != bench.Pass || got[0].Harm:
			t.Errorf("%+v\nand %+v:\n got %+v\nwant %s: %s", c.base, c.head, got, c.change, c.text)
		}
	}
}

// TestFigures: cases stand in the text, and values in the unit of the behaviour.
func TestFigures(t *testing.T) {
	known := []behaviour.Behaviour{harm, timed, memory}
	valued := func(facts []bench.Fact, of string, values ...float64) []bench.Fact {
		for i := range facts {
			facts[i].Case, facts[i].Value = of, &values[i]
		}
		return facts
	}
	facts := slices.Concat(
		valued(looked("memory", bench.Head, "1/1 1/1"), "429", 12<<20, 14<<20),
		valued(looked("memory", bench.Base, "1/1 1/1"), "429", 1<<20, 1<<20),
		looked("memory", bench.Base, "0/1 0/1"), valued(looked("memory", bench.Head, "0/1 0/1"), "500", 0, 0),
		looked(machine, bench.Base, "0/3 0/3"), valued(looked(machine, bench.Head, "3/3 3/3"), "", 0.25, 0.35),
		looked("a newer one", bench.Base, "0/3 0/3"), looked("a newer one", bench.Head, "3/3 3/3"),
	)
	var texts []string
	for _, c := range compare(known, facts) {
		texts = append(texts, fmt.Sprintf("%s %s %s", c.Change, c.Case, c.Text))
	}
	want := []string{
		"new  holds the first event back: 6 of 6 (300 ms), base 0 of 6",
		"kept 429 keeps memory (429): 2 of 2 (13.0 MB), base 2 of 2 (1.00 MB)",
	}
	if !slices.Equal(texts, want) {
		t.Errorf("%q", texts)
	}
}

// TestKeptSaysMore: harm that both have and that names more in head.
func TestKeptSaysMore(t *testing.T) {
	known := []behaviour.Behaviour{harm}
	got := compare(known, append(looked("harm", bench.Base, "3/3 3/3", "a"), looked("harm", bench.Head, "3/3 3/3", "a", "b")...))
	if len(got) != 1 || got[0].Change != bench.ChangeKept || got[0].Text != "buffers streams whole: 6 of 6, base 6 of 6; now b" {
		t.Errorf("%+v", got)
	}
}

// TestStored: facts of another job are a base, but for those of time, and for all where
// other things were asked.
func TestStored(t *testing.T) {
	known := []behaviour.Behaviour{harm, timed}
	run := slices.Concat(looked("harm", bench.Head, "3/3 3/3"), looked("harm", bench.Base, "3/3 3/3"), looked(machine, bench.Head, "3/3 3/3"))
	then := slices.Concat(looked("harm", bench.Head, "0/3 0/3"), looked("harm", bench.Base, "3/3 3/3"), looked(machine, bench.Head, "0/3 0/3"))
	for _, c := range []struct {
		stored []bench.Fact
		unlike string
		want   []string
	}{
		{then, "", []string{
			"new buffers streams whole: 6 of 6, base 0 of 6",
			"undecided holds the first event back: 6 of 6, base not seen; not decided: of the base it is not known: it depends on the machine, and the base ran in another job",
		}},
		{then, "other requests", []string{
			"undecided buffers streams whole: 6 of 6, base not seen; not decided: of the base it is not known: other requests",
			"undecided holds the first event back: 6 of 6, base not seen; not decided: of the base it is not known: other requests",
		}},
		{nil, "", []string{ // an older baseline
			"undecided buffers streams whole: 6 of 6, base not seen; not decided: nobody looked at the base for it",
			"undecided holds the first event back: 6 of 6, base not seen; not decided: nobody looked at the base for it",
		}},
	} {
		before := fmt.Sprint(c.stored)
		var got []string
		for _, change := range compare(known, Stored(run, c.stored, c.unlike)) {
			got = append(got, string(change.Change)+" "+change.Text)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("got  %q\nwant %q", got, c.want)
		}
		if fmt.Sprint(c.stored) != before {
			t.Error("the stored facts are changed")
		}
	}
}

// TestCompareProperties: of any facts, in any order, the same facts on both sides are no
// change; what is new is gone when the sides change places; and only harm in all
// exchanges of two processes is a regression.
func TestCompareProperties(t *testing.T) {
	known := []behaviour.Behaviour{harm, plain, adds}
	rng := rand.New(rand.NewPCG(1, 2))
	side := func(arm bench.Arm) (facts []bench.Fact) {
		for _, name := range []bench.BehaviourName{"harm", "plain", "adds"} {
			for process := range rng.IntN(4) {
				f := bench.Fact{Behaviour: name, Arm: arm, Process: 1 + process, Of: rng.IntN(3)}
				if f.Seen = rng.IntN(f.Of + 1); f.Of == 0 {
					f.Unseen = "no time"
				}
				for _, part := range []string{"a", "b"} {
					if name == "adds" && rng.IntN(2) == 0 {
						f.Says = append(f.Says, part)
					}
				}
				facts = append(facts, f)
			}
		}
		return facts
	}
	as := func(facts []bench.Fact, arm bench.Arm) []bench.Fact {
		facts = slices.Clone(facts)
		for i := range facts {
			facts[i].Arm = arm
		}
		return facts
	}
	for range 2000 {
		base, head := side(bench.Base), side(bench.Head)
		all := append(slices.Clone(base), head...)
		got := compare(known, all)
		rng.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		if again := compare(known, all); !reflect.DeepEqual(again, got) {
			t.Fatalf("in another order:\n%+v\n%+v", got, again)
		}
		for _, c := range compare(known, append(slices.Clone(base), as(base, bench.Head)...)) {
			if c.Change != bench.ChangeKept {
				t.Fatalf("of equal facts %+v: %+v", base, c)
			}
		}
		mirrored := compare(known, append(as(base, bench.Head), as(head, bench.Base)...))
		for _, c := range got {
			if c.Change == bench.ChangeNew && !slices.ContainsFunc(mirrored, func(m bench.BehaviourChange) bool { return m.Behaviour == c.Behaviour && m.Change == bench.ChangeGone }) {
				t.Fatalf("%+v is not gone the other way round: %+v", c, mirrored)
			}
			if c.Outcome != bench.Regression {
				continue
			}
			for _, f := range all {
				if f.Behaviour == c.Behaviour && (f.Arm == bench.Head && f.Seen < f.Of || f.Arm == bench.Base && f.Seen > 0) {
					t.Fatalf("%+v, with %+v", c, f)
				}
			}
		}
	}
}

// TestCasesAlike are one change, but for those with values of their own.
func TestCasesAlike(t *testing.T) {
	known := []behaviour.Behaviour{harm, memory}
	in := func(name string, facts ...bench.Fact) []bench.Fact {
		for i := range facts {
			facts[i].Case = name
			if facts[i].Behaviour == "memory" && facts[i].Seen > 0 {
				facts[i].Value = new(float64(1 << 20))
			}
		}
		return facts
	}
	facts := slices.Concat(
		in("400", append(looked("harm", bench.Base, "0/1 0/1"), looked("harm", bench.Head, "1/1 1/1")...)...),
		in("404", append(looked("harm", bench.Base, "1/1 1/1"), looked("harm", bench.Head, "1/1 1/1")...)...),
		in("500", append(looked("harm", bench.Base, "0/2 0/2"), looked("harm", bench.Head, "2/2 2/2")...)...),
		in("503", append(looked("harm", bench.Base, "0/2 0/2"), looked("harm", bench.Head, "0/2 0/2")...)...),
		in("400", append(looked("memory", bench.Base, "0/1 0/1"), looked("memory", bench.Head, "1/1 1/1")...)...),
		in("500", append(looked("memory", bench.Base, "0/1 0/1"), looked("memory", bench.Head, "1/1 1/1")...)...),
	)
	var got []string
	for _, c := range compare(known, facts) {
		got = append(got, fmt.Sprintf("%s, %s, %s: %s", c.Change, c.Outcome, c.Case, c.Text))
	}
	want := []string{
		"new, regression, 400, 500: buffers streams whole (400, 500): 6 of 6, base 0 of 6",
		"kept, pass, 404: buffers streams whole (404): 2 of 2, base 2 of 2",
		"new, regression, 400: keeps memory (400): 2 of 2 (1.00 MB), base 0 of 2",
		"new, regression, 500: keeps memory (500): 2 of 2 (1.00 MB), base 0 of 2",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}
