package session

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/org/proxy-bench-action/internal/behaviour"
	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/config"
	"github.com/org/proxy-bench-action/internal/contact"
	"github.com/org/proxy-bench-action/internal/gateway"
	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/internal/llmapi"
	"github.com/org/proxy-bench-action/internal/load"
	"github.com/org/proxy-bench-action/internal/mockllm"
	"github.com/org/proxy-bench-action/internal/pace"
	"github.com/org/proxy-bench-action/internal/requests"
)

const (
	// guessTime bounds all requests to endpoints that were not asked for.
	guessTime = 2 * time.Second
	// guessTimeout bounds one of them: what does not exist is refused at once.
	guessTimeout = 500 * time.Millisecond
	// lookTime bounds the look at a gateway that has just failed.
	lookTime = 5 * time.Second
	// lookStream is how long the backend takes for a stream that is looked at, from its
	// first delta to its last: long beside what a gateway adds, short for who waits.
	lookStream = 40 * time.Millisecond
)

// ForCheck is the configuration with streams that take the backend a while. Without
// that a gateway which holds them back until their end looks like any other.
func ForCheck(c config.Config) config.Config {
	if gaps := c.Mock.Shape.Chunks - 1; gaps > 0 && c.Mock.ChunkInterval.IsZero() {
		c.Mock.ChunkInterval = pace.Constant(min(lookStream, c.Request.Timeout/4) / time.Duration(gaps))
	}
	return c
}

// Check builds and starts the gateway once, and sends it one request of each
// kind. With all it also asks for the other APIs (without, only when the
// configured one is not answered rightly) and looks at how the gateway behaves.
func (s *Session) Check(ctx context.Context, all bool) (r contact.Result, err error) {
	defer func() {
		if err != nil && ctx.Err() != nil {
			err = host.ErrInterrupted
		}
	}()
	s.bound = checkPatience
	head := side{Recipe: s.Config.Gateway}
	if err := s.build(ctx, bench.Head, head); err != nil {
		return r, err
	}
	started := s.Now()
	p, err := s.start(ctx, bench.Head, head, s.mock, nil)
	if err != nil {
		return r, err
	}
	ready := s.Now().Sub(started)
	r, err = s.firstContact(ctx, p, all)
	if err == nil && all && r.OK() {
		err = s.look(ctx, map[bench.Arm]*gateway.Process{bench.Head: p}, 1, lookAlone)
		r.Facts = behaviour.Facts(s.exchanges)
	}
	err = errors.Join(err, p.Stop(context.WithoutCancel(ctx)))
	r.Tool, r.Start, r.Ready = "proxy-bench "+host.Version(), head.Start, ready
	r.Output = p.Output()
	return r, err
}

// advise looks at a gateway whose requests have failed. It returns what was asked,
// and what to change: nothing when it answers now, or nothing can be said.
func (s *Session) advise(ctx context.Context, p *gateway.Process) (asked string, advice []string) {
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	r, err := s.firstContact(ctx, p, false)
	if len(r.Asked) > 0 {
		asked = "POST " + r.Asked[0].URL
	}
	if err != nil {
		return asked, nil
	}
	return asked, r.Advice()
}

// firstContact asks a gateway at the configured endpoint, and at others when that
// goes wrong or all are wanted.
func (s *Session) firstContact(ctx context.Context, p *gateway.Process, all bool) (r contact.Result, err error) {
	a := asker{Session: s, addr: p.Addr}
	own := contact.Endpoint{API: s.Config.Request.API, Path: cmp.Or(s.Config.Request.Path, s.Config.Request.API.Path())}
	for _, h := range s.Config.Request.Headers {
		r.Headers = append(r.Headers, h.Name)
	}
	for _, mode := range s.Config.Suite.Modes {
		e, err := a.ask(ctx, own, mode, s.Config.Request.Timeout)
		if err != nil {
			return r, err
		}
		if e.Class != "" {
			silent := e.Status == 0 && e.Class != bench.ErrTimeout
			if err := died(p, silent); err != nil {
				return r, err
			}
		}
		r.Asked = append(r.Asked, e)
	}
	if all {
		if r.Others, err = a.each(ctx, own); err != nil {
			return r, err
		}
	}
	if r.Guess() {
		found, err := a.find(ctx, contact.Endpoints(own), r.Others)
		r.Others = append(r.Others, found...)
		return r, errors.Join(err, a.again(ctx, own, r))
	}
	return r, nil
}

// again repeats the first request that went wrong, when others came after it: what the
// gateway prints last is then about this one.
func (a asker) again(ctx context.Context, own contact.Endpoint, r contact.Result) error {
	wrong := slices.IndexFunc(r.Asked, contact.Guess)
	if wrong < 0 || len(r.Others) == 0 {
		return nil
	}
	_, err := a.ask(ctx, own, r.Asked[wrong].Mode, a.Config.Request.Timeout)
	return err
}

