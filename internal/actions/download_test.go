package actions

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// fetched downloads the only artifact of the name into a file that had something else.
func fetched(t *testing.T, a *Artifacts, name string, limit int64) ([]byte, error) {
	t.Helper()
	all, err := a.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(all, func(l Listed) bool { return l.Name == name })
	if i < 0 {
		t.Fatalf("there is no %s in %+v", name, all)
	}
	f, err := os.Create(filepath.Join(t.TempDir(), "a.zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := io.WriteString(f, strings.Repeat("what was there before", 1000)); err != nil {
		t.Fatal(err)
	}
	if err := a.Download(t.Context(), all[i], f, limit); err != nil {
		return nil, err
	}
	content, err := os.ReadFile(f.Name())
	if err != nil {
		t.Fatal(err)
	}
	return content, nil
}

// TestDownload: what was stored comes back, in both spellings of answers.
func TestDownload(t *testing.T) {
	for _, camel := range []bool{false, true} {
		s := newService(t)
		s.camelCase = camel
		a := s.client(nil)
		content := bytes.Repeat([]byte("PK and so on "), 1000)
		for _, name := range []string{"two", "one"} {
			if _, err := a.Upload(t.Context(), name, append([]byte(name), content...), 0); err != nil {
				t.Fatal(err)
			}
		}
		got, err := fetched(t, a, "one", 1<<20)
		if err != nil || string(got) != "one"+string(content) {
			t.Errorf("camel case %v: %d bytes, error %v", camel, len(got), err)
		}
	}
}

// TestListNewest: an earlier attempt may have left an artifact of the same name.
func TestListNewest(t *testing.T) {
	s := newService(t)
	s.artifacts = []storedArtifact{
		{backendIDs{runID, "earlier"}, 7, "b", "", 1}, {backendIDs{runID, "later"}, 9, "b", "", 1}, {backendIDs{runID, "x"}, 8, "a", "", 1},
	}
	all, err := s.client(nil).List(t.Context())
	if err != nil || len(all) != 2 || all[0].Name != "a" || all[1].ID != 9 || all[1].ids.Job != "later" {
		t.Errorf("%+v, %v", all, err)
	}
}

// TestDownloadFaults: what may pass is tried again, what is another content or too large
// is refused, and no error shows a signature.
func TestDownloadFaults(t *testing.T) {
	for name, c := range map[string]struct {
		kind   string
		faults []http.HandlerFunc
		limit  int64
		want   string // empty: it works
	}{
		"busy for a moment":   {"download", []http.HandlerFunc{status(503, ""), cutInside, cutOff}, 1 << 20, ""},
		"gone":                {"download", []http.HandlerFunc{status(404, "sig="+signed)}, 1 << 20, "HTTP 404 Not Found: sig=***"},
		"another content":     {"download", []http.HandlerFunc{status(200, "something else")}, 1 << 20, "do not use it"},
		"without an end":      {"download", []http.HandlerFunc{endless}, 1 << 10, "more than 1024 bytes"},
		"announced too large": {"", nil, 10, "it has 100 bytes, the limit is 10"},
		"no address":          {"GetSignedArtifactURL", []http.HandlerFunc{status(200, `{"name": "gate-result"}`)}, 1 << 20, "the service gave not an address"},
		"no such method":      {"GetSignedArtifactURL", []http.HandlerFunc{status(404, `{"msg": "bad route"}`)}, 1 << 20, "bad route"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newService(t)
			a := s.client(nil)
			data := content(100)
			if _, err := upload(t.Context(), a, data); err != nil {
				t.Fatal(err)
			}
			s.faults[c.kind] = c.faults
			got, err := fetched(t, a, "gate-result", c.limit)
			if c.want != "" {
				wantError(t, err, c.want)
				if strings.Contains(err.Error(), signed) || strings.Contains(err.Error(), plainSign) {
					t.Errorf("the signature is in %v", err)
				}
			} else if err != nil || !bytes.Equal(got, data) {
				t.Errorf("%d bytes, error %v", len(got), err)
			}
		})
	}
}
