package load

import (
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/llmapi"
)

// queue is a listener that lets this many connections wait to be accepted.
func queue(t *testing.T, length int) *net.TCPListener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	tcp := l.(*net.TCPListener)
	raw, err := tcp.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	var failed error
	if err := errors.Join(raw.Control(func(fd uintptr) { failed = unix.Listen(int(fd), length) }), failed); err != nil {
		t.Fatal(err)
	}
	return tcp
}

// TestFullAcceptQueue: connections that the kernel asks for again after a second do
// not stop those that are there, are counted when they are made, and are no errors.
func TestFullAcceptQueue(t *testing.T) {
	l := queue(t, 1) // Linux lets one more wait
	go func() {
		time.Sleep(100 * time.Millisecond)
		answerAll(l, func(int) string { return jsonAnswer(want) }, true)
	}()
	c := client(t, l.Addr().String(), opt)
	s := slice1(t, c, job(bench.JSON), Burst{Concurrency: 6, MinRequests: 100, MinTime: 200 * time.Millisecond})
	if len(s.Errors) != 0 || len(s.Observations) < 100 || s.Elapsed > 900*time.Millisecond || s.SlowConnects != 0 {
		t.Errorf("%d observations in %v, errors %v, %d slow connects", len(s.Observations), s.Elapsed, s.Errors, s.SlowConnects)
	}
	s = slice1(t, c, job(bench.JSON), Burst{Concurrency: 6, MinTime: 1200 * time.Millisecond})
	if len(s.Errors) != 0 || s.SlowConnects != 4 {
		t.Errorf("errors %v: %s; %d slow connects, want 4", s.Errors, s.FirstError, s.SlowConnects)
	}
}

// answerAll answers every request of every connection.
func answerAll(l net.Listener, answer func(n int) string, keep bool) {
	var count atomic.Int64
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		go func() {
			defer conn.Close()
			in := make([]byte, 4<<10) // each request comes in one piece
			for {
				if n, err := conn.Read(in); n == 0 || err != nil {
					return
				}
				io.WriteString(conn, answer(int(count.Add(1))))
				if !keep {
					return
				}
			}
		}()
	}
}

// TestConnectionForEachAnswer is Python's http.server: a queue of five, and a
// connection ends with its answer.
func TestConnectionForEachAnswer(t *testing.T) {
	l := queue(t, 5)
	answer := strings.Replace(jsonAnswer(want), "HTTP/1.1", "HTTP/1.0", 1)
	go answerAll(l, func(int) string { return answer }, false)
	c := client(t, l.Addr().String(), opt)
	s := slice1(t, c, job(bench.JSON), Burst{Concurrency: 10, MinTime: 500 * time.Millisecond, Steady: true})
	if len(s.Errors) != 0 || len(s.Observations) < 100 {
		t.Fatalf("%d observations, errors %v: %s", len(s.Observations), s.Errors, s.FirstError)
	}
	for _, o := range s.Observations {
		if o.Connected <= 0 || o.Connected > o.Written {
			t.Fatalf("connected after %d ns of a request that was written after %d", o.Connected, o.Written)
		}
	}
}

// TestSteady is one worker with a queue: with c requests in flight, each that counts
// is answered as the c-th after it was sent. The worker's own clock says how long c
// of its answers take, whatever else the machine does.
func TestSteady(t *testing.T) {
	var worker sync.Mutex
	var done []time.Time
	c := serve(t, func(w io.Writer, _ int) bool {
		worker.Lock()
		defer worker.Unlock()
		time.Sleep(2 * time.Millisecond)
		done = append(done, time.Now())
		io.WriteString(w, jsonAnswer(want))
		return true
	})
	for _, concurrency := range []int{10, 50} {
		worker.Lock()
		done = nil
		worker.Unlock()
		s := slice1(t, c, job(bench.JSON), Burst{Concurrency: concurrency, MinRequests: 2 * concurrency, Steady: true})
		worker.Lock() // the last one has written its answer
		done := done
		worker.Unlock()
		n := len(s.Observations)
		if len(s.Errors) != 0 || n < 2*concurrency || n+s.Uncounted != len(done) || len(done) > 4*concurrency {
			t.Fatalf("c%d: %d observations, %d others, %d answers, errors %v", concurrency, n, s.Uncounted, len(done), s.Errors)
		}
		var ratio []float64
		for i, o := range s.Observations { // the first c answers do not count
			ratio = append(ratio, float64(o.Last)/float64(done[i+concurrency].Sub(done[i])))
		}
		if r := median(ratio); r < 0.9 || r > 1.1 {
			t.Errorf("c%d: %.2f of the time of %d answers", concurrency, r, concurrency)
		}
		of := done[s.Completed].Sub(done[0]) // the clock starts with the first answer
		if r := float64(s.Elapsed) / float64(of); s.Completed < n || r < 0.9 || r > 1.1 {
			t.Errorf("c%d: %d answers in %.2f of their time", concurrency, s.Completed, r)
		}
	}
}

