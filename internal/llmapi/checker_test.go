package llmapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
)

// stray is an event of no stream.
var stray = []byte("{}")

// check runs a stream through a checker that has been used before.
func check(c *Checker, events [][]byte) bench.ErrorClass {
	c.Event(stray)
	c.Reset()
	for _, data := range events {
		c.Event(data)
	}
	return c.End()
}

// firstDelta is the index of the first content delta.
func firstDelta(api API) int {
	return slices.IndexFunc(Frames(api, DefaultShape()), func(f Frame) bool { return f.Kind == Delta })
}

func TestCheckerAcceptsFrames(t *testing.T) {
	for _, api := range All() {
		for _, shape := range shapes {
			c := NewChecker(api, shape)
			var sent []int64
			for _, f := range Frames(api, shape) {
				for _, slot := range f.Slots {
					stamp := NewStamp(int64(100 + slot.Chunk))
					stamp.Put(f.Bytes, slot.Offset)
				}
				kind, times, fault := c.Event(payload(t, f))
				if kind != f.Kind || fault != "" {
					t.Fatalf("%s %+v: kind %d is read as %d, fault %q", api, shape, f.Kind, kind, fault)
				}
				sent = append(sent, times...)
			}
			if class := c.End(); class != "" {
				t.Errorf("%s %+v: %s", api, shape, class)
			}
			if len(sent) != shape.Chunks || sent[0] != 100 || !slices.IsSorted(sent) {
				t.Errorf("%s %+v: sent times %v", api, shape, sent)
			}
		}
	}
}

func TestCheckerAcceptsReserialised(t *testing.T) {
	for _, api := range All() {
		c := NewChecker(api, DefaultShape())
		var events [][]byte
		for _, data := range payloads(t, api, DefaultShape()) {
			var v any
			if json.Unmarshal(data, &v) == nil { // all but [DONE]
				data, _ = json.MarshalIndent(v, "", "  ")
			}
			events = append(events, data)
		}
		if class := check(c, events); class != "" {
			t.Errorf("%s: %s", api, class)
		}
	}
}

// Every single fault, on every delta, is called by its name.
func TestCheckerNamesFaults(t *testing.T) {
	shape := Shape{AnswerBytes: 1024, Chunks: 70, ChunkBytes: 40}
	for _, api := range All() {
		good, first, c := payloads(t, api, shape), firstDelta(api), NewChecker(api, shape)
		expect := func(what string, chunk int, events [][]byte, want bench.ErrorClass) {
			t.Helper()
			if class := check(c, events); class != want {
				t.Errorf("%s: %s of chunk %d is %q, want %q", api, what, chunk, class, want)
			}
		}
		for chunk := range shape.Chunks {
			at := first + chunk
			expect("loss", chunk, slices.Delete(slices.Clone(good), at, at+1), bench.ErrLost)
			expect("repetition", chunk, slices.Insert(slices.Clone(good), at, good[at]), bench.ErrRepeated)
			if chunk > 0 {
				swapped := slices.Clone(good)
				swapped[at], swapped[at-1] = swapped[at-1], swapped[at]
				expect("swap", chunk, swapped, bench.ErrReordered)

				late := slices.Delete(slices.Clone(good), at, at+1)
				expect("coming after the end", chunk, append(late, good[at]), bench.ErrReordered)

				expect("cut", chunk, good[:at], bench.ErrNoEnd)
			}
			changed := slices.Clone(good)
			changed[at] = bytes.Clone(good[at])
			text := bytes.LastIndexByte(changed[at], markEdge)
			changed[at][text+5] ^= 1
			expect("other text", chunk, changed, bench.ErrBody)
		}
	}
}

