package llmapi

import (
	"slices"
	"strings"
)

// Model is the model of requests and answers unless the user chooses another.
const Model = model

// Header is one header of a request.
type Header struct{ Name, Value string }

// Endpoint is where the requests of a client go and which headers they have. The
// zero Endpoint is the API's own, as its official clients use it.
type Endpoint struct {
	Path    string // instead of the API's
	Query   string // without the question mark
	Headers []Header
	Secrets []string // what Redact hides: values of the headers, none shorter than LeastSecret
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

// LeastSecret is the length from which the value of a header is hidden: shorter
// ones, such as "1" or "openai", occur in every text.
const LeastSecret = 8

// Redact hides the secrets in a text, such as an answer that quotes the key it
// refuses. A text may have been cut inside of one.
func (e Endpoint) Redact(text string) string {
	for _, secret := range e.Secrets {
		for from := 0; ; {
			at := strings.Index(text[from:], secret[:LeastSecret])
			if at < 0 {
				break
			}
			at += from
			end := at
			for end < len(text) && end-at < len(secret) && text[end] == secret[end-at] {
				end++
			}
			text = text[:at] + redacted + text[end:]
			from = at + len(redacted)
		}
	}
	return text
}

// redacted stands where a secret was.
const redacted = "[…]"

// commonHeaders are those of every API. The official clients ask for
// application/json in front of streams, too.
var commonHeaders = []Header{
	{"User-Agent", "proxy-bench"},
	{"Authorization", "Bearer mock"},
	{"Accept", "application/json"},
	{"Content-Type", "application/json"},
}
