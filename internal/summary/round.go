package summary

import (
	"fmt"
	"slices"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
)

// moments are the clocks that every Observation has one reading of.
var moments = map[bench.Clock]func(*bench.Observation) int64{
	bench.AtHeaders:    func(o *bench.Observation) int64 { return o.Headers },
	bench.AtFirstByte:  func(o *bench.Observation) int64 { return o.FirstByte },
	bench.AtFirstEvent: func(o *bench.Observation) int64 { return o.FirstEvent },
	bench.AtFirstDelta: func(o *bench.Observation) int64 { return o.FirstDelta },
	bench.AtLastByte:   func(o *bench.Observation) int64 { return o.Last },

	bench.LongestSilence: func(o *bench.Observation) int64 { return o.Silence },
}

// intervals are the clocks between chunks, of which an answer has many readings.
var intervals = map[bench.Clock]struct {
	noun string
	of   func(*bench.Slice) []int64
}{
	bench.BetweenEvents: {"gap", func(s *bench.Slice) []int64 { return s.Gaps }},
	bench.InTransit:     {"transit", func(s *bench.Slice) []int64 { return s.Transits }},
}

// metricsOf lists what a scenario has of a clock.
func metricsOf(s bench.Scenario, clock bench.Clock) []bench.Metric {
	return bench.Metrics(func(d bench.Description) bool { return d.Clock == clock && s.Has(d) })
}

// Usage is what the slices of one arm of one scenario of one round cost
// outside the client.
type Usage struct {
	Upstream Upstream   // during the slices
	Gateway  *Resources // nil for the direct arm, which has none
}

// Upstream is what the mock has seen.
type Upstream struct {
	Connections int64 // accepted
	Requests    int64 // for an answer of an LLM; those for its health or its models are not
}

// Round reduces the slices of one arm of one scenario. It fills Requests, Errors,
// Failures, Metrics, Omitted, Slices and Distribution of the result; the caller
// fills in the rest. Every metric of the scenario is either in Metrics or, with the
// reason, in Omitted. The slices are not modified.
//
// A slice in which no request was answered rightly has no typical value, so that
// Slices can have fewer values than there were slices.
func Round(scenario bench.Scenario, measured []bench.Slice, usage Usage) bench.Round {
	r := reducer{
		scenario: scenario,
		slices:   measured,
		compared: usage.Gateway != nil,
		out: bench.Round{
			Metrics: make(map[bench.Metric]float64, 32),
			Slices:  make(map[bench.Metric][]float64, 3),
		},
	}
	r.count()
	for clock, at := range moments {
		if metrics := metricsOf(scenario, clock); len(metrics) > 0 {
			r.moment(at, metrics)
		}
	}
	for clock, i := range intervals {
		r.figures(r.sorted(i.of), i.noun, metricsOf(scenario, clock))
	}
	if scenario.Mode == bench.SSE {
		r.stream()
	}
	r.client()
	r.upstream(usage.Upstream)
	r.gateway(usage.Gateway)
	return r.out
}

// reducer is the state of one reduction; all metrics share the buffer for sorting.
type reducer struct {
	scenario bench.Scenario
	slices   []bench.Slice
	compared bool // the arm is a gateway's
	out      bench.Round
	buffer   []int64
}

// count adds up requests and errors and allocates a buffer for the longest list to
// be sorted.
func (r *reducer) count() {
	var gaps, transits int
	for i := range r.slices {
		s := &r.slices[i]
		r.out.Requests += answered(s)
		r.out.Failures += s.Failures
		r.out.Retries += s.Retries
		r.out.SlowConnects += s.SlowConnects
		gaps += len(s.Gaps)
		transits += len(s.Transits)
		for class, n := range s.Errors {
			if r.out.Errors == nil {
				r.out.Errors = make(map[bench.ErrorClass]int)
			}
			r.out.Errors[class] += n
		}
	}
	r.buffer = make([]int64, 0, max(r.out.Requests, gaps, transits))
}

// answered counts the requests of a slice that were answered rightly, those that are
// no observation too: they cost the gateway as much.
func answered(s *bench.Slice) int { return len(s.Observations) + s.Uncounted }

func (r *reducer) observations() (n int) {
	for i := range r.slices {
		n += len(r.slices[i].Observations)
	}
	return n
}

func (r *reducer) put(m bench.Metric, value float64) { r.out.Metrics[m] = value }

func (r *reducer) omit(m bench.Metric, format string, args ...any) {
	if r.out.Omitted == nil {
		r.out.Omitted = make(map[bench.Metric]string)
	}
	r.out.Omitted[m] = fmt.Sprintf(format, args...)
}