func TestCheckerRules(t *testing.T) {
	shape := Shape{AnswerBytes: 1024, Chunks: 3, ChunkBytes: 40}
	good := payloads(t, Responses, shape)
	text := func(chunk int) string {
		filler := shape.fillerBytes()
		return string(appendCorpus(appendMark(nil, chunk), chunkStart(chunk, filler), filler))
	}
	delta := func(text string) []byte {
		return []byte(`{"delta": "` + text + `", "type": "response.output_text.delta"}`)
	}
	done := func(text string) []byte { return []byte(`{"type":"response.completed","text":"` + text + `"}`) }
	all := text(0) + text(1) + text(2)
	for _, tc := range []struct {
		name   string
		events [][]byte
		want   bench.ErrorClass
	}{
		{"merged deltas", [][]byte{delta(text(0)), delta(text(1) + text(2)), done(all)}, ""},
		{"all in one", [][]byte{delta(all), done("")}, ""},
		{"the text repeated twice", [][]byte{delta(all), done(all + `","again":"` + all)}, ""},
		{"the text repeated in part", [][]byte{delta(all), done(text(0) + text(1))}, bench.ErrBody},
		{"the text repeated in disorder", [][]byte{delta(all), done(text(1) + text(0) + text(2))}, bench.ErrBody},
		{"text between chunks", [][]byte{delta(text(0) + "x" + text(1) + text(2)), done(all)}, bench.ErrBody},
		{"text before a chunk", [][]byte{delta("x" + text(0)), done(all)}, bench.ErrBody},
		{"text after a chunk", [][]byte{delta(text(0) + "x"), done(all)}, bench.ErrBody},
		{"a split delta", [][]byte{delta(text(0)[:35]), delta(text(0)[35:]), done(all)}, bench.ErrBody},
		{"a delta without a mark", [][]byte{delta("hello"), done(all)}, bench.ErrBody},
		{"a chunk that there is not", [][]byte{delta(all), delta(text(3)), done(all)}, bench.ErrBody},
		{"a cut event", [][]byte{good[4][:len(good[4])-40], done(all)}, bench.ErrBody},
		{"no terminal event", [][]byte{delta(all)}, bench.ErrNoEnd},
		{"the end of another API", [][]byte{delta(all), []byte("[DONE]")}, bench.ErrNoEnd},
		{"no terminal event and a gap", [][]byte{delta(text(0)), delta(text(2))}, bench.ErrNoEnd},
		{"a gap", [][]byte{delta(text(0)), delta(text(2)), done("")}, bench.ErrLost},
		{"nothing but an end", [][]byte{done("")}, bench.ErrLost},
		{"nothing", nil, bench.ErrNoEnd},
		{"the first fault names it", [][]byte{delta(text(1)), delta(text(0)), delta(text(0)), done("")}, bench.ErrReordered},
	} {
		if class := check(NewChecker(Responses, shape), tc.events); class != tc.want {
			t.Errorf("%s: %q, want %q", tc.name, class, tc.want)
		}
	}
}

// stamped are the payloads of a stream whose first chunk was sent at the given
// time and every later one a nanosecond after the one before.
func stamped(t testing.TB, api API, shape Shape, first int64) (events [][]byte) {
	for _, f := range Frames(api, shape) {
		for _, slot := range f.Slots {
			stamp := NewStamp(first + int64(slot.Chunk))
			stamp.Put(f.Bytes, slot.Offset)
		}
		events = append(events, payload(t, f))
	}
	return events
}

// Checkers share what they compare with, also when their streams take turns.
func TestCheckersTakeTurns(t *testing.T) {
	shape := Shape{AnswerBytes: 1024, Chunks: 5, ChunkBytes: 40}
	for _, api := range All() {
		one := NewChecker(api, shape)
		two := one.Another()
		ones, twos := stamped(t, api, shape, 100), stamped(t, api, shape, 2000)
		var sentOne, sentTwo []int64
		for i := range ones {
			_, sent, fault := one.Event(ones[i])
			sentOne = append(sentOne, sent...)
			_, sent, faultTwo := two.Event(twos[i])
			sentTwo = append(sentTwo, sent...)
			if fault != "" || faultTwo != "" {
				t.Errorf("%s: event %d: %q and %q", api, i, fault, faultTwo)
			}
		}
		if one.End() != "" || two.End() != "" {
			t.Errorf("%s: ends with %q and %q", api, one.End(), two.End())
		}
		if !slices.Equal(sentOne, []int64{100, 101, 102, 103, 104}) || !slices.Equal(sentTwo, []int64{2000, 2001, 2002, 2003, 2004}) {
			t.Errorf("%s: sent at %v and %v", api, sentOne, sentTwo)
		}
	}
}

