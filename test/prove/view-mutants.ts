// Lies by which `prove views` is shown to fail: a network that changes records on their way in, and an
// API whose answers are changed on their way out, each in the one way a careless view would.

import type { Network } from '@chartway/platform'
import type { ApiBody } from '../rig.ts'

/** What the vendor sends, changed in one place. */
export const wireLies: Readonly<Record<string, (network: Network) => Network>> = {
  'visits-finished-early': (network) =>
    changing(network, (text) => text.replaceAll('"status":"planned"', '"status":"finished"')),
  'reasons-dropped': (network) =>
    changing(network, (text) => text.replaceAll('"reasonCode":', '"_reasonCode":')),
  'names-misread': (network) =>
    changing(network, (text) => text.replaceAll('"family":', '"surname":')),
}

/** What the API answers, changed in one place. */
export const answerLies: Readonly<Record<string, (path: string, body: ApiBody) => ApiBody>> = {
  'unknown-filled': inObjects((text) => text.replaceAll('"birthSex":null', '"birthSex":"F"')),
  'units-dropped': inObjects((text) => text.replaceAll(/"unit":"[^"]*"/g, '"unit":null')),
  'local-days-in-utc': inObjects((text) =>
    text.replaceAll(
      /"given":"([^"]*T[^"]*)","precision":"(\w+)","localDay":"[^"]*"/g,
      (_whole, given: string, precision: string) =>
        `"given":"${given}","precision":"${precision}","localDay":"${new Date(given).toISOString().slice(0, 10)}"`,
    ),
  ),
  'locks-guessed': inObjects((text) => text.replaceAll('"state":"unsigned"', '"state":"signed"')),
  'one-object-kept-back': (path, body) =>
    path.startsWith('/v1/problems') && Array.isArray(body.items)
      ? { ...body, items: body.items.slice(1) }
      : body,
  'literal-names-stale': (path, body) =>
    path.startsWith('/patients') ? { ...body, items: [] } : body,
}

function inObjects(change: (text: string) => string): (path: string, body: ApiBody) => ApiBody {
  return (_path, body) => JSON.parse(change(JSON.stringify(body)))
}

function changing(network: Network, change: (text: string) => string): Network {
  return {
    async send(request, options) {
      const reply = await network.send(request, options)
      const text = new TextDecoder().decode(reply.body)
      if (reply.status !== 200 || !text.includes('"resourceType"')) return reply
      const headers = reply.headers.filter(([name]) => name !== 'content-length')
      return { ...reply, headers, body: new TextEncoder().encode(change(text)) }
    },
  }
}
