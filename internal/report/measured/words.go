package measured

import "github.com/org/proxy-bench-action/internal/report/document"

// Words are what the page's words mean, for whoever sees one for the first time; those
// of a comparison are left out where nothing was compared.
func (run *Run) Words(compared bool) document.Section {
	s := document.Section{ID: "words", Heading: "What the words mean", Rank: document.Page}
	if run.data.Schema == "" {
		return s
	}
	items := []document.Item{
		{Name: "Direct", Text: "the client asks the mock backend itself, without a gateway: what this machine can do"},
		{Name: "Overhead", Text: "what the gateway adds: the time through it minus the direct time, of the same round"},
		{Name: "Latency, whole stream", Text: "from the request to the last byte of the answer: the mean of the fastest 80 % of the requests"},
		{Name: "First event", Text: "from the request to the end of the first server-sent event"},
		{Name: "CPU/request", Text: "CPU time of the gateway's processes for one request"},
		{Name: "RSS peak", Text: "the most memory that the gateway had resident"},
		{Name: "In flight", Text: "requests that are open at the same time: concurrency, the c of a scenario"},
		{Name: "Round", Text: "short bursts of requests by turns to the direct path, the base and the head, so that a slow second of the machine slows all of them"},
	}
	if compared {
		items = append(items,
			document.Item{Name: "Base, head", Text: "the gateway that the change starts from, and the one with the change"},
			document.Item{Name: "Process pair", Text: "a newly started process of the base and one of the head, measured beside each other; what is tested are pairs, not requests"},
			document.Item{Name: "Change", Text: "head against base, in percent of the base's overhead, or of the value itself where marked *; + is more"},
			document.Item{Name: "95 % interval", Text: "where the true change lies, but for one case in twenty"},
			document.Item{Name: "Limit", Text: "the change that is allowed; a regression has to be larger than noise and may not be within the limit"},
			document.Item{Name: "MDC", Text: "minimum detectable change: a true change of that size is found in 4 of 5 runs"},
			document.Item{Name: "p", Text: "how likely such a difference is if nothing changed, adjusted for all metrics that were tested (Holm)"},
			document.Item{Name: "Undecided", Text: "neither shown to be slower by more than the limit nor shown not to be"},
		)
	}
	if compared && !run.data.Plan.OneStage {
		items = append(items, document.Item{Name: "To screen, to confirm", Text: "the first pairs say which scenarios look slower; these are measured again, and only the new (fresh) pairs decide"})
	}
	s.Blocks = []document.Block{document.List{Items: items}}
	return s
}
