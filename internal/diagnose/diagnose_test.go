package diagnose

import (
	"compress/gzip"
	"encoding/json"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/compare"
	"github.com/org/proxy-bench-action/internal/summary"
)

// wide has what every diagnosis needs: both modes, three concurrencies, three
// bodies.
func wide() []bench.Scenario {
	var all []bench.Scenario
	for _, mode := range []bench.Mode{bench.JSON, bench.SSE} {
		for _, c := range []int{1, 10, 50} {
			for _, body := range []int{1 << 10, 10 << 10, 100 << 10} {
				all = append(all, bench.Scenario{Mode: mode, Concurrency: c, BodyBytes: body})
			}
		}
	}
	return all
}

func cells(scenarios []bench.Scenario) []bench.Cell {
	var all []bench.Cell
	for _, s := range scenarios {
		all = append(all, bench.Cell{ID: s.ID(), Scenario: s})
	}
	return all
}

// healthy is a round of a gateway without a fault, on a backend that thinks for
// 5 ms, sends the head of a stream, its first event 5 ms later and one every 2 ms
// from there on. Noise is a few percent.
func healthy(rng *rand.Rand, n int, s bench.Scenario, arm bench.Arm) bench.Round {
	noise := func(v float64) float64 { return v * (1 + 0.03*rng.NormFloat64()) }
	kb := float64(s.BodyBytes) / 1024
	added := 0.0
	if arm != bench.Direct {
		added = noise(150e-6 + 0.5e-6*kb)
	}
	head := 5e-3 + 20e-6 + added
	r := bench.Round{Round: n, Stage: bench.Screen, Scenario: s.ID(), Arm: arm, Requests: 400, Metrics: map[bench.Metric]float64{
		bench.HeadersP50: head, bench.HeadersP95: 2 * head,
		bench.FirstByteP50: head + 5e-6, bench.FirstByteP95: 2*head + 20e-6,
		bench.LatencyTypical: head + 5e-6, bench.ClientCPUShare: noise(0.2), bench.UpstreamConnections: 0,
	}}
	last := head
	if s.Mode == bench.SSE {
		last = head + 5e-3 + 40e-3
		delete(r.Metrics, bench.LatencyTypical)
		maps.Copy(r.Metrics, map[bench.Metric]float64{
			bench.FirstEventP50: head + 5e-3, bench.FirstEventP95: 2*head + 5e-3, bench.FirstEventTypical: head + 5e-3,
			bench.TotalP50: last, bench.TotalTypical: last, bench.GapP50: noise(2e-3), bench.GapP99: noise(2.5e-3),
			bench.BurstP50: 1, bench.BurstBytesP50: 440,
		})
	}
	r.Metrics[bench.Throughput] = float64(s.Concurrency) / last
	r.Distribution = map[bench.Metric][]float64{s.Mode.Primary(): spread(last)}
	if arm != bench.Direct {
		r.Process = n
		maps.Copy(r.Metrics, map[bench.Metric]float64{
			bench.CPUPerRequest: noise(100e-6 + 0.7e-6*kb), bench.CPUIdle: noise(0.001),
			bench.RSSIdle: 8 << 20, bench.RSSPeak: 18<<20 + float64(s.Concurrency)*1024, bench.RSSAfter: 15 << 20,
		})
	}
	return r
}

// spread is a distribution around a time, as a round has it; its last value is the
// slowest request.
func spread(typical float64) []float64 {
	all := make([]float64, summary.Levels)
	for i := range all {
		all[i] = typical * (0.99 + 0.001*float64(i))
	}
	copy(all[summary.Levels-3:], []float64{1.05 * typical, 1.1 * typical, 1.2 * typical})
	return all
}

// slowest is the place of the slowest request in it.
const slowest = summary.Levels - 1

// fault changes the rounds of a gateway.
type fault func(s bench.Scenario, r *bench.Round)

