package compare

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/stats"
	"github.com/org/proxy-bench-action/internal/summary"
)

// onMachines are process pairs on several machines: of levels that differ by 20 %, and of
// changes by so much.
func onMachines(seed uint64, machines, pairs int, change, differ float64) []bench.Round {
	rng := rand.New(rand.NewPCG(seed, 5))
	var all []bench.Round
	for m := range machines {
		speed := math.Exp(0.2 * rng.NormFloat64())
		for _, s := range both {
			head := 1 + change + differ*rng.NormFloat64()
			for p := range pairs {
				n := m*pairs + p + 1
				luck := math.Exp(0.01 * rng.NormFloat64())
				for arm, level := range map[bench.Arm]float64{bench.Base: 200e-6 * speed, bench.Head: 200e-6 * speed * head * luck} {
					r := round(rand.New(rand.NewPCG(seed, uint64(n)*uint64(1+len(arm)))), n, s, arm, level, 10)
					r.Process, r.Machine = n, m+1
					all = append(all, r)
				}
			}
		}
	}
	return all
}

func firstOf(rounds []bench.Round) bench.Comparison {
	return At(bench.Screen, summary.NewIndex(rounds)).SideBySide(both, bench.Delta, primary)[0]
}

// TestMachinesBoundTheClaim: many pairs on few machines say no more than these machines
// know, and few machines do not hide a change.
func TestMachinesBoundTheClaim(t *testing.T) {
	before := math.Inf(1)
	for _, machines := range []int{3, 9} {
		c := firstOf(onMachines(1, machines, 30, 0.05, 0))
		if want := math.Log1p(bench.Delta) / math.Sqrt(float64(machines)); math.Abs(c.MachineSE-want) > 1e-9 {
			t.Errorf("%d machines add %v, want %v", machines, c.MachineSE, want)
		}
		width := (c.ShiftCI[1] - c.ShiftCI[0]) / 2
		if least := 1.9 * c.MachineSE; width < least || width > 0.02 || width >= before {
			t.Errorf("%d machines: ±%.4f, at least %.4f and less than %.4f", machines, width, least, before)
		}
		before = width
		if *c.P > 0.001 || len(c.Machines) != machines || c.Machines[0].Pairs != 30 || math.Abs(*c.Machines[0].Shift-0.05) > 0.02 {
			t.Errorf("%d machines: p %v, %+v", machines, *c.P, c.Machines)
		}
	}
}

// TestOneMachineIsAsBefore: the same rounds of one machine have the figures that they had.
func TestOneMachineIsAsBefore(t *testing.T) {
	rounds := onMachines(2, 1, 12, 0.05, 0)
	one := firstOf(rounds)
	for i := range rounds {
		rounds[i].Machine = 0
	}
	none := firstOf(rounds)
	if *one.P != *none.P || *one.ShiftCI != *none.ShiftCI || one.MachineSE != 0 || one.Machines != nil || one.Disagree != nil {
		t.Errorf("%+v\n%+v", one, none)
	}
}

// TestMachinesThatDisagree: one of three sees something else. That is found, and widens.
func TestMachinesThatDisagree(t *testing.T) {
	agree, differ := firstOf(onMachines(3, 3, 12, 0.02, 0)), firstOf(onMachines(3, 3, 12, 0.02, 0.15))
	if agree.Disagree == nil || agree.Disagree.P < 0.001 || differ.Disagree == nil || differ.Disagree.P > 1e-6 || differ.Disagree.DF != 2 {
		t.Errorf("agree %+v, differ %+v", agree.Disagree, differ.Disagree)
	}
	if differ.MachineSE < 3*agree.MachineSE {
		t.Errorf("adds %v where machines differ, %v where they agree", differ.MachineSE, agree.MachineSE)
	}
}

// TestUnchangedOnMachines: with changes that differ by 1 % between machines, as many of
// unchanged scenarios are below a level as it says, and fewer with the margin.
func TestUnchangedOnMachines(t *testing.T) {
	const trials, nominal = 60, 0.05
	alarms, group := 0, 0
	for seed := range uint64(trials) {
		table := At(bench.Screen, summary.NewIndex(onMachines(100+seed, 3, 12, 0, 0.01)))
		for _, c := range table.SideBySide(both, 0, primary) {
			if *c.P <= nominal {
				alarms++
			}
		}
		if g := table.Group("all", "", both, 0); *g.P <= nominal {
			group++
		}
	}
	if share := float64(alarms) / (2 * trials); share > 0.1 {
		t.Errorf("%.3f of unchanged scenarios at or below %v", share, nominal)
	}
	if share := float64(group) / trials; share > 0.14 {
		t.Errorf("%.3f of unchanged groups at or below %v", share, nominal)
	}
}

func TestWider(t *testing.T) {
	if p := widerP(0.01, 0.05, 0); p != 0.01 {
		t.Errorf("nothing added: %v", p)
	}
	if p := widerP(0.8, -0.01, 1); p != 0.8 {
		t.Errorf("no effect: %v", p)
	}
	if got, want := widerP(0, 0.05, 0.01), stats.NormalSF(5); math.Abs(got-want) > 1e-15 {
		t.Errorf("sure by pairs: %v, machines know %v", got, want)
	}
	if got := widerP(stats.NormalSF(5), 0.05, 0.01); math.Abs(got-stats.NormalSF(5/math.Sqrt2)) > 1e-12 {
		t.Errorf("as much by machines as by pairs: %v", got)
	}
	e := wider(stats.Estimate{Value: 1, Low: 0, High: 3, Confidence: 0.95}, 0.5)
	if math.Abs(e.Low-(1-math.Hypot(1, 0.98))) > 1e-3 || math.Abs(e.High-(1+math.Hypot(2, 0.98))) > 1e-3 {
		t.Errorf("%+v", e)
	}
}
