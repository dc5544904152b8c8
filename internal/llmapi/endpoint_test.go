package llmapi

import (
	"fmt"
	"strings"
	"testing"
)

func TestEndpoint(t *testing.T) {
	own := Endpoint{}
	if got := own.Target(Messages); got != "/v1/messages" {
		t.Errorf("target %s", got)
	}
	const common = "[{User-Agent proxy-bench} {Authorization Bearer mock} {Accept application/json} {Content-Type application/json}"
	for api, want := range map[API]string{
		Responses: common + "]",
		Chat:      common + "]",
		Messages:  common + " {x-api-key mock} {anthropic-version 2026-10-21}]",
	} {
		if got := fmt.Sprint(own.Complete(api)); got != want {
			t.Errorf("%s: %s, want %s", api, got, want)
		}
	}
	mine := Endpoint{Path: "/openai/v1/chat/completions", Query: "a=b", Headers: []Header{{"AUTHORIZATION", "Bearer sk-mine-and-long"}, {"x-portkey-provider", "openai"}}}
	if got := mine.Target(Chat); got != "/openai/v1/chat/completions?a=b" {
		t.Errorf("target %s", got)
	}
	want := "[{AUTHORIZATION Bearer sk-mine-and-long} {x-portkey-provider openai} {User-Agent proxy-bench} {Accept application/json} {Content-Type application/json}]"
	if got := fmt.Sprint(mine.Complete(Chat)); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestRedact(t *testing.T) {
	e := Endpoint{Secrets: []string{"sk-mine-and-long", "twice-twice-1"}}
	for text, want := range map[string]string{
		`{"error":"openai: wrong key sk-mine-and-long"}`: `{"error":"openai: wrong key […]"}`,
		`the body begins "wrong key sk-mine-an"`:         `the body begins "wrong key […]"`,
		`sk-mine-and-longsk-mine-and-longer`:             `[…][…]er`,
		`sk-mine`:                                        `sk-mine`,
		`twice-twice-twice-1`:                            `[…]twice-1`,
		``:                                               ``,
	} {
		if got := e.Redact(text); got != want {
			t.Errorf("%s becomes %s, want %s", text, got, want)
		}
	}
	odd := `sk-mine"and\long`
	for _, text := range []string{odd, `{"wrong key":"sk-mine\"and\\long"}`, `"{\"wrong key\":\"sk-mine\\\"and\\\\long\"}"`} {
		if got := (Endpoint{Secrets: Spellings(odd)}).Redact(text); strings.Contains(got, "mine") || strings.Contains(got, "long") {
			t.Errorf("%s becomes %s", text, got)
		}
	}
	if text := "sk-mine-and-long"; (Endpoint{}).Redact(text) != text {
		t.Error("something is hidden without a secret")
	}
}
