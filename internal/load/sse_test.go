package load

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// split feeds in to the parser in pieces and collects the events' names and data.
func split(in string, piece int) (got []string, err error) {
	var e Events
	e.Reset()
	for len(in) > 0 {
		n := min(piece, len(in))
		rest := []byte(in[:n])
		in = in[n:]
		for {
			name, data, left, ok, err := e.Next(rest)
			if err != nil {
				return got, err
			}
			if !ok {
				break
			}
			got, rest = append(got, named(string(name), string(data))), left
		}
	}
	return got, nil
}

// named is an event as these tests write it.
func named(name, data string) string {
	if name == "" {
		return data
	}
	return name + "=" + data
}

func TestEvents(t *testing.T) {
	long := strings.Repeat("x", 70<<10)
	for _, tc := range []struct {
		name, in string
		want     []string
	}{
		{"one", "data: a\n\n", []string{"a"}},
		{"CRLF", "data: a\r\n\r\ndata: b\r\n\r\n", []string{"a", "b"}},
		{"CR", "data: a\r\rdata: b\r\r", []string{"a", "b"}},
		{"mixed line ends", "data: a\rdata: b\r\ndata: c\n\r\ndata: d\n\r", []string{"a\nb\nc", "d"}},
		{"no space, two spaces", "data:a\n\ndata:  b\n\n", []string{"a", " b"}},
		{"comments and other fields", ": hi\nid: 1\nretry: 5\ndata: a\n:\n\n", []string{"a"}},
		{"names", "event: x\ndata: a\n\ndata: b\nevent:y\nevent: z\n\ndata: c\n\n", []string{"x=a", "z=b", "c"}},
		{"a name without a value", "event: x\nevent\ndata: a\n\n", []string{"a"}},
		{"the name of an event without data", "event: x\n\ndata: a\n\n", []string{"a"}},
		{"a field that starts with event", "events: x\ndata: a\n\n", []string{"a"}},
		{"several data lines", "data: a\ndata\ndata: b\n\n", []string{"a\n\nb"}},
		{"no data, no event", "event: ping\n\n\n\ndata: a\n\n", []string{"a"}},
		{"empty data is an event", "data:\n\n", []string{""}},
		{"byte-order mark", "\xEF\xBB\xBFdata: a\n\n", []string{"a"}},
		{"a field that starts with data", "database: a\n\n", nil},
		{"unfinished is dropped", "data: a\n\ndata: b\n", []string{"a"}},
		{"long line", "data: " + long + "\n\n", []string{long}},
	} {
		for _, piece := range []int{1, 2, 3, 7, 1 << 20} {
			t.Run(fmt.Sprint(tc.name, " by ", piece), func(t *testing.T) {
				got, err := split(tc.in, piece)
				if err != nil || !slices.Equal(got, tc.want) {
					t.Errorf("got %.80q, %v; want %.80q", got, err, tc.want)
				}
			})
		}
	}
}

func TestEndlessEvent(t *testing.T) {
	for _, in := range []string{strings.Repeat("x", maxEvent+2<<20), strings.Repeat("data: 0123456789\n", maxEvent/10)} {
		if _, err := split(in, 1<<20); !errors.Is(err, errEventTooLong) {
			t.Errorf("%.20q…: %v", in, err)
		}
	}
}

// reference is the standard's algorithm written for clearness on whole strings.
func reference(in string) (got []string) {
	in = strings.TrimPrefix(in, "\xEF\xBB\xBF")
	lines := regexp.MustCompile("\r\n|\r|\n").Split(in, -1)
	data, name := "", ""
	for _, line := range lines[:len(lines)-1] { // the last has no end
		field, value, _ := strings.Cut(line, ":")
		switch {
		case line == "":
			if data != "" {
				got = append(got, named(name, strings.TrimSuffix(data, "\n")))
			}
			data, name = "", ""
		case field == "event":
			name = strings.TrimPrefix(value, " ")
		case field == "data":
			data += strings.TrimPrefix(value, " ") + "\n"
		}
	}
	return got
}

func FuzzEvents(f *testing.F) {
	f.Add("event: a\r\ndata: b\n\ndata\r\r", uint8(3))
	f.Add("\xEF\xBB\xBFdata: {\"x\":1}\n\ndata: [DONE]\n\n", uint8(1))
	f.Add(": c\n\rdata:a\rdata:b\n\n\n", uint8(200))
	f.Fuzz(func(t *testing.T, in string, piece uint8) {
		want := reference(in)
		got, err := split(in, int(piece)+1)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("got %q, %v; want %q", got, err, want)
		}
	})
}
