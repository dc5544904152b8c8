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
	// disconnects is the number of clients, which disconnect one after the other.
	disconnects = 10
	apart       = 20 * time.Millisecond
	// A stream lasts 2 s: until long after the last client has disconnected.
	pacedChunks   = 401
	pacedInterval = 5 * time.Millisecond
	paced         = (pacedChunks - 1) * pacedInterval
	// A client disconnects after its third event, or after a while if the gateway
	// sends nothing before it has the whole stream.
	eventsRead = 3
	patience   = 500 * time.Millisecond
	// settling is how much longer than planned a stream may last: other programs
	// share the machine.
	settling = time.Second
	// pollEvery is the resolution of the time at which a stream ends.
	pollEvery = 2 * time.Millisecond
)

// departure is when a client disconnected, or why it had no stream.
type departure struct {
	at  time.Time
	err error
}

// disconnect lets clients disconnect inside their streams and observes what the
// gateway does with the streams.
func disconnect(ctx context.Context, t Target) (*bench.Disconnect, error) {
	before, err := t.Mock.Stats(ctx)
	if err != nil {
		return nil, err
	}
	// However this ends, no client is left.
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	gone := make(chan departure, disconnects)
	for i := range disconnects {
		go func() { gone <- disconnectOne(ctx, t, time.Duration(i)*apart) }()
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

// disconnectOne is one client: it waits for its turn, reads some events and
// disconnects.
func disconnectOne(ctx context.Context, t Target, wait time.Duration) departure {
	if err := sleep(ctx, wait); err != nil {
		return departure{err: err}
	}
	c := newClient(t)
	defer c.close()
	patient, hangUp := context.WithTimeout(ctx, patience)
	defer hangUp()
	body, err := c.stream(patient)
	if err == nil {
		err = readEvents(body, eventsRead)
		defer body.Close()
	}
	if ctx.Err() == nil && errors.Is(patient.Err(), context.DeadlineExceeded) {
		err = nil // it did not wait any longer
	}
	at := time.Now()
	hangUp() // closes the connection
	return departure{at, err}
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
	started mockllm.Stats // before the first stream
	gone    []time.Time   // when clients disconnected
	ended   []time.Time   // when streams were seen to have been cut
	ranOn   int
	early   int // streams that were whole before the last client disconnected
}

// leaves records that a client has disconnected.
func (w *watch) leaves(ctx context.Context, t Target, at time.Time) error {
	w.gone = append(w.gone, at)
	if len(w.gone) < disconnects {
		return nil
	}
	now, err := t.Mock.Stats(ctx)
	w.early = int(now.Whole - w.started.Whole)
	return err
}

// sees records the mock's counters, and says whether no stream is left to wait
// for.
func (w *watch) sees(s mockllm.Stats, at time.Time) (over bool) {
	for cut := int(s.Cut - w.started.Cut); len(w.ended) < cut; {
		w.ended = append(w.ended, at)
	}
	if len(w.gone) < disconnects {
		return false
	}
	w.ranOn = int(s.Whole-w.started.Whole) - w.early
	last := slices.MaxFunc(w.gone, time.Time.Compare)
	return len(w.ended)+w.ranOn+w.early >= disconnects || at.Sub(last) > paced+settling
}

func (w *watch) result() (*bench.Disconnect, error) {
	d := &bench.Disconnect{Streams: disconnects - w.early, Lasts: paced.Seconds(), Ended: min(len(w.ended), disconnects-w.early), RanOn: w.ranOn}
	if d.Streams <= 0 {
		return nil, errors.New("every stream was over before its client went away")
	}
	d.Open = max(0, d.Streams-d.Ended-d.RanOn)
	if d.Ended < disconnects {
		return d, nil
	}
	// Streams end in the order in which their clients disconnected, or nearly:
	// swapping two of them does not change the median.
	slices.SortFunc(w.gone, time.Time.Compare)
	var took []float64
	for i, at := range w.ended[:disconnects] {
		took = append(took, max(0, at.Sub(w.gone[i]).Seconds()))
	}
	slices.Sort(took)
	middle, err := stats.Median(took)
	d.EndedP50, d.EndedMax = &middle, new(took[len(took)-1])
	return d, err
}
