package github

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/org/proxy-bench-action/internal/retry"
	"github.com/org/proxy-bench-action/testdata/fakegithub"
)

// fakeClock sleeps by moving on, and remembers for how long.
type fakeClock struct {
	mu    sync.Mutex
	time  time.Time
	slept []time.Duration
}

func (c *fakeClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.time
}

func (c *fakeClock) sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.slept = append(c.slept, d)
	c.time = c.time.Add(d)
	return ctx.Err()
}

// start starts a fake and a client of it, whose waiting takes no time.
func start(t *testing.T, change ...func(*Options)) (*fakegithub.Server, *Client, *fakeClock) {
	t.Helper()
	server := fakegithub.Start(t, fakegithub.Config{})
	clock := &fakeClock{time: time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC)}
	o := Options{
		APIURL: server.URL, Token: server.Token, Owner: server.Owner, Repo: server.Repo,
		Clock: retry.Clock{Sleep: clock.sleep, Now: clock.now, Jitter: func(time.Duration) time.Duration { return 0 }},
	}
	for _, f := range change {
		f(&o)
	}
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return server, c, clock
}

// impatient bounds an attempt where the fault is to be slow.
func impatient(f fakegithub.Fault, timeout time.Duration) func(*Options) {
	return func(o *Options) {
		if f.Delay > 0 {
			o.Timeout = timeout
		}
	}
}

func TestOptions(t *testing.T) {
	good := Options{APIURL: "https://api.github.com", Token: "t", Owner: "octo", Repo: "shop"}
	for url, want := range map[string]string{"https://api.github.com": "https://api.github.com/", "https://ghe.example/api/v3": "https://ghe.example/api/v3/"} {
		o := good
		o.APIURL = url
		if c, err := New(o); err != nil || c.api.BaseURL.String() != want {
			t.Errorf("%s: got %v, %v", url, c, err)
		}
	}
	for want, change := range map[string]func(*Options){
		"GITHUB_API_URL":    func(o *Options) { o.APIURL = "" },
		"api.github.com":    func(o *Options) { o.APIURL = "ftp://x" },
		"GITHUB_REPOSITORY": func(o *Options) { o.Repo = "a/b" },
		"OWNER/NAME":        func(o *Options) { o.Owner = ".." },
		"github-token":      func(o *Options) { o.Token = "" },
	} {
		bad := good
		change(&bad)
		if _, err := New(bad); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q in it", err, want)
		}
	}
}

// TestTriesAgain: what may be cured by that is tried again, after the time that
// was asked for.
func TestTriesAgain(t *testing.T) {
	const op = "pulls/get"
	s := time.Second
	reset := time.Date(2026, 5, 4, 3, 3, 0, 0, time.UTC) // 59 s from the start
	date := fakegithub.Failing(op, 429)
	date.Header = map[string]string{"Retry-After": reset.Format(http.TimeFormat)}
	secondary := fakegithub.Failing(op, 403)
	secondary.Message = "You have exceeded a secondary rate limit. Please wait."
	busy := fakegithub.Failing(op, 503)
	busy.Header = map[string]string{"Retry-After": "7"}
	for _, c := range []struct {
		name  string
		fault fakegithub.Fault
		slept []time.Duration
	}{
		{"nothing", fakegithub.Fault{Op: "other"}, nil},
		{"too many", fakegithub.TooMany(op, 20*s).For(1), []time.Duration{20 * s}},
		{"too many, twice", fakegithub.TooMany(op, 20*s).For(2), []time.Duration{20 * s, 20 * s}},
		{"too many until", date.For(1), []time.Duration{59 * s}},
		{"too many, no time", fakegithub.Failing(op, 429).For(1), []time.Duration{60 * s}},
		{"hour's limit, soon over", fakegithub.Exhausted(op, reset).For(1), []time.Duration{60 * s}},
		{"secondary limit", secondary.For(1), []time.Duration{60 * s}},
		{"5xx", fakegithub.Failing(op, 502).For(4), []time.Duration{s, 2 * s, 4 * s, 8 * s}},
		{"5xx with a time", busy.For(1), []time.Duration{7 * s}},
		{"cut off", fakegithub.CutOff(op).For(2), []time.Duration{s, 2 * s}},
		{"slow", fakegithub.Slow(op, time.Minute).For(1), []time.Duration{s}},
	} {
		t.Run(c.name, func(t *testing.T) {
			server, client, clock := start(t, impatient(c.fault, time.Second))
			server.AddPull(fakegithub.Pull{Number: 7, HeadSHA: shaA, BaseSHA: shaB, Labels: []string{"x"}})
			server.Inject(c.fault)
			labels, err := client.Labels(t.Context(), 7)
			if err != nil || !slices.Equal(labels, []Label{{"x"}}) {
				t.Errorf("got %q, %v", labels, err)
			}
			if !slices.Equal(clock.slept, c.slept) {
				t.Errorf("slept %v, want %v", clock.slept, c.slept)
			}
		})
	}
}

