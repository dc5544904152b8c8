package actions

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"
)

// The answers of the service, with the keys as GitHub writes them. What is
// missing has its zero value, as in protobuf.
type (
	createAnswer struct {
		OK  bool   `json:"ok"`
		URL string `json:"signed_upload_url"`
	}
	finalizeAnswer struct {
		OK bool    `json:"ok"`
		ID integer `json:"artifact_id"`
	}
	listAnswer struct {
		Artifacts []listedArtifact `json:"artifacts"`
	}
	listedArtifact struct {
		backendIDs
		ID   integer `json:"database_id"`
		Name string  `json:"name"`
	}
	deleteAnswer struct {
		OK bool `json:"ok"`
	}
)

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

// decode reads one answer. Keys may be in camelCase, as stand-ins for GitHub
// write them; unknown ones are ignored.
func decode(body []byte, answer any) error {
	var tree any
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if err := d.Decode(&tree); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return fmt.Errorf("more than one JSON value")
	}
	plain, err := json.Marshal(snakeCase(tree))
	if err != nil {
		return err
	}
	return json.Unmarshal(plain, answer)
}

// snakeCase renames the keys of all objects in a tree. A key that was so
// already wins over one that becomes it.
func snakeCase(tree any) any {
	switch t := tree.(type) {
	case []any:
		for i := range t {
			t[i] = snakeCase(t[i])
		}
	case map[string]any:
		renamed := make(map[string]any, len(t))
		for key, value := range t {
			snake := snakeKey(key)
			if _, taken := t[snake]; !taken || snake == key {
				renamed[snake] = snakeCase(value)
			}
		}
		return renamed
	}
	return tree
}

func snakeKey(key string) string {
	var b strings.Builder
	for _, c := range key {
		if unicode.IsUpper(c) {
			b.WriteByte('_')
			c = unicode.ToLower(c)
		}
		b.WriteRune(c)
	}
	return b.String()
}