// TestSteadyKeepsSlowAnswers: a rare slow answer counts, though the others are done
// with long before it.
func TestSteadyKeepsSlowAnswers(t *testing.T) {
	c := serve(t, func(w io.Writer, n int) bool {
		if n == 295 {
			time.Sleep(150 * time.Millisecond)
		}
		io.WriteString(w, jsonAnswer(want))
		return true
	})
	s := slice1(t, c, job(bench.JSON), Burst{Concurrency: 10, MinRequests: 300, Steady: true})
	slow := 0
	for _, o := range s.Observations {
		if o.Last > int64(100*time.Millisecond) {
			slow++
		}
	}
	if slow != 1 || s.Uncounted > 20 {
		t.Errorf("%d slow among %d observations, %d that are none", slow, len(s.Observations), s.Uncounted)
	}
}

// TestSomeRequestsHang: the first slice waits the whole time-out, those that follow
// a fraction of it.
func TestSomeRequestsHang(t *testing.T) {
	never := make(chan bool)
	defer close(never)
	var answer atomic.Int64
	l := queue(t, 100)
	go answerAll(l, func(n int) string {
		if n%50 == 0 {
			<-never
		}
		answer.Add(1)
		return jsonAnswer(want)
	}, true)
	c := client(t, l.Addr().String(), Options{API: llmapi.Responses, Timeout: 1200 * time.Millisecond})
	for i := range 4 {
		from := time.Now()
		s := slice1(t, c, job(bench.JSON), Burst{Concurrency: 10, MinRequests: 100, Steady: true})
		took := time.Since(from)
		if s.Errors[bench.ErrTimeout] < 1 || len(s.Errors) != 1 || len(s.Observations) < 80 || !strings.Contains(s.FirstError, "no complete answer within") {
			t.Errorf("slice %d: %d observations, errors %v: %s", i, len(s.Observations), s.Errors, s.FirstError)
		}
		if i > 0 && took > time.Second {
			t.Errorf("slice %d took %v", i, took)
		}
	}
}

// TestConnectingIsNoHang: a full queue takes a second, which is no request that hangs,
// however little patience is left.
func TestConnectingIsNoHang(t *testing.T) {
	l := queue(t, 1)
	go func() {
		time.Sleep(100 * time.Millisecond)
		answerAll(l, func(int) string { return jsonAnswer(want) }, false)
	}()
	var p Patience
	j := job(bench.JSON)
	for range 20 {
		p.learn(kind{j, 6}, int64(time.Millisecond), true)
	}
	c := client(t, l.Addr().String(), Options{API: llmapi.Responses, Timeout: 10 * time.Second, Patience: &p})
	s := slice1(t, c, j, Burst{Concurrency: 6, MinEach: 2})
	if len(s.Errors) != 0 || len(s.Observations) != 12 || s.SlowConnects < 4 {
		t.Errorf("%d observations, %d slow connects, errors %v: %s", len(s.Observations), s.SlowConnects, s.Errors, s.FirstError)
	}
}

func TestPatience(t *testing.T) {
	const timeout = 10 * time.Second
	ms := int64(time.Millisecond)
	k, other := kind{nil, 1}, kind{nil, 50}
	var p Patience
	check := func(of kind, longest, want int64) {
		t.Helper()
		if got := p.wait(of, longest, timeout); got != want {
			t.Errorf("waits %v, want %v", time.Duration(got), time.Duration(want))
		}
	}
	check(k, 0, 10_000*ms)
	p.learn(k, 2*ms, false)
	check(k, 0, 10_000*ms) // nothing has hung yet
	p.learn(k, 3*ms, true)
	check(k, 0, 2500*ms)
	check(k, 900*ms, 3600*ms)
	check(other, 0, 10_000*ms) // whose answers may take any time
	check(other, 400*ms, 2500*ms)
	for range 40 {
		p.learn(k, 1*ms, true)
	}
	check(k, 0, 250*ms)
	check(k, 5000*ms, 10_000*ms)
}

// TestLimit: the minima do not keep a slice from ending.
func TestLimit(t *testing.T) {
	c := serve(t, func(w io.Writer, _ int) bool {
		time.Sleep(5 * time.Millisecond)
		io.WriteString(w, jsonAnswer(want))
		return true
	})
	for _, burst := range []Burst{{MinRequests: 1 << 30}, {MinEach: 1 << 20}, {MinTime: time.Hour, Steady: true}} {
		burst.Concurrency, burst.Limit = 3, 100*time.Millisecond
		burst.MinRequests = min(burst.MinRequests, 1<<16)
		from := time.Now()
		s := slice1(t, c, job(bench.JSON), burst)
		if took := time.Since(from); len(s.Errors) != 0 || len(s.Observations) == 0 || took > 3*time.Second {
			t.Errorf("%+v: %d observations in %v, errors %v", burst, len(s.Observations), took, s.Errors)
		}
	}
}

