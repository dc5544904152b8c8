package report

import (
	"fmt"
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/figures"
)

const (
	probeTitle = "probes"
	probeKey   = "Each is one look at a situation that the rounds do not have; nothing is decided by it."
)

// probeLines is a sentence for each probe of each gateway.
func (s *sheet) probeLines() []grown {
	var lines []grown
	for _, p := range s.run.Probes {
		if p.Arm == bench.Direct {
			continue
		}
		direct := bench.Probe{}
		if i := slices.IndexFunc(s.run.Probes, func(d bench.Probe) bool { return d.Arm == bench.Direct && d.Name == p.Name }); i >= 0 {
			direct = s.run.Probes[i]
		}
		lines = append(lines, grown{bench.Arm(brief(string(p.Arm))), brief(string(p.Name)), clean(probeText(p, direct))})
	}
	return lines
}

// probeText says what a gateway did, and what the path without it does.
func probeText(p, direct bench.Probe) string {
	switch {
	case p.Failed != "":
		return "could not be looked at: " + cleanTo(p.Failed, 240)
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
		text += fmt.Sprintf("; the backend was not held back, %d of %s were taken in whole, by the gateway or by the kernel for it", s.Whole, counted(s.Streams, "stream"))
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
	return text + fmt.Sprintf(" (the shortest of %s, and medians)", counted(i.Rests, "rest"))
}

// mostProbes bounds a table: there are three kinds, and two gateways.
const mostProbes = 20

// probeSection is the probes on a terminal; empty where there was none.
func (s *sheet) probeSection() string {
	lines := s.probeLines()
	if len(lines) == 0 {
		return ""
	}
	text := "\n" + s.style.bold(probeTitle) + "\n"
	for _, g := range lines[:min(len(lines), mostProbes)] {
		label := fmt.Sprintf("  %-11s ", g.what)
		if len(s.gateways) > 1 {
			label = fmt.Sprintf("  %-4s %-11s ", g.arm, g.what)
		}
		text += hanging(label, g.text)
	}
	return text + hanging("", probeKey)
}

// probes is the same for Markdown.
func (l *letter) probes() string {
	var items []string
	for _, g := range l.sheet.probeLines() {
		items = append(items, escaped(cleanTo(capital(fmt.Sprintf("%s, %s: %s", g.what, l.sheet.role(g.arm), g.text)), longest)))
	}
	if len(items) == 0 {
		return ""
	}
	return bulleted(items, mostProbes) + "\n<sub>" + md(probeKey) + "</sub>\n"
}

// probeViews is the same for a document.
func (h *hypertext) probeViews() []tableView {
	lines := h.sheet.probeLines()
	if len(lines) == 0 {
		return nil
	}
	t := tableView{Kind: "plain", Caption: probeTitle, Note: probeKey, Head: []headView{{"probe", "", textual}, {"gateway", "", textual}, {"seen", "", unsorted}}}
	for _, g := range lines[:min(len(lines), mostProbes)] {
		t.Rows = append(t.Rows, []cellView{{Text: g.what}, {Text: h.sheet.role(g.arm), Class: textual}, {Text: g.text, Class: textual}})
	}
	return []tableView{t}
}
