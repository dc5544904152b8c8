package llmapi

import (
	"slices"
	"strings"
)

// Header is one header of a request.
type Header struct{ Name, Value string }

// Endpoint is where the requests of a client go and which headers they have. The
// zero Endpoint is the API's own, as its official clients use it.
type Endpoint struct {
	Path    string // instead of the API's
	Query   string // without the question mark
	Headers []Header
}

// Target is the target of a request of the API, as in its request line.
func (e Endpoint) Target(api API) string {
	target := e.Path
	if target == "" {
		target = api.Path()
	}
	if e.Query != "" {
		target += "?" + e.Query
	}
	return target
}

// Complete is all headers of a request of the API besides those of its framing
// (Host, Content-Length). Those of the endpoint take the place of the clients' own
// of the same name.
func (e Endpoint) Complete(api API) []Header {
	all := slices.Clone(e.Headers)
	for _, own := range api.dialect().headers {
		if !slices.ContainsFunc(e.Headers, func(h Header) bool { return strings.EqualFold(h.Name, own.Name) }) {
			all = append(all, own)
		}
	}
	return all
}

// leastSecret is the length from which the value of a header is hidden: shorter
// ones, such as "1" or "openai", are no secrets and occur in every text.
const leastSecret = 8

// Redact hides the values of the endpoint's headers in a text, such as an answer
// that quotes the key it refuses.
func (e Endpoint) Redact(text string) string {
	for _, h := range e.Headers {
		value := h.Value
		if _, key, ok := strings.Cut(value, " "); ok && len(key) >= leastSecret { // Bearer and its like
			value = key
		}
		if len(value) >= leastSecret {
			text = strings.ReplaceAll(text, value, "["+h.Name+"]")
		}
	}
	return text
}

// commonHeaders are those of every API. The official clients ask for
// application/json in front of streams, too.
var commonHeaders = []Header{
	{"User-Agent", "proxy-bench"},
	{"Authorization", "Bearer mock"},
	{"Accept", "application/json"},
	{"Content-Type", "application/json"},
}
