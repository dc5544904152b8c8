package llmapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
)

const (
	toolsShare = 4   // one part in four of a large request is tool schemas
	leastTail  = 200 // left for the last question of a conversation
)

// RequestBody is a request of exactly ask.Size bytes that looks like what clients
// send. Equal arguments give equal bytes. The literal "stream", quotes included,
// occurs in it once, as the key that asks for a stream or for none; the mark of
// an answer occurs once as well, at the start of the last turn's text.
//
// The error of a size that is too small names the smallest.
func RequestBody(api API, ask Ask) ([]byte, error) {
	r, err := newRequest(api, ask)
	if err != nil {
		return nil, err
	}
	head := r.head(model, 1024)
	if r.least(head) > ask.Size {
		head = r.smallHead()
	}
	if least := r.least(head); ask.Size < least {
		return nil, fmt.Errorf("a %s request of %d bytes%s is not possible: it needs at least %d", api, ask.Size, ask.Payload.with(), least)
	}
	return r.fill(head, ask.Size), nil
}

// LeastBody is the smallest size that RequestBody accepts, whatever ask.Size is.
func LeastBody(api API, ask Ask) (int, error) {
	r, err := newRequest(api, ask)
	if err != nil {
		return 0, err
	}
	return r.least(r.smallHead()), nil
}

// request writes one request body.
type request struct {
	Ask
	api   API
	added []byte // the members of Extra, each with a comma in front
	mark  string // of the answer wanted, empty for the first
}

func newRequest(api API, ask Ask) (*request, error) {
	mark, err := answerMark(ask.Answer)
	if err != nil {
		return nil, err
	}
	added, err := extraMembers(api, ask.Extra)
	if err != nil {
		return nil, err
	}
	return &request{Ask: ask, api: api, added: added, mark: mark}, nil
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
	if bytes.Contains(members, markOpen) {
		return nil, fmt.Errorf("extra members must not contain %q: the mock would take it for the mark of an answer", markOpen)
	}
	return members, nil
}

// smallHead is for the smallest requests, in which every byte counts.
func (r *request) smallHead() []byte { return r.head("m", 9) }

// head is everything before the conversation, but for the tools.
func (r *request) head(model string, maxTokens int) []byte {
	var b []byte
	member := func(name string, value any) {
		if !r.replaced(name) {
			b = fmt.Appendf(b, `,"%s":%v`, name, value)
		}
	}
	member("model", `"`+model+`"`)
	if r.api == Messages {
		member("max_tokens", maxTokens)
	}
	member("stream", r.Mode == bench.SSE)
	b = append(b, r.added...)
	b[0] = '{'
	return b
}

// The parts of a conversation around its texts.
const (
	question = `{"role":"user","content":"`
	reply    = `{"role":"assistant","content":"`
	turnEnd  = `"}`
	lastEnd  = turnEnd + "]}"
)

// open begins the conversation.
func (r *request) open() string { return `,"` + r.api.turns() + `":[` }

// least is the size of the smallest request with this head.
func (r *request) least(head []byte) int {
	size := len(head) + len(r.open()+question+lastEnd) + max(1, len(r.mark))
	if r.Payload == Tools || r.Payload == Turns {
		size += leastTail
		if !r.replaced("tools") {
			size += len(toolsOpen) + len(r.tool(0)) + 1
		}
	}
	if r.Payload == Turns {
		size += pairBytes(0)
	}
	return size
}

func (r *request) replaced(member string) bool {
	_, replaced := r.Extra[member]
	return replaced
}

// fill makes a body of exactly size bytes out of its head: tools, turns, and a
// last turn that takes what is left.
func (r *request) fill(head []byte, size int) []byte {
	body := slices.Grow(head, size-len(head))
	text := prose(2, size)
	if !r.replaced("tools") && r.Payload.hasTools(size) {
		body = r.appendTools(body, size)
	}
	body = append(body, r.open()...)
	if r.Payload.hasTurns(size) {
		body, text = r.appendTurns(body, text, size-len(lastEnd)-leastTail)
	}
	body = append(body, question...)
	body = append(body, r.mark...)
	body = append(body, text[:size-len(lastEnd)-len(body)]...)
	return append(body, lastEnd...)
}

const toolsOpen = `,"tools":[`

// appendTools adds one tool, or as many as their share of a large body allows.
func (r *request) appendTools(body []byte, size int) []byte {
	first := r.tool(0)
	if len(body)+len(first)+leastTail > size {
		return body
	}
	room := 2 * leastTail
	if r.Payload == Turns {
		room += pairBytes(0)
	}
	body = append(body, toolsOpen...)
	body = append(body, first...)
	for n, spent := 1, len(first); ; n++ {
		next := r.tool(n)
		if spent += len(next) + 1; spent > size/toolsShare || len(body)+len(next)+room > size {
			break
		}
		body = append(body, ',')
		body = append(body, next...)
	}
	return append(body, ']')
}

// pair is the text of question and answer n.
func pair(n int) (asked, replied int) { return 150 + n*97%400, 400 + n*211%1200 }

// pairBytes is all that a pair takes.
func pairBytes(n int) int {
	asked, replied := pair(n)
	return len(question+reply+turnEnd+","+turnEnd+",") + asked + replied
}

// appendTurns adds pairs of a question and an answer of varying length while
// they end before limit. It returns the text that is left as well.
func (r *request) appendTurns(body, text []byte, limit int) (longer, left []byte) {
	for n := 0; len(body)+pairBytes(n) <= limit; n++ {
		asked, replied := pair(n)
		body = append(append(body, question...), text[:asked]...)
		body = append(append(body, turnEnd+","+reply...), text[asked:asked+replied]...)
		body = append(body, turnEnd+","...)
		text = text[asked+replied:]
	}
	return body, text
}
