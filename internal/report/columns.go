package report

import (
	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/figures"
)

// column is one column of numbers. Columns with the same share have one scale.
type column struct {
	title  string
	arm    bench.Arm // shown below the title where more than one gateway is measured
	share  string
	of     figures.Quantity
	signed bool
	spread bool // has no say in the scale: a small spread is no reason for small units
	figure func(row) figure
}

// moment is a clock of an answer that has a table of its own.
type moment struct {
	title        string
	typical, p99 bench.Metric
}

var (
	answer      = moment{"whole answer", bench.LatencyTypical, bench.LatencyP99}
	firstEvent  = moment{"first event (first SSE event complete)", bench.FirstEventTypical, bench.FirstEventP99}
	wholeStream = moment{"whole stream (last byte)", bench.TotalTypical, bench.TotalP99}
)

// times are the columns of one clock: what each arm takes, and what a gateway
// adds.
func (s *sheet) times(m moment) []column {
	var all []column
	for _, arm := range s.arms {
		all = append(all, column{title: s.role(arm), share: "time", figure: func(r row) figure { return r.value(arm, m.typical) }})
	}
	if !s.has(bench.Direct) || len(s.gateways) == 0 {
		for _, arm := range s.arms {
			all = append(all, column{title: "±", arm: arm, share: "time", spread: true, figure: func(r row) figure { return r.valueSpread(arm, m.typical) }})
		}
		return append(all, s.ratios("time", func(r row, arm bench.Arm) figure { return r.value(arm, m.typical) })...)
	}
	for _, arm := range s.gateways {
		all = append(all,
			column{title: "overhead", arm: arm, share: "overhead", signed: true, figure: func(r row) figure { return r.overhead(arm, m.typical) }},
			column{title: "±", arm: arm, share: "overhead", spread: true, figure: func(r row) figure { return r.overheadSpread(arm, m.typical) }})
	}
	if len(s.gateways) == 1 {
		all = append(all, column{title: "p99", share: "time", figure: func(r row) figure { return r.value(s.gateways[0], m.p99) }})
	}
	return append(all, s.ratios("overhead", func(r row, arm bench.Arm) figure { return r.overhead(arm, m.typical) })...)
}

// stream are the overheads of a stream's other clocks, which tell where in the
// answer the time goes.
func (s *sheet) stream() []column {
	if len(s.gateways) != 1 || !s.has(bench.Direct) {
		return nil
	}
	var all []column
	for _, c := range []struct {
		title  string
		metric bench.Metric
	}{{"headers", bench.HeadersP50}, {"1st delta", bench.FirstDeltaP50}, {"gap", bench.GapP50}} {
		all = append(all, column{
			title: c.title, share: "overhead", signed: true,
			figure: func(r row) figure { return r.overhead(s.gateways[0], c.metric) },
		})
	}
	return all
}

// work is what the answers cost and how many there were.
func (s *sheet) work() []column {
	arms := s.gateways
	if len(arms) == 0 {
		arms = s.arms
	}
	var all []column
	for _, arm := range arms {
		all = append(all, column{title: "requests", arm: arm, share: "rate", of: figures.Rate, figure: func(r row) figure { return r.value(arm, bench.Throughput) }})
	}
	all = append(all, s.ratios("rate", func(r row, arm bench.Arm) figure { return r.value(arm, bench.Throughput) })...)
	for _, arm := range s.gateways {
		all = append(all, column{title: "CPU", arm: arm, share: "cpu", figure: func(r row) figure { return r.value(arm, bench.CPUPerRequest) }})
	}
	all = append(all, s.ratios("cpu", func(r row, arm bench.Arm) figure { return r.value(arm, bench.CPUPerRequest) })...)
	for _, arm := range s.arms {
		if s.failed[arm] > 0 {
			all = append(all, s.errors(arm))
		}
	}
	return all
}

func (s *sheet) errors(arm bench.Arm) column {
	title := "errors"
	if arm == bench.Direct && len(s.gateways) > 0 {
		title = "direct errors"
	}
	return column{title: title, arm: arm, share: "errors", of: figures.Count, figure: func(r row) figure {
		failed, _ := r.errors(arm)
		return figure{value: float64(failed), ok: true}
	}}
}

// ratios is one column, head over base, when both are measured.
func (s *sheet) ratios(share string, of func(row, bench.Arm) figure) []column {
	if !s.has(bench.Base) || !s.has(bench.Head) {
		return nil
	}
	return []column{{title: "ratio", share: "ratio " + share, of: figures.Ratio, figure: func(r row) figure {
		return over(of(r, bench.Head), of(r, bench.Base))
	}}}
}
