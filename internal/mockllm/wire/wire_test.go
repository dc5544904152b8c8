package wire

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
)

// writes is an answer whose body is written like this.
type writes struct {
	header http.Header
	bodies [][]byte
}

func (w *writes) Header() http.Header { return w.header }
func (w *writes) WriteHeader(int)     {}
func (w *writes) Flush()              {}
func (w *writes) Write(b []byte) (int, error) {
	w.bodies = append(w.bodies, bytes.Clone(b))
	return len(b), nil
}

// sizes are those of the writes of two texts.
func sizes(t *testing.T, accept string, pieces int, compress bool) (got []int, header http.Header, body []byte) {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, "/", nil)
	r.Header.Set("Accept-Encoding", accept)
	to, total := &writes{header: http.Header{}}, 0
	w := New(to, r, pieces, compress, func(n int) { total += n })
	for _, text := range []string{"0123456789", "abcde"} {
		if err := w.Send([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.End(); err != nil {
		t.Fatal(err)
	}
	for _, b := range to.bodies {
		got = append(got, len(b))
		body = append(body, b...)
	}
	if total != len(body) || w.Plain() != (to.header.Get("Content-Encoding") == "") {
		t.Errorf("%d bytes reported of %d; plain: %t", total, len(body), w.Plain())
	}
	return got, to.header, body
}

func TestPieces(t *testing.T) {
	for pieces, want := range map[int][]int{0: {10, 5}, 4: {4, 4, 4, 3}, 15: {15}, 100: {15}} {
		if got, _, body := sizes(t, "gzip", pieces, false); !slices.Equal(got, want) || string(body) != "0123456789abcde" {
			t.Errorf("pieces of %d: %v, %q, want %v", pieces, got, body, want)
		}
	}
}

func TestCompressed(t *testing.T) {
	for _, pieces := range []int{0, 7} {
		_, header, body := sizes(t, "deflate, gzip", pieces, true)
		z, err := gzip.NewReader(bytes.NewReader(body))
		if err != nil || header.Get("Content-Encoding") != "gzip" {
			t.Fatal(err, header)
		}
		if text, err := io.ReadAll(z); err != nil || string(text) != "0123456789abcde" {
			t.Errorf("%q, %v", text, err)
		}
	}
	if _, header, body := sizes(t, "identity", 0, true); len(header) > 0 || string(body) != "0123456789abcde" {
		t.Errorf("for who accepts no gzip: %v, %q", header, body)
	}
}

// TestPiecesEndWithinLetters: where there is one of several bytes.
func TestPiecesEndWithinLetters(t *testing.T) {
	to := &writes{header: http.Header{}}
	w := New(to, httptest.NewRequest(http.MethodPost, "/", nil), 4, false, func(int) {})
	if err := w.Send([]byte("abcdefgé 🙂 abcdefghijklmnop")); err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"abcdefg\xc3", "\xa9 \xf0\x9f", "\x99\x82 a", "bcde"} {
		if got := string(to.bodies[i]); got != want {
			t.Errorf("piece %d is %q, want %q", i, got, want)
		}
	}
}
