package llmapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

// decoded is what a JSON string with this inside means.
func decoded(t *testing.T, inside []byte) string {
	t.Helper()
	var text string
	if !utf8.Valid(inside) {
		t.Fatalf("not UTF-8: %q", inside)
	}
	if err := json.Unmarshal(fmt.Appendf(nil, `"%s"`, inside), &text); err != nil {
		t.Fatalf("%v in %q", err, inside)
	}
	return text
}

func TestProseCanBeCutAnywhere(t *testing.T) {
	for n := 0; n < 3000; n += 1 + n/40 {
		text := prose(5, n)
		if decoded(t, text); len(text) != n {
			t.Fatalf("%d bytes, want %d", len(text), n)
		}
		s := source{prose(6, 3000)}
		both := s.append(s.append(nil, n), 3000-n)
		if decoded(t, both[:n]); len(both) != 3000 {
			t.Fatalf("%d bytes, want 3000", len(both))
		}
		decoded(t, both[n:])
	}
}

func TestCorpusCanBeCutAnywhere(t *testing.T) {
	for start := range len(corpus) {
		for _, n := range []int{1, 3, 36, len(corpus)} {
			if n == len(corpus) && start%997 != 0 {
				continue
			}
			text := appendCorpus(nil, start, n)
			if decoded(t, text); len(text) != n {
				t.Fatalf("from %d: %d bytes, want %d", start, len(text), n)
			}
		}
	}
}

// secrets are what filters of gateways and of logs cut out of texts.
var secrets = regexp.MustCompile(`\d{5}|(?i)sk-|[\w.]@[\w.]|bearer|AKIA|eyJ|-----BEGIN`)

func TestTextsAreLikeThoseOfPeople(t *testing.T) {
	for _, api := range All() {
		body, err := RequestBody(api, Ask{Size: 10 << 10, Extra: api.Extra()})
		if err != nil {
			t.Fatal(err)
		}
		for name, text := range map[string]string{"request": string(body), "corpus": string(corpus)} {
			if found := secrets.FindString(text); found != "" {
				t.Errorf("%s: %q could be taken for a secret", name, found)
			}
			for _, want := range []string{"é", "東京", "🙂", "👩‍💻", `\"`, `\\`, `\n`} {
				if !strings.Contains(text, want) {
					t.Errorf("%s of %s has no %s", name, api, want)
				}
			}
		}
	}
}

func arrived(pieces ...[]byte) bool {
	var m EndMark
	for _, p := range pieces {
		m.Feed(p)
	}
	return m.Whole()
}

func TestEndMark(t *testing.T) {
	for body, want := range map[string]bool{
		`{"content":"babab babab Yes."}`:  true,
		`{"content":"babab babab Yes`:     false,
		`YesYes.`:                         true,
		`YYes.`:                           true,
		`Yes`:                             false,
		`{"content":"babab babab","a":1}`: false,
		``:                                false,
	} {
		for cut := range len(body) + 1 {
			one, split := arrived([]byte(body)), arrived([]byte(body[:cut]), []byte(body[cut:]))
			bytewise := arrived(bytes.SplitAfter([]byte(body), nil)...)
			if one != want || split != want || bytewise != want {
				t.Errorf("%q cut at %d: whole %t, split %t, bytewise %t, want %t", body, cut, one, split, bytewise, want)
			}
		}
	}
}

// A prompt that lost its last byte has not arrived whole, whatever its size.
func TestEndMarkMissesNoCut(t *testing.T) {
	for _, api := range All() {
		for size := 200; size < 20000; size += 1 + size/17 {
			body, err := RequestBody(api, Ask{Size: size})
			if err != nil {
				t.Fatal(err)
			}
			at := len(body) - len(bodyEnd)
			cut := append(bytes.Clone(body[:at-1]), body[at:]...)
			if !json.Valid(cut) || !arrived(body) || arrived(cut) {
				t.Errorf("%s %d: whole %t, cut %t", api, size, arrived(body), arrived(cut))
			}
		}
	}
}

func TestNoncesDiffer(t *testing.T) {
	if got := string(noNonce); got != "babab babab" || len(got) != NonceBytes {
		t.Errorf("nonce 0 is %q", got)
	}
	seen := map[string]bool{}
	pronounced := regexp.MustCompile(`^([bdfghjklmnprstvz][aiou]){2}[bdfghjklmnprstvz] ([bdfghjklmnprstvz][aiou]){2}[bdfghjklmnprstvz]$`)
	for n := range uint32(100_000) {
		text := string(nonce(n * 40503))
		if seen[text] || !pronounced.MatchString(text) {
			t.Fatalf("nonce %d is %q, seen before: %t", n, text, seen[text])
		}
		seen[text] = true
	}
	if NonceAt([]byte(`{}`)) != -1 {
		t.Error("a body without a nonce has one")
	}
	body := bytes.Clone(noNonce)
	if n := testing.AllocsPerRun(10, func() { PutNonce(body, 7) }); n != 0 || bytes.Equal(body, noNonce) {
		t.Errorf("%q, %g allocations", body, n)
	}
}

// The backend reads the nonce from wherever the body is split, and says in the ID of
// its answer which request that belongs to.
func TestIDsBelongToTheirRequest(t *testing.T) {
	for _, answer := range []int{0, 12} {
		body, err := RequestBody(Chat, Ask{Size: 2000, Answer: answer})
		if err != nil {
			t.Fatal(err)
		}
		PutNonce(body[NonceAt(body):], 7)
		for split := range len(body) {
			var m EndMark
			m.Feed(body[:split])
			for _, b := range body[split:min(split+3, len(body))] {
				m.Feed([]byte{b})
			}
			m.Feed(body[min(split+3, len(body)):])
			id := NewAnswerID(m.Nonce(), 1<<40+5)
			if !IsID(id[:]) || id.Of() != NonceText(7) || !id.Belongs(7) || id.Belongs(8) {
				t.Fatalf("answer %d, split at %d: ID %s of %q", answer, split, id, id.Of())
			}
		}
	}
	changed := []byte(`{"content":"something else. Yes."}`)
	var m EndMark
	m.Feed(changed)
	if id := NewAnswerID(m.Nonce(), 5); !m.Whole() || m.Nonce() != 0 || !id.Belongs(7) || id.Of() != "" {
		t.Errorf("an answer to a prompt without a nonce is %s, of %q", id, id.Of())
	}
	id := NewAnswerID(scatter(7), 5)
	if n := testing.AllocsPerRun(10, func() { _ = id.Belongs(7) || id.Belongs(8) }); n != 0 {
		t.Errorf("%g allocations", n)
	}
}

func BenchmarkEndMark(b *testing.B) {
	body, err := RequestBody(Responses, Ask{Size: 100 << 10})
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		arrived(body)
	}
}
