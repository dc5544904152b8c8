package actions

import (
	"encoding/json"
	"encoding/xml"
	"net/url"
	"os"
	"reflect"
	"strconv"
	"strings"
	"testing"
)

// recorded is a request of the official client.
type recorded struct {
	Method  string
	URL     string
	Headers map[string]string
	Body    *string
}

func readTrace(t *testing.T) (requests []recorded) {
	t.Helper()
	data, err := os.ReadFile("../../testdata/github/artifact-trace.json")
	if err != nil {
		t.Fatal(err)
	}
	var trace struct{ Exchange []recorded }
	if err := json.Unmarshal(data, &trace); err != nil {
		t.Fatal(err)
	}
	for _, r := range trace.Exchange {
		if r.Method != "" { // the others are answers
			requests = append(requests, r)
		}
	}
	if len(requests) != 4 {
		t.Fatalf("%d requests were recorded", len(requests))
	}
	return requests
}

// TestTrace compares every field of our requests with those of the official
// client. What is to differ is named here.
func TestTrace(t *testing.T) {
	official := readTrace(t)
	s := newService(t)
	a := s.client(nil)
	token := strings.TrimPrefix(official[0].Headers["authorization"], "Bearer ")
	var err error
	if a.ids, err = idsOf(token); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Upload(t.Context(), "proxy-bench-baseline", content(149), 30); err != nil {
		t.Fatal(err)
	}
	if len(s.seen) != len(official) {
		t.Fatalf("we sent %v", s.kinds())
	}
	for i, want := range official {
		got := s.seen[i]
		if want.Method == "POST" {
			if got.uri != want.URL {
				t.Errorf("%s, want %s", got.uri, want.URL)
			}
			compareBodies(t, got.kind, got.body, *want.Body)
		} else {
			compareQueries(t, got.uri, want.URL)
		}
		compareHeaders(t, got, want)
	}
	for i, list := range []string{string(s.seen[2].body), *official[2].Body} {
		var parsed blockList
		if err := xml.Unmarshal([]byte(list), &parsed); err != nil || len(parsed.Latest) != 1 {
			t.Fatalf("%s: %v", list, err)
		}
		// But for the id, the two are the same to the letter.
		list = strings.Replace(list, parsed.Latest[0], "ID", 1)
		if want := `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><BlockList><Latest>ID</Latest></BlockList>`; list != want {
			t.Errorf("list %d: %s", i, list)
		}
	}
}

func compareBodies(t *testing.T, kind string, body []byte, recorded string) {
	t.Helper()
	var got, want map[string]any
	if err := json.Unmarshal(body, &got); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(recorded), &want); err != nil {
		t.Fatal(err)
	}
	switch kind {
	case "CreateArtifact": // 7 is for other types than zip files
		if want["version"] != 7.0 || want["mime_type"] != "application/zip" {
			t.Errorf("recorded: %v", want)
		}
		want["version"] = 4.0
		delete(want, "mime_type")
	case "FinalizeArtifact": // the content is another
		if len(got["hash"].(string)) != len(want["hash"].(string)) || !strings.HasPrefix(got["hash"].(string), "sha256:") {
			t.Errorf("the hash is %v, recorded %v", got["hash"], want["hash"])
		}
		want["hash"] = got["hash"]
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s\n%v, want\n%v", kind, got, want)
	}
}

func compareQueries(t *testing.T, uri, recorded string) {
	t.Helper()
	got, err := url.Parse(uri)
	if err != nil {
		t.Fatal(err)
	}
	want, err := url.Parse(recorded)
	if err != nil {
		t.Fatal(err)
	}
	q, r := got.Query(), want.Query()
	if q.Get("comp") != r.Get("comp") || q.Has("blockid") != r.Has("blockid") {
		t.Errorf("%s, recorded %s", uri, recorded)
	}
	// What was signed comes first, as it was.
	if signedPart, _, _ := strings.Cut(got.RawQuery, "&comp="); signedPart != "sig="+signed+"&se=2026-11-23T09%3A18%3A13Z" {
		t.Errorf("%s", uri)
	}
}

func compareHeaders(t *testing.T, got request, want recorded) {
	t.Helper()
	for name, value := range want.Headers {
		mine := got.header.Get(name)
		switch name {
		case "content-length":
			if body := want.Body; body != nil && value != strconv.Itoa(len(*body)) || got.length != int64(len(got.body)) || body == nil && strconv.Itoa(len(got.body)) != value {
				t.Errorf("%s: %d, for %d bytes; recorded %s", got.kind, got.length, len(got.body), value)
			}
		case "authorization": // the recorded token has another signature
			if !strings.HasPrefix(mine, value[:len("Bearer eyJhbGciOiJub25lIn0.")]) {
				t.Errorf("%s: %s: %s, recorded %s", got.kind, name, mine, value)
			}
		case "x-ms-version": // of what the client knows
			if len(mine) != len(value) || mine > value {
				t.Errorf("%s: %s: %s, recorded %s", got.kind, name, mine, value)
			}
		case "accept": // the store has nothing to say but XML
		default:
			if mine != value {
				t.Errorf("%s: %s: %q, recorded %q", got.kind, name, mine, value)
			}
		}
	}
	if _, ok := want.Headers["authorization"]; !ok && got.header.Get("Authorization") != "" {
		t.Errorf("%s has a token", got.kind)
	}
}
