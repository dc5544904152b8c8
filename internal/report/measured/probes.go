package measured

import (
	"fmt"
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/figures"
	"github.com/org/proxy-bench-action/internal/plain"
	"github.com/org/proxy-bench-action/internal/report/document"
)

// Probes is a sentence for each probe of each gateway.
func (run *Run) Probes() document.Section {
	s := document.Section{ID: "probes", Heading: "Probes", Rank: document.Detail}
	l := document.List{}
	for _, p := range run.data.Probes {
		if p.Arm == bench.Direct {
			continue
		}
		direct := bench.Probe{}
		if i := slices.IndexFunc(run.data.Probes, func(d bench.Probe) bool { return d.Arm == bench.Direct && d.Name == p.Name }); i >= 0 {
			direct = run.data.Probes[i]
		}
		l.Items = append(l.Items, document.Item{Name: run.about(plain.Brief(string(p.Name)), p.Arm), Text: probeText(p, direct)})
	}
	s.Blocks = []document.Block{l, document.Paragraph{Text: "Each probe tries one situation that the rounds do not have; nothing is decided by it.", Small: true}}
	return s
}

// probeText says what a gateway did, and what the path without it does.
func probeText(p, direct bench.Probe) string {
	switch {
	case p.Failed != "":
		return "the probe failed: " + plain.To(p.Failed, 240)
	case p.Disconnect != nil:
		return disconnectText(*p.Disconnect, direct.Disconnect)
	case p.SlowReader != nil:
		return slowReaderText(*p.SlowReader, direct.SlowReader)
	case p.Idle != nil:
		return idleText(*p.Idle, direct.Idle)
	}
	return "nothing is known"
}

func disconnectText(d bench.Disconnect, direct *bench.Disconnect) string {
	text := "of clients that went away "
	switch {
	case d.Ended == d.Streams && d.EndedP50 != nil && d.EndedMax != nil:
		text += fmt.Sprintf("%d of %d upstream streams were ended, after %s at the median and %s at the most", d.Ended, d.Streams, figures.Seconds(*d.EndedP50), figures.Seconds(*d.EndedMax))
	default:
		text += fmt.Sprintf("%d of %d upstream streams were ended, %d ran to their end (%s)", d.Ended, d.Streams, d.RanOn, figures.Seconds(d.Lasts))
		if d.Open > 0 {
			text += fmt.Sprintf(", %d were still open long after", d.Open)
		}
	}
	if direct != nil && direct.EndedP50 != nil {
		text += fmt.Sprintf("; without the gateway after %s", figures.Seconds(*direct.EndedP50))
	}
	return text
}

func slowReaderText(s bench.SlowReader, direct *bench.SlowReader) string {
	text := fmt.Sprintf("of %s per stream %s were written while the clients read %s", figures.Memory(float64(s.AnswerBytes)), figures.Memory(s.Written), figures.Memory(s.Read))
	if direct != nil {
		text += fmt.Sprintf(" (without the gateway %s and %s)", figures.Memory(direct.Written), figures.Memory(direct.Read))
	}
	if s.Whole > 0 {
		text += fmt.Sprintf("; the backend was not held back, %d of %s were taken in whole, by the gateway or by the kernel for it", s.Whole, figures.Counted(s.Streams, "stream"))
	} else {
		text += "; the backend was held back"
	}
	if s.RSSBefore != nil && s.RSSPeak != nil && s.Streams > 0 {
		text += fmt.Sprintf("; memory grew by %s a stream", figures.Memory(float64(*s.RSSPeak-*s.RSSBefore)/float64(s.Streams)))
	}
	if s.Meanwhile == nil {
		return text + fmt.Sprintf("; others, answered in %s before, were not answered meanwhile", figures.Seconds(s.Alone))
	}
	return text + fmt.Sprintf("; others were answered in %s meanwhile, %s before", figures.Seconds(*s.Meanwhile), figures.Seconds(s.Alone))
}

func idleText(i bench.Idle, direct *bench.Idle) string {
	text := fmt.Sprintf("the first request after a rest of %s takes %s, those that follow %s", figures.Seconds(i.Rest), figures.Seconds(i.First), figures.Seconds(i.Then))
	if direct != nil {
		text += fmt.Sprintf("; without the gateway %s and %s", figures.Seconds(direct.First), figures.Seconds(direct.Then))
	}
	return text + fmt.Sprintf(" (the shortest of %s, and medians)", figures.Counted(i.Rests, "rest"))
}
