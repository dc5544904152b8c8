package github

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/org/proxy-bench-action/internal/retry"
)

// unnamedWait is for a limit that names no time. "Wait for at least one minute
// before retrying", https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api,
// where the headers are described, too.
const unnamedWait = time.Minute

// limited is a request that GitHub refused without looking at it, so that it may
// be sent again whatever its method.
type limited struct {
	asked time.Duration // to wait
	until time.Time
}

func (l *limited) Error() string {
	return fmt.Sprintf("%v until %s", ErrRateLimited, l.until.UTC().Format("15:04:05 UTC"))
}

func (l *limited) Unwrap() error { return ErrRateLimited }

// limitOf returns the limit that an answer reports, nil when it reports none. It
// removes the time of the reset from every answer: go-github would refuse to send
// anything before it.
func limitOf(resp *http.Response, now time.Time) *limited {
	exhausted := resp.Header.Get("X-RateLimit-Remaining") == "0"
	reset, _ := strconv.ParseInt(resp.Header.Get("X-RateLimit-Reset"), 10, 64)
	resp.Header.Del("X-RateLimit-Reset")

	asked := retry.After(resp.Header, now)
	switch resp.StatusCode {
	case http.StatusTooManyRequests:
	case http.StatusForbidden:
		if !exhausted && asked == 0 && !saysLimit(resp) {
			return nil
		}
	default:
		return nil
	}
	if asked == 0 && exhausted {
		asked = time.Unix(reset, 0).Sub(now) + time.Second // the clocks may differ
	}
	if asked <= 0 {
		asked = unnamedWait
	}
	return &limited{asked, now.Add(asked)}
}

// saysLimit looks at the text of a 403, which a secondary limit may leave as
// the only sign.
func saysLimit(resp *http.Response) bool {
	body, err := io.ReadAll(resp.Body)
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return err == nil && strings.Contains(strings.ToLower(string(body)), "rate limit")
}
