// Inserts rows, a JSON array on standard input, by ClickHouse's own client, and asks what applications ask before.
import { createClient } from '@clickhouse/client'
import { readFileSync } from 'node:fs'

const [url, pathname, gzip] = process.argv.slice(2)
const client = createClient({
  url, pathname: pathname || undefined, compression: { request: gzip === 'gzip' },
  clickhouse_settings: { input_format_skip_unknown_fields: 1 },
})
for (const select of [false, true]) {
  const pong = await client.ping({ select })
  if (!pong.success) throw pong.error
}
const version = await (await client.query({ query: 'SELECT version()', format: 'TabSeparated' })).text()
if (!/^\d+\.\d+/.test(version)) throw new Error(`version: ${version}`)
const done = await client.insert({ table: 'logs', format: 'JSONEachRow', values: JSON.parse(readFileSync(0, 'utf8')) })
if (!done.executed) throw new Error('nothing was inserted')
await client.close()
