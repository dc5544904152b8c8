package actions

import (
	"net/url"
	"reflect"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/retry"
)

func TestNewArtifacts(t *testing.T) {
	s := newService(t)
	for name, c := range map[string]struct {
		change      string
		unavailable bool
		want        string
	}{
		"github.com":           {"GITHUB_SERVER_URL=https://GitHub.com", false, ""},
		"enterprise cloud":     {"GITHUB_SERVER_URL=https://octo.ghe.com/", false, ""},
		"loopback":             {"GITHUB_SERVER_URL=http://127.0.0.1:3000", false, ""},
		"loopback, IPv6":       {"GITHUB_SERVER_URL=http://[::1]:3000", false, ""},
		"localhost":            {"GITHUB_SERVER_URL=http://github.localhost", false, ""},
		"unset":                {"GITHUB_SERVER_URL=", false, ""},
		"no retention":         {"GITHUB_RETENTION_DAYS=", false, ""},
		"retention is no days": {"GITHUB_RETENTION_DAYS=many", false, ""},
		"enterprise server":    {"GITHUB_SERVER_URL=https://github.example.com", true, "no artifact service: https://github.example.com looks like GitHub Enterprise Server"},
		"looks like it":        {"GITHUB_SERVER_URL=https://notgithub.com", true, "looks like GitHub Enterprise Server"},
		"no server":            {"GITHUB_SERVER_URL=::", true, "looks like GitHub Enterprise Server"},
		"no token":             {"ACTIONS_RUNTIME_TOKEN=", true, "ACTIONS_RUNTIME_TOKEN is not set; the runner gives it to actions"},
		"no service":           {"ACTIONS_RESULTS_URL= ", true, "ACTIONS_RESULTS_URL is not set"},
		"no address":           {"ACTIONS_RESULTS_URL=results.example.com", false, "ACTIONS_RESULTS_URL: not an address"},
		"a strange token":      {"ACTIONS_RUNTIME_TOKEN=ghs_secret", false, "ACTIONS_RUNTIME_TOKEN: not a JSON web token"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := NewArtifacts(s.environ(c.change), retry.Clock{})
			if c.want == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			wantError(t, err, c.want)
			if strings.HasPrefix(err.Error(), "no artifact service: ") != c.unavailable {
				t.Errorf("that there is no service is not %v: %v", c.unavailable, err)
			}
			if strings.Contains(err.Error(), "secret") {
				t.Errorf("the token is in %v", err)
			}
		})
	}
}

func TestIDsOf(t *testing.T) {
	for name, c := range map[string]struct{ token, want string }{
		"recorded":        {runtimeToken(), ""},
		"padded":          {strings.Replace(tokenWith(`{"scp":"Actions.Results:`+runID+":"+jobID+`" }`), ".secretpart", "==.secretpart", 1), ""},
		"others are near": {tokenWith(`{"scp":"Actions.Results Actions.Results:a:b:c Actions.Results::b Actions.Resultss:a:b x:y:z Actions.Results:` + runID + ":" + jobID + ` Actions.Results:later:one","ac":"[]"}`), ""},
		"none":            {tokenWith(`{"scp":"Actions.ExampleScope"}`), "its scp has no scope Actions.Results"},
		"two parts":       {tokenWith(`{"scp":"Actions.Results:a"}`), "its scp has no scope"},
		"four parts":      {tokenWith(`{"scp":"Actions.Results:a:b:c"}`), "its scp has no scope"},
		"no job":          {tokenWith(`{"scp":"Actions.Results:a:"}`), "its scp has no scope"},
		"other case":      {tokenWith(`{"scp":"actions.results:a:b"}`), "its scp has no scope"},
		"no scp":          {tokenWith(`{}`), "its scp has no scope"},
		"scp is a list":   {tokenWith(`{"scp":["Actions.Results:a:b"]}`), "not JSON with a text scp"},
		"no JSON":         {tokenWith(`secret`), "not JSON with a text scp"},
		"no base64":       {"a.%%%.c", "its payload is not base64"},
		"two dots fewer":  {"ghs_secret", "not a JSON web token"},
		"empty":           {"", "not a JSON web token"},
		"huge":            {tokenWith(strings.Repeat(" ", maxToken)), "not a JSON web token"},
	} {
		t.Run(name, func(t *testing.T) {
			ids, err := idsOf(c.token)
			if c.want != "" {
				wantError(t, err, c.want)
			} else if err != nil || ids != (backendIDs{runID, jobID}) {
				t.Errorf("%+v, %v", ids, err)
			}
		})
	}
}

