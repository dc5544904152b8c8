package record

import (
	"archive/zip"
	"bytes"
	"io"
	"testing"

	"github.com/org/proxy-bench-action/internal/testenv"
)

func TestZip(t *testing.T) {
	files := []File{{"b/report.html", []byte("<p>")}, {"a.json", bytes.Repeat([]byte("{}"), 5000)}, {"empty", nil}}
	data, err := Zip(files...)
	if err != nil {
		t.Fatal(err)
	}
	if again, _ := Zip(files...); !bytes.Equal(data, again) {
		t.Error("the same files give other bytes")
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil || len(z.File) != len(files) {
		t.Fatalf("%v, %v", z, err)
	}
	for i, want := range files {
		r, err := z.File[i].Open()
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(r); err != nil || z.File[i].Name != want.Name || !bytes.Equal(got, want.Content) {
			t.Errorf("%s: %q, %v", z.File[i].Name, got, err)
		}
	}
	for _, name := range []string{"", ".", "/a", "../a", "a/../b", "a/"} {
		_, err := Zip(File{name, nil})
		testenv.WantError(t, err, "not a path inside it")
	}
	_, err = Zip(File{"a", nil}, File{"a", nil})
	testenv.WantError(t, err, `"a": not a path inside it, or there twice`)
}
