package probe

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/exchange"
	"github.com/org/proxy-bench-action/internal/llmapi"
)

// toy makes a gateway in front of the mock.
type toy = func(http.Handler) http.Handler

// lookedAt is a look at the direct path and two toy gateways, nil for none.
func lookedAt(t *testing.T, within time.Duration, base, head toy, all ...situation) (made []exchange.Exchange, took time.Duration) {
	t.Helper()
	mock := startMock(t)
	l := &looking{within: within}
	for i, gateway := range []toy{nil, base, head} {
		s := inFront(t, mock, llmapi.Chat, gateway)
		s.Arm = []bench.Arm{bench.Direct, bench.Base, bench.Head}[i]
		if i > 0 && gateway == nil {
			continue
		}
		l.players = append(l.players, newPlayer(s, mock, i))
		t.Cleanup(l.players[len(l.players)-1].close)
	}
	l.began = time.Now()
	err := l.acquaint(t.Context())
	if err == nil {
		made, err = l.makeAll(t.Context(), all)
	}
	if err != nil {
		t.Fatal(err)
	}
	return made, time.Since(l.began)
}

// waits is a situation with one request that takes the backend so long.
func waits(name exchange.Situation, long time.Duration) situation {
	return situation{name: name, repeats: 1, takes: long, requests: 1, make: func(ctx context.Context, p *player) (exchange.Exchange, error) {
		return p.exchange(ctx, bench.JSON, exchange.Play{Silence: long})
	}}
}

// of are the exchanges with an arm in a situation.
func of(made []exchange.Exchange, name exchange.Situation, arm bench.Arm) (found []exchange.Exchange) {
	for _, x := range made {
		if x.Situation == name && x.Arm == arm {
			found = append(found, x)
		}
	}
	return found
}

// failed are why exchanges were not made.
func failed(made []exchange.Exchange) (why []string) {
	for _, x := range made {
		why = append(why, x.Failed)
	}
	return why
}

// hanging answers none of the requests.
func hanging(http.Handler) http.Handler {
	return http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	})
}

// forgetful asks the backend for something else.
func forgetful(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		stream := `{"stream":false}`
		if body, _ := io.ReadAll(r.Body); strings.Contains(string(body), `"stream":true`) {
			stream = `{"stream":true}`
		}
		r.Body, r.ContentLength = io.NopCloser(strings.NewReader(stream)), int64(len(stream))
		next.ServeHTTP(w, r)
	})
}

