package behaviour

import (
	"slices"
	"strings"
)

// shownHeaders are those whose values are no secrets, say something of the gateway, and
// are the same for each request. Of all others only the names are shown.
var shownHeaders = []string{
	"Accept", "Accept-Encoding", "Cache-Control", "Connection", "Content-Encoding", "Content-Type",
	"Te", "Transfer-Encoding", "User-Agent", "Vary", "X-Accel-Buffering",
}

// changingHeaders have other values in every message: only whether they are there
// counts.
var changingHeaders = []string{"Content-Length", "Date", "Age", "Keep-Alive"}

// headerChanges says how headers differ from those that they were made of, sorted.
func headerChanges(was, is map[string][]string) (said []string) {
	for name, values := range was {
		got, ok := is[name]
		switch {
		case !ok:
			said = append(said, "drops "+name)
		case slices.Equal(values, got) || slices.Contains(changingHeaders, name):
		case slices.Contains(shownHeaders, name):
			said = append(said, "changes "+name+" to "+strings.Join(got, ", "))
		default:
			said = append(said, "changes "+name)
		}
	}
	for name, values := range is {
		switch _, ok := was[name]; {
		case ok:
		case slices.Contains(shownHeaders, name):
			said = append(said, "adds "+name+": "+strings.Join(values, ", "))
		default:
			said = append(said, "adds "+name)
		}
	}
	slices.Sort(said)
	return said
}
