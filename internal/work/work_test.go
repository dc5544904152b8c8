package work

import (
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
)

const limit = 0.10

var (
	small = bench.Scenario{Mode: bench.JSON, Concurrency: 1, BodyBytes: 100}
	large = bench.Scenario{Mode: bench.JSON, Concurrency: 1, BodyBytes: 100 << 10}
)

// counted is a process of an arm that did so much in each batch.
func counted(arm bench.Arm, process int, batches ...float64) bench.Work {
	return bench.Work{Arm: arm, Process: process, Scenario: small.ID(), Instructions: batches}
}

// about is five batches around a figure, which differ by a share.
func about(figure, spread float64) []float64 {
	return []float64{figure, figure * (1 + spread/2), figure * (1 - spread/2), figure * (1 + spread/2), figure * (1 - spread/2)}
}

// pairsOf is process pairs of base and of head, each with its share more.
func pairsOf(base, spread float64, more ...float64) (all []bench.Work) {
	for i, share := range more {
		all = append(all, counted(bench.Base, i+1, about(base, spread)...), counted(bench.Head, i+1, about(base*(1+share), spread)...))
	}
	return all
}

// TestInstructions: over the limit, over three times the spread and by enough, in two
// process pairs, is a regression; from 2 % and the spread on in both, a note.
func TestInstructions(t *testing.T) {
	for name, c := range map[string]struct {
		all  []bench.Work
		want bench.Outcome // empty: nothing is said
		says string
	}{
		"unchanged":                  {pairsOf(200e3, 0.005, 0, 0.001), "", ""},
		"over the limit twice":       {pairsOf(200e3, 0.005, 0.38, 0.37), bench.Regression, "+38 % of instructions a request (200 k → 275 k"},
		"over the limit once":        {pairsOf(200e3, 0.005, 0.38), bench.Pass, "one process pair was counted, two decide"},
		"in one of two pairs":        {pairsOf(200e3, 0.005, 0.38, 0.01), "", ""},
		"over the limit and a note":  {pairsOf(200e3, 0.005, 0.38, 0.05), bench.Pass, "+22 %"},
		"a note":                     {pairsOf(200e3, 0.005, 0.03, 0.03), bench.Pass, "+3 %"},
		"a note of one pair":         {pairsOf(200e3, 0.005, 0.05), bench.Pass, "+5 %"},
		"an accident of one pair":    {pairsOf(200e3, 0.005, 0.025), "", ""},
		"an accident in one of two":  {pairsOf(200e3, 0.005, 0.025, -0.001), "", ""},
		"less than is noted":         {pairsOf(200e3, 0.001, 0.015, 0.015), "", ""},
		"fewer":                      {pairsOf(200e3, 0.005, -0.3, -0.3), bench.Pass, "-30 %"},
		"more and fewer":             {pairsOf(200e3, 0.005, -0.3, 0.3), "", ""},
		"near the spread":            {pairsOf(200e3, 0.039, 0.11, 0.11), bench.Pass, "+11 %"},
		"near the spread once":       {pairsOf(200e3, 0.039, 0.11), "", ""},
		"within the spread":          {pairsOf(200e3, 0.039, 0.035, 0.035), "", ""},
		"few instructions":           {pairsOf(20e3, 0.005, 0.2, 0.2), bench.Pass, "+20 %"},
		"unsteady":                   {pairsOf(200e3, 0.05, 0.5, 0.5), "", ""},
		"unsteady once":              {append(pairsOf(200e3, 0.05, 0.09), pairsOf(200e3, 0.005, 0, 0.09)[2:]...), bench.Pass, "+9 %"},
		"a collector in one batch":   {[]bench.Work{counted(bench.Base, 1, 100e3, 400e3, 100e3, 100.1e3, 100e3), counted(bench.Head, 1, 100e3, 100e3, 100.2e3, 410e3, 100e3)}, "", ""},
		"too few batches":            {[]bench.Work{counted(bench.Base, 1, 1e5, 1e5), counted(bench.Head, 1, 2e5, 2e5)}, "", ""},
		"no base":                    {[]bench.Work{counted(bench.Head, 1, about(1e5, 0)...)}, "", ""},
		"nothing counted":            {nil, "", ""},
		"base counted nothing":       {[]bench.Work{{Arm: bench.Base, Process: 1, Scenario: small.ID(), Uncounted: "it died"}, counted(bench.Head, 1, about(1e5, 0)...)}, "", ""},
		"a second pair that failed":  {append(pairsOf(200e3, 0.005, 0.38), bench.Work{Arm: bench.Base, Process: 2, Scenario: small.ID(), Uncounted: "no time"}, counted(bench.Head, 2, about(1e5, 0)...)), bench.Pass, "one process pair was counted"},
		"zero instructions of base":  {[]bench.Work{counted(bench.Base, 1, 0, 0, 0), counted(bench.Head, 1, about(1e5, 0)...)}, "", ""},
		"another process of another": {[]bench.Work{counted(bench.Base, 1, about(1e5, 0)...), counted(bench.Head, 2, about(2e5, 0)...)}, "", ""},
	} {
		got := Compare(c.all, limit)
		if c.want == "" {
			if len(got) != 0 {
				t.Errorf("%s: %+v", name, got)
			}
			continue
		}
		if len(got) != 1 || got[0].Outcome != c.want || !strings.Contains(got[0].Text, c.says) || got[0].What != bench.Instructions {
			t.Errorf("%s: %+v; want %s, %q", name, got, c.want, c.says)
		}
	}
}

