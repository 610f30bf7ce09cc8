// Captures an error for each line in the JSON array on standard input with Sentry's SDK for Node.js, and logs each with its attributes. What it
// captures has a user and a context with personal data.
// Usage: node sentry.js DSN USER-JSON
const fs = require("fs");
const Sentry = require("@sentry/node");

const [dsn, user] = process.argv.slice(2);
Sentry.init({ dsn, release: "1.9.2", environment: "shop", serverName: "web-1", sendDefaultPii: true, enableLogs: true, defaultIntegrations: false });
Sentry.setUser(JSON.parse(user));
Sentry.setContext("order", JSON.parse(user));
for (const { text, attributes } of JSON.parse(fs.readFileSync(0, "utf8"))) {
  Sentry.captureException(new Error(text));
  Sentry.logger.error(text, attributes);
}
Sentry.flush(10000).then((done) => process.exit(done ? 0 : 1));
