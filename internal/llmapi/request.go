package llmapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
)

// Ask describes the request body that is wanted.
type Ask struct {
	Mode    bench.Mode // of the answer
	Size    int        // bytes of the body
	Answer  int        // number of the answer; 0 is the one for requests without a mark
	Payload Payload
	// Extra are members to add at the top level, in sorted order. They replace
	// members of the same name, except those that make the request what it is.
	Extra map[string]any
}

// Payload is what a request carries besides the last question.
type Payload string

// The payloads.
const (
	BySize Payload = ""      // bare; a tool from about 1 KB on, a conversation with tools from some KB on
	Bare   Payload = "bare"  // a prompt
	Tools  Payload = "tools" // tool schemas and a question
	Turns  Payload = "turns" // a conversation with tools
)

// Payloads lists those that can be asked for by name.
func Payloads() []Payload { return []Payload{Bare, Tools, Turns} }

const (
	toolFrom   = 800     // size from which BySize has a tool
	turnsFrom  = 3 << 10 // size from which BySize has a conversation
	toolsShare = 4       // of a large request, one part in four is tool schemas
	leastTail  = 200     // bytes left for the last question of a conversation
)

// RequestBody is a request of exactly ask.Size bytes, as the official clients send
// it. Equal arguments give equal bytes; a nonce, which the sender writes to
// NonceAt, makes every request its own. The key "stream" occurs once. The last
// turn's text is the mark of the answer asked for, prose, the nonce, and the mark
// that EndMark looks for.
//
// The error of a size that is too small names the smallest.
func RequestBody(api API, ask Ask) ([]byte, error) {
	r, err := newRequest(api, ask)
	if err != nil {
		return nil, err
	}
	head := r.head()
	if least := r.least(head); ask.Size < least {
		with := ""
		if ask.Payload != BySize {
			with = " with the payload " + string(ask.Payload)
		}
		return nil, fmt.Errorf("a %s request of %d bytes%s is not possible: it needs at least %d", api, ask.Size, with, least)
	}
	return r.fill(head), nil
}

// LeastBody is the smallest size that RequestBody accepts, whatever ask.Size is.
func LeastBody(api API, ask Ask) (int, error) {
	r, err := newRequest(api, ask)
	if err != nil {
		return 0, err
	}
	return r.least(r.head()), nil
}

// request writes one request body.
type request struct {
	Ask
	*dialect
	added []byte // the members of Extra, each with a comma in front
	mark  string // of the answer, with a space behind it; empty for number 0
	// What stands around the texts of the conversation.
	open, question, reply string
}

const (
	toolsOpen = `,"tools":[`
	turnEnd   = `"}`
	bodyEnd   = turnEnd + "]}"
	maxTokens = 1024
)

// lastEnd is what ends the last turn and the body.
var lastEnd = " " + string(endMark) + bodyEnd

func newRequest(api API, ask Ask) (*request, error) {
	r := &request{Ask: ask, dialect: api.dialect()}
	r.open = `,"` + r.turns + `":[`
	r.question = `{` + r.turn + `"role":"user","content":"`
	r.reply = `{` + r.turn + `"role":"assistant","content":"`
	var err error
	if r.mark, err = answerMark(ask.Answer); err != nil {
		return nil, err
	}
	r.added, err = r.extraMembers()
	return r, err
}

func (r *request) extraMembers() ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	for _, name := range slices.Sorted(maps.Keys(r.Extra)) {
		if name == "stream" || name == r.turns {
			return nil, fmt.Errorf("extra member %q: this part of the request is written by the benchmark; leave it out", name)
		}
		out.WriteByte(',')
		_ = enc.Encode(name) // a string
		out.WriteByte(':')
		if err := enc.Encode(r.Extra[name]); err != nil {
			return nil, fmt.Errorf("extra member %q: %w", name, err)
		}
	}
	members := bytes.ReplaceAll(out.Bytes(), []byte{'\n'}, nil) // only Encode writes any
	if bytes.Contains(members, streamKey) {
		return nil, fmt.Errorf(`extra members must not contain %s: the mock would take it for the request's own`, streamKey)
	}
	for what, mark := range map[string][]byte{"the mark of an answer": markOpen, "the end of the prompt": endMark} {
		if bytes.Contains(members, mark) {
			return nil, fmt.Errorf("extra members must not contain %q: the mock would take it for %s", mark, what)
		}
	}
	return members, nil
}

