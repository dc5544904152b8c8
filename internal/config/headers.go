package config

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/org/proxy-bench-action/internal/llmapi"
)

// Nothing here puts the value of a header into a message: it may be a secret.

// UpstreamVariables are those of a header's value that are not of the environment,
// but of the mock that the gateway stands in front of.
var UpstreamVariables = []string{"UPSTREAM_URL", "UPSTREAM_HOST", "UPSTREAM_PORT", "UPSTREAM_TLS_URL"}

// withheldPrefixes begin the names of variables that the runner gives to an
// action: tokens are among them, and the gateway of a pull request reads what it is
// sent.
var withheldPrefixes = []string{"ACTIONS_", "GITHUB_", "INPUT_", "RUNNER_"}

// refusedHeaders are those that are the client's to write, with the reason.
var refusedHeaders = map[string]string{
	"host":              "the client writes the address that it connects to",
	"content-length":    "the client writes the length of the body",
	"transfer-encoding": "the client sends bodies with a length",
	"connection":        "the client keeps its connections open",
	"keep-alive":        "the client keeps its connections open",
	"proxy-connection":  "the client keeps its connections open",
	"upgrade":           "the client speaks HTTP/1.1 alone",
	"te":                "the client reads no trailers",
	"trailer":           "the client sends no trailers",
	"expect":            "the client sends the body at once",
	"accept-encoding":   "the client reads answers that are not compressed",
}

const (
	maxHeader  = 8 << 10 // bytes of a value
	headerHint = "write {Authorization: Bearer $KEY}"
)

// token is the name of a header: RFC 9110, section 5.6.2.
var token = regexp.MustCompile("^[!#$%&'*+.^_`|~0-9A-Za-z-]+$")

// variable is one in the value of a header.
var variable = regexp.MustCompile(`\$(?:[A-Za-z_]\w*|\{\w+\})`)

func variableName(reference string) string { return strings.Trim(reference, "${}") }

// headers is a mapping of names to values, in its order. The values keep the
// variables in them.
var headers = custom[[]llmapi.Header]{"a mapping of header names to values; a value may name variables of the environment, `UPSTREAM_URL`, `UPSTREAM_HOST`, `UPSTREAM_PORT` and `UPSTREAM_TLS_URL`", func(v value) (all []llmapi.Header) {
	for _, e := range v.headerLines() {
		reason, refused := refusedHeaders[strings.ToLower(e.name)]
		switch {
		case !token.MatchString(e.name):
			e.key.failWith(quote(e.name), "the name of a header", "use letters, digits and -")
		case refused:
			e.key.failWith(quote(e.name), "yours to set", reason)
		case slices.ContainsFunc(all, func(h llmapi.Header) bool { return strings.EqualFold(h.Name, e.name) }):
			e.key.failWith(quote(e.name), "a new header", "it is there already, remove one")
		default:
			if text, ok := e.value.plain("text", headerHint); ok && e.value.isHeaderValue("its value", text) {
				all = append(all, llmapi.Header{Name: e.name, Value: text})
			}
		}
	}
	return all
}}

// headerLines are the pairs of the mapping. An override has one in a line, as
// "Name: value".
func (v value) headerLines() (pairs []entry) {
	if !v.isOverride() {
		return v.entries("a mapping of header names to values", headerHint)
	}
	for i, line := range strings.Split(strings.TrimRight(v.node.Value, "\n"), "\n") {
		name, text, ok := strings.Cut(line, ":")
		if !ok {
			v.failWith(fmt.Sprintf("line %d", i+1), `a header as "Name: value"`, "write Authorization: Bearer $KEY")
			continue
		}
		name = strings.TrimSpace(name)
		pairs = append(pairs, entry{name, v, v.at(name, scalarNode(strings.TrimSpace(text)))})
	}
	return pairs
}

// isHeaderValue reports whether text can be the value of a header, and adds a
// mistake if not.
func (v value) isHeaderValue(what, text string) bool {
	switch {
	case strings.ContainsAny(text, "\r\n"):
		v.failWith(what, "one line", "remove the line end, which would begin another header")
	case strings.ContainsFunc(text, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }):
		v.failWith(what, "text", "remove the control character in it")
	case len(text) > maxHeader:
		v.failWith(what, fmt.Sprintf("short enough, at most %d bytes", maxHeader), "shorten it")
	default:
		return true
	}
	return false
}

