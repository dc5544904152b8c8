// Package observed puts into words what exchanges with gateways have shown: the facts
// in groups, and when the events of a stream came. It decides nothing, and it knows no
// verdict.
package observed