// TestManyIdleConnections that are closed between slices, as by an idle time-out.
func TestManyIdleConnections(t *testing.T) {
	const connections = 400
	l := queue(t, 1024)
	var mu sync.Mutex
	var open []net.Conn
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			mu.Lock()
			open = append(open, conn)
			mu.Unlock()
			go func() {
				in := make([]byte, 4<<10)
				for {
					if n, err := conn.Read(in); n == 0 || err != nil {
						return
					}
					io.WriteString(conn, jsonAnswer(want))
				}
			}()
		}
	}()
	c := client(t, l.Addr().String(), opt)
	for range 3 {
		s := slice1(t, c, job(bench.JSON), Burst{Concurrency: connections, MinEach: 2})
		if len(s.Errors) != 0 || s.Retries != 0 || len(s.Observations) != 2*connections {
			t.Fatalf("%d observations, %d retries, errors %v: %s", len(s.Observations), s.Retries, s.Errors, s.FirstError)
		}
		mu.Lock()
		for _, conn := range open {
			conn.Close()
		}
		open = nil
		mu.Unlock()
	}
}

// TestClosesAfterSomeAnswers, without a word of it in the last one.
func TestClosesAfterSomeAnswers(t *testing.T) {
	l := queue(t, 100)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				in := make([]byte, 4<<10)
				for range 20 {
					if n, err := conn.Read(in); n == 0 || err != nil {
						return
					}
					io.WriteString(conn, jsonAnswer(want))
				}
			}()
		}
	}()
	c := client(t, l.Addr().String(), opt)
	s := slice1(t, c, job(bench.JSON), Burst{Concurrency: 3, MinRequests: 600})
	if len(s.Errors) != 0 || len(s.Observations) != 600 || s.Retries == 0 || s.Retries > s.Reconnects {
		t.Errorf("%d observations, %d retries, %d reconnects, errors %v: %s", len(s.Observations), s.Retries, s.Reconnects, s.Errors, s.FirstError)
	}
}

// TestOneRetry: neither a second one, nor one of a new connection.
func TestOneRetry(t *testing.T) {
	c := serve(t, func(w io.Writer, n int) bool {
		if n == 1 {
			io.WriteString(w, jsonAnswer(want))
		}
		return n == 1
	})
	s := slice1(t, c, job(bench.JSON), Burst{Concurrency: 1, MinRequests: 3})
	if s.Retries != 1 || s.Errors[bench.ErrTruncated] != 2 || len(s.Observations) != 1 {
		t.Errorf("%d observations, %d retries, errors %v: %s", len(s.Observations), s.Retries, s.Errors, s.FirstError)
	}
}

// TestRetryKeepsTheClock: what the first attempt took is in the latency.
func TestRetryKeepsTheClock(t *testing.T) {
	c := serve(t, func(w io.Writer, n int) bool {
		if n == 2 {
			time.Sleep(50 * time.Millisecond)
			return false
		}
		io.WriteString(w, jsonAnswer(want))
		return true
	})
	s := slice1(t, c, job(bench.JSON), Burst{Concurrency: 1, MinRequests: 2})
	if s.Retries != 1 || len(s.Observations) != 2 || s.Observations[1].Last < int64(50*time.Millisecond) {
		t.Errorf("%d retries, %+v", s.Retries, s.Observations)
	}
}

// TestOwnLimit: that this process may open no more files is not the gateway's fault.
func TestOwnLimit(t *testing.T) {
	l := queue(t, 100) // which accepts nothing yet: it would run out of files as well
	c := client(t, l.Addr().String(), opt)
	var before unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &before); err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: uint64(len(files) + 10), Max: before.Max}); err != nil {
		t.Fatal(err)
	}
	_, err = c.Slice(t.Context(), []*Job{job(bench.JSON)}, Burst{Concurrency: 40, MinRequests: 100})
	if restored := unix.Setrlimit(unix.RLIMIT_NOFILE, &before); restored != nil {
		t.Fatal(restored)
	}
	if !errors.Is(err, unix.EMFILE) || !strings.Contains(err.Error(), "ulimit -n") {
		t.Errorf("error %v", err)
	}
	go answerAll(l, func(int) string { return jsonAnswer(want) }, true)
	if s := slice1(t, c, job(bench.JSON), Burst{Concurrency: 40, MinEach: 1}); len(s.Observations) != 40 {
		t.Errorf("afterwards %d observations, errors %v: %s", len(s.Observations), s.Errors, s.FirstError)
	}
}
