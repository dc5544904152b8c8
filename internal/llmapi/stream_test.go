package llmapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

var shapes = []Shape{
	{AnswerBytes: 700, Chunks: 1, ChunkBytes: MarkBytes},
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

func payloads(t testing.TB, api API, shape Shape) [][]byte {
	t.Helper()
	var all [][]byte
	for _, f := range Frames(api, shape) {
		all = append(all, payload(t, f))
	}
	return all
}

func TestFramesSlots(t *testing.T) {
	for _, api := range All() {
		for _, shape := range shapes {
			deltas := 0
			for _, f := range Frames(api, shape) {
				if f.Kind == Delta {
					deltas++
				}
				if n := bytes.Count(f.Bytes, []byte{markSplit}); n != len(f.Slots) {
					t.Fatalf("%s %+v: %d marks, %d slots", api, shape, n, len(f.Slots))
				}
				for _, slot := range f.Slots {
					stamp := NewStamp(int64(1e18) + int64(slot.Chunk))
					stamp.Put(f.Bytes, slot.Offset)
				}
				rest := f.Bytes
				for _, slot := range f.Slots {
					chunk, sent, after, ok := ParseMark(rest)
					if !ok || chunk != slot.Chunk || sent != int64(1e18)+int64(chunk) {
						t.Fatalf("%s %+v: slot %+v reads as chunk %d at %d, %t", api, shape, slot, chunk, sent, ok)
					}
					rest = after
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
			for _, at := range []int{0, len(body) / 2, len(body) - 1} {
				damaged := bytes.Clone(body)
				damaged[at] ^= 1
				if CheckJSON(damaged, body) == nil || CheckJSON(body[:at], body) == nil {
					t.Errorf("%s: an answer of %d bytes is right with a wrong byte %d, or cut there", api, size, at)
				}
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
		{Shape{1024, 1, MarkBytes - 1}, "its mark alone takes 28"},
		{Shape{1024, 1 << 19, 64}, "at most 16777216 bytes of text"},
	} {
		err := tc.shape.Validate(Chat)
		if (err == nil) != (tc.want == "") || err != nil && !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%+v: %v, want %q", tc.shape, err, tc.want)
		}
	}
}

func TestParseMark(t *testing.T) {
	const mark = "~000007@0000000000000012345~"
	for _, tc := range []struct {
		in, rest string
		ok       bool
	}{
		{mark, "", true},
		{"ab~c~~" + mark + "text~x", "text~x", true},
		{"~00000x@0000000000000012345" + mark + "r", "r", true},
		{mark[:27], "", false},
		{"~000007@9999999999999999999~", "", false}, // beyond int64
		{"~000007:0000000000000012345~", "", false},
		{"", "", false},
	} {
		chunk, sent, rest, ok := ParseMark([]byte(tc.in))
		if ok != tc.ok || string(rest) != tc.rest || ok && (chunk != 7 || sent != 12345) {
			t.Errorf("%q: chunk %d, sent %d, rest %q, %t", tc.in, chunk, sent, rest, ok)
		}
	}
}

func FuzzParseMark(f *testing.F) {
	f.Add([]byte("x~000007@0000000000000012345~abc"))
	f.Add([]byte("~~~~~~~~@@@@@@@~0000009223372036854775808~"))
	f.Fuzz(func(t *testing.T, data []byte) {
		for rest := data; ; {
			chunk, sent, after, ok := ParseMark(rest)
			if !ok {
				return
			}
			if chunk < 0 || chunk >= MaxChunks || sent < 0 || len(after) > len(rest)-MarkBytes {
				t.Fatalf("chunk %d, sent %d, %d bytes after %d", chunk, sent, len(after), len(rest))
			}
			again := appendMark(nil, chunk)
			stamp := NewStamp(sent)
			stamp.Put(again, timeOffset)
			if at := len(rest) - len(after) - MarkBytes; !bytes.Equal(rest[at:at+MarkBytes], again) {
				t.Fatalf("%q written again is %q", rest[at:at+MarkBytes], again)
			}
			rest = after
		}
	})
}
