package load

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"testing"
	"time"

	"golang.org/x/sys/unix"

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
	ask := llmapi.Ask{Mode: mode, Extra: llmapi.Responses.Extra()}
	least, err := llmapi.LeastBody(llmapi.Responses, ask)
	if err != nil {
		b.Fatal(err)
	}
	ask.Size = max(size, least)
	body, err := llmapi.RequestBody(llmapi.Responses, ask)
	if err != nil {
		b.Fatal(err)
	}
	return &Job{Mode: mode, Body: body, Want: llmapi.JSONAnswer(llmapi.Responses, benchShape), Shape: benchShape}
}

// BenchmarkClient prints what a request costs: latency, CPU time of the client's
// thread, and of both processes.
func BenchmarkClient(b *testing.B) {
	p := startMock(b)
	for _, mode := range []bench.Mode{bench.JSON, bench.SSE} {
		for _, concurrency := range []int{1, 10, 50} {
			for _, size := range []int{100, 10 << 10, 100 << 10} {
				s := bench.Scenario{Mode: mode, Concurrency: concurrency, BodyBytes: size}
				b.Run(s.ID(), func(b *testing.B) { benchmarkArm(b, p, p.Addr, s) })
			}
		}
	}
}

// BenchmarkOneCPU is one connection with client and mock on the same CPU. What
// is counted is then their work, and not that of waking an idle CPU for every
// request, which on a virtual machine costs more than the request. How the sum is
// shared between the two is the scheduler's doing: from run to run mock/client
// went from 0.9 to 1.3 with the same sum. BenchmarkClient, on two CPUs, is what
// compares them.
func BenchmarkOneCPU(b *testing.B) {
	runtime.LockOSThread() // its children inherit the affinity; never unlocked, so the thread ends with us
	var one unix.CPUSet
	one.Set(firstCPU(b))
	if err := unix.SchedSetaffinity(0, &one); err != nil {
		b.Fatal(err)
	}
	p := startMock(b)
	for _, mode := range []bench.Mode{bench.JSON, bench.SSE} {
		s := bench.Scenario{Mode: mode, Concurrency: 1, BodyBytes: 100}
		b.Run(s.ID(), func(b *testing.B) {
			runtime.LockOSThread()
			if err := unix.SchedSetaffinity(0, &one); err != nil {
				b.Fatal(err)
			}
			benchmarkArm(b, p, p.Addr, s)
		})
	}
}

func firstCPU(b *testing.B) int {
	var all unix.CPUSet
	if err := unix.SchedGetaffinity(0, &all); err != nil {
		b.Fatal(err)
	}
	for cpu := range 1024 {
		if all.IsSet(cpu) {
			return cpu
		}
	}
	b.Fatal("this process may run on no CPU")
	return 0
}

// BenchmarkMockAgainstReference drives the mock and the reference gateway in
// turn and prints how many times faster the mock is: at least five are wanted.
func BenchmarkMockAgainstReference(b *testing.B) {
	p := startMock(b)
	addr := startReference(b, p.Addr)
	for _, mode := range []bench.Mode{bench.JSON, bench.SSE} {
		b.Run(string(mode), func(b *testing.B) {
			j := benchJob(b, mode, 1024)
			mock, gateway := benchClient(b, p.Addr), benchClient(b, addr)
			var ratio []float64
			for b.Loop() {
				for range 10 {
					ratio = append(ratio, throughput(b, mock, j)/throughput(b, gateway, j))
				}
			}
			b.ReportMetric(median(ratio), "mock/reference")
		})
	}
}

// throughput is that of 50 connections, per second.
func throughput(b *testing.B, c *Client, j *Job) float64 {
	s := slice1(b, c, j, Burst{Concurrency: 50, MinTime: 100 * time.Millisecond, Steady: true})
	return float64(s.Completed) / s.Elapsed.Seconds()
}

// startReference builds and starts the reference gateway and returns its address.
func startReference(b *testing.B, upstream string) string {
	b.Helper()
	path := filepath.Join(b.TempDir(), "reference")
	if out, err := exec.Command("go", "build", "-o", path, "../../testdata/gateways/reference").CombinedOutput(); err != nil {
		b.Fatalf("building the reference gateway: %v\n%s", err, out)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	addr := l.Addr().String()
	l.Close()
	cmd := exec.Command(path, "-listen", addr, "-upstream", "http://"+upstream)
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // it was killed
	})
	for range 500 {
		if conn, err := net.Dial("tcp", addr); err == nil {
			conn.Close()
			return addr
		}
		time.Sleep(10 * time.Millisecond)
	}
	b.Fatal("the reference gateway does not listen")
	return ""
}

func benchClient(b *testing.B, addr string) *Client {
	return client(b, addr, Options{API: llmapi.Responses, Timeout: 5 * time.Second})
}

func benchmarkArm(b *testing.B, p *mockllm.Process, addr string, s bench.Scenario) {
	c := benchClient(b, addr)
	j := benchJob(b, s.Mode, s.BodyBytes)
	slice1(b, c, j, Burst{Concurrency: s.Concurrency, MinEach: 20})
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	runtime.GC()
	mock, process := p.CPU(), processCPU(b)
	b.ResetTimer()
	got := slice1(b, c, j, Burst{Concurrency: s.Concurrency, MinRequests: b.N})
	b.StopTimer()
	n := float64(len(got.Observations))
	if len(got.Errors) > 0 || n == 0 {
		b.Fatalf("errors %v: %s", got.Errors, got.FirstError)
	}
	last := make([]float64, 0, len(got.Observations))
	for _, o := range got.Observations {
		last = append(last, float64(o.Last))
	}
	b.ReportMetric(median(last)/1e3, "p50-µs")
	b.ReportMetric(float64(got.ClientCPU.Nanoseconds())/1e3/n, "client-cpu-µs/op")
	client, backend := processCPU(b)-process, p.CPU()-mock
	b.ReportMetric(float64(client.Nanoseconds())/1e3/n, "client-process-cpu-µs/op")
	b.ReportMetric(float64(backend.Nanoseconds())/1e3/n, "mock-process-cpu-µs/op")
	b.ReportMetric(backend.Seconds()/client.Seconds(), "mock/client")
	b.ReportMetric(n/got.Elapsed.Seconds(), "req/s")
}

// processCPU is the CPU time of this process, its runtime's threads included: what
// is counted of the mock, too.
func processCPU(b *testing.B) time.Duration {
	var ts unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_PROCESS_CPUTIME_ID, &ts); err != nil {
		b.Fatal(err)
	}
	return time.Duration(ts.Nano())
}

// BenchmarkAllocations counts what the timed path allocates per request, with
// what a slice allocates around it taken off.
func BenchmarkAllocations(b *testing.B) {
	p := startMock(b)
	for _, mode := range []bench.Mode{bench.JSON, bench.SSE} {
		b.Run(string(mode), func(b *testing.B) {
			c := benchClient(b, p.Addr)
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
