package llmapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
)

// CheckJSON says how a JSON answer differs from what the backend sent; nil if
// it does not. Other white space or key order is not a difference, since a
// gateway may write the answer anew. Equal bytes, the usual case, cost one
// comparison.
func CheckJSON(got, want []byte) error {
	if bytes.Equal(got, want) {
		return nil
	}
	var g, w any
	if err := json.Unmarshal(want, &w); err != nil {
		return fmt.Errorf("the expected answer is not JSON: %w", err)
	}
	if err := json.Unmarshal(got, &g); err != nil {
		return fmt.Errorf("the answer is not JSON: %w: %s", err, difference(got, want))
	}
	if !reflect.DeepEqual(g, w) {
		return fmt.Errorf("the answer has other values: %s", difference(got, want))
	}
	return nil
}

// difference is for people: lengths, the first differing offset, and a few
// bytes from there on.
func difference(got, want []byte) string {
	at := 0
	for at < len(got) && at < len(want) && got[at] == want[at] {
		at++
	}
	return fmt.Sprintf("%d bytes, expected %d, first difference at offset %d: %q, expected %q",
		len(got), len(want), at, excerpt(got[at:]), excerpt(want[at:]))
}

func excerpt(p []byte) []byte { return p[:min(len(p), 24)] }
