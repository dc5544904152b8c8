package summary

import (
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
)

// A gateway that runs on one core is its own limit, whatever the direct path does
// at the same concurrency.
func TestOneCoreIsTheLimit(t *testing.T) {
	measured := func(most, alone, ten, fifty, client float64) ([]bench.Round, []bench.Scenario) {
		rounds, scenarios := loaded([]int{1, 10, 50}, map[bench.Arm]func(float64) float64{bench.Head: upTo(most), bench.Direct: upTo(10_000)})
		cpu := map[string]float64{scenarios[0].ID(): alone, scenarios[1].ID(): ten, scenarios[2].ID(): fifty}
		for i := range rounds {
			if rounds[i].Arm == bench.Head {
				rounds[i].Metrics[bench.CPUPerRequest], rounds[i].Metrics[bench.ClientCPUShare] = cpu[rounds[i].Scenario], client
			}
		}
		return rounds, scenarios
	}
	for _, c := range []struct {
		name              string
		most              float64 // requests per second
		alone, ten, fifty float64 // CPU seconds of a request
		cpus, others      float64
		client            float64 // CPU share of the client
		limit             Limit
		atTen, atFifty    bool
	}{
		{name: "an interpreter", most: 2000, alone: 450e-6, ten: 460e-6, fifty: 480e-6, cpus: 2, limit: OneCoreLimit, atTen: true, atFifty: true},
		{name: "an event loop with helpers", most: 2000, alone: 500e-6, ten: 540e-6, fifty: 520e-6, cpus: 2, limit: OneCoreLimit, atTen: true, atFifty: true},
		{name: "one that also waits with fifty", most: 2000, alone: 450e-6, ten: 480e-6, fifty: 400e-6, cpus: 4, limit: OneCoreLimit, atTen: true, atFifty: true},
		{name: "one that mostly waits with fifty", most: 2000, alone: 450e-6, ten: 480e-6, fifty: 300e-6, cpus: 4, limit: MachineLimit, atTen: true},
		{name: "threads on both cores", most: 2000, alone: 500e-6, ten: 500e-6, fifty: 620e-6, cpus: 2, limit: MachineLimit},
		{name: "a lock", most: 2000, alone: 100e-6, ten: 100e-6, fifty: 100e-6, cpus: 2, limit: MachineLimit},
		{name: "a machine of one core", most: 2000, alone: 450e-6, ten: 460e-6, fifty: 480e-6, cpus: 1, limit: MachineLimit},
		{name: "a quota of one core", most: 2000, alone: 450e-6, ten: 460e-6, fifty: 480e-6, cpus: 1.1, limit: MachineLimit},
		{name: "nobody knows the cores", most: 2000, alone: 450e-6, ten: 460e-6, fifty: 480e-6, cpus: 0, limit: MachineLimit},
		{name: "one core, and the direct path does not grow either", most: 10_000, alone: 90e-6, ten: 95e-6, fifty: 97e-6, cpus: 2, limit: OneCoreLimit, atTen: true, atFifty: true},
		{name: "an event loop of 5000 requests a second", most: 5000, alone: 180e-6, ten: 198e-6, fifty: 196e-6, client: 0.15, cpus: 2, limit: OneCoreLimit, atTen: true, atFifty: true},
		{name: "threads, and the machine is used up", most: 10_000, alone: 85e-6, ten: 103e-6, fifty: 104e-6, client: 0.25, cpus: 2, limit: MachineLimit},
		{name: "threads, and others use the rest", most: 10_000, alone: 85e-6, ten: 95e-6, fifty: 94e-6, client: 0.1, cpus: 2, others: 0.9, limit: MachineLimit},
		{name: "one of four cores, and others use one more", most: 10_000, alone: 85e-6, ten: 95e-6, fifty: 94e-6, client: 0.1, cpus: 4, others: 1, limit: OneCoreLimit, atTen: true, atFifty: true},
		{name: "all cores, and the direct path does not grow either", most: 10_000, alone: 90e-6, ten: 95e-6, fifty: 130e-6, cpus: 2, limit: MachineLimit},
	} {
		rounds, scenarios := measured(c.most, c.alone, c.ten, c.fifty, c.client)
		got := QueueGrowth(NewIndex(rounds), scenarios, bench.Head, Machine{CPUs: c.cpus, Others: c.others})
		if len(got) != 1 || got[0].Limit != c.limit {
			t.Errorf("%s: %+v, want %s", c.name, got, c.limit)
		}
		for i, want := range []bool{false, c.atTen, c.atFifty} {
			if is := OneCore(NewIndex(rounds), scenarios, scenarios[i], bench.Head, Machine{CPUs: c.cpus, Others: c.others}); is != want {
				t.Errorf("%s, %s: %v, want %v", c.name, scenarios[i], is, want)
			}
		}
	}
	rounds, scenarios := measured(2000, 450e-6, 460e-6, 480e-6, 0.02)
	for i := range rounds {
		delete(rounds[i].Metrics, bench.CPUPerRequest)
	}
	if OneCore(NewIndex(rounds), scenarios, scenarios[1], bench.Head, Machine{CPUs: 2}) {
		t.Error("without CPU time nothing shows one core")
	}
}
