// Package judge decides whether an answer is right: whether an official SDK reads
// from it what the backend sent. It knows neither connections nor clocks. What a
// gateway changes besides is noted as a rewrite.
package judge
