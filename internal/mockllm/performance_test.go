package mockllm

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/exchange"
	"github.com/org/proxy-bench-action/internal/judge"
	"github.com/org/proxy-bench-action/internal/llmapi"
)

// performing is a mock process that answers by a script with the number 1.
func performing(t *testing.T, plays ...exchange.Play) *Process {
	t.Helper()
	p := start(t, plain())
	if err := p.Perform(t.Context(), exchange.Script{Number: 1, Plays: plays}); err != nil {
		t.Fatal(err)
	}
	return p
}

// asked is the body of a request for the answer of a number, 0 for none.
func asked(t *testing.T, api llmapi.API, mode bench.Mode, number int) []byte {
	t.Helper()
	body, err := llmapi.RequestBody(api, llmapi.Ask{Mode: mode, Size: 2000, Answer: number})
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// answered is the answer to a request, as far as it came.
func answered(t *testing.T, client *http.Client, url string, api llmapi.API, body []byte, headers ...string) (*http.Response, []byte, error) {
	t.Helper()
	req, err := http.NewRequest(http.MethodPost, url+api.Path(), bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	return resp, got, err
}

// plainly is answered over HTTP/1.1.
func plainly(t *testing.T, p *Process, api llmapi.API, mode bench.Mode) (*http.Response, []byte, error) {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	return answered(t, client, "http://"+p.Addr, api, asked(t, api, mode, 1))
}

// received are the requests for the script, when all have ended.
func received(t *testing.T, p *Process) []exchange.Received {
	t.Helper()
	for until := time.Now().Add(5 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		heard, err := p.Received(t.Context(), 1)
		if err != nil {
			t.Fatal(err)
		}
		open := false
		for _, r := range heard.Requests {
			open = open || r.Ended == 0
		}
		if !open || time.Now().After(until) {
			return heard.Requests
		}
	}
}

// TestPerformsOverEveryProtocol: what is asked over HTTP/1.1, HTTP/2 and TLS is recorded.
func TestPerformsOverEveryProtocol(t *testing.T) {
	p := performing(t)
	h2c := &http.Transport{Protocols: protocols(func(p *http.Protocols) { p.SetUnencryptedHTTP2(true) })}
	h2 := secure(t, p.CA)
	h2.Protocols = protocols(func(p *http.Protocols) { p.SetHTTP2(true) })
	for _, c := range []struct {
		transport *http.Transport
		url, want string
	}{
		{&http.Transport{}, "http://" + p.Addr, "HTTP/1.1"},
		{h2c, "http://" + p.Addr, "HTTP/2.0"},
		{secure(t, p.CA), "https://" + p.TLSAddr, "HTTP/1.1"},
		{h2, "https://" + p.TLSAddr, "HTTP/2.0"},
	} {
		if err := p.Perform(t.Context(), exchange.Script{Number: 1}); err != nil {
			t.Fatal(err)
		}
		client := &http.Client{Transport: c.transport}
		body := asked(t, llmapi.Responses, bench.SSE, 1)
		for range 2 {
			_, got, err := answered(t, client, c.url, llmapi.Responses, body, "X-Own", "1")
			if err != nil {
				t.Fatal(err)
			}
			checkStream(t, llmapi.Responses, llmapi.DefaultShape(), bytes.NewReader(got))
		}
		c.transport.CloseIdleConnections()
		all := received(t, p)
		if len(all) != 2 || all[0].Connection != all[1].Connection {
			t.Fatalf("%s: %+v", c.want, all)
		}
		r := all[0]
		if r.Proto != c.want || !bytes.Equal(r.Body, body) || !r.Whole || !r.Stream || r.Gone || http.Header(r.Headers).Get("X-Own") != "1" || http.Header(r.Headers).Get("Host") == "" {
			t.Errorf("%s: %+v", c.want, r)
		}
	}
}

// TestPerformsForCompressed: a gzip'd request is recorded as what it says, and that it
// was compressed.
func TestPerformsForCompressed(t *testing.T) {
	p := performing(t)
	body := asked(t, llmapi.Chat, bench.JSON, 1)
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, err := z.Write(body)
	if err := errors.Join(err, z.Close()); err != nil {
		t.Fatal(err)
	}
	resp, got, err := answered(t, http.DefaultClient, "http://"+p.Addr, llmapi.Chat, packed.Bytes(), "Content-Encoding", "gzip")
	if err != nil || resp.StatusCode != 200 {
		t.Fatalf("%d %s %v", resp.StatusCode, got, err)
	}
	all := received(t, p)
	if len(all) != 1 || !bytes.Equal(all[0].Body, body) || http.Header(all[0].Headers).Get("Content-Encoding") != "gzip" {
		t.Errorf("%+v", all)
	}
}

// TestAnswersHaveIDs: the answers to a request that comes twice belong to it and differ.
func TestAnswersHaveIDs(t *testing.T) {
	p := performing(t)
	_, one, _ := plainly(t, p, llmapi.Chat, bench.JSON)
	_, two, _ := plainly(t, p, llmapi.Chat, bench.JSON)
	if bytes.Equal(one, two) {
		t.Error("two answers are equal")
	}
	if err := checkJSON(llmapi.Chat, llmapi.DefaultShape(), one); err != nil {
		t.Error(err)
	}
}

// TestPlaysTakeTurns: each request gets the next play, and the last one stays.
func TestPlaysTakeTurns(t *testing.T) {
	p := performing(t, exchange.Play{Status: 429, Headers: map[string]string{"Retry-After": "2"}}, exchange.Play{Status: 503}, exchange.Play{})
	var statuses []int
	for range 4 {
		resp, body, _ := plainly(t, p, llmapi.Messages, bench.SSE)
		statuses = append(statuses, resp.StatusCode)
		if after := resp.Header.Get("Retry-After"); (resp.StatusCode == 429) != (after == "2") {
			t.Errorf("%d has Retry-After %q", resp.StatusCode, after)
		}
		if resp.StatusCode != 200 && !json.Valid(body) {
			t.Errorf("%s", body)
		}
	}
	if want := []int{429, 503, 200, 200}; !reflect.DeepEqual(statuses, want) {
		t.Errorf("%v, want %v", statuses, want)
	}
}

// TestPlaysFail: an answer is cut, or a stream ends with an error event, as each API has
// it.
func TestPlaysFail(t *testing.T) {
	for _, api := range llmapi.All() {
		for _, mode := range []bench.Mode{bench.JSON, bench.SSE} {
			_, got, err := plainly(t, performing(t, exchange.Play{Cut: true}), api, mode)
			if !errors.Is(err, io.ErrUnexpectedEOF) || len(got) == 0 {
				t.Errorf("%s %s: cut: %d bytes, %v", api, mode, len(got), err)
			}
		}
		p := performing(t, exchange.Play{ErrorEvent: true})
		_, got, err := plainly(t, p, api, bench.SSE)
		if err != nil {
			t.Errorf("%s: error event: %v", api, err)
		}
		if fault := judged(api, got); fault == nil || fault.Class != bench.ErrFailed || !strings.Contains(fault.Detail, "on purpose") {
			t.Errorf("%s: error event: %+v", api, fault)
		}
		if chunks, _ := marks(got); len(chunks) != llmapi.DefaultShape().Chunks/2 {
			t.Errorf("%s: %d chunks before the error event", api, len(chunks))
		}
		if all := received(t, p); len(all) != 1 || all[0].Gone || all[0].Written != int64(len(got)) {
			t.Errorf("%s: %+v", api, all)
		}
	}
}

// judged is what an official SDK makes of a stream.
func judged(api llmapi.API, stream []byte) *judge.Fault {
	c := judge.New(api).Stream(llmapi.Stream{Shape: llmapi.DefaultShape()})
	for event := range strings.SplitSeq(strings.TrimSpace(string(stream)), "\n\n") {
		name, data, named := strings.Cut(event, "\n")
		if !named {
			name, data = "", event
		}
		_, _, _ = c.Event([]byte(strings.TrimPrefix(name, "event: ")), []byte(strings.TrimPrefix(data, "data: ")))
	}
	return c.End()
}

// TestPlaysCallTools: answers that call a tool, whole and as a stream.
func TestPlaysCallTools(t *testing.T) {
	for _, api := range llmapi.All() {
		p := performing(t, exchange.Play{ToolCall: true})
		_, got, _ := plainly(t, p, api, bench.JSON)
		if fault := judge.NewCall(api).Body(got); fault != nil {
			t.Errorf("%s: %+v", api, fault)
		}
		_, got, _ = plainly(t, p, api, bench.SSE)
		c := judge.NewCall(api)
		for event := range strings.SplitSeq(strings.TrimSpace(string(got)), "\n\n") {
			_, data, _ := strings.Cut(event, "data: ")
			c.Event([]byte(data))
		}
		if fault := c.End(); fault != nil {
			t.Errorf("%s: stream: %+v", api, fault)
		}
	}
}

// TestPlaysTakeTheirTime: silence, first event, interval and pause, each where it is.
func TestPlaysTakeTheirTime(t *testing.T) {
	const unit = 40 * time.Millisecond
	shape := llmapi.Shape{AnswerBytes: 1024, Chunks: 4, ChunkBytes: 64}
	p := performing(t, exchange.Play{Shape: shape, Silence: unit, FirstEvent: unit, Interval: unit, Pause: 3 * unit, PauseBefore: 2})
	_, got, err := plainly(t, p, llmapi.Chat, bench.SSE)
	if err != nil {
		t.Fatal(err)
	}
	_, sent := marks(got)
	r := received(t, p)[0]
	last := int64(r.At)
	for i, want := range []time.Duration{2 * unit, unit, 4 * unit, unit} {
		if gap := time.Duration(sent[i] - last); gap < want-unit/4 || gap > want+unit*3/4 {
			t.Errorf("chunk %d came after %v, want %v", i, gap, want)
		}
		last = sent[i]
	}
}

// TestSeesWhoGoes: the backend sees that its client went away, and when.
func TestSeesWhoGoes(t *testing.T) {
	for _, mode := range []bench.Mode{bench.JSON, bench.SSE} {
		p := performing(t, exchange.Play{Silence: time.Minute})
		client := &http.Client{Timeout: 50 * time.Millisecond}
		_, err := client.Post("http://"+p.Addr+llmapi.Chat.Path(), "application/json", bytes.NewReader(asked(t, llmapi.Chat, mode, 1)))
		if err == nil {
			t.Fatal("an answer came")
		}
		if all := received(t, p); len(all) != 1 || !all[0].Gone || all[0].Ended == 0 {
			t.Errorf("%s: %+v", mode, all)
		}
	}
}

// TestStrangersAndCounts: requests without a number of a script are strangers, and those
// of a counted script are not kept.
func TestStrangersAndCounts(t *testing.T) {
	p := start(t, plain())
	if err := p.Perform(t.Context(), exchange.Script{Number: 1}, exchange.Script{Number: 2, Counted: true}); err != nil {
		t.Fatal(err)
	}
	for _, number := range []int{1, 2, 2, 0, 3} {
		if resp, _, err := answered(t, http.DefaultClient, "http://"+p.Addr, llmapi.Chat, asked(t, llmapi.Chat, bench.JSON, number)); err != nil || resp.StatusCode != 200 {
			t.Errorf("%d: %d, %v", number, resp.StatusCode, err)
		}
	}
	heard, err := p.Received(t.Context(), 1, 2)
	if err != nil || len(heard.Requests) != 1 || heard.Counts[1] != 1 || heard.Counts[2] != 2 || heard.Strangers != 2 {
		t.Errorf("%+v, %v", heard, err)
	}
	if err := p.Perform(t.Context(), exchange.Script{Number: 1}); err != nil {
		t.Fatal(err)
	}
	if heard, err := p.Received(t.Context(), 1, 2); err != nil || len(heard.Requests) != 0 || heard.Counts[2] != 2 {
		t.Errorf("after a new script for 1: %+v, %v", heard, err)
	}
}

// TestRoundsAfterPerformance: the loop answers as if there had been none, and its
// counters have nothing of it.
func TestRoundsAfterPerformance(t *testing.T) {
	p := performing(t, exchange.Play{Status: 500})
	if resp, _, _ := plainly(t, p, llmapi.Responses, bench.JSON); resp.StatusCode != 500 {
		t.Errorf("status %d", resp.StatusCode)
	}
	if err := p.Perform(t.Context()); err != nil {
		t.Fatal(err)
	}
	if resp, _, _ := plainly(t, p, llmapi.Responses, bench.JSON); resp.StatusCode != 200 {
		t.Errorf("afterwards: status %d", resp.StatusCode)
	}
	var s Stats
	for deadline := time.Now().Add(5 * time.Second); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		var err error
		if s, err = p.Stats(t.Context()); err != nil {
			t.Fatal(err)
		}
		if s.Connections == 2 && s.Requests == 1 && s.Answers == 1 && s.Open == 0 {
			return
		}
	}
	t.Errorf("%+v", s)
}
