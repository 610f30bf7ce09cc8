// Sends the events in the JSON array on standard input with Splunk's own logger, in batches of five, each acknowledged.
// Usage: node splunk.js URL TOKEN
const fs = require("fs");
const { Logger } = require("splunk-logging");

const [url, token] = process.argv.slice(2);
const logger = new Logger({ url, token, maxBatchCount: 0 });
const fail = (e) => {
  console.error(e);
  process.exit(1);
};
logger.error = fail;
const flush = () =>
  new Promise((done) =>
    logger.flush((err, resp, body) => (err || body.code !== 0 ? fail(err || new Error(`code ${body.code}`)) : done())),
  );
(async () => {
  for (const [i, event] of JSON.parse(fs.readFileSync(0, "utf8")).entries()) {
    logger.send(event);
    if (i % 5 === 4) await flush();
  }
  if (logger.serializedContextQueue.length > 0) await flush();
})().catch(fail);
