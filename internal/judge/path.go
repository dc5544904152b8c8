package judge

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/valyala/fastjson"
)

// path leads to a value in a JSON document: "choices[0].message.content". An
// empty pair of brackets stands for every element of a list.
type path struct {
	text string
	keys []string // an element of a list by its number, or every
}

// every is the key of all elements.
const every = "[]"

func at(text string) path {
	keys := strings.FieldsFunc(strings.NewReplacer(every, "."+every, "[", ".", "]", "").Replace(text), func(r rune) bool { return r == '.' })
	return path{text, keys}
}

func paths(texts ...string) (all []path) {
	for _, text := range texts {
		all = append(all, at(text))
	}
	return all
}

// in is the value at a path without every; nil when there is none.
func (p path) in(v *fastjson.Value) *fastjson.Value {
	for _, key := range p.keys {
		if v = member(v, key); v == nil {
			return nil
		}
	}
	return v
}

// member is the value of a key; nil when there is none. Of several members with
// one name the last counts, as it does for the parsers of Python and JavaScript.
func member(v *fastjson.Value, key string) (found *fastjson.Value) {
	switch {
	case v == nil:
	case v.Type() == fastjson.TypeObject:
		v.GetObject().Visit(func(name []byte, value *fastjson.Value) {
			if string(name) == key {
				found = value
			}
		})
	case v.Type() == fastjson.TypeArray:
		if i, err := strconv.Atoi(key); err == nil && i < len(v.GetArray()) {
			found = v.GetArray()[i]
		}
	}
	return found
}

// empty reports whether a value says nothing: a gateway may drop it, or write it
// in another way.
func empty(v *fastjson.Value) bool {
	if v == nil {
		return true
	}
	switch v.Type() {
	case fastjson.TypeNull:
		return true
	case fastjson.TypeString:
		return len(v.GetStringBytes()) == 0
	case fastjson.TypeArray:
		return len(v.GetArray()) == 0
	case fastjson.TypeObject:
		return v.GetObject().Len() == 0
	default:
		return false
	}
}

// equal compares two values that are no object and no list.
func equal(want, got *fastjson.Value) bool {
	switch {
	case empty(want) || empty(got):
		return empty(want) && empty(got)
	case want.Type() != got.Type():
		return false
	case want.Type() == fastjson.TypeString:
		return bytes.Equal(want.GetStringBytes(), got.GetStringBytes())
	case want.Type() == fastjson.TypeNumber:
		return want.GetFloat64() == got.GetFloat64()
	}
	return want.Type() == fastjson.TypeTrue || want.Type() == fastjson.TypeFalse
}

// mismatch is a value that is not what the backend sent.
type mismatch struct {
	path      string
	want, got *fastjson.Value
}

// differ finds the first value under keys for which same is false.
func differ(want, got *fastjson.Value, keys []string, same func(want, got *fastjson.Value) bool) (m mismatch, found bool) {
	if len(keys) == 0 {
		return mismatch{"", want, got}, !same(want, got)
	}
	if keys[0] != every {
		m, found = differ(member(want, keys[0]), member(got, keys[0]), keys[1:], same)
		if found {
			m.path = join(keys[0], m.path)
		}
		return m, found
	}
	wants, gots := elements(want), elements(got)
	i := 0
	for j := range max(len(gots), len(wants)+len(gots)) {
		var w, g *fastjson.Value
		if j < len(gots) {
			g = gots[j]
			if isThought(member(g, "type").GetStringBytes()) {
				continue
			}
		}
		if i < len(wants) {
			w = wants[i]
		}
		switch i++; {
		case w == nil && g == nil:
			return m, false
		case w == nil || g == nil:
			m, found = mismatch{"", w, g}, true
		default:
			m, found = differ(w, g, keys[1:], same)
		}
		if found {
			m.path = join("["+strconv.Itoa(j)+"]", m.path)
			return m, true
		}
	}
	return m, false
}

func elements(v *fastjson.Value) []*fastjson.Value {
	if v == nil {
		return nil
	}
	return v.GetArray()
}

// join puts a key in front of a path.
func join(key, rest string) string {
	if _, err := strconv.Atoi(key); err == nil {
		key = "[" + key + "]"
	}
	if rest == "" || rest[0] == '[' {
		return key + rest
	}
	return key + "." + rest
}

// general is a path with every in the place of numbers.
func general(path string) string {
	var out strings.Builder
	for {
		before, after, found := strings.Cut(path, "[")
		out.WriteString(before)
		if !found {
			return out.String()
		}
		out.WriteString(every)
		_, path, _ = strings.Cut(after, "]")
	}
}
