package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/llmapi"
	"github.com/org/proxy-bench-action/internal/load"
	"github.com/org/proxy-bench-action/internal/trial"
)

const api = llmapi.Responses

var shape = llmapi.DefaultShape()

// The clients by their index in a round.
const (
	ours = iota
	wrk
	ab
)

var clients = [...]struct {
	name string
	run  func(r *rig, ctx context.Context, addr string, concurrency int, length time.Duration) (figures, error)
}{
	ours: {"ours", (*rig).ours},
	wrk:  {"wrk", (*rig).wrk},
	ab:   {"ab", (*rig).ab},
}

// request is the smallest one of the Responses API.
func request() ([]byte, error) {
	ask := llmapi.Ask{Mode: bench.JSON, Extra: api.Extra()}
	least, err := llmapi.LeastBody(api, ask)
	if err != nil {
		return nil, err
	}
	ask.Size = least
	return llmapi.RequestBody(api, ask)
}

// ours drives one short slice after the other, as the tool does. Requests that fail
// end the comparison, except a few that a full backlog leaves without an answer: the
// others do not report those.
func (r *rig) ours(ctx context.Context, addr string, concurrency int, length time.Duration) (f figures, err error) {
	c, err := load.New(addr, load.Options{API: api, Timeout: 5 * time.Second})
	if err != nil {
		return f, err
	}
	defer c.Close()
	jobs := []*load.Job{{Mode: bench.JSON, Body: r.body, Want: llmapi.JSONAnswer(api, shape), Shape: shape}}
	var all, open []float64
	var unanswered, completed int
	var elapsed time.Duration
	for end := time.Now().Add(length); time.Now().Before(end); {
		burst := load.Burst{Concurrency: concurrency, MinRequests: max(2, concurrency), MinTime: trial.DefaultSliceTime, Steady: true}
		if r.whole {
			burst.MinTime = length
		}
		s, err := c.Slice(ctx, jobs, burst)
		if err != nil {
			return f, err
		}
		unanswered += s.Errors[bench.ErrConnect] + s.Errors[bench.ErrTimeout]
		delete(s.Errors, bench.ErrConnect)
		delete(s.Errors, bench.ErrTimeout)
		if len(s.Errors) > 0 {
			return f, fmt.Errorf("errors %v: %s", s.Errors, s.FirstError)
		}
		for _, o := range s.Observations {
			all = append(all, float64(o.Last)/1e9)
			open = append(open, float64(o.Last-o.Connected)/1e9)
		}
		completed += s.Completed
		elapsed += s.Elapsed
	}
	if len(all) == 0 || 20*unanswered > len(all) {
		return f, fmt.Errorf("%d requests answered, %d not", len(all), unanswered)
	}
	return figures{median(all), median(open), float64(completed) / elapsed.Seconds()}, nil
}

var wrkFigures = regexp.MustCompile(`(?s)50%\s+([0-9.]+(?:us|ms|s)).*Requests/sec:\s+([0-9.]+)`)

// wrk counts a request's time from the connection on.
func (r *rig) wrk(ctx context.Context, addr string, concurrency int, length time.Duration) (f figures, err error) {
	out, err := exec.CommandContext(ctx, "wrk", "-t1", "-c"+strconv.Itoa(concurrency), "-d"+seconds(length)+"s", "--timeout", "30s",
		"--latency", "-s", filepath.Join(r.dir, "post.lua"), r.url(addr)).CombinedOutput()
	if err != nil {
		return f, fmt.Errorf("%w\n%s", err, out)
	}
	m := wrkFigures.FindSubmatch(out)
	if m == nil || bytes.Contains(out, []byte("Non-2xx")) {
		return f, fmt.Errorf("it printed something else:\n%s", out)
	}
	p50, err := time.ParseDuration(string(m[1]))
	if err != nil {
		return f, err
	}
	f.p50 = p50.Seconds()
	f.throughput, err = strconv.ParseFloat(string(m[2]), 64)
	return f, err
}

var abFigures = regexp.MustCompile(`Requests per second:\s+([0-9.]+)`)

// ab counts a request's time with connecting, as we do.
func (r *rig) ab(ctx context.Context, addr string, concurrency int, length time.Duration) (f figures, err error) {
	table := filepath.Join(r.dir, "ab.csv")
	out, err := exec.CommandContext(ctx, "ab", "-q", "-k", "-l", "-c", strconv.Itoa(concurrency), "-t", seconds(length), "-n", "10000000",
		"-s", "30", "-T", "application/json", "-p", filepath.Join(r.dir, "body.json"), "-e", table, r.url(addr)).CombinedOutput()
	if err != nil {
		return f, fmt.Errorf("%w\n%s", err, out)
	}
	m := abFigures.FindSubmatch(out)
	if m == nil || bytes.Contains(out, []byte("Non-2xx")) {
		return f, fmt.Errorf("it printed something else:\n%s", out)
	}
	if f.throughput, err = strconv.ParseFloat(string(m[1]), 64); err != nil {
		return f, err
	}
	text, err := os.ReadFile(table)
	if err != nil {
		return f, err
	}
	lines, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		return f, err
	}
	for _, line := range lines {
		if len(line) == 2 && strings.TrimSpace(line[0]) == "50" {
			ms, err := strconv.ParseFloat(strings.TrimSpace(line[1]), 64)
			return figures{p50: ms / 1000, throughput: f.throughput}, err
		}
	}
	return f, fmt.Errorf("no median in its table:\n%s", text)
}

func seconds(d time.Duration) string { return strconv.Itoa(int(d / time.Second)) }

func (r *rig) url(addr string) string { return "http://" + addr + api.Path() }
