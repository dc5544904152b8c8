package load

import "fmt"

// meaning adds to an unwanted status what to know about it.
func (a *answer) meaning() string {
	switch {
	case a.head.Status == 429:
		return ", a rate limit,"
	case len(a.location) > 0:
		return fmt.Sprintf(", a redirect to %q,", a.location[:min(len(a.location), maxExcerpt)])
	}
	return ""
}

// progress says how far a stream has come.
func (a *answer) progress() string {
	if !a.job.streams() {
		return ""
	}
	return fmt.Sprintf(" after %d events with %d chunks", a.obs.Events, len(a.transits))
}

// reached says how far a request has come, for one that ran out of time.
func (a *answer) reached(sent, size int) string {
	switch {
	case sent < size:
		return fmt.Sprintf("the gateway took %d of the request's %d bytes", sent, size)
	case !a.inBody:
		return "the request was sent, and no head of an answer came"
	default:
		return fmt.Sprintf("the head of the answer came, and %d bytes of its body%s", a.size, a.progress())
	}
}
