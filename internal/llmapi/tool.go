package llmapi

import (
	"fmt"
	"strings"
)

var toolNames = strings.Fields("get_weather search_documents book_room send_message create_invoice list_events update_ticket run_query")

// toolNumber is the definition of function tool n.
func (d *dialect) toolNumber(n int) string {
	name := toolNames[n%len(toolNames)]
	if round := n / len(toolNames); round > 0 {
		name = fmt.Sprintf("%s_%d", name, round+1)
	}
	return d.tool(fmt.Sprintf(`"name":"%s","description":"%s"`, name, prose(uint64(100+n), 40+n*37%120)), toolSchema(n))
}

// toolSchema is a JSON schema of two levels. Later tools have more properties.
func toolSchema(n int) string {
	var optional strings.Builder
	for i := range n % 6 {
		fmt.Fprintf(&optional, `,"option_%d":{"type":"array","items":{"type":"integer","minimum":%d},"description":"%s"}`,
			i+1, n+i, prose(uint64(1000+10*n+i), 60))
	}
	return `{"type":"object","properties":{` +
		`"place":{"type":"object","properties":{"city":{"type":"string"},"country":{"type":"string","minLength":2}},"required":["city"]},` +
		`"unit":{"type":"string","enum":["celsius","fahrenheit"]}` + optional.String() +
		`},"required":["place"],"additionalProperties":false}`
}