// gateways makes twelve rounds of a base and a head, each with its fault, or of a
// head alone.
func gateways(seed uint64, alone bool, base, head fault) bench.Run {
	e := bench.Run{Scenarios: cells(wide())}
	rng := rand.New(rand.NewPCG(seed, 9))
	for n := 1; n <= 12; n++ {
		for _, s := range wide() {
			for _, arm := range []bench.Arm{bench.Direct, bench.Base, bench.Head} {
				r := healthy(rng, n, s, arm)
				if f := map[bench.Arm]fault{bench.Base: base, bench.Head: head}[arm]; f != nil {
					f(s, &r)
				}
				if !alone || arm != bench.Base {
					e.Rounds = append(e.Rounds, r)
				}
			}
		}
	}
	return e
}

// set changes metrics that the round has.
func set(changes map[bench.Metric]func(float64) float64) fault {
	return func(_ bench.Scenario, r *bench.Round) {
		for m, f := range changes {
			if v, ok := r.Metrics[m]; ok {
				r.Metrics[m] = f(v)
			}
		}
	}
}

func plus(d float64) func(float64) float64 { return func(v float64) float64 { return v + d } }
func to(d float64) func(float64) float64   { return func(float64) float64 { return d } }

func streams(f fault) fault {
	return func(s bench.Scenario, r *bench.Round) {
		if s.Mode == bench.SSE {
			f(s, r)
		}
	}
}

// stalling waits for an acknowledgement between head and body.
var stalling = set(map[bench.Metric]func(float64) float64{
	bench.FirstByteP50: plus(43e-3), bench.FirstByteP95: plus(43e-3), bench.FirstEventP50: plus(43e-3), bench.FirstEventP95: plus(43e-3),
	bench.FirstEventTypical: plus(43e-3), bench.TotalP50: plus(43e-3), bench.TotalTypical: plus(43e-3), bench.LatencyTypical: plus(43e-3),
})

// waiting is every answer later by a time.
func waiting(by float64) fault {
	later := set(map[bench.Metric]func(float64) float64{
		bench.HeadersP50: plus(by), bench.HeadersP95: plus(by), bench.FirstByteP50: plus(by), bench.FirstByteP95: plus(by),
		bench.FirstEventP50: plus(by), bench.FirstEventP95: plus(by), bench.FirstEventTypical: plus(by),
		bench.TotalP50: plus(by), bench.TotalTypical: plus(by), bench.LatencyTypical: plus(by),
	})
	return func(s bench.Scenario, r *bench.Round) {
		later(s, r)
		late(1, by)(s, r)
		r.Metrics[bench.Throughput] = float64(s.Concurrency) / r.Metrics[s.Mode.Primary()]
	}
}

// perKB costs CPU time by the size of the body.
func perKB(cost func(kb float64) float64) fault {
	return func(s bench.Scenario, r *bench.Round) {
		r.Metrics[bench.CPUPerRequest] += cost(float64(s.BodyBytes) / 1024)
	}
}

// servesAtATime lets all but n requests wait.
func servesAtATime(n float64) fault {
	return func(s bench.Scenario, r *bench.Round) {
		m := s.Mode.Primary()
		x := min(float64(s.Concurrency), n) / r.Metrics[m]
		r.Metrics[bench.Throughput] = x
		r.Metrics[m] = float64(s.Concurrency) / x
	}
}

// growing keeps bytes for each request; a process goes through the suite in its
// order.
func growing(bytes float64) fault {
	return func(s bench.Scenario, r *bench.Round) {
		r.Metrics[bench.RSSPeak] += bytes * 400 * float64(1+slices.Index(wide(), s))
	}
}

