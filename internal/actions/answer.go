package actions

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// serviceAnswer is an answer of any method of the service, with the keys as GitHub
// writes them. What is missing has its zero value, as in protobuf.
type serviceAnswer struct {
	OK        bool             `json:"ok"` // those that change something have it
	URL       string           `json:"signed_upload_url"`
	Signed    string           `json:"signed_url"` // to download from
	ID        integer          `json:"artifact_id"`
	Artifacts []listedArtifact `json:"artifacts"`
}

type listedArtifact struct {
	backendIDs
	ID     integer `json:"database_id"`
	Name   string  `json:"name"`
	Size   integer `json:"size"`
	Digest string  `json:"digest"` // "sha256:" and 64 hexadecimal digits, empty when unknown
}

// integer is a whole number from 0, which JSON of protobuf writes as a string,
// and some servers as a number.
type integer int64

func (n *integer) UnmarshalJSON(data []byte) error {
	text := string(data)
	if text == "null" {
		return nil
	}
	if quoted, ok := strings.CutPrefix(text, `"`); ok {
		text = strings.TrimSuffix(quoted, `"`)
	}
	v, err := strconv.ParseInt(text, 10, 64)
	if err != nil || v < 0 {
		return fmt.Errorf("%.40s is not a whole number from 0", data)
	}
	*n = integer(v)
	return nil
}

// camelKey finds keys with capital letters. Quotes inside of a text have a backslash
// before them, so that only a key ends in a quote and a colon.
var camelKey, capital = regexp.MustCompile(`"[a-z]+([A-Z][a-z]*)+"\s*:`), regexp.MustCompile(`[A-Z]`)

// decode reads one answer. Keys may be in camelCase, as stand-ins for GitHub
// write them; unknown ones are ignored.
func decode(body []byte) (answer serviceAnswer, err error) {
	snakeCase := camelKey.ReplaceAllFunc(body, func(key []byte) []byte {
		return bytes.ToLower(capital.ReplaceAll(key, []byte("_$0")))
	})
	err = json.Unmarshal(snakeCase, &answer)
	return answer, err
}