// checkHeaders refuses variables without a value, which is what a secret is that
// the workflow does not have.
func (d *draft) checkHeaders(env func(name string) (string, bool)) {
	for i, h := range d.config.Request.Headers {
		v := d.header(i)
		for _, reference := range variable.FindAllString(h.Value, -1) {
			name := variableName(reference)
			read, _ := env(name)
			switch {
			case slices.Contains(UpstreamVariables, name):
			case slices.ContainsFunc(withheldPrefixes, func(p string) bool { return strings.HasPrefix(name, p) }):
				v.failWith("$"+name, "yours to send", "the runner's variables are kept from gateways; put the value into a variable of another name")
			case read == "":
				v.failWith("$"+name, "set in the environment", "set it; a dollar sign itself must come from a variable, too")
			default:
				v.isHeaderValue("the value of $"+name, read)
			}
		}
		if strings.Contains(variable.ReplaceAllString(h.Value, ""), "${") {
			v.failWith("a ${ in its value", "the beginning of a variable", "write ${NAME}, with letters, digits and _ in the name")
		}
	}
}

// header is the value of header i, as it was given.
func (d *draft) header(i int) value {
	v := d.given["request.headers"]
	if v.isOverride() {
		return v
	}
	return v.entries("", "")[i].value
}

// Endpoint is where requests go and with which headers, once their variables have
// values.
func (r Request) Endpoint(env func(name string) string) llmapi.Endpoint {
	e := llmapi.Endpoint{Path: r.Path, Query: r.Query}
	for _, h := range r.Headers {
		ofUpstream := false
		value := variable.ReplaceAllStringFunc(h.Value, func(reference string) string {
			if slices.Contains(UpstreamVariables, variableName(reference)) {
				ofUpstream = true
				return env(variableName(reference))
			}
			// A gateway may take what is around the variable off.
			read := env(variableName(reference))
			hide(&e, read)
			return read
		})
		e.Headers = append(e.Headers, llmapi.Header{Name: h.Name, Value: value})
		if !ofUpstream { // the mock's address is in many messages
			hide(&e, secretOf(value))
		}
	}
	return e
}

// hide makes a text one of the secrets, unless it is so short that it occurs anywhere.
func hide(e *llmapi.Endpoint, text string) {
	if len(text) >= llmapi.LeastSecret && !slices.Contains(e.Secrets, text) {
		e.Secrets = append(e.Secrets, llmapi.Spellings(text)...)
	}
}

// secretOf is the value of a header without the scheme in front of a key.
func secretOf(value string) string {
	if scheme, key, ok := strings.Cut(value, " "); ok && (strings.EqualFold(scheme, "Bearer") || strings.EqualFold(scheme, "Basic")) {
		return key
	}
	return value
}

// target is a part of a request's target as it stands in a request line: its
// first and its last check are those of the part.
func target(what, example string, check func(s string) (hint string)) kind[string] {
	return text(what, example, check, func(s string) string {
		switch {
		case strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r >= 0x7f }):
			return "write spaces and letters beyond ASCII as %20 and the like"
		case strings.Contains(s, "#"):
			return "remove what follows the #, which is never sent"
		}
		return ""
	})
}

var (
	requestPath = target("the path of a URL", "/openai/v1/chat/completions", func(s string) string {
		switch {
		case !strings.HasPrefix(s, "/"):
			return "begin it with a slash: /v1/chat/completions"
		case strings.Contains(s, "?"):
			return "put what follows the question mark into request.query"
		}
		return ""
	})
	requestQuery = target("the query of a URL", "api-version=2026-10-21", func(s string) string {
		if strings.HasPrefix(s, "?") {
			return "leave the question mark out"
		}
		return ""
	})
	modelName = text("the name of a model", "gpt-5", func(s string) string {
		if strings.ContainsFunc(s, func(r rune) bool { return r < ' ' }) {
			return "remove the control character in it"
		}
		return ""
	})
)

// setModel makes request.model a member of every request.
func (d *draft) setModel() {
	r := &d.config.Request
	if r.Model == "" {
		return
	}
	if _, twice := r.Extra["model"]; twice {
		d.given["request.model"].failWith("a second model", "possible", "remove request.extra.model")
		return
	}
	extra := map[string]any{"model": r.Model}
	for name, member := range r.Extra {
		extra[name] = member
	}
	r.Extra = extra
}
