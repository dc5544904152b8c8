package observed

import (
	"cmp"
	"slices"

	"github.com/org/proxy-bench-action/internal/behaviour"
	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/plain"
	"github.com/org/proxy-bench-action/internal/report/document"
)

// mostFacts is how many facts of a group are told where room is short.
const mostFacts = 12

// Facts are two sections on the facts of one gateway, or of base and head beside each
// other: what was seen, harm first, and what was looked for and not seen.
func Facts(facts []bench.Fact) (seen, unseen document.Section) {
	rows := rowsOf(facts)
	seen = document.Section{ID: "behaviour", Heading: "What the gateway does"}
	unseen = document.Section{ID: "behaviour-unseen", Heading: "Behaviours not seen", Rank: document.Detail}
	if len(rows) == 0 {
		return seen, unseen
	}
	shown, others := parted(rows, (*row).shows)
	harm, described := parted(shown, func(r *row) bool { return r.Harm })
	add := func(to *document.Section, title string, rows []*row, text func(*row) string) {
		l := document.List{Title: title, Most: mostFacts}
		for _, r := range merged(rows) {
			l.Items = append(l.Items, document.Item{Text: r.name() + ": " + text(r)})
		}
		if !l.Empty() {
			to.Blocks = append(to.Blocks, l)
		}
	}
	seen.Blocks = append(seen.Blocks, document.Paragraph{Text: tallied(rows).String()})
	always, sometimes := parted(harm, (*row).always)
	add(&seen, "Harm", always, (*row).withLook)
	add(&seen, "Harm in some of the exchanges only", sometimes, (*row).withLook)
	for _, g := range append(behaviour.Groups(), "") {
		of, _ := parted(described, func(r *row) bool { return r.Group == g })
		add(&seen, cmp.Or(g.Title(), "Not known to this version"), of, (*row).text)
	}

	looked, impossible := parted(others, (*row).possible)
	add(&unseen, "Looked for and not seen", inAllCases(looked), (*row).counts)
	add(&unseen, "Could not be seen", impossible, (*row).why)
	return seen, unseen
}

// parted are the rows for which is holds, and the others.
func parted(rows []*row, is func(*row) bool) (those, others []*row) {
	for _, r := range rows {
		if is(r) {
			those = append(those, r)
		} else {
			others = append(others, r)
		}
	}
	return those, others
}

// why says why nothing could be seen.
func (r *row) why() string {
	for _, s := range []*sight{r.head, r.base} {
		if s != nil && s.unseen != "" {
			return s.unseen
		}
	}
	return "no exchange could show it"
}

// withLook is what was seen, with what to look at in the code.
func (r *row) withLook() string {
	if r.Look == "" {
		return r.text()
	}
	return r.text() + ". Look at: " + plain.To(r.Look, longestDetail)
}

// Harm are the titles of the harm that every exchange with head has shown, each once.
func Harm(facts []bench.Fact) []string {
	var titles []string
	for _, r := range rowsOf(facts) {
		if r.Harm && r.head.always() && !slices.Contains(titles, r.Title) {
			titles = append(titles, r.Title)
		}
	}
	return titles
}
