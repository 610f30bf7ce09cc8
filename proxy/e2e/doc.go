// Package e2e proves the promise where it counts: real clients ship logs through winnow into a real backend, and what the backend
// returns holds no planted value, while the Service Operations fields are all there, exact.
//
// Clients: the OpenTelemetry Go SDK, Grafana's Loki client, the official Elasticsearch bulk indexer, the OpenTelemetry collector's exporter
// for Splunk, Datadog's client of its API, rsyslog's omelasticsearch, curl,
// ClickHouse's client and Splunk's logger for Node.js, Sentry's SDKs for Go and for Node.js, and Chromium; to listeners rsyslog's omfwd, util-linux' logger, Fluent's Go logger, and
// @fluent-org/logger and gelf-pro of npm. Backends: VictoriaLogs, for Splunk's protocol the collector's receiver, for traces otel-cli's
// server, and for metrics VictoriaMetrics, built from source by the Go toolchain; and
// the machine's own ClickHouse. Each of them would swell the product's dependency list, so
// this folder is a module of its own, as are victorialogs, victoriametrics and otelcli (backends, tools), lokiclient, splunkhec and
// datadogclient (whose graphs fit no other, or which take long to compile).
// The tests know winnow only as a built command with a config file, as an operator does.
//
// Between winnow and the backend all that is sent is written down and searched too: a backend keeps only part of it.
//
// Clients also ship straight into the backend once, as a control: there each planted value must be found. It shows that a value would be
// seen if winnow let it through, and that the backend keeps what it is sent. Without one are Sentry's SDK for Node.js and OTLP logs by gRPC,
// whose backend speaks neither.
//
// curl, rsyslogd, logger, clickhouse-server, chromium and node are the machine's own, and node's packages are in node/ (npm ci). Where one is missing its tests are left
// out and say so; with WINNOW_E2E_REQUIRE=1 they fail.
package e2e