// TestUndecided: what was counted and decides nothing is said.
func TestUndecided(t *testing.T) {
	if why := Undecided(pairsOf(200e3, 0.05, 0.5)); len(why) != 1 || !strings.Contains(why[0], "differ by 5.0 %") {
		t.Errorf("%q", why)
	}
	if why := Undecided(pairsOf(200e3, 0.01, 0.5)); len(why) != 0 {
		t.Errorf("%q", why)
	}
}

// called is process pairs that make system calls for each request.
func called(pairs int, base, head map[string]float64) (all []bench.Work) {
	for i := range pairs {
		all = append(all,
			bench.Work{Arm: bench.Base, Process: i + 1, Scenario: small.ID(), SystemCalls: base},
			bench.Work{Arm: bench.Head, Process: i + 1, Scenario: small.ID(), SystemCalls: head})
	}
	return all
}

// TestSystemCalls: one connection, file, fsync or thread more for each request is a
// regression, whatever the call is named; other calls are noted, and waiting is not.
func TestSystemCalls(t *testing.T) {
	plain := map[string]float64{"read": 5.9, "write": 5.1, "futex": 12.3}
	with := func(name string, n float64) map[string]float64 {
		all := map[string]float64{name: n}
		for k, v := range plain {
			all[k] += v
		}
		return all
	}
	for name, c := range map[string]struct {
		pairs      int
		base, head map[string]float64
		want       bench.Outcome
		what, says string
	}{
		"the same":             {2, plain, plain, "", "", ""},
		"a connection":         {2, plain, with("connect", 1), bench.Regression, "connects", "0 → 1.00"},
		"an open":              {2, plain, with("openat", 1.02), bench.Regression, "opens", ""},
		"another open":         {2, with("open", 1), with("openat2", 1), "", "", ""},
		"two fsyncs":           {2, plain, with("fdatasync", 2), bench.Regression, "fsyncs", ""},
		"a thread":             {2, plain, with("clone3", 1), bench.Regression, "spawns", ""},
		"one pair":             {1, plain, with("connect", 1), bench.Pass, "connects", "two decide"},
		"now and then":         {2, plain, with("connect", 0.3), "", "", ""},
		"one and now and then": {2, plain, with("connect", 1.3), "", "", ""},
		"fewer":                {2, with("connect", 1), plain, bench.Pass, "connects", "1.00 → 0"},
		"a write more":         {2, plain, with("write", 2), bench.Pass, "write", "5.10 → 7.10"},
		"half a write more":    {2, plain, with("write", 0.5), "", "", ""},
		"waiting":              {2, plain, with("epoll_wait", 9), "", "", ""},
		"asking what has come": {2, plain, with("ioctl", 1), "", "", ""},
		"not traced":           {2, nil, with("connect", 1), "", "", ""},
	} {
		got := Compare(called(c.pairs, c.base, c.head), limit)
		if c.want == "" {
			if len(got) != 0 {
				t.Errorf("%s: %+v", name, got)
			}
			continue
		}
		if len(got) != 1 || got[0].Outcome != c.want || got[0].What != c.what || !strings.Contains(got[0].Text, c.says) {
			t.Errorf("%s: %+v; want %s of %s", name, got, c.want, c.what)
		}
	}
}