// asker sends single requests to one gateway.
type asker struct {
	*Session
	addr string
}

// each asks for all kinds of every API at its own path, but for what was asked.
func (a asker) each(ctx context.Context, asked contact.Endpoint) (all []contact.Exchange, err error) {
	for _, api := range llmapi.All() {
		to := contact.Endpoint{API: api, Path: api.Path()}
		if to == asked {
			continue
		}
		for _, mode := range a.Config.Suite.Modes {
			e, err := a.ask(ctx, to, mode, a.Config.Request.Timeout)
			if err != nil {
				return all, err
			}
			all = append(all, e)
		}
	}
	return all, nil
}

// find asks for JSON at one endpoint after the other, but for those known, until
// each API was answered or time is up.
func (a asker) find(ctx context.Context, endpoints []contact.Endpoint, known []contact.Exchange) (all []contact.Exchange, err error) {
	short, cancel := context.WithTimeout(ctx, guessTime)
	defer cancel()
	for _, to := range endpoints {
		if slices.ContainsFunc(slices.Concat(known, all), func(e contact.Exchange) bool {
			return e.Endpoint == to || e.API == to.API && e.Class == ""
		}) {
			continue
		}
		e, err := a.ask(short, to, bench.JSON, min(guessTimeout, a.Config.Request.Timeout))
		switch {
		case ctx.Err() != nil:
			return all, ctx.Err()
		case short.Err() != nil:
			return all, nil
		case err != nil:
			return all, err
		}
		all = append(all, e)
	}
	return all, nil
}

// ask makes one exchange on a connection of its own.
func (a asker) ask(ctx context.Context, to contact.Endpoint, mode bench.Mode, timeout time.Duration) (contact.Exchange, error) {
	e := contact.Exchange{Endpoint: to, Mode: mode, URL: "http://" + a.addr + to.Path}
	job, err := a.request(to.API, mode)
	if err != nil {
		return e, err
	}
	before, err := a.mock.Stats(ctx)
	if err != nil {
		return e, err
	}
	at := a.endpoint(bench.Head, a.mock)
	at.Path = to.Path
	client, err := load.New(a.addr, load.Options{API: to.API, Endpoint: at, Timeout: timeout})
	if err != nil {
		return e, err
	}
	got, err := client.Once(ctx, job)
	if err = errors.Join(err, client.Close()); err != nil {
		return e, err
	}
	after, err := a.mock.Stats(ctx)
	e.Bytes, e.Location = len(job.Body), got.Location
	e.Status, e.Class, e.Detail, e.Read = got.Status, got.Class, got.Detail, got.Read
	if said := bench.WordRewrites(got.Rewrites); said != "" {
		e.Rewrites = []string{said}
	}
	e.FirstEvent, e.Total = time.Duration(got.FirstEvent), time.Duration(got.Last)
	e.Upstream, e.Paths, e.Unserved = upstream(before, after)
	if mode == bench.SSE {
		e.Stream = a.Config.Mock.ChunkInterval.Mean() * time.Duration(a.Config.Mock.Shape.Chunks-1)
	}
	return e, err
}

// request is the first of the suite's requests, in this API.
func (s *Session) request(api llmapi.API, mode bench.Mode) (*load.Job, error) {
	c := s.Config
	if api != c.Request.API {
		c.Request.API, c.Request.Extra = api, api.Extra()
		// As the mock has it where the API has no answer that small.
		c.Mock.Shape.AnswerBytes = max(c.Mock.Shape.AnswerBytes, llmapi.MinAnswerBytes(api))
	}
	all, err := requests.Plain(c).Of(bench.Scenario{Mode: mode, BodyBytes: int(c.Suite.Body[0])})
	if err != nil {
		return nil, err
	}
	return all[0], nil
}

// upstream is what the backend got between two readings of its counters: how many
// requests, for which paths, and those that it refused. Looks at its health and its
// models are left out.
func upstream(before, after mockllm.Stats) (n int64, paths []string, refused []bench.Unserved) {
	for _, path := range slices.Sorted(maps.Keys(after.ByPath)) {
		if more := after.ByPath[path] - before.ByPath[path]; more > 0 && path != "/health" && !strings.HasPrefix(path, "/v1/models") {
			n += more
			paths = append(paths, path)
		}
	}
	for _, u := range after.Unserved {
		for _, known := range before.Unserved {
			if known.Method == u.Method && known.Path == u.Path && known.Status == u.Status && known.Reason == u.Reason {
				u.Count -= known.Count
			}
		}
		if u.Count > 0 {
			n += u.Count
			refused = append(refused, u)
		}
	}
	return n, paths, refused
}