// faults have the one thing that is to be said of each, and what is to be in it.
var faults = []struct {
	name   string
	fault  fault
	want   bench.DiagnosisName
	seen   []string
	scenes int
}{
	{"Nagle", stalling, DelayedACK.Name, []string{"48.0 ms after the head", "without the gateway 5.00 ms"}, 18},
	{"Nagle on one connection of ten", set(map[bench.Metric]func(float64) float64{bench.FirstByteP95: plus(41e-3), bench.FirstEventP95: plus(41e-3)}), DelayedACK.Name, []string{"95th percentile"}, 18},
	// The head waits with the first event in half of the streams; in the others that
	// has gone with it, and the next one waits.
	{"Nagle behind the first event", streams(set(map[bench.Metric]func(float64) float64{bench.GapP99: plus(42e-3)})), DelayedACK.Name, []string{"after the one before it", "without the gateway 2."}, 9},
	{"polls every 100 ms", waiting(99.6e-3), TimerWait.Name, []string{"with 1 in flight answers come 99.", "as if it looked every 100 ms"}, 6},
	{"a timer flushes", streams(set(map[bench.Metric]func(float64) float64{
		bench.GapP50: to(1e-6), bench.GapP99: to(42e-3), bench.BurstP50: to(20), bench.BurstBytesP50: to(9 << 10),
	})), CoalescedEvents.Name, []string{"within 1.00 µs", "batches are 42.0 ms apart"}, 9},
	{"buffered whole", streams(set(map[bench.Metric]func(float64) float64{
		bench.HeadersP50: plus(45e-3), bench.FirstEventP50: plus(40e-3), bench.FirstEventTypical: plus(40e-3), bench.GapP50: to(0),
	})), BufferedAnswer.Name, []string{"first event comes after 50.2 ms", "without the gateway after 10.0 ms and 40.0 ms later"}, 9},
	{"16 KB at a time", streams(set(map[bench.Metric]func(float64) float64{
		bench.GapP50: to(1e-6), bench.BurstP50: to(36), bench.BurstBytesP50: to(16 << 10),
	})), CoalescedEvents.Name, []string{"within 1.00 µs", "without the gateway 20", "36 events, 16.0 KB"}, 9},
	{"head with the first event", streams(set(map[bench.Metric]func(float64) float64{bench.HeadersP50: plus(5e-3)})), HeldHead.Name, []string{"0 µs before the first event instead of 5000 µs"}, 9},
	{"one lock", servesAtATime(1), Queueing.Name, []string{"from 1 to 10 requests in flight", "about 1.0 are served at a time"}, 12},
	{"ten at a time", streams(servesAtATime(10)), Queueing.Name, []string{"from 10 to 50 requests in flight", "about 10.0 are served at a time"}, 3},
	{"a connection for each request", set(map[bench.Metric]func(float64) float64{bench.UpstreamConnections: to(0.97)}), ConnectionChurn.Name, []string{"0.97 new upstream connections"}, 18},
	{"parses and writes again", perKB(func(kb float64) float64 { return 14e-6 * kb }), CostPerByte.Name, []string{"µs per KB [", ", linearly"}, 18},
	{"quadratic", perKB(func(kb float64) float64 { return 0.1e-6 * kb * kb }), CostPerByte.Name, []string{"more than linearly", "of small bodies"}, 18},
	{"chunks are lost", streams(func(_ bench.Scenario, r *bench.Round) {
		r.Errors = map[bench.ErrorClass]int{bench.ErrLost: 2, bench.ErrNoEnd: 1}
	}), StreamDamage.Name, []string{"36 of 4836 requests: 24 chunk-lost, 12 no-terminal"}, 9},
	{"one of a hundred fails", func(_ bench.Scenario, r *bench.Round) { r.Errors = map[bench.ErrorClass]int{bench.ErrStatus: 4} }, FailingRequests.Name, []string{"48 of 4848 requests: 48 status"}, 18},
	// The window lasts until the stall ends, and the CPUs are shared before.
	{"one of 200 stalls", streams(func(s bench.Scenario, r *bench.Round) {
		r.Distribution[bench.TotalTypical][slowest] = 2
		r.Metrics[bench.Throughput] = min(r.Metrics[bench.Throughput], 400.0/2)
		r.Metrics[bench.TotalTypical] *= max(1, float64(s.Concurrency)/10)
	}), RareStall.Name, []string{"in 108 of 108 rounds", "took 2.00 s", "without the gateway in 0 of 108"}, 9},
	{"leaks 10 KB", growing(10 << 10), MemoryGrowth.Name, []string{"9.8 MB per 1000 requests", "does not level off"}, 18},
	{"spins", set(map[bench.Metric]func(float64) float64{bench.CPUIdle: plus(0.2)}), BackgroundCPU.Name, []string{"0.20 CPUs"}, 18},
	{"faster than the client", set(map[bench.Metric]func(float64) float64{bench.ClientCPUShare: to(0.97)}), SaturatedRig.Name, []string{"load client is busy 97 %"}, 18},
}

