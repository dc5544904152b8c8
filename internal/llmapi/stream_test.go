package llmapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var shapes = []Shape{
	{AnswerBytes: 750, Chunks: 1, ChunkBytes: MarkBytes},
	{AnswerBytes: 1024, Chunks: 2, ChunkBytes: MarkBytes + 1},
	DefaultShape(),
	{AnswerBytes: 40000, Chunks: 65, ChunkBytes: 200},
	{AnswerBytes: 1 << 20, Chunks: 3, ChunkBytes: MarkBytes + 16381}, // a whole turn of the corpus
	{AnswerBytes: 1001, Chunks: 3, ChunkBytes: 50000},
}

// payload is the data of a frame, as an SSE parser hands it on.
func payload(t testing.TB, f Frame) []byte {
	t.Helper()
	_, data, ok := bytes.Cut(f.Bytes, []byte("data: "))
	data, ended := bytes.CutSuffix(data, []byte("\n\n"))
	if !ok || !ended || bytes.ContainsAny(data, "\r\n") {
		t.Fatalf("not one data line: %q", f.Bytes)
	}
	return data
}

func streamOf(shape Shape) Stream { return Stream{Shape: shape} }

// marks are the numbers and times of all chunks in data, in order.
func marks(data []byte) (chunks []int, sent []int64) {
	for i := range data {
		if chunk, ns, ok := parseMark(data[i:]); ok {
			chunks, sent = append(chunks, chunk), append(sent, ns)
		}
	}
	return chunks, sent
}

func TestFramesSlots(t *testing.T) {
	for _, api := range All() {
		for _, shape := range shapes {
			deltas := 0
			for _, f := range Frames(api, streamOf(shape)) {
				if f.Kind == Delta {
					deltas++
				}
				for _, slot := range f.Slots {
					stamp := NewStamp(int64(1e18) + int64(slot.Chunk))
					stamp.Put(f.Bytes, slot.Offset)
				}
				chunks, sent := marks(f.Bytes)
				if len(chunks) != len(f.Slots) {
					t.Fatalf("%s %+v: %d marks, %d slots", api, shape, len(chunks), len(f.Slots))
				}
				for i, slot := range f.Slots {
					if chunks[i] != slot.Chunk || sent[i] != int64(1e18)+int64(slot.Chunk) {
						t.Fatalf("%s %+v: slot %+v reads as chunk %d at %d", api, shape, slot, chunks[i], sent[i])
					}
				}
			}
			if deltas != shape.Chunks {
				t.Errorf("%s %+v: %d deltas", api, shape, deltas)
			}
		}
	}
}

func TestChunkTextsDiffer(t *testing.T) {
	for _, n := range []int{16, 64, 8190, 8191, len(corpus) - 1, len(corpus), 2 * len(corpus)} {
		seen := map[string]bool{}
		for chunk := range 50 {
			text := string(appendCorpus(nil, chunkStart(chunk, n), n))
			if len(text) != n || seen[text] {
				t.Errorf("chunk %d of %d bytes: %d bytes, repeated %t", chunk, n, len(text), seen[text])
			}
			seen[text] = true
		}
	}
}

func TestJSONAnswer(t *testing.T) {
	for _, api := range All() {
		for _, size := range []int{MinAnswerBytes(api), MinAnswerBytes(api) + 1, 999, 1000, 1001, 4096, 100 << 10} {
			shape := Shape{AnswerBytes: size, Chunks: 1, ChunkBytes: MarkBytes}
			if size < MinAnswerBytes(api) {
				continue
			}
			if err := shape.Validate(api); err != nil {
				t.Fatal(err)
			}
			body := JSONAnswer(api, shape)
			if len(body) != size {
				t.Errorf("%s: %d bytes, want %d", api, len(body), size)
			}
			var v map[string]any
			if err := json.Unmarshal(body, &v); err != nil || v["usage"] == nil || v["id"] == nil {
				t.Errorf("%s %d: %v in %s", api, size, err, body)
			}
		}
	}
}

func TestValidate(t *testing.T) {
	good := DefaultShape()
	for _, tc := range []struct {
		shape Shape
		want  string
	}{
		{good, ""},
		{Shape{10, 1, 64}, fmt.Sprintf("needs at least %d", MinAnswerBytes(Chat))},
		{Shape{17 << 20, 1, 64}, "too large"},
		{Shape{1024, 0, 64}, "use 1 to 1000000"},
		{Shape{1024, 1000001, 64}, "use 1 to 1000000"},
		{Shape{1024, 1, MarkBytes - 1}, "its mark alone takes 36"},
		{Shape{1024, 1 << 19, 64}, "at most 16777216 bytes of text"},
	} {
		err := tc.shape.Validate(Chat)
		if (err == nil) != (tc.want == "") || err != nil && !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%+v: %v, want %q", tc.shape, err, tc.want)
		}
	}
}

