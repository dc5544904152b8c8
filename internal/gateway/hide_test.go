package gateway

import "testing"

func TestHide(t *testing.T) {
	for text, want := range map[string]string{
		"Authorization: Bearer sk-secret\nother\n": "Authorization: Bearer […]\nother\n",
		"sk-secretsk-secret, 2nd-key":              "[…][…], […]",
		"sk-sk-secret sk-secre":                    "sk-[…] sk-secre",
		"":                                         "",
	} {
		for cut := range len(text) + 1 {
			h := hider{secrets: []string{"sk-secret", "2nd-key"}}
			got := string(h.hide([]byte(text[:cut])))
			got += string(h.hide([]byte(text[cut:])))
			if got += string(h.rest()); got != want {
				t.Errorf("%q cut at %d becomes %q, want %q", text, cut, got, want)
			}
		}
		h := hider{secrets: []string{"sk-secret", "2nd-key"}}
		got := ""
		for i := range len(text) {
			got += string(h.hide([]byte(text[i : i+1])))
		}
		if got += string(h.rest()); got != want {
			t.Errorf("%q bytewise becomes %q, want %q", text, got, want)
		}
	}
}