// Each fault is called by its name and by no other: alone, beside a base without
// it, beside a base that has it, and when it is gone.
func TestEachFaultHasItsName(t *testing.T) {
	for _, f := range faults {
		for _, c := range []struct {
			beside string
			e      bench.Run
			course bench.Change
			arm    bench.Arm
		}{
			{"alone", gateways(1, true, nil, f.fault), "", bench.Head},
			{"a base without", gateways(2, false, nil, f.fault), bench.ChangeNew, bench.Head},
			{"a base with", gateways(3, false, f.fault, f.fault), bench.ChangeKept, bench.Head},
			{"only the base", gateways(4, false, f.fault, nil), bench.ChangeGone, bench.Base},
		} {
			all := Run(c.e)
			if len(all) != 1 || all[0].Name != f.want || all[0].Change != c.course || all[0].Arm != c.arm || len(all[0].Scenarios) != f.scenes {
				t.Errorf("%s, %s: %+v; want %s, %s of %s in %d scenarios", f.name, c.beside, all, f.want, c.course, c.arm, f.scenes)
				continue
			}
			if text, ok := Describe(f.want); !ok || all[0].Look != text.Look || text.Title == "" {
				t.Errorf("%s: look at %q", f.name, all[0].Look)
			}
			for _, part := range f.seen {
				if c.course == "" && !strings.Contains(all[0].Seen, part) {
					t.Errorf("%s: seen %q without %q", f.name, all[0].Seen, part)
				}
			}
		}
	}
}

// TestLeakOfAWarmUp: what a process lost while it was warmed is not more than what it
// loses for each request afterwards, however many requests that took.
func TestLeakOfAWarmUp(t *testing.T) {
	const leak, warmed = 10 << 10, 30_000
	run := gateways(1, true, nil, func(s bench.Scenario, r *bench.Round) {
		growing(leak)(s, r)
		r.Metrics[bench.RSSPeak] += leak * warmed
	})
	if all := Run(run); len(all) != 0 {
		t.Errorf("with a warm-up that is not known: %+v", all)
	}
	for process := range 100 {
		run.WarmUps = append(run.WarmUps, bench.WarmUp{Process: process, Arm: bench.Head, Requests: warmed})
	}
	if all := Run(run); len(all) != 1 || all[0].Name != MemoryGrowth.Name {
		t.Errorf("%+v", all)
	}
}

// TestFirstRoundShowsNoLeak: it has the scenarios in the order of what they take.
func TestFirstRoundShowsNoLeak(t *testing.T) {
	run := gateways(1, true, nil, growing(10<<10))
	run.Rounds = slices.DeleteFunc(run.Rounds, func(r bench.Round) bool { return r.Round != 1 })
	if all := Run(run); len(run.Rounds) == 0 || len(all) != 0 {
		t.Errorf("%d rounds: %+v", len(run.Rounds), all)
	}
}

// TestNoQueueOnATakenMachine: where other programs take most of the machine, waiting
// for a CPU looks like waiting for one another.
func TestNoQueueOnATakenMachine(t *testing.T) {
	for foreign, want := range map[float64]int{0: 1, 0.4: 1, 0.6: 0} {
		run := gateways(1, true, nil, servesAtATime(1))
		run.Environment.CPUs, run.Validity.Foreign = 2, foreign
		if all := Run(run); len(all) != want {
			t.Errorf("with %v of the machine taken: %+v", foreign, all)
		}
	}
}

// Every diagnosis of the registry has a case in which it is found.
func TestEveryDiagnosisIsFound(t *testing.T) {
	found := map[bench.DiagnosisName]bool{FixedCost.Name: true} // TestFixedCost: it needs a base without the cost
	for _, f := range faults {
		found[f.want] = true
	}
	for _, d := range All() {
		if !found[d.Name] {
			t.Errorf("no case finds %s: add one to faults", d.Name)
		}
	}
}