// TestLookIsWhole: all exchanges are made with all, and rounds come after them.
func TestLookIsWhole(t *testing.T) {
	t.Parallel()
	mock := startMock(t)
	subjects := []Subject{inFront(t, mock, llmapi.Responses, nil), inFront(t, mock, llmapi.Responses, clean)}
	made, err := Look(t.Context(), mock, subjects, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range made {
		if x.Failed != "" || x.Process != 1 || x.API != llmapi.Responses || x.Strangers != 0 {
			t.Errorf("%s %s %s: %s, %d strangers", x.Arm, x.Situation, x.Case, x.Failed, x.Strangers)
		}
	}
	for _, arm := range []bench.Arm{bench.Direct, bench.Head} {
		if len(of(made, exchange.JSON, arm)) == 0 {
			t.Errorf("nothing of %s", arm)
		}
	}
	before, err := mock.Stats(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	p := newPlayer(subjects[0], mock, 0)
	defer p.close()
	body, err := p.body(bench.JSON, 0, askBytes)
	if err != nil {
		t.Fatal(err)
	}
	if _, a := p.client.send(t.Context(), ask{mode: bench.JSON, body: body}); a.Class != "" {
		t.Errorf("afterwards: %s", a.Detail)
	}
	if after, err := mock.Stats(t.Context()); err != nil || after.Answers != before.Answers+1 {
		t.Errorf("the mock goes on with its scripts: %+v, %v", after, err)
	}
}

// TestAside: exchanges that wait are made beside the others, and those that want quiet
// after them.
func TestAside(t *testing.T) {
	t.Parallel()
	long, short, quiet := waits("long", 600*time.Millisecond), waits("short", 50*time.Millisecond), waits("quiet", 0)
	long.aside, long.repeats, quiet.quiet = true, 2, true
	made, took := lookedAt(t, 20*time.Second, clean, clean, short, quiet, long)
	if took > 4*time.Second {
		t.Errorf("it took %v", took)
	}
	for _, arm := range []bench.Arm{bench.Direct, bench.Base, bench.Head} {
		longs := of(made, "long", arm)
		if len(longs) != 2 || longs[0].Failed != "" || longs[1].Failed != "" {
			t.Fatalf("%s: %v", arm, failed(longs))
		}
		end := longs[1].Answers[0].End
		if x := of(made, "short", arm)[0]; x.Answers[0].End > end {
			t.Errorf("%s: the short one was not beside the long one", arm)
		}
		if x := of(made, "quiet", arm)[0]; x.Sent[0].At < end {
			t.Errorf("%s: the quiet one was beside the long one", arm)
		}
	}
}

// TestOneAtATime: gateways that serve one request at a time are spared what says nothing
// of them.
func TestOneAtATime(t *testing.T) {
	t.Parallel()
	both, long, brief := waits("together", 10*time.Millisecond), waits("long", mostLong+100*time.Millisecond), waits("brief", 10*time.Millisecond)
	both.together, long.aside, brief.aside = true, true, true
	for _, c := range []struct {
		name       string
		base, head toy
		together   string // why it failed
		long       [2]string
	}{
		{"none", clean, clean, "", [2]string{"", ""}},
		{"both", alone, alone, onlyOne, [2]string{"one request at a time", "one request at a time"}},
		{"head", clean, alone, "", [2]string{"", "one request at a time"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			made, _ := lookedAt(t, 20*time.Second, c.base, c.head, both, long, brief)
			for i, arm := range []bench.Arm{bench.Base, bench.Head} {
				if got := of(made, "together", arm)[0].Failed; got != c.together {
					t.Errorf("%s: together: %q", arm, got)
				}
				if got := of(made, "long", arm)[0].Failed; (got == "") != (c.long[i] == "") || !strings.Contains(got, c.long[i]) {
					t.Errorf("%s: long: %q", arm, got)
				}
				if got := of(made, "brief", arm)[0].Failed; got != "" {
					t.Errorf("%s: brief: %q", arm, got)
				}
			}
		})
	}
}

// TestTimeRunsOut: what the time has no room for is left out, from the end.
func TestTimeRunsOut(t *testing.T) {
	calmly(t, func() error {
		made, took := lookedAt(t, time.Second, clean, nil, waits("one", 400*time.Millisecond), waits("two", 400*time.Millisecond), waits("three", 400*time.Millisecond))
		for name, want := range map[exchange.Situation]string{"one": "", "two": "", "three": noTime} {
			if got := of(made, name, bench.Base)[0].Failed; got != want {
				return fmt.Errorf("%s: %q", name, got)
			}
		}
		if took > 1500*time.Millisecond {
			return fmt.Errorf("it took %v", took)
		}
		return nil
	})
}

// TestOneHangs: a situation that takes too long leaves the others their time.
func TestOneHangs(t *testing.T) {
	t.Parallel()
	hangs, one := waits("hangs", 10*time.Millisecond), waits("one", 10*time.Millisecond)
	hangs.repeats, one.repeats = 10, 3
	hangs.make = func(ctx context.Context, p *player) (exchange.Exchange, error) {
		return p.exchange(ctx, bench.JSON, exchange.Play{Silence: 300 * time.Millisecond})
	}
	calmly(t, func() error {
		made, _ := lookedAt(t, 1500*time.Millisecond, clean, nil, hangs, one)
		for _, x := range of(made, "one", bench.Base) {
			if x.Failed != "" {
				return errors.New(x.Failed)
			}
		}
		if hung := failed(of(made, "hangs", bench.Base)); hung[0] != "" || hung[1] != "" || hung[9] != noTime {
			return fmt.Errorf("%q", hung)
		}
		return nil
	})
}

// TestHangs: a gateway that does not answer takes the time of a look and of one request,
// and its exchanges say so.
func TestHangs(t *testing.T) {
	t.Parallel()
	one := waits("one", 0)
	one.repeats = 100
	made, took := lookedAt(t, time.Second, hanging, nil, one)
	if took > time.Second+patient {
		t.Errorf("it took %v", took)
	}
	if why := of(made, "one", bench.Base)[99].Failed; why != noTime {
		t.Errorf("%q", why)
	}
}

// TestStrangers: requests without a number are those of the gateway that sends them.
func TestStrangers(t *testing.T) {
	t.Parallel()
	large := situation{name: "large", repeats: 2, make: func(ctx context.Context, p *player) (exchange.Exchange, error) {
		return p.inTurn(ctx, ask{size: 10_000})
	}}
	one := waits("one", 5*time.Millisecond)
	one.repeats = 5
	cutting := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.ContentLength < 5000 {
				next.ServeHTTP(w, r)
				return
			}
			forgetful(next).ServeHTTP(w, r)
		})
	}
	for _, c := range []struct {
		name       string
		base, head toy
		want       [2]int // strangers of one, of base and head
		large      [2]int
	}{
		{"neither", clean, clean, [2]int{0, 0}, [2]int{0, 0}},
		{"head", clean, forgetful, [2]int{0, 1}, [2]int{0, 1}},
		{"both", forgetful, forgetful, [2]int{1, 1}, [2]int{1, 1}},
		{"large ones of head", clean, cutting, [2]int{0, 0}, [2]int{0, 1}},
	} {
		made, _ := lookedAt(t, 20*time.Second, c.base, c.head, one, large)
		for i, arm := range []bench.Arm{bench.Direct, bench.Base, bench.Head} {
			for _, x := range made {
				want := 0
				if i > 0 {
					want = map[exchange.Situation]int{"one": c.want[i-1], "large": c.large[i-1]}[x.Situation]
				}
				if x.Arm == arm && x.Strangers != want {
					t.Errorf("%s: %s: %s: %d strangers, want %d", c.name, arm, x.Situation, x.Strangers, want)
				}
			}
		}
	}
}

