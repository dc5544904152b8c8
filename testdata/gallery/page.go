package gallery

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/figures"
)

// Page is docs/gateways.md.
func Page(all []Measured) string {
	var b strings.Builder
	b.WriteString(opening)
	if len(all) == 0 {
		b.WriteString("\nNone has been measured yet.\n")
		return b.String()
	}
	b.WriteString("\n" + conditions(all))
	for _, s := range sections {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n\n", s.title, s.text)
		s.write(&b, all)
	}
	return b.String()
}

const opening = `# What gateways cost

Gateways as their registries have them, unmodified, each measured with the default suite. This
page is generated: ` + "`.ci/gallery`" + ` measures each gateway whose present version has not been
measured, and writes the page.

Read the figures as what this program sees on one machine, not as a ranking. The gateways do
different things: HAProxy, nginx and Caddy pass bytes on, agentic-server with ` + "`store: true`" + `
keeps every request and answer in SQLite, LiteLLM translates between providers. Client, mock and
gateway share the CPUs, so that with 10 and 50 requests in flight most of the time is waiting for
a CPU; the CPU time per request does not suffer from that. The mock answers at once: what a
gateway hides behind a backend's own time is shown in full.
`

// conditions says where and when the figures are from.
func conditions(all []Measured) string {
	var machines, tools, dates []string
	foreign := 0.0
	for _, m := range all {
		machines = append(machines, fmt.Sprintf("%s with %d CPUs", m.Machine, m.CPUs))
		tools = append(tools, m.Tool)
		dates = append(dates, m.Date)
		foreign = max(foreign, m.Foreign)
	}
	when := slices.Min(dates)
	if last := slices.Max(dates); last != when {
		when += " to " + last
	}
	return fmt.Sprintf("Measured %s on %s, by proxy-bench %s. Other processes used at most %s of the machine.\n",
		when, different(machines), different(tools), figures.Percent(foreign))
}

// different lists what differs.
func different(names []string) string {
	slices.Sort(names)
	return strings.Join(slices.Compact(names), "; ")
}

// section is one table of the page.
type section struct {
	title, text string
	columns     []column
}

type column struct {
	head string
	left bool // text; figures are to the right
	cell func(Measured) string
}

var (
	name    = column{"gateway", true, func(m Measured) string { return m.gateway().Title }}
	version = column{"version", true, func(m Measured) string { return m.Version }}
)

var sections = []section{
	{
		"Whole answers", "JSON, requests of 1 KB: the median time that the gateway adds to an answer, with 1, 10 and 50 requests in flight, and its CPU time for a request.",
		[]column{
			name, version,
			took("1", "json/c1/1KB", Cell.overhead), took("10", "json/c10/1KB", Cell.overhead), took("50", "json/c50/1KB", Cell.overhead),
			took("CPU", "json/c1/1KB", Cell.cpu), rate("answers/s at 50", "json/c50/1KB"),
		},
	},
	{
		"Streams", "20 events, requests of 1 KB: the median time that the gateway adds to the first event, with 1, 10 and 50 requests in flight, and, with one, to the whole stream.",
		[]column{
			name, version,
			took("1", "sse/c1/1KB", Cell.firstEvent), took("10", "sse/c10/1KB", Cell.firstEvent), took("50", "sse/c50/1KB", Cell.firstEvent),
			took("whole stream", "sse/c1/1KB", Cell.overhead), took("CPU", "sse/c1/1KB", Cell.cpu), rate("streams/s at 50", "sse/c50/1KB"),
		},
	},
	{
		"Size of the request", "JSON, one request in flight: the median time that the gateway adds, by the size of the request's body.",
		[]column{
			name, version,
			took("100 B", "json/c1/100B", Cell.overhead), took("1 KB", "json/c1/1KB", Cell.overhead),
			took("10 KB", "json/c1/10KB", Cell.overhead), took("100 KB", "json/c1/100KB", Cell.overhead),
		},
	},
	{
		"What else was seen", "The most resident memory of all scenarios, the requests to the backend for one request, and the likely causes that the report names.",
		[]column{
			name, version,
			{"memory", false, func(m Measured) string { return figures.Memory(m.Memory) }},
			{"backend requests", false, func(m Measured) string { return fmt.Sprintf("%.2f", m.Upstream) }},
			{"likely causes", true, func(m Measured) string { return cmp.Or(strings.Join(m.Causes, ", "), "none") }},
		},
	},
	{
		"What changes in the answers", "A client reads the same from all of them. Everything else that a gateway writes anew is listed here.",
		[]column{
			name, version,
			{"JSON", true, func(m Measured) string { return cmp.Or(m.Rewrites[bench.JSON], "nothing") }},
			{"streams", true, func(m Measured) string { return cmp.Or(m.Rewrites[bench.SSE], "nothing") }},
		},
	},
	{
		"How each was measured", "In the root of the repository. The build line installs the gateway.",
		[]column{
			name, version,
			{"from", true, func(m Measured) string { return m.gateway().From }},
			{"API", true, func(m Measured) string { return m.API }},
			{"rounds", false, func(m Measured) string { return fmt.Sprint(m.Rounds) }},
			{"requests", false, func(m Measured) string { return fmt.Sprint(m.Requests) }},
			{"failed", false, func(m Measured) string { return fmt.Sprint(m.Failed) }},
			{"command", true, func(m Measured) string { return "`" + m.gateway().Command(m.Budget) + "`" }},
		},
	},
}

func (s section) write(b *strings.Builder, all []Measured) {
	rule, head := "|", "|"
	for _, c := range s.columns {
		head += " " + c.head + " |"
		if c.left {
			rule += "---|"
		} else {
			rule += "--:|"
		}
	}
	fmt.Fprintln(b, head)
	fmt.Fprintln(b, rule)
	for _, m := range all {
		row := "|"
		for _, c := range s.columns {
			row += " " + c.cell(m) + " |"
		}
		fmt.Fprintln(b, row)
	}
}

func (c Cell) overhead() float64   { return c.Overhead }
func (c Cell) firstEvent() float64 { return c.FirstEvent }
func (c Cell) cpu() float64        { return c.CPU }

// took is a column of times of one scenario.
func took(head, scenario string, of func(Cell) float64) column {
	return column{head, false, func(m Measured) string {
		c, ok := m.Cells[scenario]
		if !ok {
			return figures.Missing
		}
		return figures.Seconds(of(c))
	}}
}

// rate is a column of throughputs of one scenario.
func rate(head, scenario string) column {
	return column{head, false, func(m Measured) string {
		c, ok := m.Cells[scenario]
		if !ok {
			return figures.Missing
		}
		return figures.Digits(c.Throughput)
	}}
}
