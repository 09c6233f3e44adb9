// Protections switched off from outside: a network that lies to the platform in the one way against
// which the protection stands. With any of them a proof must turn red.

import type { HttpReply, Network } from '@chartway/platform'

/** The vendor's pages end after the first, as for a client that does not follow them. */
export function pagesNotFollowed(network: Network): Network {
  return answering(network, (body) => {
    if (!Array.isArray(body.link) || !Array.isArray(body.entry)) return body
    const shown = body.entry.filter((entry) => !isIncluded(entry)).length
    return { ...body, total: shown, link: body.link.filter((link) => !isNext(link)) }
  })
}

/** Every read by id says that there is no such thing, as for a client that needs no proof of absence. */
export function readsSayAbsent(network: Network): Network {
  return {
    async send(request, options) {
      const reply = await network.send(request, options)
      const byId = /\/fhir\/r4\/[^/]+\/[A-Za-z]+\/[^/?]+$/.test(request.url)
      if (!byId || reply.status !== 200) return reply
      const outcome = {
        resourceType: 'OperationOutcome',
        issue: [{ severity: 'error', code: 'not-found', diagnostics: 'Resource is not known' }],
      }
      return { ...withBody(reply, outcome), status: 404 }
    },
  }
}

/** Listings leave out their last entry and say so nowhere, as for a client that loses one. */
export function entriesLost(network: Network): Network {
  let searches = 0
  return answering(network, (body) => {
    if (!Array.isArray(body.entry) || body.entry.length === 0 || ++searches % 7 !== 0) return body
    const total = Number(body.total) - 1
    return { ...body, total, entry: body.entry.slice(0, -1) }
  })
}

type Body = Readonly<Record<string, unknown>>

function answering(network: Network, change: (body: Body) => Body): Network {
  return {
    async send(request, options) {
      const reply = await network.send(request, options)
      const text = new TextDecoder().decode(reply.body)
      if (reply.status !== 200 || !text.includes('"searchset"')) return reply
      const body: Body = JSON.parse(text)
      return withBody(reply, change(body))
    },
  }
}

function withBody(reply: HttpReply, body: Body): HttpReply {
  const bytes = new TextEncoder().encode(JSON.stringify(body))
  const headers = reply.headers.filter(([name]) => name !== 'content-length')
  return { ...reply, headers, body: bytes }
}

function isIncluded(entry: unknown): boolean {
  return JSON.stringify(entry).includes('"mode":"include"')
}

function isNext(link: unknown): boolean {
  return typeof link === 'object' && link !== null && 'relation' in link && link.relation === 'next'
}