// TestLateCopies: what a gateway sends to the backend after its answer is seen.
func TestLateCopies(t *testing.T) {
	t.Parallel()
	copying := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			again := r.Clone(context.WithoutCancel(r.Context()))
			again.Body, r.Body = io.NopCloser(bytes.NewReader(body)), io.NopCloser(bytes.NewReader(body))
			next.ServeHTTP(w, r)
			time.AfterFunc(100*time.Millisecond, func() { next.ServeHTTP(httptest.NewRecorder(), again) })
		})
	}
	made, _ := lookedAt(t, 20*time.Second, clean, copying, waits("one", 0), waits("two", 400*time.Millisecond))
	for arm, want := range map[bench.Arm]int{bench.Direct: 1, bench.Base: 1, bench.Head: 2} {
		if got := len(of(made, "one", arm)[0].Received); got != want {
			t.Errorf("%s: %d requests reached the backend, want %d", arm, got, want)
		}
	}
}

// TestLookEndsWithItsContext, and a mock that fails is an error.
func TestLookEndsWithItsContext(t *testing.T) {
	t.Parallel()
	mock := startMock(t)
	subjects := []Subject{inFront(t, mock, llmapi.Chat, hanging)}
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	start := time.Now()
	if _, err := Look(ctx, mock, subjects, 20*time.Second); err == nil || time.Since(start) > 3*time.Second {
		t.Errorf("after %v: %v", time.Since(start), err)
	}
	if _, err := Look(t.Context(), noBackend{}, subjects, time.Second); !errors.Is(err, errBackend) {
		t.Errorf("without a backend: %v", err)
	}
}

type noBackend struct{}

func (noBackend) Perform(context.Context, ...exchange.Script) error { return errors.New("gone") }
func (noBackend) Received(context.Context, ...int) (exchange.Heard, error) {
	return exchange.Heard{}, errors.New("gone")
}

// side makes one exchange with each player at the same time.
func side(ctx context.Context, players []*player, s situation, name string, deadline time.Time) ([]exchange.Exchange, error) {
	l := &looking{players: players, began: time.Now(), within: time.Until(deadline)}
	m := &meeting{situation: s, name: name, among: players, made: make([]exchange.Exchange, len(players))}
	err := l.side(ctx, m)
	return m.made, err
}