// moment puts the metrics of one clock over all requests, those that decide for each
// slice as well, and how the clock is distributed.
func (r *reducer) moment(at func(*bench.Observation) int64, metrics []bench.Metric) {
	sliced := r.sliced(metrics)
	all := r.buffer[:0]
	for i := range r.slices {
		before := len(all)
		for j := range r.slices[i].Observations {
			if ns := at(&r.slices[i].Observations[j]); ns != bench.Absent {
				all = append(all, ns)
			}
		}
		if len(sliced) == 0 || len(all) == before {
			continue
		}
		// Each slice is sorted in place, and all of them together below.
		part := all[before:]
		slices.Sort(part)
		for _, m := range sliced {
			d, _ := m.Describe()
			of, _ := statistic(d.Statistic)
			r.slice(m, of(part))
		}
	}
	slices.Sort(all)
	for _, m := range metrics {
		if d, _ := m.Describe(); d.Statistic == bench.Typical && d.Gate == bench.Judged {
			r.distribution(m, all)
		}
	}
	r.figures(all, "request", metrics)
}

// figures puts the metrics of one clock; sorted has its nanoseconds.
func (r *reducer) figures(sorted []int64, noun string, metrics []bench.Metric) {
	for _, m := range metrics {
		d, _ := m.Describe()
		of, least := statistic(d.Statistic)
		switch n := len(sorted); {
		case n >= least:
			r.put(m, of(sorted))
		case least == 1:
			r.omit(m, "needs 1 %s, has %d", noun, n)
		default:
			r.omit(m, "needs %d %ss, has %d", least, noun, n)
		}
	}
}

// stream puts the metrics that only a stream has: of the answer with the most
// events in one read, and the medians over the answers.
func (r *reducer) stream() {
	if r.observations() == 0 {
		for _, m := range []bench.Metric{bench.BurstMax, bench.BurstBytes, bench.BurstP50, bench.BurstBytesP50} {
			r.omit(m, noRequest)
		}
		return
	}
	var worst bench.Observation
	var events, bytes []int64
	for i := range r.slices {
		for _, o := range r.slices[i].Observations {
			events, bytes = append(events, int64(o.Burst)), append(bytes, int64(o.BurstBytes))
			if o.Burst > worst.Burst || o.Burst == worst.Burst && o.BurstBytes > worst.BurstBytes {
				worst = o
			}
		}
	}
	slices.Sort(events)
	slices.Sort(bytes)
	r.put(bench.BurstMax, float64(worst.Burst))
	r.put(bench.BurstBytes, float64(worst.BurstBytes))
	r.put(bench.BurstP50, float64(nearest(events, 50)))
	r.put(bench.BurstBytesP50, float64(nearest(bytes, 50)))
}

// sorted collects one list of nanoseconds of all slices.
func (r *reducer) sorted(of func(*bench.Slice) []int64) []int64 {
	all := r.buffer[:0]
	for i := range r.slices {
		all = append(all, of(&r.slices[i])...)
	}
	slices.Sort(all)
	return all
}

const (
	noRequest = "no request was answered rightly"
	noGateway = "no gateway in this arm"
)

// client puts the metrics from the client's own counters.
func (r *reducer) client() {
	var elapsed, cpu time.Duration
	var reconnects, completed int
	for i := range r.slices {
		elapsed += r.slices[i].Elapsed
		cpu += r.slices[i].ClientCPU
		reconnects += r.slices[i].Reconnects
		completed += r.slices[i].Completed
	}
	r.perRequest(bench.Reconnects, float64(reconnects))
	if elapsed <= 0 {
		r.omit(bench.Throughput, "no time elapsed")
		r.omit(bench.ClientCPUShare, "no time elapsed")
		return
	}
	// Elapsed does not include the pauses between slices, in which other arms ran.
	r.put(bench.Throughput, float64(completed)/elapsed.Seconds())
	r.put(bench.ClientCPUShare, cpu.Seconds()/elapsed.Seconds())
}

// upstream puts what one request came to at the mock. A request that failed may
// have reached it too, so that all that were sent are counted.
func (r *reducer) upstream(u Upstream) {
	r.perRequest(bench.UpstreamConnections, float64(u.Connections))
	sent := 0
	for i := range r.slices {
		sent += r.slices[i].Sent
	}
	if sent == 0 {
		r.omit(bench.UpstreamRequests, "no request was sent")
		return
	}
	r.put(bench.UpstreamRequests, float64(u.Requests)/float64(sent))
}

// perRequest puts total divided by the requests answered rightly.
func (r *reducer) perRequest(m bench.Metric, total float64) {
	if r.out.Requests == 0 {
		r.omit(m, noRequest)
		return
	}
	r.put(m, total/float64(r.out.Requests))
}