// TestUnsure: a second process pair is for what would be a regression, and for a change
// that is small enough to be an accident of one.
func TestUnsure(t *testing.T) {
	for name, c := range map[string]struct {
		all  []bench.Work
		want int
	}{
		"over the limit": {pairsOf(200e3, 0.005, 0.38), 1},
		"a sure note":    {pairsOf(200e3, 0.005, 0.05), 0},
		"a small note":   {pairsOf(200e3, 0.005, 0.025), 1},
		"a small saving": {pairsOf(200e3, 0.005, -0.025), 1},
		"unchanged":      {pairsOf(200e3, 0.005, 0.01), 0},
		"a connection":   {called(1, map[string]float64{"read": 1}, map[string]float64{"read": 1, "connect": 1}), 1},
		"two pairs":      {pairsOf(200e3, 0.005, 0.38, 0.38), 0},
		"near a spread":  {pairsOf(200e3, 0.035, 0.09), 1},
		"blurred":        {pairsOf(200e3, 0.05, 0.09), 1},
		"only unsteady":  {pairsOf(200e3, 0.05, 0.03), 0},
		"nothing":        {nil, 0},
	} {
		if got := Unsure(c.all, limit); len(got) != c.want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// TestAllocations are noted.
func TestAllocations(t *testing.T) {
	of := func(arm bench.Arm, malloc, realloc float64) bench.Work {
		return bench.Work{Arm: arm, Process: 1, Scenario: small.ID(), Allocations: map[string]float64{"malloc": malloc, "realloc": realloc}}
	}
	got := Compare([]bench.Work{of(bench.Base, 174.4, 14), of(bench.Head, 194.3, 15)}, limit)
	if len(got) != 1 || got[0].What != bench.Allocations || got[0].Outcome != bench.Pass || !strings.Contains(got[0].Text, "+11 % of allocations a request (188 → 209)") {
		t.Errorf("%+v", got)
	}
	if got := Compare([]bench.Work{of(bench.Base, 174.4, 14), of(bench.Head, 174.9, 14)}, limit); len(got) != 0 {
		t.Errorf("%+v", got)
	}
}

// TestFunctions: by name where there is one, else by the order of what they cost.
func TestFunctions(t *testing.T) {
	all := pairsOf(1e6, 0, 0.4)
	all[0].Functions = []bench.Function{
		{Name: "0x1000", Module: "/a/gw", Instructions: 476e3, Calls: 2},
		{Name: "memcpy", Module: "libc.so.6", Instructions: 325e3, Calls: 338},
		{Name: "0x2000", Module: "/a/gw", Instructions: 90e3},
		{Name: "gone", Instructions: 9e3},
	}
	all[1].Functions = []bench.Function{
		{Name: "0x1f00", Module: "/b/gw", Instructions: 715e3, Calls: 3},
		{Name: "memcpy", Module: "libc.so.6", Instructions: 430e3, Calls: 358},
		{Name: "0x2a00", Module: "/b/gw", Instructions: 134e3},
		{Name: "new", File: "a.go", Line: 7, Instructions: 20e3},
		{Name: "tiny", Instructions: 1e3},
	}
	var got []string
	for _, f := range Compare(all, limit)[0].Functions {
		got = append(got, f.Name)
	}
	if want := "0x1f00 memcpy 0x2a00 new"; strings.Join(got, " ") != want {
		t.Errorf("%q, want %q", got, want)
	}
	if f := Compare(all, limit)[0].Functions[0]; f.Base != 476e3 || f.Head != 715e3 || f.BaseCalls != 2 || f.HeadCalls != 3 {
		t.Errorf("%+v", f)
	}
}

// TestStored: counts of another job are compared where they depend on the same, and
// decide nothing.
func TestStored(t *testing.T) {
	head, stored := bench.Run{}, bench.Run{}
	for _, w := range pairsOf(200e3, 0.005, 0.38, 0.38) {
		if w.Arm == bench.Head {
			head.Work = append(head.Work, w)
		} else {
			w.Arm = bench.Head // as main's run has it
			stored.Work = append(stored.Work, w)
		}
	}
	like := bench.Counting{Valgrind: "valgrind-3.24.0", Libc: "glibc 2.41", Arch: "amd64", Features: []string{"avx2"}}
	other := like
	other.Libc = "glibc 2.43"
	tuned, mixed := like, like
	tuned.Settings, mixed.Mixed = map[string]string{"GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2"}, true
	for name, c := range map[string]struct {
		head, base *bench.Counting
		rule       bench.WorkRule
		want       int
	}{
		"alike":              {&like, &like, bench.WorkRule{}, 1},
		"another C library":  {&like, &other, bench.WorkRule{}, 0},
		"other settings":     {&tuned, &like, bench.WorkRule{}, 0},
		"several machines":   {&mixed, &mixed, bench.WorkRule{}, 0},
		"an older baseline":  {&like, nil, bench.WorkRule{}, 0},
		"nothing to compare": {nil, &like, bench.WorkRule{}, 0},
		"off":                {&like, &like, bench.WorkRule{Rule: bench.BehaviourOff}, 0},
	} {
		head.Counting, stored.Counting = c.head, c.base
		got := JudgeStored(c.rule, Beside(head, stored))
		if len(got) != c.want {
			t.Fatalf("%s: %+v", name, got)
		}
		if c.want > 0 && (got[0].Outcome != bench.Pass || !strings.HasSuffix(got[0].Text, "beside the counts of another job, which decide nothing")) {
			t.Errorf("%s: %+v", name, got[0])
		}
	}
}

// TestSameAddresses: one program without symbols, with another setting.
func TestSameAddresses(t *testing.T) {
	all := pairsOf(1e6, 0, 0.4)
	of := func(name string, n float64) bench.Function {
		return bench.Function{Name: name, Module: "gw", Instructions: n}
	}
	all[0].Functions = []bench.Function{of("0x1", 400e3), of("0x2", 300e3), of("0x3", 200e3)}
	all[1].Functions = []bench.Function{of("0x1", 401e3), of("0x9", 350e3), of("0x2", 300e3), of("0x3", 210e3)}
	got := Compare(all, limit)[0].Functions
	if len(got) != 2 || got[0].Name != "0x9" || got[0].Base != 0 || got[1].Name != "0x3" || got[1].Base != 200e3 {
		t.Errorf("%+v", got)
	}
}

// TestGrown: between the sizes that were counted the work is a line, whatever the
// requests in flight.
func TestGrown(t *testing.T) {
	all := pairsOf(100e3, 0, 0.02)
	for _, w := range pairsOf(1000e3, 0, 0.40) {
		w.Scenario = large.ID()
		all = append(all, w)
	}
	medium := bench.Scenario{Mode: bench.JSON, Concurrency: 50, BodyBytes: 10 << 10}
	stream := bench.Scenario{Mode: bench.SSE, Concurrency: 1, BodyBytes: 100}
	beyond := bench.Scenario{Mode: bench.JSON, Concurrency: 1, BodyBytes: 1 << 20}
	grown := Grown(all, []bench.Scenario{small, medium, large, stream, beyond})
	if len(grown) != 3 || !near(grown[small.ID()], 0.02) || !near(grown[large.ID()], 0.40) {
		t.Errorf("%v", grown)
	}
	// 189.9 k → 231.9 k
	if g := grown[medium.ID()]; g < 0.2 || g > 0.23 {
		t.Errorf("10 KB: %v", g)
	}
}

func near(a, b float64) bool { return a-b < 1e-9 && b-a < 1e-9 }
