package load

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/epoll"
	"github.com/org/proxy-bench-action/internal/llmapi"
	"github.com/org/proxy-bench-action/internal/mockllm"
)

var benchShape = llmapi.DefaultShape()

func startMock(b *testing.B) *mockllm.Process {
	b.Helper()
	self, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	p, err := mockllm.Start(b.Context(), []string{self, mockArg}, mockllm.Settings{API: llmapi.Responses, Shape: benchShape})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := p.Stop(); err != nil {
			b.Error(err)
		}
	})
	return p
}

func benchJob(b *testing.B, mode bench.Mode, size int) *Job {
	b.Helper()
	body, err := llmapi.RequestBody(llmapi.Responses, mode, size, map[string]any{"store": false})
	if err != nil {
		b.Fatal(err)
	}
	return &Job{Mode: mode, Body: body, Want: llmapi.JSONAnswer(llmapi.Responses, benchShape)}
}

// BenchmarkClient prints what a request costs: latency, CPU time of the client's
// thread and of the mock's process, allocations.
func BenchmarkClient(b *testing.B) {
	for _, mode := range []bench.Mode{bench.JSON, bench.SSE} {
		for _, concurrency := range []int{1, 10, 50} {
			for _, size := range []int{100, 10 << 10, 100 << 10} {
				s := bench.Scenario{Mode: mode, Concurrency: concurrency, BodyBytes: size}
				b.Run(s.ID(), func(b *testing.B) { benchmarkClient(b, s) })
			}
		}
	}
}

func benchmarkClient(b *testing.B, s bench.Scenario) {
	p := startMock(b)
	c := client(b, p.Addr, Options{API: llmapi.Responses, Shape: benchShape, Timeout: 5 * time.Second})
	j := benchJob(b, s.Mode, s.BodyBytes)
	slice1(b, c, j, Burst{Concurrency: s.Concurrency, MinEach: 20})
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	runtime.GC()
	cpu := p.CPU()
	b.ResetTimer()
	got := slice1(b, c, j, Burst{Concurrency: s.Concurrency, MinRequests: b.N})
	b.StopTimer()
	n := float64(len(got.Observations))
	if len(got.Errors) > 0 || n == 0 {
		b.Fatalf("errors %v: %s", got.Errors, got.FirstError)
	}
	last := make([]int64, 0, len(got.Observations))
	for _, o := range got.Observations {
		last = append(last, o.Last)
	}
	slices.Sort(last)
	b.ReportMetric(float64(last[len(last)/2])/1e3, "p50-µs")
	b.ReportMetric(float64(got.ClientCPU.Microseconds())/n, "client-cpu-µs/op")
	b.ReportMetric(float64((p.CPU()-cpu).Microseconds())/n, "mock-cpu-µs/op")
	b.ReportMetric(n/got.Elapsed.Seconds(), "req/s")
}

// BenchmarkAllocations counts what the timed path allocates per request, with
// what a slice allocates around it taken off.
func BenchmarkAllocations(b *testing.B) {
	p := startMock(b)
	for _, mode := range []bench.Mode{bench.JSON, bench.SSE} {
		b.Run(string(mode), func(b *testing.B) {
			c := client(b, p.Addr, Options{API: llmapi.Responses, Shape: benchShape, Timeout: 5 * time.Second})
			j := benchJob(b, mode, 100)
			count := func(n int) float64 {
				return testing.AllocsPerRun(3, func() { slice1(b, c, j, Burst{Concurrency: 1, MinRequests: n}) })
			}
			for b.Loop() {
				b.ReportMetric((count(2000)-count(1000))/1000, "allocs/request")
			}
		})
	}
}

// BenchmarkAgainstWrk alternates this client and wrk on the same mock and prints
// the medians of the ratios: throughput should be at least 0.8 of wrk's at 50
// connections, the median latency at most 1.2 of its at one.
func BenchmarkAgainstWrk(b *testing.B) {
	wrk, err := exec.LookPath("wrk")
	if err != nil {
		b.Fatal("wrk is needed for this comparison: apt-get install wrk")
	}
	p := startMock(b)
	j := benchJob(b, bench.JSON, 100)
	script := filepath.Join(b.TempDir(), "post.lua")
	lua := fmt.Sprintf("wrk.method = \"POST\"\nwrk.headers[\"Content-Type\"] = \"application/json\"\nwrk.body = %q\n", j.Body)
	if err := os.WriteFile(script, []byte(lua), 0o600); err != nil {
		b.Fatal(err)
	}
	for _, concurrency := range []int{1, 50} {
		b.Run(fmt.Sprintf("c%d", concurrency), func(b *testing.B) {
			c := client(b, p.Addr, Options{API: llmapi.Responses, Shape: benchShape, Timeout: 5 * time.Second})
			var throughput, latency []float64
			for b.Loop() {
				theirs := runWrk(b, wrk, script, "http://"+p.Addr+llmapi.Responses.Path(), concurrency)
				ours := runOurs(b, c, j, concurrency)
				throughput = append(throughput, ours.throughput/theirs.throughput)
				latency = append(latency, ours.p50/theirs.p50)
			}
			b.ReportMetric(median(throughput), "throughput/wrk")
			b.ReportMetric(median(latency), "p50/wrk")
		})
	}
}

type figures struct{ throughput, p50 float64 } // per second, seconds

func runOurs(b *testing.B, c *Client, j *Job, concurrency int) figures {
	s := slice1(b, c, j, Burst{Concurrency: concurrency, MinTime: time.Second})
	last := make([]float64, 0, len(s.Observations))
	for _, o := range s.Observations {
		last = append(last, float64(o.Last)/1e9)
	}
	return figures{float64(len(last)) / s.Elapsed.Seconds(), median(last)}
}

var wrkFigures = regexp.MustCompile(`(?s)50%\s+([0-9.]+)(us|ms|s).*Requests/sec:\s+([0-9.]+)`)

func runWrk(b *testing.B, wrk, script, url string, concurrency int) figures {
	out, err := exec.Command(wrk, "-t1", "-c"+strconv.Itoa(concurrency), "-d1s", "--latency", "-s", script, url).CombinedOutput()
	if err != nil {
		b.Fatalf("wrk: %v\n%s", err, out)
	}
	m := wrkFigures.FindSubmatch(out)
	if m == nil {
		b.Fatalf("wrk printed something else:\n%s", out)
	}
	p50, err := time.ParseDuration(string(m[1]) + string(m[2]))
	if err != nil {
		b.Fatal(err)
	}
	throughput, err := strconv.ParseFloat(string(m[3]), 64)
	if err != nil {
		b.Fatal(err)
	}
	return figures{throughput, p50.Seconds()}
}

func median(x []float64) float64 {
	x = slices.Sorted(slices.Values(x))
	return x[len(x)/2]
}

// BenchmarkTimestamp is the price of one clock reading.
func BenchmarkTimestamp(b *testing.B) {
	for b.Loop() {
		epoll.Now()
	}
}
