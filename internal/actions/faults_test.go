package actions

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/org/proxy-bench-action/internal/retry"
)

// content is size bytes that differ from block to block and do not compress. The
// stand-in for the service takes anything.
func content(size int) []byte {
	noise := make([]byte, size)
	_, _ = rand.NewChaCha8([32]byte{}).Read(noise) // never an error
	return noise
}

// upload stores data under the name gate-result.
func upload(ctx context.Context, a *Artifacts, data []byte) (Stored, error) {
	return a.Upload(ctx, "gate-result", data, 0)
}

func TestArtifactThere(t *testing.T) {
	for _, camelCase := range []bool{false, true} {
		s := newService(t)
		s.camelCase = camelCase
		data := content(100)
		stored, err := upload(t.Context(), s.client(nil), data)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.artifacts[0]; stored.ID != got.id || got.name != "gate-result" || got.size != 100 {
			t.Errorf("stored %+v as %+v", stored, got)
		}
		if !bytes.Equal(s.blobs["gate-result"].content, data) {
			t.Error("other content")
		}
	}
}

func TestNewestOfAName(t *testing.T) {
	s := newService(t)
	for i, id := range []int64{5, 9, 7} {
		s.artifacts = append(s.artifacts, storedArtifact{ids: backendIDs{runID, string(rune('a' + i))}, id: id, name: "n", size: 1})
	}
	if _, err := s.client(nil).delete(t.Context(), "n"); err != nil || len(s.artifacts) != 2 || s.artifacts[1].id != 7 {
		t.Errorf("%+v, %v", s.artifacts, err)
	}
}