// Below its threshold nothing is said.
func TestNearlyAFault(t *testing.T) {
	for name, f := range map[string]fault{
		"15 ms after the head":  set(map[bench.Metric]func(float64) float64{bench.FirstByteP50: plus(15e-3), bench.FirstEventP50: plus(15e-3), bench.TotalP50: plus(15e-3)}),
		"200 ms after the head": set(map[bench.Metric]func(float64) float64{bench.FirstByteP50: plus(0.2), bench.FirstByteP95: plus(0.2), bench.FirstEventP50: plus(0.2), bench.FirstEventP95: plus(0.2), bench.TotalP50: plus(0.2)}),
		// A queue that is as long as an acknowledgement is late, of many requests alone.
		"40 ms after the head with 50 in flight": func(s bench.Scenario, r *bench.Round) {
			if s.Concurrency == 50 {
				stalling(s, r)
			}
		},
		// What others use the machine for delays the body by any time.
		"40 ms after the head, or 10, or 90": func(s bench.Scenario, r *bench.Round) {
			wait := 10e-3 + 8e-3*float64(r.Round-1)
			set(map[bench.Metric]func(float64) float64{bench.FirstByteP95: plus(wait), bench.FirstEventP95: plus(wait), bench.GapP99: plus(wait)})(s, r)
		},
		"some events together": streams(set(map[bench.Metric]func(float64) float64{bench.GapP50: to(0.5e-3)})),
		// A gateway that cannot keep up reads many events at once.
		"does not keep up":      streams(set(map[bench.Metric]func(float64) float64{bench.GapP50: to(0), bench.TotalP50: plus(50e-3)})),
		"half of the head held": streams(set(map[bench.Metric]func(float64) float64{bench.HeadersP50: plus(2.5e-3)})),
		// The CPUs are used up: that is the machine's limit.
		"all CPUs in use": func(s bench.Scenario, r *bench.Round) {
			servesAtATime(1)(s, r)
			r.Metrics[bench.CPUPerRequest] = 0.6 / r.Metrics[bench.Throughput]
		},
		"falls behind at once": func(s bench.Scenario, r *bench.Round) {
			if s.Concurrency == 50 {
				servesAtATime(3)(s, r)
			}
		},
		"a connection now and then": set(map[bench.Metric]func(float64) float64{bench.UpstreamConnections: to(0.04)}),
		"copies the body":           perKB(func(kb float64) float64 { return 0.2e-6 * kb }),
		"one damaged answer": func(s bench.Scenario, r *bench.Round) {
			if r.Round == 1 {
				r.Errors = map[bench.ErrorClass]int{bench.ErrTruncated: 1}
			}
		},
		"one bad moment": func(s bench.Scenario, r *bench.Round) {
			if r.Round == 1 {
				r.Errors = map[bench.ErrorClass]int{bench.ErrTimeout: 2}
				r.Distribution[s.Mode.Primary()][slowest] = 1.5
			}
		},
		"levels off": func(_ bench.Scenario, r *bench.Round) {
			r.Metrics[bench.RSSPeak] = min(r.Metrics[bench.RSSPeak], 18<<20)
		},
		// An interpreter of 400 MB that loads modules when they are first used, and is
		// busy with that for a while: each process serves few requests.
		"loads as it goes": func(s bench.Scenario, r *bench.Round) {
			n := float64(slices.Index(wide(), s))
			r.Requests = 30
			r.Metrics[bench.RSSIdle] = 400 << 20
			r.Metrics[bench.RSSPeak] = 400<<20 + (60<<20)*(1-math.Exp(-n/9))
			r.Metrics[bench.CPUIdle] = max(0.001, 0.4-0.05*n)
		},
		// The same with more requests, at the end of which little is loaded.
		"loads a little": func(s bench.Scenario, r *bench.Round) {
			r.Metrics[bench.RSSIdle] = 400 << 20
			r.Metrics[bench.RSSPeak] = 400<<20 + (12<<20)*float64(1+slices.Index(wide(), s))/18
		},
		// What is done after the answer is idle where there were few.
		"logs after the answer": func(s bench.Scenario, r *bench.Round) {
			r.Metrics[bench.CPUIdle] = 0.002 * float64(s.Concurrency)
		},
		"a timer":          set(map[bench.Metric]func(float64) float64{bench.CPUIdle: plus(0.01)}),
		"4 µs of overhead": set(map[bench.Metric]func(float64) float64{bench.LatencyTypical: plus(4e-6), bench.TotalTypical: plus(4e-6)}),
	} {
		if all := Run(gateways(5, false, nil, f)); len(all) > 0 {
			t.Errorf("%s: %+v", name, all)
		}
	}
}