// Comparing an event with what was sent spares reading it and says the same.
func TestComparingSaysWhatReadingSays(t *testing.T) {
	shape := Shape{AnswerBytes: 1024, Chunks: 3, ChunkBytes: 40}
	for _, api := range All() {
		comparing, reading := NewChecker(api, shape), NewChecker(api, shape)
		reading.sent = nil
		events := stamped(t, api, shape, 100)
		for _, data := range events {
			for at := range data {
				data[at] ^= 1
				if got, want := check(comparing, events), check(reading, events); got != want {
					t.Errorf("%s: with another byte %d in %q: %q, reading says %q", api, at, data, got, want)
				}
				data[at] ^= 1
			}
		}
	}
}

func TestCheckerAllocatesNothing(t *testing.T) {
	for _, api := range All() {
		events, c := payloads(t, api, DefaultShape()), NewChecker(api, DefaultShape())
		if n := testing.AllocsPerRun(10, func() { check(c, events) }); n != 0 {
			t.Errorf("%s: %g allocations a stream", api, n)
		}
	}
}

func FuzzChecker(f *testing.F) {
	shape := Shape{AnswerBytes: 1024, Chunks: 3, ChunkBytes: 40}
	for i, api := range All() {
		f.Add(byte(i), bytes.Join(payloads(f, api, shape), []byte{'\n'}))
	}
	f.Fuzz(func(t *testing.T, api byte, stream []byte) {
		c := NewChecker(All()[int(api)%len(All())], shape)
		chunks := 0
		for data := range bytes.SplitSeq(stream, []byte{'\n'}) {
			_, sent, _ := c.Event(data)
			chunks += len(sent)
		}
		if chunks > shape.Chunks || c.End() == "" && chunks != shape.Chunks {
			t.Errorf("%d chunks, end %q", chunks, c.End())
		}
	})
}

func TestCheckJSON(t *testing.T) {
	want := []byte(`{"a":1,"b":[true,null],"c":"text"}`)
	for _, tc := range []struct{ got, message string }{
		{`{"a":1,"b":[true,null],"c":"text"}`, ""},
		{"{\"c\": \"text\",\n\"b\": [true, null], \"a\": 1.0}\n", ""},
		{`{"a":1,"b":[true,null],"c":"best"}`, `other values: 34 bytes, expected 34, first difference at offset 28: "best\"}"`},
		{`{"a":1,"b":[true,nu`, `expecting 'l'): 19 bytes, expected 34, first difference at offset 19: ""`},
		{``, `not JSON`},
		{`<html>`, `not JSON`},
		{string(want) + "x", `not JSON`},
	} {
		err := CheckJSON([]byte(tc.got), want)
		if (err == nil) != (tc.message == "") || err != nil && !strings.Contains(err.Error(), tc.message) {
			t.Errorf("%q: %v, want %q", tc.got, err, tc.message)
		}
	}
}

func BenchmarkChecker(b *testing.B) {
	for _, api := range All() {
		b.Run(fmt.Sprintf("%s/20x64B", api), func(b *testing.B) {
			events, c := payloads(b, api, DefaultShape()), NewChecker(api, DefaultShape())
			b.ReportAllocs()
			for b.Loop() {
				if class := check(c, events); class != "" {
					b.Fatal(class)
				}
			}
		})
	}
}

func BenchmarkParseMark(b *testing.B) {
	data := payloads(b, Responses, DefaultShape())[6]
	b.ReportAllocs()
	for b.Loop() {
		if _, _, _, ok := ParseMark(data); !ok {
			b.Fatal("no mark")
		}
	}
}
