// Ships the records in the JSON array on standard input as GELF.
// Usage: node gelf.js udp|tcp HOST PORT
const fs = require("fs");
const log = require("gelf-pro");

const [adapterName, host, port] = process.argv.slice(2);
log.setConfig({ adapterName, adapterOptions: { host, port: Number(port) }, fields: { component: "sync" } });
const records = JSON.parse(fs.readFileSync(0, "utf8"));
const send = (r) => new Promise((done, fail) => log.error(r.message, r.fields, (err) => (err ? fail(err) : done())));
records
  .reduce((before, r) => before.then(() => send(r)), Promise.resolve())
  .then(() => process.exit(0))
  .catch((e) => {
    console.error(e);
    process.exit(1);
  });
