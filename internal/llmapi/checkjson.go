package llmapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
)

// CheckJSON reports how a JSON answer differs from what the backend sent. White
// space and key order may differ, since a gateway may write the answer anew. Equal
// bytes, the usual case, cost one comparison.
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

// difference describes a difference: the lengths, the first offset that differs,
// and a few bytes from there on.
func difference(got, want []byte) string {
	at := 0
	for at < len(got) && at < len(want) && got[at] == want[at] {
		at++
	}
	return fmt.Sprintf("%d bytes, expected %d, first difference at offset %d: %q, expected %q",
		len(got), len(want), at, excerpt(got[at:]), excerpt(want[at:]))
}

func excerpt(p []byte) []byte { return p[:min(len(p), 24)] }
