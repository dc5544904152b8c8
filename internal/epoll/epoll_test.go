package epoll

import (
	"bytes"
	"errors"
	"net/netip"
	"slices"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

var loopback = netip.MustParseAddrPort("127.0.0.1:0")

// pair is one connection through a real listener.
func pair(t testing.TB) (client, server int) {
	t.Helper()
	l, addr, err := Listen(loopback)
	if err != nil {
		t.Fatal(err)
	}
	defer Close(l)
	client, made, err := Dial(addr)
	if err != nil || !made {
		t.Fatalf("made %t, %v", made, err)
	}
	server, err = Accept(l)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { Close(client); Close(server) })
	return client, server
}

func poller(t testing.TB) *Poller {
	t.Helper()
	p, err := New()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

func TestReadiness(t *testing.T) {
	client, server := pair(t)
	p := poller(t)
	if err := p.Add(client, 7); err != nil {
		t.Fatal(err)
	}
	if got, err := p.Wait(Now()); err != nil || len(got) != 0 {
		t.Fatalf("an idle connection: %v, %v", got, err)
	}
	if _, err := Write(server, []byte("x")); err != nil {
		t.Fatal(err)
	}
	want := Event{Token: 7, Readable: true}
	if got, err := p.Wait(Now() + int64(time.Second)); err != nil || !slices.Equal(got, []Event{want}) {
		t.Fatalf("after a byte: %v, %v; want %v", got, err, want)
	}
	var b [8]byte
	if n, err := Read(client, b[:]); n != 1 || err != nil {
		t.Fatalf("read %d, %v", n, err)
	}
	if n, err := Read(client, b[:]); n != 0 || !errors.Is(err, ErrAgain) {
		t.Fatalf("read of nothing: %d, %v", n, err)
	}
	if err := p.WatchOutput(client, 7, true); err != nil {
		t.Fatal(err)
	}
	want = Event{Token: 7, Writable: true}
	if got, err := p.Wait(Never); err != nil || !slices.Equal(got, []Event{want}) {
		t.Fatalf("with room to write: %v, %v; want %v", got, err, want)
	}
}

func TestPeerGoneIsReadable(t *testing.T) {
	client, server := pair(t)
	p := poller(t)
	if err := p.Add(client, 0); err != nil {
		t.Fatal(err)
	}
	if err := unix.Shutdown(server, unix.SHUT_RDWR); err != nil {
		t.Fatal(err)
	}
	got, err := p.Wait(Now() + int64(time.Second))
	if err != nil || len(got) != 1 || !got[0].Readable {
		t.Fatalf("%v, %v", got, err)
	}
	if n, err := Read(client, make([]byte, 1)); n != 0 || err != nil {
		t.Fatalf("end of stream: %d, %v", n, err)
	}
}

func TestWaitKeepsItsDeadline(t *testing.T) {
	p := poller(t)
	for _, after := range []time.Duration{time.Millisecond, 3 * time.Millisecond} {
		start := Now()
		deadline := start + int64(after)
		for Now() < deadline {
			if got, err := p.Wait(deadline); err != nil || len(got) != 0 {
				t.Fatalf("%v, %v", got, err)
			}
		}
		if took := Now() - start; took > int64(after)+int64(time.Second) {
			t.Errorf("a deadline in %v came after %v", after, time.Duration(took))
		}
	}
	if got, err := p.Wait(Now() - 1); err != nil || len(got) != 0 {
		t.Fatalf("a deadline gone by: %v, %v", got, err)
	}
}

func TestOnlyLoopback(t *testing.T) {
	for _, addr := range []string{"192.0.2.1:80", "[2001:db8::1]:80", "0.0.0.0:80"} {
		if _, _, err := Dial(netip.MustParseAddrPort(addr)); err == nil {
			t.Errorf("dialled %s", addr)
		}
		if _, _, err := Listen(netip.MustParseAddrPort(addr)); err == nil {
			t.Errorf("listened on %s", addr)
		}
	}
}

func TestIPv6(t *testing.T) {
	l, addr, err := Listen(netip.MustParseAddrPort("[::1]:0"))
	if errors.Is(err, unix.EADDRNOTAVAIL) || errors.Is(err, unix.EAFNOSUPPORT) {
		t.Logf("this machine has no IPv6 loopback: %v", err)
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	defer Close(l)
	fd, _, err := Dial(addr)
	if err != nil {
		t.Fatal(err)
	}
	Close(fd)
}

func TestRefusedSaysWhere(t *testing.T) {
	l, addr, err := Listen(loopback)
	if err != nil {
		t.Fatal(err)
	}
	Close(l)
	_, _, err = Dial(addr)
	if !errors.Is(err, unix.ECONNREFUSED) || !bytes.Contains([]byte(err.Error()), []byte(addr.String())) {
		t.Fatalf("%v does not name %s", err, addr)
	}
}

// TestFullQueue: a listener whose queue is full drops what asks it to connect, and
// the caller goes on meanwhile.
func TestFullQueue(t *testing.T) {
	l, addr, err := Listen(loopback)
	if err != nil {
		t.Fatal(err)
	}
	defer Close(l)
	if err := unix.Listen(l, 1); err != nil { // again, with another length of the queue
		t.Fatal(err)
	}
	p := poller(t)
	waiting := -1
	for range 20 {
		fd, made, err := Dial(addr)
		if err != nil {
			t.Fatal(err)
		}
		defer Close(fd)
		if !made {
			waiting = fd
			break
		}
	}
	if waiting < 0 {
		t.Fatal("a queue of one took 20 connections")
	}
	if err := errors.Join(p.Add(waiting, 3), p.WatchOutput(waiting, 3, true)); err != nil {
		t.Fatal(err)
	}
	for { // room for it; the kernel asks again after a second
		fd, err := Accept(l)
		if errors.Is(err, ErrAgain) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		defer Close(fd)
	}
	until := Now() + int64(10*time.Second)
	for Now() < until {
		got, err := p.Wait(until)
		if err != nil {
			t.Fatal(err)
		}
		if len(got) > 0 && got[0].Writable {
			if err := Connected(waiting); err != nil {
				t.Fatal(err)
			}
			return
		}
	}
	t.Fatal("never connected")
}

func TestSilent(t *testing.T) {
	client, server := pair(t)
	if !Silent(client) {
		t.Error("an idle connection is not silent")
	}
	if _, err := Write(server, []byte("x")); err != nil {
		t.Fatal(err)
	}
	p := poller(t)
	if err := p.Add(client, 1); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Wait(Now() + int64(time.Second)); err != nil || Silent(client) {
		t.Errorf("silent with a byte to read, or %v", err)
	}
	if n, err := Read(client, make([]byte, 2)); n != 1 || err != nil || !Silent(client) {
		t.Errorf("the look took the byte: %d, %v", n, err)
	}
	if err := unix.Shutdown(server, unix.SHUT_WR); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Wait(Now() + int64(time.Second)); err != nil || Silent(client) {
		t.Errorf("silent after the end of the stream, or %v", err)
	}
}

func TestAcknowledged(t *testing.T) {
	client, _ := pair(t)
	if Acknowledged(client) {
		t.Error("before anything was written")
	}
	if _, err := Write(client, []byte("x")); err != nil {
		t.Fatal(err)
	}
	for until := Now() + int64(5*time.Second); !Acknowledged(client); time.Sleep(time.Millisecond) {
		if Now() > until {
			t.Fatal("never")
		}
	}
}

// TestManyReady: one wait after the other tells of all that are ready.
func TestManyReady(t *testing.T) {
	p := poller(t)
	const n = 300
	for i := range n {
		client, server := pair(t)
		if err := p.Add(client, int32(i)); err != nil {
			t.Fatal(err)
		}
		if _, err := Write(server, []byte("x")); err != nil {
			t.Fatal(err)
		}
	}
	most := 0
	for range 2 {
		got, err := p.Wait(Now() + int64(time.Second))
		if err != nil {
			t.Fatal(err)
		}
		most = max(most, len(got))
	}
	if most != n {
		t.Errorf("%d of %d ready connections at once", most, n)
	}
}

// TestNowIsTheKernelsClock: it has to be the same clock in every process, or what
// one sends comes to the other before.
func TestNowIsTheKernelsClock(t *testing.T) {
	for range 1000 {
		before := readMonotonic()
		now := Now()
		after := readMonotonic()
		const slack = int64(5 * time.Microsecond) // the anchor's two readings are not one instant
		if now < before-slack || now > after+slack {
			t.Fatalf("Now %d is outside %d to %d", now, before, after)
		}
	}
}

// BenchmarkTimer prints how late a deadline of 200 µs is served at the median.
func BenchmarkTimer(b *testing.B) {
	p := poller(b)
	late := make([]int64, 0, b.N)
	for b.Loop() {
		deadline := Now() + 200_000
		for Now() < deadline {
			if _, err := p.Wait(deadline); err != nil {
				b.Fatal(err)
			}
		}
		late = append(late, Now()-deadline)
	}
	slices.Sort(late)
	b.ReportMetric(float64(late[len(late)/2])/1e3, "µs-late-p50")
}

// An edge tells of input once, and again when more comes; of the end together
// with what came before it.
func TestEdgeTellsOnce(t *testing.T) {
	client, server := pair(t)
	p, err := NewEdge()
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if err := p.Add(client, 7); err != nil {
		t.Fatal(err)
	}
	told := func() []Event {
		t.Helper()
		got, err := p.Wait(Now() + int64(50*time.Millisecond))
		if err != nil {
			t.Fatal(err)
		}
		return slices.Clone(got)
	}
	for range 2 {
		if _, err := Write(server, []byte("x")); err != nil {
			t.Fatal(err)
		}
		if got := told(); !slices.Equal(got, []Event{{Token: 7, Readable: true}}) {
			t.Fatalf("told %v", got)
		}
		if got := told(); len(got) != 0 {
			t.Fatalf("told again, though nothing came: %v", got)
		}
	}
	if err := Close(server); err != nil {
		t.Fatal(err)
	}
	if got := told(); !slices.Equal(got, []Event{{Token: 7, Readable: true, Ended: true}}) {
		t.Fatalf("told %v of the end", got)
	}
}
