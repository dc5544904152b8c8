package record

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
)

// checkProbes checks the probes as Validate does rounds.
func checkProbes(run bench.Run) error {
	for i, p := range run.Probes {
		if err := checkProbe(p, run.Plan.Arms); err != nil {
			return fmt.Errorf("probes[%d], %q of %q: %w", i, p.Name, p.Arm, err)
		}
	}
	return nil
}

func checkProbe(p bench.Probe, arms []bench.Arm) error {
	if !slices.Contains(arms, p.Arm) {
		return errors.New("the plan has no such arm")
	}
	part := map[bench.ProbeName]bool{
		bench.ProbeDisconnect: p.Disconnect != nil,
		bench.ProbeSlowReader: p.SlowReader != nil,
		bench.ProbeIdle:       p.Idle != nil,
	}
	there, known := part[p.Name]
	switch {
	case !known:
		return errors.New("there is no such probe")
	case !there && p.Failed == "":
		return errors.New("it has neither figures nor a reason why not")
	}
	return cmp.Or(checkDisconnect(p.Disconnect), checkSlowReader(p.SlowReader), checkIdle(p.Idle))
}

func checkDisconnect(d *bench.Disconnect) error {
	if d == nil {
		return nil
	}
	if d.Streams != d.Ended+d.RanOn+d.Open {
		return fmt.Errorf("%d streams, of which %d ended, %d ran on and %d are open", d.Streams, d.Ended, d.RanOn, d.Open)
	}
	return cmp.Or(
		At("ended", count(d.Ended)), At("ran_on", count(d.RanOn)), At("open", count(d.Open)),
		At("lasts_seconds", quantity(d.Lasts)),
		At("ended_p50_seconds", optional(d.EndedP50)), At("ended_max_seconds", optional(d.EndedMax)),
	)
}

func checkSlowReader(s *bench.SlowReader) error {
	if s == nil {
		return nil
	}
	for name, bytes := range map[string]*int64{"rss_before": s.RSSBefore, "rss_peak": s.RSSPeak, "answer_bytes": &s.AnswerBytes} {
		if bytes != nil && *bytes < 0 {
			return fmt.Errorf("%s: %d bytes", name, *bytes)
		}
	}
	return cmp.Or(
		At("streams", count(s.Streams)), At("whole", count(s.Whole)),
		At("written_bytes", quantity(s.Written)), At("read_bytes", quantity(s.Read)),
		At("alone_seconds", quantity(s.Alone)), At("meanwhile_seconds", optional(s.Meanwhile)),
	)
}

func checkIdle(i *bench.Idle) error {
	if i == nil {
		return nil
	}
	return cmp.Or(
		At("rests", count(i.Rests)), At("rest_seconds", quantity(i.Rest)),
		At("first_seconds", quantity(i.First)), At("then_seconds", quantity(i.Then)),
	)
}
