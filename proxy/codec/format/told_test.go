package format

import (
	"testing"
	"time"
)

// What each protocol's records, as they leave it, are told to be by themselves.
func TestTold(t *testing.T) {
	type told struct{ time, level, message, host, service, trace string }
	for name, c := range map[string]struct {
		line string
		want told
	}{
		"browser: report": {`{"type":"deprecation","body":{"message":"WebSQL is deprecated"}}`, told{message: "WebSQL is deprecated"}},
		"clickhouse": {`{"timestamp":"2026-03-14 09:26:53.123","level":"info","message":"shipped"}`,
			told{time: "2026-03-14T09:26:53.123Z", level: "info", message: "shipped"}},
		"datadog": {`{"message":"started","hostname":"web-1","service":"shop","status":"error","timestamp":1773480413123}`,
			told{"2026-03-14T09:26:53.123Z", "error", "started", "web-1", "shop", ""}},
		"datadog: object in message": {`{"message":{"message":"started","lambda":{}}}`, told{message: "started"}},
		"elasticsearch: ECS": {`{"@timestamp":"2026-03-14T09:26:53Z","log":{"level":"WARN"},"message":"slow","host":{"name":"web-1"},"service":{"name":"shop"},"trace":{"id":"ab"}}`,
			told{"2026-03-14T09:26:53Z", "warn", "slow", "web-1", "shop", "ab"}},
		"fluent: kubernetes": {`{"timestamp":"2026-03-14T09:26:53.589793Z","tag":"kube.var","kubernetes":{"container_name":"shop","host":"node-1"},"log":"paid"}`,
			told{"2026-03-14T09:26:53.589793Z", "", "paid", "node-1", "shop", ""}},
		"gelf": {`{"host":"web-1","message":"A short message","timestamp":1385053862.3072,"level":4}`,
			told{"2013-11-21T17:11:02.3072Z", "warn", "A short message", "web-1", "", ""}},
		"json: zap": {`{"level":"info","ts":1773480413.25,"msg":"started"}`, told{time: "2026-03-14T09:26:53.25Z", level: "info", message: "started"}},
		"json: pino": {`{"level":30,"time":1773480413250,"hostname":"web-1","msg":"started"}`,
			told{"2026-03-14T09:26:53.25Z", "info", "started", "web-1", "", ""}},
		"json: python":         {`{"asctime":"2026-03-14 09:26:53,250","levelname":"ERROR","message":"x"}`, told{time: "2026-03-14T09:26:53.25Z", level: "error", message: "x"}},
		"json: status of HTTP": {`{"status":502,"message":"x"}`, told{message: "x"}},
		"json: exit":           {`{"status":"0","message":"x"}`, told{message: "x"}},
		"loki": {`{"timestamp":"1773480413000000001","labels":{"app":"shop","level":"debug"},"message":"login","metadata":{"trace_id":"abc"}}`,
			told{"2026-03-14T09:26:53.000000001Z", "debug", "login", "", "shop", "abc"}},
		"otlp": {`{"timestamp":"1773480413000000000","severity_number":"17","severity_text":"INFO","message":"login","trace_id":"5b8e","resource":{"service.name":"shop","host.name":"web-1"}}`,
			told{"2026-03-14T09:26:53Z", "error", "login", "web-1", "shop", "5b8e"}},
		"sentry": {`{"level":"warning","server_name":"web-1","timestamp":1773480413.25,"logentry":{"formatted":"failed"},"contexts":{"trace":{"trace_id":"771a"}}}`,
			told{"2026-03-14T09:26:53.25Z", "warn", "failed", "web-1", "", "771a"}},
		"splunk": {`{"message":"login","time":1773478800,"host":"web-1","source":"app.log"}`, told{"2026-03-14T09:00:00Z", "", "login", "web-1", "", ""}},
		"syslog": {`{"severity":"crit","facility":"auth","timestamp":"2026-03-14T09:26:54Z","host":"web-1","app":"su","message":"failed"}`,
			told{"2026-03-14T09:26:54Z", "fatal", "failed", "web-1", "su", ""}},
	} {
		err := each([]byte(c.line), func(l *Line) {
			level, _ := l.Level()
			got := told{"", level, string(l.Message()), string(l.Host()), string(l.Service()), string(l.Trace())}
			if n := l.Time(); n != 0 {
				got.time = time.Unix(0, n).UTC().Format(time.RFC3339Nano)
			}
			if got != c.want {
				t.Errorf("%s:\ngot  %q\nwant %q", name, got, c.want)
			}
		})
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
