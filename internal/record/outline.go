package record

import (
	"encoding/json"
	"fmt"
	"strings"
)

// What a file may cost to decode. A legitimate one nests seven levels, more
// only inside the mock's settings; a small text of many empty objects would
// otherwise become gigabytes of rounds. A default gate has some 200,000 values in
// 10,000 objects and lists, and one over several machines that many for each.
const (
	maxDepth  = 32
	maxValues = 4 << 20
	maxNested = 1 << 19 // objects and lists
)

// What is kept of the keys: of a file of ours there are some hundred.
const (
	mostWords = 1 << 12 // keys that are known by how they are written
	mostKeys  = 1 << 8  // of an object, for the next one at its level
)

// openKeys lead to objects whose keys are data and may differ in case alone,
// such as http_proxy and HTTP_PROXY.
var openKeys = map[string]bool{"env": true, "variables": true, "mock": true}

// Outline checks of a JSON text what encoding/json would let pass: depth,
// number of values, and keys that occur twice in an object, where another
// program may take the other one. It returns the text of the key "schema" at
// the top. Syntax is left to the decoder: of a text that is not JSON it may say anything.
//
// The tokens of the standard library's decoder would do, and take three times as long as
// the decoding itself.
func Outline(data []byte) (schema string, err error) {
	o := outliner{data: data, names: map[string]name{}}
	for err == nil && o.at < len(data) {
		err = o.step()
	}
	if err != nil {
		return "", fmt.Errorf("byte %d: %w", o.at, err)
	}
	return o.schema, nil
}

// outliner goes through a text value by value. at is behind what was looked at.
type outliner struct {
	data           []byte
	at             int
	levels         [maxDepth + 1]level // the first is around the text
	depth          int
	values, nested int
	names          map[string]name // by how a key is written
	schema         string
}

// level is an object or list that is still open.
type level struct {
	object   bool
	wantsKey bool            // the next text is a key
	key      string          // that the next value belongs to; empty inside lists
	keys     map[string]bool // as seen so far
	open     bool            // see openKeys
}

// name is a key as it is meant, and folded: what encoding/json takes for the same field.
type name struct{ key, folded string }

func (o *outliner) step() error {
	c := o.data[o.at]
	top := &o.levels[o.depth]
	switch c {
	case ' ', '\t', '\r', '\n', ',', ':':
		o.at++
		return nil
	case '}', ']':
		o.at++
		o.depth = max(0, o.depth-1)
		return nil
	case '"':
		from := o.at
		o.at = endOfString(o.data, from)
		if top.wantsKey {
			return o.key(top, o.data[from:o.at])
		}
		if o.depth == 1 && top.key == "schema" {
			o.schema = unquote(o.data[from:o.at])
		}
	case '{', '[':
		o.at++
		if o.depth == maxDepth {
			return fmt.Errorf("nested deeper than %d levels", maxDepth)
		}
		if o.nested++; o.nested > maxNested {
			return fmt.Errorf("more than %d objects and lists", maxNested)
		}
	default:
		o.at = endOfWord(o.data, o.at)
	}
	if o.values++; o.values > maxValues {
		return fmt.Errorf("more than %d values", maxValues)
	}
	top.wantsKey = top.object
	if c == '{' || c == '[' {
		o.depth++
		o.levels[o.depth].begin(c == '{', top.open || openKeys[top.key])
	}
	return nil
}

func (l *level) begin(object, open bool) {
	if len(l.keys) > mostKeys { // whose room it takes long to clear, again and again
		l.keys = nil
	}
	clear(l.keys)
	*l = level{object: object, wantsKey: object, keys: l.keys, open: open}
}

// key takes the key of the value that follows.
func (o *outliner) key(l *level, raw []byte) error {
	n, known := o.names[string(raw)]
	if !known {
		// Upper case first: ſ and the Kelvin sign have the plain letters s and k as other
		// case.
		n.key = unquote(raw)
		n.folded = strings.ToLower(strings.ToUpper(n.key))
		if len(o.names) < mostWords {
			o.names[string(raw)] = n
		}
	}
	folded := n.folded
	if l.open {
		folded = n.key
	}
	if l.keys[folded] {
		return fmt.Errorf("the key %q occurs twice in one object", n.key)
	}
	if l.keys == nil {
		l.keys = make(map[string]bool)
	}
	l.keys[folded], l.key, l.wantsKey = true, n.key, false
	return nil
}

// endOfString is where the string ends that begins at from.
func endOfString(data []byte, from int) int {
	for i := from + 1; i < len(data); i++ {
		switch data[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(data)
}

// endOfWord is where a number or one of the words of JSON ends.
func endOfWord(data []byte, from int) int {
	for i := from + 1; i < len(data); i++ {
		switch data[i] {
		case ' ', '\t', '\r', '\n', ',', ':', ']', '}', '[', '{', '"':
			return i
		}
	}
	return len(data)
}

// unquote is what a string of JSON means; of what is none the decoder says so.
func unquote(raw []byte) (text string) {
	_ = json.Unmarshal(raw, &text)
	return text
}
