// Ships the records in the JSON array on standard input over Fluent's forward protocol, with a shared key, acknowledged.
// Usage: node fluent.js HOST PORT KEY CA-FILE
const fs = require("fs");
const { FluentClient } = require("@fluent-org/logger");

const [host, port, sharedKey, caFile] = process.argv.slice(2);
const client = new FluentClient("app.web", {
  eventMode: "CompressedPackedForward",
  socket: { host, port: Number(port), timeout: 10000, tls: { ca: fs.readFileSync(caFile), servername: "localhost" } },
  security: { clientHostname: "web-1", sharedKey },
  ack: { ackTimeout: 10000 },
});
const records = JSON.parse(fs.readFileSync(0, "utf8"));
client
  .connect()
  .then(() => Promise.all([...records.map((r) => client.emit(r)), client.flush()]))
  .then(() => client.disconnect())
  .then(() => process.exit(0))
  .catch((e) => {
    console.error(e);
    process.exit(1);
  });
