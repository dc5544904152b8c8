package retry

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/org/proxy-bench-action/testdata/testenv"
)

var errDown = errors.New("down")

// TestDo runs on a clock of its own, by which waits are measured.
func TestDo(t *testing.T) {
	const s = time.Second
	again := func(after time.Duration) error { return &Temporary{Err: errDown, After: after} }
	for name, c := range map[string]struct {
		answers []error // the last one for ever
		took    time.Duration
		calls   int
		want    string
	}{
		"at once":        {[]error{nil}, 0, 1, ""},
		"for good":       {[]error{errDown}, 0, 1, "down"},
		"the third time": {[]error{again(0), again(0), nil}, 3 * s, 3, ""},
		"as asked":       {[]error{again(7 * s), nil}, 7 * s, 2, ""},
		"never":          {[]error{again(0)}, 15 * s, 5, "down (5 attempts)"},
		"too long":       {[]error{again(time.Hour)}, 0, 1, "down; it asks to wait for 1h0m0s, we wait for 3m0s at most"},
		"in all":         {[]error{again(time.Minute)}, 3 * time.Minute, 4, "it asks to wait for 1m0s"},
		"then for good":  {[]error{again(0), errDown}, s, 2, "down"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				clock := Clock{Jitter: func(time.Duration) time.Duration { return 0 }}
				began, calls := clock.Time(), 0
				err := clock.Do(t.Context(), 0, func(context.Context) error {
					calls++
					return c.answers[min(calls, len(c.answers))-1]
				})
				testenv.WantError(t, err, c.want)
				if _, ok := errors.AsType[*Temporary](err); ok || err != nil && !errors.Is(err, errDown) {
					t.Errorf("%v can be tried again, or has lost its cause", err)
				}
				if took := clock.Time().Sub(began); took != c.took || calls != c.calls {
					t.Errorf("%d calls in %v, want %d in %v", calls, took, c.calls, c.took)
				}
			})
		})
	}
}

func TestJitter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		_ = Clock{}.Do(t.Context(), 0, func(context.Context) error { return &Temporary{Err: errDown} })
		if took := time.Since(began); took < 15*time.Second || took >= 15*time.Second*3/2 {
			t.Errorf("it took %v", took)
		}
	})
}

func TestAttemptsHaveALimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hang := func(ctx context.Context) error { <-ctx.Done(); return &Temporary{Err: ctx.Err()} }
		testenv.WantError(t, Clock{}.Do(t.Context(), time.Minute, hang), "no whole answer within 1m0s (5 attempts)")
		calls := 0
		err := Clock{}.Do(t.Context(), time.Minute, func(ctx context.Context) error { calls++; <-ctx.Done(); return ctx.Err() })
		if testenv.WantError(t, err, "no whole answer within 1m0s"); calls != 1 {
			t.Errorf("%d calls of what cannot be repeated", calls)
		}
	})
}

func TestCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
		defer cancel()
		err := Clock{}.Do(ctx, 0, func(context.Context) error { return &Temporary{Err: errDown, After: time.Minute} })
		if !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, errDown) {
			t.Errorf("while it waits: %v", err)
		}
		err = Clock{}.Do(ctx, 0, func(context.Context) error { return &Temporary{Err: errDown} })
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("during an attempt: %v", err)
		}
	})
}

func TestAfter(t *testing.T) {
	now := time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC)
	for text, want := range map[string]time.Duration{
		"": 0, "7": 7 * time.Second, "-1": 0, "soon": 0, "99999999999999999999": 0,
		now.Add(time.Minute).Format(http.TimeFormat):  time.Minute,
		now.Add(-time.Minute).Format(http.TimeFormat): 0,
	} {
		if got := After(http.Header{"Retry-After": {text}}, now); got != want {
			t.Errorf("%q is %v, want %v", text, got, want)
		}
	}
}

func TestReadAll(t *testing.T) {
	if got, err := ReadAll(strings.NewReader("12345"), 5); err != nil || string(got) != "12345" {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := ReadAll(strings.NewReader("123456"), 5); !errors.Is(err, ErrTooLarge) {
		t.Error(err)
	}
	_, err := ReadAll(io.MultiReader(strings.NewReader("123"), broken{}), 5)
	testenv.WantError(t, err, "breaks off after 3 bytes: down")
	if _, ok := errors.AsType[*Temporary](err); !ok {
		t.Errorf("%v is for good", err)
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errDown }

func TestWithoutQuery(t *testing.T) {
	err := WithoutQuery(&url.Error{Op: "Get", URL: "https://h/b?sig=secret", Err: errDown})
	if testenv.WantError(t, err, "GET https://h/b: down"); !errors.Is(err, errDown) || strings.Contains(err.Error(), "secret") {
		t.Error(err)
	}
	testenv.WantError(t, WithoutQuery(errDown), "down")
}