// What the direct path has, too, is not the gateway's.
func TestTheMocksFaultsAreNotTheGateways(t *testing.T) {
	for _, f := range faults {
		if f.want == ConnectionChurn.Name || f.want == CostPerByte.Name || f.want == MemoryGrowth.Name || f.want == BackgroundCPU.Name || f.want == SaturatedRig.Name {
			continue // the direct path has no gateway to have it
		}
		e := altered(gateways(6, true, nil, nil), func(*bench.Round) {})
		for i := range e.Rounds {
			s := e.Scenarios[slices.IndexFunc(e.Scenarios, func(c bench.Cell) bool { return c.ID == e.Rounds[i].Scenario })].Scenario
			d := maps.Clone(e.Rounds[i].Distribution)
			for m := range d {
				d[m] = slices.Clone(d[m])
			}
			e.Rounds[i].Distribution = d
			f.fault(s, &e.Rounds[i])
		}
		for _, d := range Run(e) {
			if (f.want == Queueing.Name || f.want == RareStall.Name) && d.Name == SaturatedRig.Name {
				continue // the mock's queue is what it is called, and so is what its stalls leave of the throughput
			}
			t.Errorf("%s, on the direct path too: %+v", f.name, d)
		}
	}
}

func TestFixedCost(t *testing.T) {
	slower := func(d, cpu float64) fault {
		return set(map[bench.Metric]func(float64) float64{bench.LatencyTypical: plus(d), bench.TotalTypical: plus(d), bench.CPUPerRequest: plus(cpu)})
	}
	all := Run(gateways(7, false, nil, slower(120e-6, 100e-6)))
	if len(all) != 1 || all[0].Name != FixedCost.Name || all[0].Change != bench.ChangeNew || len(all[0].Scenarios) != 6 ||
		!strings.Contains(all[0].Seen, "1 in flight") || !strings.Contains(all[0].Seen, "more CPU time") {
		t.Errorf("120 µs for each request: %+v", all)
	}
	// A fixed cost that is not quite the same for all sizes is no cost per byte.
	nearly := func(s bench.Scenario, r *bench.Round) {
		slower(350e-6, 350e-6+120e-6*float64(s.BodyBytes)/float64(100<<10))(s, r)
	}
	if all := Run(gateways(7, false, nil, nearly)); len(all) != 1 || all[0].Name != FixedCost.Name {
		t.Errorf("350 µs and a little: %+v", all)
	}
	// Nor is a large one, whose noise alone exceeds what a byte may cost.
	large := func(s bench.Scenario, r *bench.Round) {
		slower(3e-3, 3e-3+350e-6*float64(s.BodyBytes)/float64(100<<10))(s, r)
	}
	if all := Run(gateways(7, false, nil, large)); len(all) != 1 || all[0].Name != FixedCost.Name {
		t.Errorf("3 ms and a little: %+v", all)
	}
	if all := Run(gateways(7, true, nil, large)); len(all) > 0 {
		t.Errorf("3 ms and a little, alone: %+v", all)
	}
	for name, f := range map[string]fault{
		"faster": slower(-50e-6, 0),
		// It is not the same at all sizes.
		"by size": func(s bench.Scenario, r *bench.Round) { slower(2e-6*float64(s.BodyBytes)/1024, 0)(s, r) },
		// Explained by what makes it so.
		"connections": func(s bench.Scenario, r *bench.Round) {
			slower(120e-6, 0)(s, r)
			r.Metrics[bench.UpstreamConnections] = 1
		},
	} {
		for _, d := range Run(gateways(8, false, nil, f)) {
			if d.Name == FixedCost.Name {
				t.Errorf("%s: %+v", name, d)
			}
		}
	}
	// Without a base there is nothing to be longer than.
	if all := Run(gateways(9, true, nil, slower(120e-6, 0))); len(all) > 0 {
		t.Errorf("alone: %+v", all)
	}
}

