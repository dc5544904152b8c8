package judge

import (
	"bytes"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/llmapi"
)

// called judges a JSON answer and a stream that call a tool, after a change of each
// document.
func called(api llmapi.API, change func([]byte) []byte) (whole, stream *Fault) {
	whole = NewCall(api).Body(change(llmapi.CallAnswer(api)))
	c := NewCall(api)
	for _, f := range llmapi.CallFrames(api, true) {
		if data := change(f.Data()); data != nil {
			c.Event(data)
		}
	}
	return whole, c.End()
}

func written(old, with string) func([]byte) []byte {
	return func(b []byte) []byte { return bytes.ReplaceAll(b, []byte(old), []byte(with)) }
}

func TestCalls(t *testing.T) {
	for _, api := range llmapi.All() {
		if whole, stream := called(api, bytes.Clone); whole != nil || stream != nil {
			t.Errorf("%s: right answers: %v, %v", api, whole, stream)
		}
		// A JSON string inside of JSON may be written anew.
		if whole, stream := called(api, written(`ü`, `\u00fc`)); whole != nil || stream != nil {
			t.Errorf("%s: escaped: %v, %v", api, whole, stream)
		}
		for name, change := range map[string]func([]byte) []byte{
			"name":    written(llmapi.CallName, "get_time"),
			"Latin-1": written(`ü`, `Ã¼`),
			"id":      written(`id":"`+idOf(api), `old":"`),
		} {
			whole, stream := called(api, change)
			if whole == nil || whole.Class != bench.ErrBody || stream == nil || stream.Class != bench.ErrBody {
				t.Errorf("%s: %s: %v, %v", api, name, whole, stream)
			}
		}
	}
}

// idOf begins the id of a call.
func idOf(api llmapi.API) string {
	if api == llmapi.Messages {
		return "toolu_"
	}
	return "call_"
}

// TestCallLost: an event that an SDK needs is missing.
func TestCallLost(t *testing.T) {
	for _, api := range llmapi.All() {
		frames := llmapi.CallFrames(api, false)
		for i, f := range frames {
			if f.Kind == llmapi.Control {
				continue
			}
			c := NewCall(api)
			for j := range frames {
				if j != i {
					c.Event(frames[j].Data())
				}
			}
			if c.End() == nil {
				t.Errorf("%s: a stream without %s is right", api, f.Event)
			}
		}
	}
}
