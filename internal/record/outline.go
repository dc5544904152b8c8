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
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()                  // to whatever type it belongs
	var levels [maxDepth + 1]level // the first is around the text
	for depth, values := 0, 0; ; {
		token, err := d.Token()
		if err != nil {
			return schema, nil
		}
		top := &levels[depth]
		text, isText := token.(string)
		delim, _ := token.(json.Delim)
		switch {
		case delim == '}' || delim == ']':
			depth--
			continue
		case isText && top.wantsKey:
			if err := top.add(text); err != nil {
				return "", fmt.Errorf("byte %d: %w", d.InputOffset(), err)
			}
			continue
		case isText && top.key == "schema" && depth == 1:
			schema = text
		case delim != 0 && depth == maxDepth:
			return "", fmt.Errorf("byte %d: nested deeper than %d levels", d.InputOffset(), maxDepth)
		}
		if values++; values > maxValues {
			return "", fmt.Errorf("byte %d: more than %d values", d.InputOffset(), maxValues)
		}
		top.wantsKey = top.object
		if delim != 0 {
			depth++
			levels[depth].begin(delim == '{', top.open || openKeys[top.key])
		}
	}
}

// level is an object or array that is still open.
type level struct {
	object   bool
	wantsKey bool            // the next text is a key
	key      string          // that the next value belongs to; empty inside arrays
	keys     map[string]bool // as seen so far
	open     bool            // see openKeys
}

func (l *level) begin(object, open bool) {
	clear(l.keys)
	*l = level{object: object, wantsKey: object, keys: l.keys, open: open}
}

func (l *level) add(key string) error {
	name := key
	if !l.open {
		// What encoding/json takes for the same field. Upper case first: ſ and the
		// Kelvin sign have the plain letters s and k as other case.
		name = strings.ToLower(strings.ToUpper(key))
	}
	if l.keys[name] {
		return fmt.Errorf("the key %q occurs twice in one object", key)
	}
	if l.keys == nil {
		l.keys = make(map[string]bool)
	}
	l.keys[name], l.key, l.wantsKey = true, key, false
	return nil
}
