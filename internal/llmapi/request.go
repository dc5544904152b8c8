package llmapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
)

// Sizes from which a request has more than a bare prompt: the payloads that
// gateways of the field see.
const (
	toolFrom   = 800     // one tool, one question
	turnsFrom  = 3 << 10 // a conversation
	toolsShare = 4       // one part in four of a large request is tool schemas
	leastTail  = 200     // left for the last question of a conversation
)

// RequestBody is a request of exactly size bytes that looks like what clients
// send: a bare prompt, from about 1 KB on a tool with a nested schema, from
// some KB on a conversation with several tools. Equal arguments give equal
// bytes. The literal "stream", quotes included, occurs in it once, as the key
// that asks for a stream or for none.
//
// The members of extra are added at the top level, in sorted order, and take the
// place of members of the same name, except those that make the request what it
// is. The error of a size that is too small names the smallest.
func RequestBody(api API, mode bench.Mode, size int, extra map[string]any) ([]byte, error) {
	added, err := extraMembers(api, extra)
	if err != nil {
		return nil, err
	}
	r := request{api: api, mode: mode, extra: extra, added: added}
	head := r.head(model, 1024)
	if len(head)+len(r.tail(""))+1 > size {
		head = r.head("m", 9) // every byte counts in the smallest requests
	}
	if least := len(head) + len(r.tail("")) + 1; size < least {
		return nil, fmt.Errorf("a %s request of %d bytes is not possible: it needs at least %d", api, size, least)
	}
	return r.fill(head, size), nil
}

// request writes one request body.
type request struct {
	api   API
	mode  bench.Mode
	extra map[string]any
	added []byte // the members of extra, each with a comma in front
}

// turns is the member that holds the conversation.
func (a API) turns() string {
	if a == Responses {
		return "input"
	}
	return "messages"
}

func extraMembers(api API, extra map[string]any) ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	for _, name := range slices.Sorted(maps.Keys(extra)) {
		if name == "stream" || name == api.turns() {
			return nil, fmt.Errorf("extra member %q: this part of the request is written by the benchmark; leave it out", name)
		}
		out.WriteByte(',')
		if err := enc.Encode(name); err != nil {
			return nil, fmt.Errorf("extra member %q: %w", name, err)
		}
		out.WriteByte(':')
		if err := enc.Encode(extra[name]); err != nil {
			return nil, fmt.Errorf("extra member %q: %w", name, err)
		}
	}
	members := bytes.ReplaceAll(out.Bytes(), []byte{'\n'}, nil) // only Encode writes any
	if bytes.Contains(members, streamKey) {
		return nil, fmt.Errorf(`extra members must not contain %s: the mock would take it for the request's own`, streamKey)
	}
	return members, nil
}

// head is everything before the conversation, but for the tools.
func (r *request) head(model string, maxTokens int) []byte {
	var b []byte
	member := func(name string, value any) {
		if _, replaced := r.extra[name]; !replaced {
			b = fmt.Appendf(b, `,"%s":%v`, name, value)
		}
	}
	member("model", `"`+model+`"`)
	if r.api == Messages {
		member("max_tokens", maxTokens)
	}
	member("stream", r.mode == bench.SSE)
	b = append(b, r.added...)
	b[0] = '{'
	return b
}

// tail is the conversation's end, with the text of its last turn.
func (r *request) tail(before string) string {
	return `,"` + r.api.turns() + `":[` + before + `{"role":"user","content":""}]}`
}

// fill makes a body of exactly size bytes out of its head: tools, turns, and a
// last turn that takes what is left.
func (r *request) fill(head []byte, size int) []byte {
	body := slices.Grow(head, size-len(head))
	text := prose(2, size)
	if _, replaced := r.extra["tools"]; !replaced {
		body = r.appendTools(body, size)
	}
	body = append(body, `,"`+r.api.turns()+`":[`...)
	end := `"}]}`
	if size >= turnsFrom {
		body, text = r.appendTurns(body, text, size-len(end)-leastTail)
	}
	body = append(body, `{"role":"user","content":"`...)
	body = append(body, text[:size-len(end)-len(body)]...)
	return append(body, end...)
}

// appendTools adds one tool, or as many as their share of a large body allows.
func (r *request) appendTools(body []byte, size int) []byte {
	first := r.tool(0)
	if size < toolFrom || len(body)+len(first)+leastTail > size {
		return body
	}
	body = append(body, `,"tools":[`...)
	body = append(body, first...)
	for n, spent := 1, len(first); ; n++ {
		next := r.tool(n)
		if spent += len(next) + 1; spent > size/toolsShare || len(body)+len(next)+2*leastTail > size {
			break
		}
		body = append(body, ',')
		body = append(body, next...)
	}
	return append(body, ']')
}

// appendTurns adds pairs of a question and an answer of varying length while
// they end before limit. It returns the text that is left as well.
func (r *request) appendTurns(body, text []byte, limit int) (longer, left []byte) {
	const question, answer = `{"role":"user","content":"`, `{"role":"assistant","content":"`
	for n := 0; ; n++ {
		ask, reply := 150+n*97%400, 400+n*211%1200
		if len(body)+len(question)+len(answer)+2*len(`"},`)+ask+reply > limit {
			return body, text
		}
		body = append(body, question...)
		body = append(append(body, text[:ask]...), `"},`...)
		body = append(body, answer...)
		body = append(append(body, text[ask:ask+reply]...), `"},`...)
		text = text[ask+reply:]
	}
}