func TestRetries(t *testing.T) {
	data := content(2*blockSize + 100) // three blocks
	unavailable := status(http.StatusServiceUnavailable, "<h1>busy</h1>")
	const sec = time.Second
	for name, c := range map[string]struct {
		kind   string
		faults []http.HandlerFunc
		waits  []time.Duration // at least; up to a half more where the server does not say
		err    string
	}{
		"too many, seconds":    {"CreateArtifact", []http.HandlerFunc{status(429, "", "Retry-After", "7")}, []time.Duration{7 * sec}, ""},
		"too many, a date":     {"CreateArtifact", []http.HandlerFunc{status(429, "", "Retry-After", today.Add(90*sec).Format(http.TimeFormat))}, []time.Duration{89 * sec}, ""},
		"too many, a past":     {"CreateArtifact", []http.HandlerFunc{status(429, "", "Retry-After", "Mon, 23 Nov 2020 08:18:14 GMT")}, []time.Duration{1 * sec}, ""},
		"too long":             {"CreateArtifact", []http.HandlerFunc{status(429, "", "Retry-After", "3600")}, nil, "it asks to wait for 1h0m0s, we wait for 3m0s at most"},
		"far too long":         {"CreateArtifact", []http.HandlerFunc{status(429, "", "Retry-After", "99999999999999999999")}, []time.Duration{1 * sec}, ""},
		"500, 502, 503, 504":   {"FinalizeArtifact", []http.HandlerFunc{status(500, ""), status(502, ""), unavailable, status(504, "")}, []time.Duration{1 * sec, 2 * sec, 4 * sec, 8 * sec}, ""},
		"five times":           {"FinalizeArtifact", []http.HandlerFunc{unavailable, unavailable, unavailable, unavailable, unavailable}, []time.Duration{1 * sec, 2 * sec, 4 * sec, 8 * sec}, "HTTP 503 Service Unavailable: <h1>busy</h1> (5 attempts)"},
		"no answer":            {"CreateArtifact", []http.HandlerFunc{cutOff}, []time.Duration{1 * sec}, ""},
		"half an answer":       {"FinalizeArtifact", []http.HandlerFunc{cutInside}, []time.Duration{1 * sec}, ""},
		"the second block":     {"block", []http.HandlerFunc{nil, unavailable, cutOff}, []time.Duration{1 * sec, 2 * sec}, ""},
		"the list of blocks":   {"blocklist", []http.HandlerFunc{cutInside, status(500, "")}, []time.Duration{1 * sec, 2 * sec}, ""},
		"forbidden":            {"CreateArtifact", []http.HandlerFunc{status(403, `{"code":"permission_denied","msg":"insufficient usage\nof `+runtimeToken()+`"}`)}, nil, "CreateArtifact at "},
		"forbidden, the store": {"block", []http.HandlerFunc{status(403, "<Error>sig="+signed+"</Error>", "x-ms-error-code", "AuthenticationFailed")}, nil, "block 1 of 3: PUT at 127.0.0.1:"},
		"a page":               {"CreateArtifact", []http.HandlerFunc{status(200, "<html>")}, nil, "its answer cannot be read: invalid character '<'"},
		"not ok":               {"FinalizeArtifact", []http.HandlerFunc{status(200, `{"ok":false}`)}, nil, ": the service says that it is not ok"},
		"no address":           {"CreateArtifact", []http.HandlerFunc{status(200, `{"ok":true,"signed_upload_url":"%zz?sig=`+signed+`"}`)}, nil, "the service gave not an address"},
		"the store is gone":    {"block", slices.Repeat([]http.HandlerFunc{cutOff}, 5), []time.Duration{1 * sec, 2 * sec, 4 * sec, 8 * sec}, ": EOF (5 attempts)"},
		"moved":                {"block", []http.HandlerFunc{status(302, "", "Location", "http://127.0.0.1:1/elsewhere")}, nil, "HTTP 302 Found"},
		"endless":              {"CreateArtifact", []http.HandlerFunc{endless}, nil, "the answer has more than 4194304 bytes"},
		"an endless error":     {"CreateArtifact", []http.HandlerFunc{status(404, strings.Repeat("long ", 1<<20))}, nil, "long long…"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newService(t)
			s.faults[c.kind] = c.faults
			var waits []time.Duration
			_, err := upload(t.Context(), s.client(&waits), data)
			if !waited(waits, c.waits) {
				t.Errorf("waited %v, want %v", waits, c.waits)
			}
			if c.err != "" {
				wantError(t, err, c.err)
				wantError(t, err, `uploading the artifact "gate-result": `)
				for _, secret := range []string{signed, plainSign, runtimeToken(), "secretpart"} {
					if strings.Contains(err.Error(), secret) {
						t.Errorf("%s is in %v", secret, err)
					}
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			b := s.blobs["gate-result"]
			if !slices.IsSorted(b.order) || len(b.order) != 3 || !bytes.Equal(b.content, data) {
				t.Errorf("%v, %d bytes of %d", b.order, len(b.content), len(data))
			}
		})
	}
}

// waited compares waits with the least they may be.
func waited(waits, least []time.Duration) bool {
	if len(waits) != len(least) {
		return false
	}
	for i, w := range waits {
		if w < least[i] || w > least[i]*3/2 {
			return false
		}
	}
	return true
}

// TestOnlyTheFailedBlockIsPutAgain counts the requests.
func TestOnlyTheFailedBlockIsPutAgain(t *testing.T) {
	s := newService(t)
	s.faults["block"] = []http.HandlerFunc{nil, status(503, "")}
	if _, err := upload(t.Context(), s.client(nil), content(2*blockSize+100)); err != nil {
		t.Fatal(err)
	}
	want := []string{"CreateArtifact", "block", "block", "block", "block", "blocklist", "FinalizeArtifact"}
	if got := s.kinds(); !slices.Equal(got, want) {
		t.Fatalf("%v", got)
	}
	if b := s.seen[1:5]; b[1].uri != b[2].uri || b[0].uri == b[1].uri || b[2].uri == b[3].uri || !bytes.Equal(b[1].body, b[2].body) {
		t.Errorf("%s %s %s %s", b[0].uri, b[1].uri, b[2].uri, b[3].uri)
	}
}

func TestBlockIDs(t *testing.T) {
	seen := map[string]bool{}
	for i := range 50_000 { // as many as the store takes
		id := blockID(i)
		if seen[id] || len(id) != len(blockID(0)) || url.QueryEscape(id) != id {
			t.Fatalf("block %d has the id %q", i, id)
		}
		seen[id] = true
	}
}

func TestSlowAnswers(t *testing.T) {
	s := newService(t)
	s.faults["CreateArtifact"] = []http.HandlerFunc{never}
	var waits []time.Duration
	a := s.client(&waits)
	a.callLimit = 20 * time.Millisecond
	if _, err := upload(t.Context(), a, content(100)); err != nil || len(waits) != 1 {
		t.Errorf("waits %v, %v", waits, err)
	}
}

func TestCancelled(t *testing.T) {
	t.Run("while a request is under way", func(t *testing.T) {
		s := newService(t)
		ctx, cancel := context.WithCancel(t.Context())
		s.faults["block"] = []http.HandlerFunc{func(w http.ResponseWriter, r *http.Request) { cancel(); never(w, r) }}
		var waits []time.Duration
		_, err := upload(ctx, s.client(&waits), content(100))
		if !errors.Is(err, context.Canceled) || len(s.kinds()) != 2 || len(waits) != 0 {
			t.Errorf("%v after %v and %v", err, s.kinds(), waits)
		}
	})
	t.Run("while it waits", func(t *testing.T) {
		s := newService(t)
		s.faults["CreateArtifact"] = []http.HandlerFunc{status(503, "")}
		ctx, cancel := context.WithCancel(t.Context())
		a := s.client(nil)
		a.clock.Sleep = func(ctx context.Context, _ time.Duration) error { cancel(); return ctx.Err() }
		_, err := upload(ctx, a, content(100))
		if no, ok := errors.AsType[*StatusError](err); !errors.Is(err, context.Canceled) || !ok || no.Status != 503 {
			t.Errorf("%v", err)
		}
	})
}

func TestNameIsTaken(t *testing.T) {
	taken := storedArtifact{ids: backendIDs{runID, "another job"}, id: 5, name: "gate-result", size: 1}
	s := newService(t)
	s.artifacts = []storedArtifact{taken}
	stored, err := upload(t.Context(), s.client(nil), content(100))
	if err != nil || len(s.artifacts) != 1 || s.artifacts[0].id != stored.ID || !stored.Replaced {
		t.Errorf("%+v, %+v, %v", stored, s.artifacts, err)
	}
	if want := []string{"CreateArtifact", "ListArtifacts", "DeleteArtifact", "CreateArtifact", "block", "blocklist", "FinalizeArtifact"}; !slices.Equal(s.kinds(), want) {
		t.Errorf("%v", s.kinds())
	}

	if stored, err = upload(t.Context(), s.client(nil), content(100)); err != nil || stored.Replaced {
		t.Errorf("what was our own: %+v, %v", stored, err)
	}

	// A name that an unfinished upload of another job holds is in no list until that is
	// done, which takes seconds. One that is never done is an error.
	s = newService(t)
	conflict := status(409, `{"msg":"taken"}`)
	s.faults["CreateArtifact"] = []http.HandlerFunc{conflict}
	s.faults["ListArtifacts"] = []http.HandlerFunc{func(w http.ResponseWriter, _ *http.Request) {
		s.artifacts = []storedArtifact{taken}
		s.answer(w, map[string]any{"artifacts": []any{}})
	}}
	var waits []time.Duration
	if stored, err = upload(t.Context(), s.client(&waits), content(100)); err != nil || !stored.Replaced || len(s.artifacts) != 1 || len(waits) != 1 {
		t.Errorf("%+v, %v after waiting for %v", stored, err, waits)
	}
	s = newService(t)
	s.faults["CreateArtifact"] = []http.HandlerFunc{conflict}
	_, err = upload(t.Context(), s.client(nil), content(100))
	wantError(t, err, `the run has an artifact "gate-result" already`)
}

func TestUploadRefuses(t *testing.T) {
	s := newService(t)
	for name, c := range map[string]struct {
		name string
		zip  []byte
		want string
	}{
		"no name": {"", content(100), "a name needs letters"},
		"a slash": {"a/b", content(100), "a name needs letters, and none of"},
		"empty":   {"a", nil, "it is empty"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := s.client(nil).Upload(t.Context(), c.name, c.zip, 0)
			wantError(t, err, c.want)
			if len(s.seen) > 0 {
				t.Errorf("requests: %v", s.kinds())
			}
		})
	}
}

func TestRetention(t *testing.T) {
	for name, c := range map[string]struct {
		limit string
		days  int
		want  string
	}{
		"the repository's": {"90", 0, ""},
		"shorter":          {"90", 30, "2026-12-23T08:18:14.404Z"},
		"clamped":          {"7", 30, "2026-11-30T08:18:14.404Z"},
		"unknown limit":    {"", 400, "2027-12-28T08:18:14.404Z"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newService(t)
			a, err := NewArtifacts(s.environ("GITHUB_RETENTION_DAYS="+c.limit), retry.Clock{Now: func() time.Time { return today }})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := a.Upload(t.Context(), "gate-result", content(100), c.days); err != nil {
				t.Fatal(err)
			}
			var sent struct {
				Expires string `json:"expires_at"`
			}
			if err := json.Unmarshal(s.seen[0].body, &sent); err != nil || sent.Expires != c.want {
				t.Errorf("%s, %v", s.seen[0].body, err)
			}
		})
	}
}
