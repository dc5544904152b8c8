package judge

import (
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/valyala/fastjson"
)

// shown are the keys of the values that Summary has: of all that is compared,
// what people look for.
var shown = []string{"text", "content", "status", "finish_reason", "stop_reason", "input_tokens", "output_tokens", "prompt_tokens", "completion_tokens"}

// Summary is what a client reads from a right answer to the job, each value once:
// "text of 843 characters", "finish_reason stop", "prompt_tokens 25".
func (e *Expected) Summary() []string {
	var all []string
	for _, p := range e.judge.meaning.means {
		key := p.keys[len(p.keys)-1]
		v := first(e.value(), p.keys)
		if v == nil || !slices.Contains(shown, key) {
			continue
		}
		text := ""
		switch {
		case v.Type() == fastjson.TypeNumber:
			text = key + " " + v.String()
		case v.Type() == fastjson.TypeString && (key == "text" || key == "content"):
			text = fmt.Sprintf("text of %d characters", utf8.RuneCount(v.GetStringBytes()))
		case v.Type() == fastjson.TypeString:
			text = key + " " + string(v.GetStringBytes())
		}
		if text != "" && !slices.Contains(all, text) {
			all = append(all, text)
		}
	}
	return all
}

// first is the first value under keys.
func first(v *fastjson.Value, keys []string) *fastjson.Value {
	for _, key := range keys {
		if key == every {
			key = "0"
		}
		if v = member(v, key); v == nil {
			return nil
		}
	}
	return v
}
