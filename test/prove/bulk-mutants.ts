// Protections of the bulk reading switched off from outside: a network that lies in the one way against
// which each stands. With any of them the proof must turn red.

import type { HttpReply, HttpRequest, Network } from '@chartway/platform'

export type Lie = (network: Network) => Network

export const LIES: Readonly<Record<string, Lie>> = {
  'counts-not-compared': (network) => manifests(network, withoutCounts),
  'errors-not-read': (network) => manifests(network, (manifest) => ({ ...manifest, error: [] })),
  'ends-not-proven': cutsHidden,
  'retry-after-not-kept': (network) =>
    replying(network, (reply) => ({
      ...reply,
      headers: reply.headers.map(([name, value]) =>
        name === 'retry-after' ? ([name, '20'] as const) : ([name, value] as const),
      ),
    })),
  'tokens-not-minted-again': oldTokens,
}

function replying(network: Network, change: (reply: HttpReply, request: HttpRequest) => HttpReply) {
  return {
    send: async (request: HttpRequest, options?: Parameters<Network['send']>[1]) =>
      change(await network.send(request, options), request),
  }
}

function manifests(network: Network, change: (manifest: Manifest) => Manifest): Network {
  return replying(network, (reply, { url }) => {
    if (reply.status !== 200 || !url.includes('$export-poll-location')) return reply
    const manifest: Manifest = JSON.parse(new TextDecoder().decode(reply.body))
    return { ...reply, body: new TextEncoder().encode(JSON.stringify(change(manifest))) }
  })
}

interface Manifest {
  readonly [name: string]: unknown
  readonly output?: readonly { readonly type: string; readonly url: string }[]
}

function withoutCounts(manifest: Manifest): Manifest {
  return { ...manifest, output: (manifest.output ?? []).map(({ type, url }) => ({ type, url })) }
}

const NEW_LINE = 0x0a

/** Files that break off seem to end well after their last whole line. */
function cutsHidden(network: Network): Network {
  return {
    async send(request, options) {
      const { sink } = request
      if (sink === undefined) return network.send(request, options)
      let held: Uint8Array[] = []
      let head: Parameters<typeof sink>[0] | undefined
      const hidden: HttpRequest = {
        ...request,
        sink: (given) => {
          head = { ...given, headers: [...given.headers, ['content-length', '0']] }
          const take = sink(head)
          if (take === undefined) return undefined
          return async (piece) => {
            const end = piece.lastIndexOf(NEW_LINE) + 1
            if (end > 0) await take(Buffer.concat([...held, piece.subarray(0, end)]))
            held = end > 0 ? [piece.slice(end)] : [...held, piece.slice()]
          }
        },
      }
      try {
        const reply = await network.send(hidden, options)
        return { ...reply, headers: head?.headers ?? reply.headers }
      } catch (error) {
        if (head === undefined) throw error
        return { ...head, body: new Uint8Array() }
      }
    },
  }
}

/** The token endpoint gives its first token for ever. */
function oldTokens(network: Network): Network {
  let first: HttpReply | undefined
  return {
    async send(request, options) {
      if (!request.url.endsWith('/oauth/oauth2/token')) return network.send(request, options)
      first ??= await network.send(request, options)
      return first
    },
  }
}
