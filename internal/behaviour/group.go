package behaviour

// Group is what a behaviour is about.
type Group string

// The groups.
const (
	Upstream   Group = "upstream"
	Downstream Group = "downstream"
	Time       Group = "time"
	Errors     Group = "errors"
	Clients    Group = "clients"
	Holdings   Group = "holdings"
)

// Groups are all of them, in the order of a report.
func Groups() []Group { return []Group{Upstream, Downstream, Time, Errors, Clients, Holdings} }

// Title is the heading above the behaviours of a group; empty for one that is not known.
func (g Group) Title() string {
	return map[Group]string{
		Upstream:   "What the backend is asked",
		Downstream: "What the client reads",
		Time:       "When it comes",
		Errors:     "What becomes of failures",
		Clients:    "Clients that go away or read slowly",
		Holdings:   "What the gateway keeps",
	}[g]
}