// head is everything before the tools and the conversation.
func (r *request) head() []byte {
	var b []byte
	member := func(name string, value any) {
		if !r.replaced(name) {
			b = fmt.Appendf(b, `,"%s":%v`, name, value)
		}
	}
	member("model", `"`+model+`"`)
	if r.maxTokens {
		member("max_tokens", maxTokens)
	}
	member("stream", r.Mode == bench.SSE)
	b = append(b, r.added...)
	b[0] = '{'
	return b
}

func (r *request) replaced(member string) bool {
	_, replaced := r.Extra[member]
	return replaced
}

// least is the size of the smallest request with this head.
func (r *request) least(head []byte) int {
	size := len(head) + len(r.open+r.question+r.mark+lastEnd) + NonceBytes
	if r.Payload == Tools || r.Payload == Turns {
		size += leastTail
		if !r.replaced("tools") {
			size += len(toolsOpen) + len(r.toolNumber(0)) + 1
		}
	}
	if r.Payload == Turns {
		size += r.pairBytes(0)
	}
	return size
}

// fill completes the head with tools, turns, and a last turn that takes what is
// left of the size.
func (r *request) fill(head []byte) []byte {
	body := slices.Grow(head, r.Size-len(head))
	text := source{prose(2, r.Size)}
	if !r.replaced("tools") && (r.Payload == Tools || r.Payload == Turns || r.Payload == BySize && r.Size >= toolFrom) {
		body = r.appendTools(body)
	}
	body = append(body, r.open...)
	if r.Payload == Turns || r.Payload == BySize && r.Size >= turnsFrom {
		body = r.appendTurns(body, &text, r.Size-len(lastEnd)-leastTail)
	}
	body = append(body, r.question...)
	body = append(body, r.mark...)
	if left := r.Size - NonceBytes - len(lastEnd) - len(body); left > 0 {
		body = append(text.append(body, left-1), ' ')
	}
	body = append(body, noNonce...)
	return append(body, lastEnd...)
}

// appendTools adds one tool, or as many as their share of a large body allows.
func (r *request) appendTools(body []byte) []byte {
	first := r.toolNumber(0)
	if len(body)+len(first)+leastTail > r.Size {
		return body
	}
	room := 2 * leastTail
	if r.Payload == Turns {
		room += r.pairBytes(0)
	}
	body = append(body, toolsOpen...)
	body = append(body, first...)
	for n, spent := 1, len(first); ; n++ {
		next := r.toolNumber(n)
		if spent += len(next) + 1; spent > r.Size/toolsShare || len(body)+len(next)+room > r.Size {
			break
		}
		body = append(body, ',')
		body = append(body, next...)
	}
	return append(body, ']')
}

// pair is the length of the texts of question and reply n.
func pair(n int) (asked, replied int) { return 150 + n*97%400, 400 + n*211%1200 }

// pairBytes is the length of question and reply n with what surrounds them.
func (r *request) pairBytes(n int) int {
	asked, replied := pair(n)
	return len(r.question+r.reply) + 2*len(turnEnd+",") + asked + replied
}

// appendTurns adds pairs of a question and a reply while they end before limit.
func (r *request) appendTurns(body []byte, text *source, limit int) []byte {
	for n := 0; len(body)+r.pairBytes(n) <= limit; n++ {
		asked, replied := pair(n)
		body = text.append(append(body, r.question...), asked)
		body = text.append(append(body, turnEnd+","+r.reply...), replied)
		body = append(body, turnEnd+","...)
	}
	return body
}

var toolNames = strings.Fields("get_weather search_documents book_room send_message create_invoice list_events update_ticket run_query")

// toolNumber is the definition of function tool n.
func (d *dialect) toolNumber(n int) string {
	name := toolNames[n%len(toolNames)]
	if round := n / len(toolNames); round > 0 {
		name = fmt.Sprintf("%s_%d", name, round+1)
	}
	return d.tool(fmt.Sprintf(`"name":"%s","description":"%s"`, name, prose(uint64(100+n), 40+n*37%120)), toolSchema(n))
}

// toolSchema is a JSON schema of two levels. Later tools have more properties.
func toolSchema(n int) string {
	var optional strings.Builder
	for i := range n % 6 {
		fmt.Fprintf(&optional, `,"option_%d":{"type":"array","items":{"type":"integer","minimum":%d},"description":"%s"}`,
			i+1, n+i, prose(uint64(1000+10*n+i), 60))
	}
	return `{"type":"object","properties":{` +
		`"place":{"type":"object","properties":{"city":{"type":"string"},"country":{"type":"string","minLength":2}},"required":["city"]},` +
		`"unit":{"type":"string","enum":["celsius","fahrenheit"]}` + optional.String() +
		`},"required":["place"],"additionalProperties":false}`
}
