package main

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

// apiStream is one stream as a backend sends it.
type apiStream struct {
	events []string
	second int   // index of the second delta event
	ends   []int // of the events that end it
}

var apiStreams = map[string]apiStream{
	"responses": {[]string{
		"event: response.created\ndata: {\"type\":\"response.created\",\"text\":\"a \\\"delta\\\" in prose\"}\n\n",
		"event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\",\"delta\":\"one\"}\n\n",
		"event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\",\"delta\":\"two\"}\n\n",
		"event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\",\"delta\":\"three\"}\n\n",
		"event: response.completed\ndata: {\"type\":\"response.completed\"}\n\n",
		"data: [DONE]\n\n",
	}, 2, []int{4, 5}},
	"chat": {[]string{
		"data: {\"choices\":[{\"delta\":{\"role\":\"assistant\"}}]}\n\n",
		"data: {\"choices\":[{\"delta\":{\"content\":\"one\"}}]}\n\n",
		"data: {\"choices\":[{\"delta\":{\"content\":\"two\"}}]}\n\n",
		"data: [DONE]\n\n",
	}, 1, []int{3}},
	"messages, CRLF": {[]string{
		"event: message_start\r\ndata: {\"type\":\"message_start\"}\r\n\r\n",
		"event: content_block_delta\r\ndata: {\"type\":\"content_block_delta\",\"delta\":{\"text\":\"one\"}}\r\n\r\n",
		"event: content_block_delta\r\ndata: {\"type\":\"content_block_delta\",\"delta\":{\"text\":\"two\"}}\r\n\r\n",
		"event: content_block_delta\r\ndata: {\"type\":\"content_block_delta\",\"delta\":{\"text\":\"three\"}}\r\n\r\n",
		"event: message_stop\r\ndata: {\"type\":\"message_stop\"}\r\n\r\n",
	}, 2, []int{4}},
}

// damage is what each fault on chunks should make of a stream.
var damage = map[string]func(s apiStream) []string{
	"drop-chunk": func(s apiStream) []string {
		return slices.Delete(slices.Clone(s.events), s.second, s.second+1)
	},
	"double-chunk": func(s apiStream) []string {
		return slices.Insert(slices.Clone(s.events), s.second, s.events[s.second])
	},
	"reorder-chunks": func(s apiStream) []string {
		events := slices.Clone(s.events)
		events[s.second], events[s.second+1] = events[s.second+1], events[s.second]
		return events
	},
	"merge-chunks": func(s apiStream) []string {
		events := slices.Clone(s.events)
		lines := strings.SplitAfter(events[s.second], "\n") // the last one is empty, the one before it blank
		events[s.second] = strings.Join(lines[:len(lines)-2], "")
		return events
	},
	"lose-end": func(s apiStream) []string {
		return s.events[:len(s.events)-len(s.ends)]
	},
}

func TestChunkFaults(t *testing.T) {
	cuts := map[string]func(io.Reader) io.Reader{
		"whole":         func(r io.Reader) io.Reader { return r },
		"byte by byte":  iotest.OneByteReader,
		"half":          iotest.HalfReader,
		"data with EOF": iotest.DataErrReader,
	}
	for fault, damaged := range damage {
		for api, stream := range apiStreams {
			for cut, reader := range cuts {
				t.Run(fault+"/"+api+"/"+cut, func(t *testing.T) {
					want := strings.Join(damaged(stream), "")
					got := throughFault(t, fault, reader(strings.NewReader(strings.Join(stream.events, ""))))
					if got != want {
						t.Errorf("got\n%s\nwant\n%s", got, want)
					}
				})
			}
		}
	}
}

// A stream that is cut before anything could be damaged is handed on as it came.
func TestChunkFaultsHandOnACutStream(t *testing.T) {
	for fault := range damage {
		for _, cut := range []string{
			"",
			"data: {\"delta\":\"one\"}\n\ndata: {\"delta\":\"tw",
			"data: {\"delta\":\"one\"}\n\n",
		} {
			if got := throughFault(t, fault, strings.NewReader(cut)); got != cut {
				t.Errorf("%s: got %q, want %q", fault, got, cut)
			}
		}
	}
}

// The second delta has no event after it to change places or be merged with.
func TestChunkFaultsAtTheEnd(t *testing.T) {
	const one, two = "data: {\"delta\":\"one\"}\n\n", "data: {\"delta\":\"two\"}\n\n"
	for fault, want := range map[string]string{
		"drop-chunk":     one,
		"double-chunk":   one + two + two,
		"reorder-chunks": one + two,
		"merge-chunks":   one + strings.TrimSuffix(two, "\n"),
	} {
		if got := throughFault(t, fault, strings.NewReader(one+two)); got != want {
			t.Errorf("%s: got %q, want %q", fault, got, want)
		}
	}
}

func TestChunkFaultsMendTheLength(t *testing.T) {
	upstream := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		w.Header().Set("Content-Length", fmt.Sprint(len(events(3))))
		io.WriteString(w, events(3))
	})
	for fault, want := range map[string]string{
		"drop-chunk":   "data: {\"delta\":0}\n\ndata: {\"delta\":2}\n\n",
		"double-chunk": "data: {\"delta\":0}\n\ndata: {\"delta\":1}\n\ndata: {\"delta\":1}\n\ndata: {\"delta\":2}\n\n",
	} {
		if got := readAll(t, post(t, startGateway(t, upstream, fault)).Body); got != want {
			t.Errorf("%s: got %q, want %q", fault, got, want)
		}
	}
}

func TestChunkFaultsHitTheirShare(t *testing.T) {
	for fault := range damage {
		base := startGateway(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/event-stream")
			io.WriteString(w, events(3)+"data: [DONE]\n\n")
		}), fault+"=25%")
		var damaged []int
		for i := 1; i <= 8; i++ {
			if readAll(t, post(t, base).Body) != events(3)+"data: [DONE]\n\n" {
				damaged = append(damaged, i)
			}
		}
		if !slices.Equal(damaged, []int{4, 8}) {
			t.Errorf("%s=25%%: streams %v are damaged, want 4 and 8", fault, damaged)
		}
	}
}

// throughFault returns what a fault on streams makes of a body.
func throughFault(t *testing.T, text string, body io.Reader) string {
	t.Helper()
	f, err := parseFault(text)
	if err != nil {
		t.Fatal(err)
	}
	g := &gateway{}
	f.installIn(g)
	response := &http.Response{
		Header: http.Header{"Content-Type": {"text/event-stream; charset=utf-8"}},
		Body:   io.NopCloser(body),
	}
	if err := g.modifyResponse(response); err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(got)
}
