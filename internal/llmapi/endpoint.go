package llmapi

import (
	"bytes"
	"encoding/json"
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
	for at := 0; at < len(text); at++ {
		longest := 0 // secrets may begin alike
		for _, secret := range e.Secrets {
			n := 0
			for n < len(secret) && at+n < len(text) && text[at+n] == secret[n] {
				n++
			}
			if n >= LeastSecret {
				longest = max(longest, n)
			}
		}
		if longest > 0 {
			text = text[:at] + redacted + text[at+longest:]
			at += len(redacted) - 1
		}
	}
	return text
}

// Spellings are how a secret may stand in an answer or a log: as it is, as JSON has
// it, and that within JSON or quotes once more. The longest is the first.
func Spellings(secret string) []string {
	all := []string{secret}
	for range 2 {
		var out bytes.Buffer
		enc := json.NewEncoder(&out)
		enc.SetEscapeHTML(false)
		_ = enc.Encode(all[0]) // a string
		if spelled := strings.TrimSpace(out.String()); spelled[1:len(spelled)-1] != all[0] {
			all = append([]string{spelled[1 : len(spelled)-1]}, all...)
		}
	}
	return all
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