// A figure at the threshold is no news when the base is just below it.
func TestNearlyInTheBaseIsNotNew(t *testing.T) {
	churns := func(n float64) fault {
		return set(map[bench.Metric]func(float64) float64{bench.UpstreamConnections: to(n)})
	}
	all := Run(gateways(10, false, churns(0.09), churns(0.11)))
	if len(all) != 1 || all[0].Change != bench.ChangeKept {
		t.Errorf("0.09 to 0.11: %+v", all)
	}
	if all := Run(gateways(10, false, churns(0.11), churns(0.09))); len(all) > 0 {
		t.Errorf("0.11 to 0.09: %+v", all)
	}
	if all = Run(gateways(10, false, churns(0.01), churns(0.11))); len(all) != 1 || all[0].Change != bench.ChangeNew {
		t.Errorf("0.01 to 0.11: %+v", all)
	}
	// Beside a plain fault, nearly one is none.
	if all = Run(gateways(10, false, churns(0.09), churns(1))); len(all) != 1 || all[0].Change != bench.ChangeNew {
		t.Errorf("0.09 to 1: %+v", all)
	}
}

// What is new in some scenarios and not in others is told apart.
func TestNewInSomeScenarios(t *testing.T) {
	churns := set(map[bench.Metric]func(float64) float64{bench.UpstreamConnections: to(1)})
	all := Run(gateways(11, false, streams(churns), churns))
	if len(all) != 2 || all[0].Change != bench.ChangeNew || all[1].Change != bench.ChangeKept {
		t.Fatalf("%+v", all)
	}
	for _, d := range all {
		for _, id := range d.Scenarios {
			if strings.HasPrefix(id, "json") != (d.Change == bench.ChangeNew) {
				t.Errorf("%s is %s", id, d.Change)
			}
		}
	}
}

// A base of another job, whose arm has another name there, is compared as well.
func TestStoredDiagnoses(t *testing.T) {
	e := gateways(12, true, nil, stalling)
	before := gateways(13, true, nil, streams(stalling))
	all := Stored(wide(), compare.NewSide(before.Rounds, bench.Head), compare.NewSide(e.Rounds, bench.Head))
	if len(all) != 2 || all[0].Change != bench.ChangeNew || all[1].Change != bench.ChangeKept || all[0].Arm != bench.Head {
		t.Errorf("%+v", all)
	}
}

// Diagnoses are the same whatever the order of the rounds, and void rounds have
// no part in them.
func TestDiagnosesAreOfTheRoundsAlone(t *testing.T) {
	for _, f := range faults {
		e := gateways(14, false, nil, f.fault)
		want := Run(e)
		if len(want) == 0 {
			t.Errorf("%s: no diagnosis", f.name)
		}
		for seed := range uint64(3) {
			rng := rand.New(rand.NewPCG(seed, 3))
			mixed := e
			mixed.Rounds = slices.Clone(e.Rounds)
			rng.Shuffle(len(mixed.Rounds), func(i, j int) { mixed.Rounds[i], mixed.Rounds[j] = mixed.Rounds[j], mixed.Rounds[i] })
			if got := Run(mixed); !reflect.DeepEqual(got, want) {
				t.Errorf("%s: in another order %+v, want %+v", f.name, got, want)
			}
		}
		void := altered(e, func(r *bench.Round) { r.Void = "stolen" })
		if all := Run(void); len(all) > 0 {
			t.Errorf("%s: of void rounds %+v", f.name, all)
		}
	}
}

// Unchanged code has no diagnosis, whatever the noise.
func TestUnchangedHasNone(t *testing.T) {
	for seed := range uint64(40) {
		if all := Run(gateways(100+seed, seed%2 == 0, nil, nil)); len(all) > 0 {
			t.Errorf("seed %d: %+v", seed, all)
		}
		for _, sd := range []float64{0.05, 0.5, 1.5} {
			if all := Run(noisy(seed, sd)); len(all) > 0 {
				t.Errorf("seed %d, SD %v: %+v", seed, sd, all)
			}
		}
	}
}

