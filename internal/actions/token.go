package actions

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
)

// maxToken bounds what is parsed of a runtime token, in bytes; real ones have
// some 2000.
const maxToken = 64 << 10

// backendIDs name the run and the job to the artifact service. They are opaque.
type backendIDs struct {
	Run string `json:"workflow_run_backend_id"`
	Job string `json:"workflow_job_run_backend_id"`
}

// idsOf takes the ids from a runtime token: a JWT whose claim scp lists scopes
// between spaces, among them Actions.Results:<run>:<job>. Its signature is for
// the service to check. The errors quote nothing of the token.
func idsOf(token string) (backendIDs, error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 || len(token) > maxToken {
		return backendIDs{}, errors.New("not a JSON web token")
	}
	payload, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[1], "="))
	if err != nil {
		return backendIDs{}, errors.New("its payload is not base64")
	}
	var claims struct {
		Scopes string `json:"scp"`
	}
	if json.Unmarshal(payload, &claims) != nil {
		return backendIDs{}, errors.New("its payload is not JSON with a text scp")
	}
	for scope := range strings.SplitSeq(claims.Scopes, " ") {
		f := strings.Split(scope, ":")
		if len(f) == 3 && f[0] == "Actions.Results" && f[1] != "" && f[2] != "" {
			return backendIDs{Run: f[1], Job: f[2]}, nil
		}
	}
	return backendIDs{}, errors.New("its scp has no scope Actions.Results:<run>:<job>")
}
