// Serves the built page and hands its reading on to Chartway with the key, which no browser sees. Put
// your own sign-in before it: whoever reaches this address reads charts.

import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { extname, join, normalize } from 'node:path'

const { CHARTWAY_URL: url = 'http://127.0.0.1:7400', CHARTWAY_KEY: key = '' } = process.env
const dist = join(import.meta.dirname, 'dist')
const TYPES = new Map([
  ['.html', 'text/html; charset=utf-8'],
  ['.js', 'text/javascript'],
  ['.css', 'text/css'],
])
/** What the panel asks for, and nothing else. */
const ALLOWED = /^\/v1\/(patients\/[\w.-]+|problems|medications|vitals)(\?|$)/
const MS_MAX = 30_000

const server = createServer(async ({ method, url: path = '/' }, response) => {
  try {
    if (method === 'GET' && ALLOWED.test(path)) {
      const headers = { authorization: `Bearer ${key}` }
      const answer = await fetch(url + path, { headers, signal: AbortSignal.timeout(MS_MAX) })
      const type = answer.headers.get('content-type') ?? 'application/json'
      response.writeHead(answer.status, { 'content-type': type, 'cache-control': 'no-store' })
      response.end(await answer.text())
      return
    }
    const name = normalize(path === '/' ? '/index.html' : (path.split('?')[0] ?? ''))
    const type = TYPES.get(extname(name))
    if (method !== 'GET' || type === undefined) response.writeHead(404).end()
    else response.writeHead(200, { 'content-type': type }).end(await readFile(join(dist, name)))
  } catch {
    // Whatever it was, it is not for a page: no such file, or Chartway is not there.
    if (!response.headersSent) response.writeHead(502)
    response.end()
  }
})
server.listen(Number(process.env.PORT ?? 9003), '127.0.0.1', () => {
  console.log(`the panel is at http://127.0.0.1:${process.env.PORT ?? 9003}/#PATIENT-ID`)
})