// noisy has two like gateways whose times differ by chance alone: sd is that of
// the logarithm in one slice of ten, a third of it that of a whole round, and
// all arms of a round drift together.
func noisy(seed uint64, sd float64) bench.Run {
	rng := rand.New(rand.NewPCG(seed, 1))
	var suite []bench.Scenario
	for _, mode := range []bench.Mode{bench.JSON, bench.SSE} {
		for _, body := range []int{100, 10 << 10} {
			suite = append(suite, bench.Scenario{Mode: mode, Concurrency: 10, BodyBytes: body})
		}
	}
	e := bench.Run{Scenarios: cells(suite)}
	for n := 1; n <= 55; n++ {
		if n == 16 {
			rng = rand.New(rand.NewPCG(seed, 16))
		}
		for _, s := range suite {
			drift := 0.2 * rng.NormFloat64()
			for _, arm := range []bench.Arm{bench.Direct, bench.Base, bench.Head} {
				level := map[bench.Arm]float64{bench.Direct: 100e-6, bench.Base: 200e-6, bench.Head: 200e-6}[arm]
				own, mean := sd/3*rng.NormFloat64(), 0.0
				for range 10 {
					mean += level * math.Exp(drift+own+sd*rng.NormFloat64()) / 10
				}
				r := bench.Round{Round: n, Stage: bench.Screen, Scenario: s.ID(), Arm: arm, Requests: 200, Metrics: map[bench.Metric]float64{
					s.Mode.Primary(): mean, bench.Throughput: 1 / mean,
				}}
				if s.Mode == bench.SSE {
					r.Metrics[bench.FirstEventTypical] = 0.7 * mean
				}
				if arm != bench.Direct {
					r.Metrics[bench.CPUPerRequest] = 100e-6 * math.Exp(own)
				}
				e.Rounds = append(e.Rounds, r)
			}
		}
	}
	return e
}

// altered applies f to a copy of every round.
func altered(e bench.Run, f func(r *bench.Round)) bench.Run {
	e.Rounds = slices.Clone(e.Rounds)
	for i := range e.Rounds {
		e.Rounds[i].Metrics = maps.Clone(e.Rounds[i].Metrics)
		f(&e.Rounds[i])
	}
	return e
}

// What real gateways without a fault did, on a machine that others were using,
// and a real one that works 30 µs longer on each stream.
func TestRealRuns(t *testing.T) {
	files, err := filepath.Glob("../report/testdata/*/*.json.gz")
	if err != nil || len(files) < 6 {
		t.Fatalf("%d runs, error %v", len(files), err)
	}
	for _, path := range files {
		run := read(t, path)
		var want []string
		if strings.HasSuffix(path, "regression.json.gz") {
			want = []string{"fixed-cost new"}
		}
		var got []string
		for _, d := range Run(run) {
			got = append(got, string(d.Name)+" "+string(d.Change))
			for _, id := range d.Scenarios {
				if !strings.HasPrefix(id, "sse/c1/") {
					t.Errorf("%s: %s in %s", path, d.Name, id)
				}
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", path, got, want)
		}
		if run.Base == nil {
			continue
		}
		// With labels swapped at random in every round nothing is changed any more.
		for seed := range uint64(10) {
			if all := Run(relabelled(seed, run)); len(all) > 0 {
				t.Errorf("%s, labels swapped with seed %d: %+v", path, seed, all)
			}
		}
	}
}

func relabelled(seed uint64, e bench.Run) bench.Run {
	rng := rand.New(rand.NewPCG(seed, 1))
	swap := make(map[int]bool)
	for _, r := range e.Rounds {
		if _, known := swap[r.Round]; !known {
			swap[r.Round] = rng.IntN(2) == 1
		}
	}
	other := map[bench.Arm]bench.Arm{bench.Base: bench.Head, bench.Head: bench.Base, bench.Direct: bench.Direct}
	return altered(e, func(r *bench.Round) {
		if swap[r.Round] {
			r.Arm = other[r.Arm]
		}
	})
}

func read(t *testing.T, path string) bench.Run {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	unzipped, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var run bench.Run
	if err := json.NewDecoder(unzipped).Decode(&run); err != nil {
		t.Fatal(err)
	}
	return run
}

func BenchmarkRun(b *testing.B) {
	e := gateways(1, false, nil, nil)
	for b.Loop() {
		Run(e)
	}
}
