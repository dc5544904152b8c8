package judge

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/valyala/fastjson"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/llmapi"
)

// Judge decides whether an answer that differs from the one that was sent is
// right all the same. One rule holds for JSON and for streams: what an official
// SDK reads from the answer must be what the backend sent. Everything else is
// free, and noted as a rewrite.
//
// Judging allocates nothing once the judge has seen answers of that size, unless
// the answer is wrong or the rewrites of a job are still being noted. A judge
// belongs to one goroutine.
type Judge struct {
	api      llmapi.API
	meaning  *meaning
	parser   fastjson.Parser
	Rewrites Rewrites
}

// New returns a judge of the answers of api, which must be one that Validate
// accepts.
func New(api llmapi.API) *Judge { return &Judge{api: api, meaning: meanings[api]} }

// Fault is what is wrong with an answer.
type Fault struct {
	Class  bench.ErrorClass
	Detail string
}

func faulty(class bench.ErrorClass, format string, args ...any) *Fault {
	return &Fault{class, fmt.Sprintf(format, args...)}
}

// parse reads JSON as strictly as the SDKs do. The value is valid until the next
// call.
func (j *Judge) parse(data []byte) (*fastjson.Value, *Fault) {
	err := fastjson.ValidateBytes(data) // the parser lets more pass
	var v *fastjson.Value
	if err == nil {
		v, err = j.parser.ParseBytes(data)
	}
	if err != nil {
		why, _, _ := strings.Cut(err.Error(), "; unparsed tail")
		return nil, faulty(bench.ErrBody, "not JSON (%s): %q", innermost(why), excerpt(data))
	}
	return v, nil
}

// levels are what the parser puts in front of a reason, once for each level.
var levels = []string{"cannot parse JSON: ", "cannot parse object: ", "cannot parse object value: ", "cannot parse array: ", "cannot parse array value: "}

// innermost is the reason itself.
func innermost(why string) string {
	for i := 0; i < len(levels); i++ {
		if rest, ok := strings.CutPrefix(why, levels[i]); ok {
			why, i = rest, -1
		}
	}
	return why
}

// Where the APIs put the text of an error, the most telling first.
var errorTexts = paths("error.message", "response.error.message", "message", "response.incomplete_details.reason", "error.type", "error")

// failure is the text of an error that takes the place of an answer, or comes in
// the middle of one. It returns nil for anything else.
func failure(v *fastjson.Value, data []byte) *Fault {
	said := false
	switch string(member(v, "type").GetStringBytes()) {
	case "error", "response.failed", "response.incomplete":
		said = true
	}
	if !said && empty(member(v, "error")) {
		return nil
	}
	for _, p := range errorTexts {
		if text := p.in(v).GetStringBytes(); len(text) > 0 {
			return faulty(bench.ErrFailed, "%q", excerpt(text))
		}
	}
	return faulty(bench.ErrFailed, "%q", excerpt(data))
}

// Expected is a JSON answer that the judge compares others with.
type Expected struct {
	judge  *Judge
	body   []byte
	ids    []int
	status int

	id    llmapi.ID // of the answer that Check has read
	hasID bool

	read  *fastjson.Value // body, once it is needed
	noted int             // answers whose rewrites were noted
}

// Expect prepares for answers to one job. The body is what the backend sends with
// the status, with any ID.
func (j *Judge) Expect(body []byte, status int) *Expected {
	body = bytes.Clone(body)
	return &Expected{judge: j, body: body, ids: llmapi.IDs(body), status: status}
}

// Bytes is the body that is expected. Its ID is that of the last answer.
func (e *Expected) Bytes() []byte { return e.body }

// Continues reports whether run is what the body has at the offset. The ID is
// taken from run.
func (e *Expected) Continues(offset int, run []byte) bool {
	end := offset + len(run)
	if end > len(e.body) {
		return false
	}
	for _, id := range e.ids {
		from, to := max(id, offset), min(id+llmapi.IDBytes, end)
		if from >= to {
			continue
		}
		copy(e.body[from:to], run[from-offset:])
		if to == id+llmapi.IDBytes && !llmapi.IsID(e.body[id:]) {
			return false
		}
	}
	return bytes.Equal(run, e.body[offset:end])
}

// TakeID copies what run, at this offset of a body that goes on as expected, has of
// the answer's ID. It reports whether that is now complete.
func (e *Expected) TakeID(id *llmapi.ID, offset int, run []byte) bool {
	if len(e.ids) == 0 {
		return false
	}
	at, end := e.ids[0], offset+len(run)
	if from, to := max(at, offset), min(at+llmapi.IDBytes, end); from < to {
		copy(id[from-at:], run[from-offset:to-offset])
	}
	return end >= at+llmapi.IDBytes
}

// ID is that of the answer which Check has read last. ok is false if the gateway
// gives names of its own.
func (e *Expected) ID() (id llmapi.ID, ok bool) { return e.id, e.hasID }

// Check judges a whole body that is not the expected one byte for byte.
func (e *Expected) Check(got []byte) *Fault {
	noting := e.noted < notedAnswers
	if noting {
		e.noted++
	}
	e.hasID = false
	v, fault := e.judge.parse(got)
	if fault != nil {
		fault.Detail = "the answer is " + fault.Detail
	}
	if e.status != 200 { // the status says it all
		e.noteError(document{v, len(got)}, noting)
		return nil
	}
	if fault == nil {
		fault = failure(v, got)
	}
	if fault != nil {
		return fault
	}
	want := e.value()
	if sent, id := member(want, "id").GetStringBytes(), member(v, "id").GetStringBytes(); sameID(sent, id) {
		e.id, e.hasID = llmapi.ID(id[len(id)-llmapi.IDBytes:]), true
	}
	for _, p := range e.judge.meaning.means {
		if m, found := differ(want, v, p.keys, equal); found {
			return faulty(bench.ErrBody, "%s", m)
		}
	}
	if noting {
		e.judge.Rewrites.note(document{want, len(e.body)}, document{v, len(got)}, e.judge.meaning.means)
	}
	return nil
}

// value is the body that is expected. Reading it once is not on the clock of any
// answer that came as it was sent.
func (e *Expected) value() *fastjson.Value {
	if e.read == nil {
		for _, offset := range e.ids { // another answer may have left anything there
			llmapi.ZeroID.Put(e.body, offset)
		}
		e.read = fastjson.MustParseBytes(e.body)
	}
	return e.read
}

// noteError notes how the body of a failure differs, which the gateway is free to
// word.
func (e *Expected) noteError(got document, noting bool) {
	switch {
	case !noting:
	case got.Value == nil:
		e.judge.Rewrites.add(bench.Rewrites, "the body of the error")
	default:
		e.judge.Rewrites.note(document{e.value(), len(e.body)}, got)
	}
}