func FuzzIDsOf(f *testing.F) {
	f.Add(runtimeToken())
	f.Add(tokenWith(`{"scp":"Actions.Results:a:b:c Actions.Results:é:\u0000"}`))
	f.Add("a..b")
	f.Fuzz(func(t *testing.T, token string) {
		ids, err := idsOf(token)
		if err != nil {
			if len(token) > 60 && strings.Contains(err.Error(), token) {
				t.Errorf("the token is in %v", err)
			}
			return
		}
		if ids.Run == "" || ids.Job == "" || strings.ContainsAny(ids.Run+ids.Job, ": ") {
			t.Errorf("%+v", ids)
		}
	})
}

func TestDecode(t *testing.T) {
	full := serviceAnswer{Artifacts: []listedArtifact{{backendIDs{"21", "49"}, 1 << 40, "test", 4, "sha256:ab"}}}
	for name, c := range map[string]struct {
		body string
		want any // the answer, or the error's text
	}{
		"snake case, strings":  {`{"artifacts":[{"workflow_run_backend_id":"21","workflow_job_run_backend_id":"49","database_id":"1099511627776","name":"test","size":"4","created_at":"2024-01-23T00:13:28Z","digest":"sha256:ab"}]}`, full},
		"camel case, numbers":  {`{"artifacts":[{"workflowRunBackendId":"21","workflowJobRunBackendId":"49","databaseId":1099511627776,"name":"test","size":4,"createdAt":"2024-01-23T00:13:28Z","digest":"sha256:ab","new":{}}]}`, full},
		"snake case wins":      {`{"artifacts":[{"databaseId":5,"database_id":"4"}]}`, serviceAnswer{Artifacts: []listedArtifact{{ID: 4}}}},
		"keys inside of texts": {`{"artifacts":[{"name":"\"databaseId\": 5","database_id":"4"}]}`, serviceAnswer{Artifacts: []listedArtifact{{ID: 4, Name: `"databaseId": 5`}}}},
		"missing is zero":      {`{"artifacts":[{}]}`, serviceAnswer{Artifacts: []listedArtifact{{}}}},
		"null is zero":         {`{"artifacts":[{"database_id":null,"name":null,"created_at":null}]}`, serviceAnswer{Artifacts: []listedArtifact{{}}}},
		"empty":                {`{}`, serviceAnswer{}},
		"no whole number":      {`{"artifacts":[{"database_id":1.5}]}`, "1.5 is not a whole number from 0"},
		"negative":             {`{"artifacts":[{"database_id":"-1"}]}`, "is not a whole number from 0"},
		"too large":            {`{"artifacts":[{"database_id":"9223372036854775808"}]}`, "is not a whole number from 0"},
		"an id that is words":  {`{"artifacts":[{"database_id":"big"}]}`, `"big" is not a whole number from 0`},
		"a list":               {`[]`, "cannot unmarshal array"},
		"a page":               {`<html>`, "invalid character '<'"},
		"two":                  {`{}{}`, "after top-level value"},
		"nothing":              {``, "unexpected end of JSON input"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := decode([]byte(c.body))
			if want, ok := c.want.(string); ok {
				wantError(t, err, want)
			} else if err != nil || !reflect.DeepEqual(got, c.want) {
				t.Errorf("%+v, %v\nwant %+v", got, err, c.want)
			}
		})
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"ok":true,"signedUploadUrl":"http://h/?sig=x","artifactId":"4"}`))
	f.Add([]byte(`{"artifacts":[{"databaseId":5,"database_id":"4","size":null,"created_at":"2024-01-23T00:13:28Z"}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		first, err := decode(body)
		again, err2 := decode(body)
		if (err == nil) != (err2 == nil) || err == nil && !reflect.DeepEqual(first, again) {
			t.Errorf("once %+v, %v; then %+v, %v", first, err, again, err2)
		}
		for _, a := range first.Artifacts {
			if a.ID < 0 {
				t.Errorf("%+v", a)
			}
		}
	})
}

func TestRedact(t *testing.T) {
	u, err := url.Parse("https://h/b?se=1&sig=" + signed)
	if err != nil {
		t.Fatal(err)
	}
	secrets := append(signatureOf(u), "tok", "")
	for text, want := range map[string]string{
		"plain":                       "plain",
		u.String():                    "https://h/b?se=1&sig=***",
		"<a>" + plainSign + "</a>":    "<a>***</a>",
		"other SIG=abc&se=2, tok":     "other SIG=***&se=2, ***",
		`{"u":"?sig=a%2B\u0026x=1"}`:  `{"u":"?sig=***"}`,
		"signature=abc design=x sig=": "signature=*** design=x sig=***",
	} {
		if got := redact(text, secrets...); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}