// TestGivesUp: nothing is tried for ever, and the error says what it was.
func TestGivesUp(t *testing.T) {
	const op = "pulls/get"
	for _, c := range []struct {
		name   string
		fault  fakegithub.Fault
		asked  int
		is     error
		status int
		says   string
	}{
		{"5xx", fakegithub.Failing(op, 500), 5, nil, 500, "500 Internal Server Error"},
		{"cut off", fakegithub.CutOff(op), 5, nil, 0, "breaks off"},
		{"slow", fakegithub.Slow(op, time.Minute), 5, nil, 0, "no whole answer within 100ms"},
		{"too many for ever", fakegithub.TooMany(op, time.Second), 5, ErrRateLimited, 0, "03:02:06 UTC"},
		{"limit for too long", fakegithub.TooMany(op, time.Hour), 1, ErrRateLimited, 0, "until 04:02:01 UTC"},
		{"hour's limit", fakegithub.Exhausted(op, time.Date(2026, 5, 4, 3, 50, 0, 0, time.UTC)), 1, ErrRateLimited, 0, "until 03:50:01 UTC"},
		{"not found", fakegithub.Failing(op, 404), 1, ErrNotFound, 404, "Not Found"},
		{"gone", fakegithub.Failing(op, 410), 1, ErrExpired, 410, "Gone"},
		{"token", fakegithub.Failing(op, 401), 1, nil, 401, "no longer valid"},
		{"forbidden", fakegithub.Fault{Op: op, Status: 403, Message: "Resource not accessible by integration"}, 1, ErrReadOnly, 403, "forks"},
		{"forbidden otherwise", fakegithub.Fault{Op: op, Status: 403, Message: "locked\x1b[31m\nnow"}, 1, nil, 403, `"locked [31m now"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			server, client, clock := start(t, impatient(c.fault, 100*time.Millisecond))
			server.AddPull(fakegithub.Pull{Number: 7, HeadSHA: shaA, BaseSHA: shaB})
			server.Inject(c.fault)
			began := clock.now()
			_, err := client.Labels(t.Context(), 7)
			e := new(Error)
			if !errors.As(err, &e) {
				t.Fatalf("%T is no *Error: %v", err, err)
			}
			if e.Status != c.status || !strings.Contains(err.Error(), c.says) || !strings.HasPrefix(err.Error(), "reading the labels of pull request 7: ") {
				t.Errorf("got %d, %v", e.Status, err)
			}
			for _, kind := range []error{ErrReadOnly, ErrNotFound, ErrExpired, ErrRateLimited, ErrTooLarge} {
				if errors.Is(err, kind) != (kind == c.is) {
					t.Errorf("that it is %q is %v", kind, kind != c.is)
				}
			}
			if got := len(server.Requests(op)); got != c.asked && c.fault.Delay == 0 {
				t.Errorf("%d requests, want %d", got, c.asked)
			}
			if took := clock.now().Sub(began); took > retry.Patience {
				t.Errorf("it took %v", took)
			}
			if strings.Contains(err.Error(), server.Token) {
				t.Errorf("the token is in %q", err)
			}
		})
	}
}

// TestSaid: what GitHub has to say reaches the reader, on one line and bounded.
func TestSaid(t *testing.T) {
	for body, want := range map[string]string{
		`{"message": "Validation Failed", "errors": [{"field": "body", "code": "missing_field"}, {"message": "and more"}]}`: `"Validation Failed: body missing_field: and more"`,
		`{"message": "` + strings.Repeat("x", 500) + `"}`:                                                                   `"` + strings.Repeat("x", 299) + `…"`,
		`<html>`: "422 Unprocessable Entity",
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusUnprocessableEntity)
			w.Write([]byte(body))
		}))
		defer server.Close()
		_, client, _ := start(t, func(o *Options) { o.APIURL = server.URL })
		if _, err := client.Labels(t.Context(), 7); err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("got %v", err)
		}
	}
}

// TestLimitPassedOn: an answer that says that nothing is left does not keep the
// next request from being sent.
func TestLimitPassedOn(t *testing.T) {
	server, client, _ := start(t)
	server.AddPull(fakegithub.Pull{Number: 7, HeadSHA: shaA, BaseSHA: shaB})
	gone := fakegithub.Exhausted("pulls/get", time.Now().Add(time.Hour)) // go-github has no clock but the real one
	gone.Status = 404
	server.Inject(gone.For(1))
	if _, err := client.Labels(t.Context(), 7); !errors.Is(err, ErrNotFound) {
		t.Errorf("got %v", err)
	}
	if _, err := client.Labels(t.Context(), 7); err != nil {
		t.Error(err)
	}
}

func TestCancelled(t *testing.T) {
	server, client, _ := start(t)
	server.AddPull(fakegithub.Pull{Number: 7, HeadSHA: shaA, BaseSHA: shaB})
	server.Inject(fakegithub.Slow("", time.Minute))
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	began := time.Now()
	_, err := client.Labels(ctx, 7)
	if !errors.Is(err, context.DeadlineExceeded) || time.Since(began) > 5*time.Second {
		t.Errorf("after %v: %v", time.Since(began), err)
	}
}

// TestRedirectWithoutToken: the token goes to the API and nowhere else.
func TestRedirectWithoutToken(t *testing.T) {
	var got []string
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = append(got, r.Header.Get("Authorization"))
		w.Write([]byte(`{}`))
	}))
	defer elsewhere.Close()
	server, client, _ := start(t)
	moved := fakegithub.Failing("pulls/get", 301)
	moved.Header = map[string]string{"Location": elsewhere.URL + "/x"}
	server.Inject(moved)
	client.Labels(t.Context(), 7)
	if !slices.Equal(got, []string{""}) {
		t.Errorf("sent %q", got)
	}
}

// TestAnswerBounded: an answer without end is not read to it.
func TestAnswerBounded(t *testing.T) {
	endless := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for block := []byte(strings.Repeat(" ", 1<<20)); ; {
			if _, err := w.Write(block); err != nil {
				return
			}
		}
	}))
	defer endless.Close()
	_, client, clock := start(t, func(o *Options) { o.APIURL = endless.URL })
	_, err := client.Labels(t.Context(), 7)
	if !errors.Is(err, ErrTooLarge) || len(clock.slept) > 0 {
		t.Errorf("got %v after sleeping %v", err, clock.slept)
	}
}
