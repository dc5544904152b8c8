package record

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// What a file may cost to decode. A legitimate one nests seven levels, more
// only inside the mock's settings; a small text of many empty objects would
// otherwise become gigabytes of rounds. The largest default run has some
// 200,000 values.
const (
	maxDepth  = 32
	maxValues = 1 << 20
)

// openKeys lead to objects whose keys are data and may differ in case alone,
// such as http_proxy and HTTP_PROXY.
var openKeys = map[string]bool{"env": true, "variables": true, "mock": true}

// Outline checks of a JSON text what encoding/json would let pass: depth,
// number of values, and keys that occur twice in an object, where another
// program may take the other one. It returns the text of the key "schema" at
// the top. Syntax is left to the decoder.
func Outline(data []byte) (schema string, err error) {
	o := outliner{data: data}
	for o.at < len(data) {
		if err := o.step(); err != nil {
			return "", fmt.Errorf("byte %d: %w", o.at, err)
		}
	}
	return o.schema, nil
}

type outliner struct {
	data   []byte
	at     int
	depth  int
	levels [maxDepth]level
	values int
	key    string // that the next value belongs to; empty inside arrays
	schema string
}

// level is an object or array that is still open.
type level struct {
	keys map[string]bool // as seen so far
	open bool            // see openKeys
}

func (o *outliner) step() error {
	c := o.data[o.at]
	switch c {
	case '"':
		return o.text()
	case '{', '[':
		if o.depth == maxDepth {
			return fmt.Errorf("nested deeper than %d levels", maxDepth)
		}
		l := &o.levels[o.depth]
		l.open = openKeys[o.key] || o.depth > 0 && o.levels[o.depth-1].open
		clear(l.keys)
		o.depth++
		o.key = ""
	case '}', ']':
		o.depth = max(0, o.depth-1)
	}
	if c == '{' || c == '[' || c == ',' {
		o.key = ""
		if o.values++; o.values > maxValues {
			return fmt.Errorf("more than %d values", maxValues)
		}
	}
	o.at++
	return nil
}

// text takes a string, which is a key when a colon follows.
func (o *outliner) text() error {
	raw := o.data[o.at:endOfString(o.data, o.at)]
	after := bytes.TrimLeft(o.data[o.at+len(raw):], " \t\r\n")
	isKey := len(after) > 0 && after[0] == ':'
	if isKey && o.depth > 0 {
		o.key = unquote(raw)
		if err := o.levels[o.depth-1].add(o.key); err != nil {
			return err
		}
	} else if o.depth == 1 && o.key == "schema" {
		o.schema = unquote(raw)
	}
	o.at += len(raw)
	return nil
}

func (l *level) add(key string) error {
	name := key
	if !l.open {
		name = fold(key)
	}
	if l.keys[name] {
		return fmt.Errorf("the key %q occurs twice in one object", key)
	}
	if l.keys == nil {
		l.keys = make(map[string]bool)
	}
	l.keys[name] = true
	return nil
}

// endOfString returns where the string that begins at start ends.
func endOfString(data []byte, start int) int {
	for i := start + 1; i < len(data); i++ {
		switch data[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(data)
}

func unquote(raw []byte) string {
	if bytes.IndexByte(raw, '\\') < 0 {
		return strings.Trim(string(raw), `"`)
	}
	var s string
	if json.Unmarshal(raw, &s) != nil {
		return string(raw) // the decoder will refuse it
	}
	return s
}

// fold makes keys equal that encoding/json takes for the same field. Upper case
// first: ſ and the Kelvin sign have the plain letters s and k as other case.
func fold(key string) string { return strings.ToLower(strings.ToUpper(key)) }
