package probe

import (
	"bufio"
	"context"
	"errors"
	"io"
	"slices"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/mockllm"
	"github.com/org/proxy-bench-action/internal/stats"
)

const (
	// leavers are the clients that go away, one after the other.
	leavers = 10
	apart   = 20 * time.Millisecond
	// Their streams last 2 s: long after the last of them has gone.
	pacedChunks   = 401
	pacedInterval = 5 * time.Millisecond
	paced         = (pacedChunks - 1) * pacedInterval
	// A client goes after its third event, or when its patience ends: a gateway that
	// sends nothing before it has everything is left, too.
	eventsRead = 3
	patience   = 500 * time.Millisecond
	// settling is how long after its time a stream may end: other programs share
	// the machine.
	settling = time.Second
	// pollEvery is how exactly the end of a stream is known.
	pollEvery = 2 * time.Millisecond
)

// left is a client that has gone, or could not even begin.
type left struct {
	at  time.Time
	err error
}

// disconnect lets clients go away inside their streams and watches what becomes
// of the streams.
func disconnect(ctx context.Context, t Target) (*bench.Disconnect, error) {
	before, err := t.Mock.Stats(ctx)
	if err != nil {
		return nil, err
	}
	// However this ends, no client outlives it.
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	gone := make(chan left, leavers)
	for i := range leavers {
		go func() { gone <- leave(ctx, t, time.Duration(i)*apart) }()
	}
	w := watch{started: before}
	for {
		select {
		case l := <-gone:
			if l.err != nil {
				return nil, l.err
			}
			if err := w.leaves(ctx, t, l.at); err != nil {
				return nil, err
			}
		default:
		}
		now, err := t.Mock.Stats(ctx)
		if err != nil {
			return nil, err
		}
		if w.sees(now, time.Now()) {
			return w.result()
		}
		if err := sleep(ctx, pollEvery); err != nil {
			return nil, err
		}
	}
}

// leave is one client: it waits for its turn, reads some events and goes.
func leave(ctx context.Context, t Target, wait time.Duration) left {
	if err := sleep(ctx, wait); err != nil {
		return left{err: err}
	}
	c := newClient(t)
	defer c.close()
	patient, goAway := context.WithTimeout(ctx, patience)
	defer goAway()
	body, err := c.stream(patient)
	if err == nil {
		err = readEvents(body, eventsRead)
		defer body.Close()
	}
	if ctx.Err() == nil && errors.Is(patient.Err(), context.DeadlineExceeded) {
		err = nil // it ran out of patience
	}
	at := time.Now()
	goAway() // closes the connection
	return left{at, err}
}

// readEvents reads n events.
func readEvents(body io.Reader, n int) error {
	lines := bufio.NewReader(body)
	for n > 0 {
		line, err := lines.ReadSlice('\n')
		if err == io.EOF {
			return errors.New("a stream ended before its third event")
		}
		if err != nil {
			return err
		}
		if len(line) == 1 || len(line) == 2 && line[0] == '\r' {
			n--
		}
	}
	return nil
}

// watch is what is known of the streams so far.
type watch struct {
	started mockllm.Stats // before the first
	gone    []time.Time
	ended   []time.Time // when streams were seen to have been cut
	ranOn   int
	early   int // streams that were whole before the last client had gone
}

// leaves takes down that a client has gone.
func (w *watch) leaves(ctx context.Context, t Target, at time.Time) error {
	w.gone = append(w.gone, at)
	if len(w.gone) < leavers {
		return nil
	}
	now, err := t.Mock.Stats(ctx)
	w.early = int(now.Whole - w.started.Whole)
	return err
}

// sees takes down the counters of a moment, and says whether everything has
// been seen.
func (w *watch) sees(s mockllm.Stats, at time.Time) (over bool) {
	for cut := int(s.Cut - w.started.Cut); len(w.ended) < cut; {
		w.ended = append(w.ended, at)
	}
	if len(w.gone) < leavers {
		return false
	}
	w.ranOn = int(s.Whole-w.started.Whole) - w.early
	last := slices.MaxFunc(w.gone, time.Time.Compare)
	return len(w.ended)+w.ranOn+w.early >= leavers || at.Sub(last) > paced+settling
}

func (w *watch) result() (*bench.Disconnect, error) {
	d := &bench.Disconnect{Streams: leavers - w.early, Lasts: paced.Seconds(), Ended: min(len(w.ended), leavers-w.early), RanOn: w.ranOn}
	if d.Streams <= 0 {
		return nil, errors.New("every stream was over before its client went away")
	}
	d.Open = max(0, d.Streams-d.Ended-d.RanOn)
	if d.Ended < leavers {
		return d, nil
	}
	// Clients go at distances, and streams end in the order in which they went, or
	// nearly: what is exchanged leaves the middle as it is.
	slices.SortFunc(w.gone, time.Time.Compare)
	var took []float64
	for i, at := range w.ended[:leavers] {
		took = append(took, max(0, at.Sub(w.gone[i]).Seconds()))
	}
	slices.Sort(took)
	middle, err := stats.Median(took)
	d.EndedP50, d.EndedMax = &middle, new(took[len(took)-1])
	return d, err
}
