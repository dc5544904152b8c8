package record

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/testdata/recordtest"
)

// FuzzOutline: of every JSON text it says what a walk over the tokens of the standard
// library's decoder says.
func FuzzOutline(f *testing.F) {
	var run bytes.Buffer
	if err := WriteRun(&run, recordtest.Run(1, recordtest.SSE10)); err != nil {
		f.Fatal(err)
	}
	for _, text := range []string{
		run.String(), `{"schema":"a"}`, ` { "schema" : "a\u0062" , "x" : [ 1 , -2.5e3 , true , null , "y" ] } `, `{"x":{"schema":"a"}}`, `[{"schema":"a"}]`,
		`{"a":1,"A":2}`, `{"env":{"a":1,"A":2}}`, `{"env":{"a":1,"\u0061":2}}`, `{"ſ":1,"s":2}`, `{"a\\":1,"a\"":2}`, `{"":0,"":0}`, `{"x":{"a":1},"y":{"a":1}}`,
		`{"schema":"a","sch\u0065ma":"b"}`, `{"schema":1}`, `{"schema":["a"]}`, `"schema"`, `1 2`, `{} {"schema":"b"}`, "\"\xff\"", "{\"\xff\":1,\"\xfe\":2}",
		strings.Repeat("[", 33) + strings.Repeat("]", 33), strings.Repeat("[", 32) + strings.Repeat("]", 32), `{"mock":{"x":{"a":1,"A":2}}}`, `{"a":[{"a":1},{"a":2}]}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		schema, err := Outline(data)
		if !json.Valid(data) {
			return // whatever it says, the decoder refuses the text
		}
		if want, failed := outlineOfTokens(data); schema != want || fmt.Sprint(err) != fmt.Sprint(failed) {
			t.Errorf("%.200q: %q, %v; the tokens say %q, %v", data, schema, err, want, failed)
		}
	})
}

// outlineOfTokens is [Outline] by the tokens of the standard library.
func outlineOfTokens(data []byte) (schema string, err error) {
	type level struct {
		object, wantsKey, open bool
		key                    string
		keys                   map[string]bool
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	levels := []level{{}}
	for {
		token, err := d.Token()
		if err != nil {
			return schema, nil
		}
		top := &levels[len(levels)-1]
		text, isText := token.(string)
		delim, _ := token.(json.Delim)
		switch {
		case delim == '}' || delim == ']':
			levels = levels[:len(levels)-1]
			continue
		case isText && top.wantsKey:
			name := text
			if !top.open {
				name = strings.ToLower(strings.ToUpper(text))
			}
			if top.keys[name] {
				return "", fmt.Errorf("byte %d: the key %q occurs twice in one object", d.InputOffset(), text)
			}
			top.keys[name], top.key, top.wantsKey = true, text, false
			continue
		case isText && top.key == "schema" && len(levels) == 2:
			schema = text
		case delim != 0 && len(levels) > maxDepth:
			return "", fmt.Errorf("byte %d: nested deeper than %d levels", d.InputOffset(), maxDepth)
		}
		top.wantsKey = top.object
		if delim != 0 {
			levels = append(levels, level{object: delim == '{', wantsKey: delim == '{', open: top.open || openKeys[top.key], keys: map[string]bool{}})
		}
	}
}

// TestOutlineBounds: what costs much to decode is refused before it is.
func TestOutlineBounds(t *testing.T) {
	for text, want := range map[string]string{
		"[" + strings.Repeat("{},", maxNested) + "{}]": "more than 524288 objects and lists",
		"[" + strings.Repeat("0,", maxValues) + "0]":   "more than 4194304 values",
		`{"a":` + strings.Repeat("[", maxDepth) + "0":  "nested deeper than 32 levels",
		`{"a":"x`:        "",
		`{"a":"x\`:       "",
		`]]}}`:           "",
		`{"a" "b" {"a":`: "",
	} {
		if _, err := Outline([]byte(text)); err == nil && want != "" || err != nil && !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%.40q: %v, want %q", text, err, want)
		}
	}
}

// TestOutlineOfManyKeys: an object with many keys does not make those that follow it at its
// level dear, which would take minutes.
func TestOutlineOfManyKeys(t *testing.T) {
	var text strings.Builder
	text.WriteString("[{")
	for i := range 1 << 18 {
		fmt.Fprintf(&text, `"%x":0,`, i)
	}
	text.WriteString(`"x":0}` + strings.Repeat(`,{"a":0}`, 1<<18) + "]")
	if _, err := Outline([]byte(text.String())); err != nil {
		t.Fatal(err)
	}
}