func TestParseMark(t *testing.T) {
	const mark = "babab badog babab babab babab gabun "
	for _, tc := range []struct {
		in string
		ok bool
	}{
		{mark, true},
		{mark + "text", true},
		{"x" + mark, false},
		{mark[:35], false},
		{mark[:35] + "x", false},
		{"zuzuz" + mark[5:11] + " " + "zuzuz zuzuz zuzuz zuzuz ", false}, // beyond int64
		{strings.Replace(mark, " b", "-b", 1), false},
		{strings.Replace(mark, "o", "e", 1), false},
		{strings.Replace(mark, "badog", "ibado", 1), false},
		{"", false},
	} {
		chunk, sent, ok := parseMark([]byte(tc.in))
		if ok != tc.ok || ok && (chunk != 99 || sent != 12345) {
			t.Errorf("%q: chunk %d, sent %d, %t", tc.in, chunk, sent, ok)
		}
	}
}

func FuzzParseMark(f *testing.F) {
	f.Add([]byte("babab badog babab babab babab gabun abc"))
	f.Add([]byte("zuzuz zuzuz zuzuz zuzuz zuzuz zuzuz "))
	f.Fuzz(func(t *testing.T, data []byte) {
		chunk, sent, ok := parseMark(data)
		if !ok {
			return
		}
		again := appendMark(nil, chunk)
		stamp := NewStamp(sent)
		stamp.Put(again, TimeOffset)
		if chunk < 0 || sent < 0 || !bytes.Equal(data[:MarkBytes], again) {
			t.Fatalf("%q is chunk %d at %d, and that written again is %q", data[:MarkBytes], chunk, sent, again)
		}
	})
}

// secret is what a filter of a gateway takes for the number of a card or a key.
var secret = regexp.MustCompile(`[0-9]{11}|sk-|@`)

// Nothing in an answer looks like what filters cut out, whatever its ID and the
// times in it, and no two answers are equal.
func TestAnswersHoldNoSecrets(t *testing.T) {
	seen := map[string]bool{}
	for n := range 60 {
		for _, api := range All() {
			id, stamp := NewID(uint64(n)*0x9E3779B97F4A7C15), NewStamp(int64(n)*7654321987)
			body := JSONAnswer(api, DefaultShape())
			for _, offset := range IDs(body) {
				id.Put(body, offset)
			}
			for _, f := range Frames(api, streamOf(DefaultShape())) {
				for _, offset := range f.IDs {
					id.Put(f.Bytes, offset)
				}
				for _, slot := range f.Slots {
					stamp.Put(f.Bytes, slot.Offset)
				}
				body = append(body, f.Bytes...)
			}
			if found := secret.Find(body); found != nil {
				t.Fatalf("%s: %q", api, found)
			}
			if seen[string(body)] {
				t.Fatalf("%s: answer %d came before", api, n)
			}
			seen[string(body)] = true
		}
	}
}

// The names of an answer are those of its kind, in every part of it.
func TestAnswersHaveNames(t *testing.T) {
	prefixes := map[API][]string{Responses: {"resp_", "msg_"}, Chat: {"chatcmpl-"}, Messages: {"msg_"}}
	for _, api := range All() {
		answers := [][]byte{JSONAnswer(api, DefaultShape())}
		for _, f := range Frames(api, streamOf(DefaultShape())) {
			answers = append(answers, f.Bytes)
		}
		for _, answer := range answers {
			names := regexp.MustCompile(`id":"([a-z]+[-_])[a-z]*"`).FindAllSubmatch(answer, -1)
			if len(names) != len(IDs(answer)) {
				t.Errorf("%s: %d names and %d places for an ID in %s", api, len(names), len(IDs(answer)), answer)
			}
			for _, name := range names {
				if !slices.Contains(prefixes[api], string(name[1])) {
					t.Errorf("%s: a name begins with %s", api, name[1])
				}
			}
		}
	}
}

func BenchmarkParseMark(b *testing.B) {
	mark := appendMark(nil, 12)
	b.ReportAllocs()
	for b.Loop() {
		if _, _, ok := parseMark(mark); !ok {
			b.Fatal("no mark")
		}
	}
}

// parseMark reads the mark that text begins with.
func parseMark(text []byte) (chunk int, sentNS int64, ok bool) {
	if len(text) < MarkBytes || text[MarkBytes-1] != ' ' {
		return 0, 0, false
	}
	stamp := Stamp(text[TimeOffset:])
	sentNS, okTime := stamp.Parse()
	chunk, ok = ParseNumber(text)
	return chunk, sentNS, ok && okTime
}
