package config

// startVariables are what the start line finds in its environment, for the
// documentation.
var startVariables = []struct{ name, value string }{
	{"`PORT`", "the port to listen on, at 127.0.0.1"},
	{"`PORT_2` … `PORT_9`", "more free ports, for whatever else the gateway serves: an admin page, metrics, workers"},
	{"`UPSTREAM_URL`, `UPSTREAM_HOST`, `UPSTREAM_PORT`", "the mock backend"},
	{"`UPSTREAM_TLS_URL`, `UPSTREAM_CA`", "the same backend with TLS, and the PEM file of the certificate authority to trust; TLS and HTTP/2 cost the mock some 0.3 ms of CPU time a request, which the direct path does not have"},
	{"`BENCH_DIR`", "an empty directory for the gateway's files, such as a configuration"},
	{"`ARM`", "`base` or `head`: which of the two gateways this is"},
	{"`NO_PROXY`, `no_proxy`", "those of the machine, with `127.0.0.1` and `localhost`; `http_proxy` and `all_proxy` are kept from the gateway, not from its build"},
}
