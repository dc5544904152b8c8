package fakegithub

import "github.com/getkin/kin-openapi/openapi3"

// object is a JSON object.
type object = map[string]any

// fill adds to a value what its schema requires and the value lacks, so that
// the operations only name what matters.
func fill(schema *openapi3.Schema, value any) any {
	if schema == nil {
		return value
	}
	switch value := value.(type) {
	case []object:
		all := make([]any, len(value))
		for i := range value {
			all[i] = fill(schema.Items.Value, value[i])
		}
		return all
	case object:
		if value == nil {
			return nil
		}
		full := object{}
		for name, given := range value {
			if property := schema.Properties[name]; property != nil {
				given = fill(property.Value, given)
			}
			full[name] = given
		}
		for _, name := range schema.Required {
			if _, ok := full[name]; !ok {
				full[name] = blank(schema.Properties[name].Value)
			}
		}
		return full
	}
	return value
}

// moment is when everything happens.
const moment = "2026-01-02T03:04:05Z"

// blank is the plainest value of a schema.
func blank(schema *openapi3.Schema) any {
	switch {
	case schema.Nullable:
		return nil
	case len(schema.OneOf) > 0:
		return blank(schema.OneOf[0].Value)
	case len(schema.Enum) > 0:
		return schema.Enum[0]
	case schema.Type.Is("object"):
		return fill(schema, object{})
	case schema.Type.Is("array"):
		return []any{}
	case schema.Type.Is("integer"), schema.Type.Is("number"):
		return 1
	case schema.Type.Is("boolean"):
		return false
	case schema.Format == "date-time":
		return moment
	case schema.Format == "uri":
		return "https://github.example/blank"
	case schema.Type.Is("string"):
		return "blank"
	}
	panic("fakegithub: no value can be made for a schema of GitHub's description")
}
