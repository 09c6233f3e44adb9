// Builds answers and the headers every answer of the vendor carries. It decides no answer.

import type { Random } from './random.ts'
import type { Switches } from './switches.ts'
import type { WireReply, WireRequest, WireStream, WireTrouble } from './wire.ts'

/** An answer before it gets the headers all answers have. */
export interface Draft {
  readonly status: number
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: string
  /** Sent instead of `body`. */
  readonly stream?: WireStream
  /** What this answer meets on the wire. */
  readonly trouble?: WireTrouble
}

export const FHIR_JSON = 'application/fhir+json;charset=UTF-8'
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const HEX = '0123456789abcdef'
/** Named in the FHIR host's answers [P: recorded 2024-11]. */
const SOFTWARE = 'HAPI FHIR 5.4.0 REST Server (FHIR Server; FHIR 4.0.1/R4)'
const encoder = new TextEncoder()

export function json(status: number, value: unknown): Draft {
  const headers = [['Content-Type', 'application/json;charset=UTF-8']] as const
  return { status, headers, body: JSON.stringify(value) }
}

export function plain(status: number, body: string): Draft {
  return { status, headers: [['Content-Type', 'text/plain;charset=UTF-8']], body }
}

/** A refusal as the facade words it: one issue with severity error [P: recorded 400s]. */
export function outcome(status: number, diagnostics: string, code = 'processing'): Draft {
  const issue = [{ severity: 'error', code, diagnostics }]
  const body = JSON.stringify({ resourceType: 'OperationOutcome', issue })
  return { status, headers: [['Content-Type', FHIR_JSON]], body }
}

/** The answer to a browser's preflight, where cross-origin headers are switched on. */
export function preflight(): Draft {
  const headers = [
    ['Access-Control-Allow-Methods', 'GET, POST, OPTIONS'],
    ['Access-Control-Allow-Headers', 'Authorization, Accept, Content-Type'],
  ] as const
  return { status: 204, headers, body: '' }
}

/** Finishes an answer: vendor time in `Date`, request id, empty `Server`, affinity cookies. */
export function finish(
  draft: Draft,
  request: WireRequest,
  context: {
    readonly now: number
    readonly random: Random
    readonly switches: Switches
    readonly isFhir: boolean
  },
): WireReply {
  const { now, random, switches } = context
  const headers: [string, string][] = [
    ['Date', new Date(now).toUTCString()],
    ['Server', ''],
    ['X-Request-Id', random.text(16, LETTERS)],
    ...draft.headers.map(([name, value]): [string, string] => [name, value]),
  ]
  if (context.isFhir) headers.push(['X-Powered-By', SOFTWARE])
  if (switches.is('cors', 'on')) headers.push(['Access-Control-Allow-Origin', '*'])
  if (switches.is('affinity-cookies', 'on')) headers.push(...affinity(request, random))
  const { status, stream, trouble } = draft
  return {
    status,
    headers,
    body: encoder.encode(draft.body),
    delayMs: 0,
    ...(stream === undefined ? {} : { stream }),
    ...(trouble === undefined ? {} : { trouble }),
  }
}

/** The gateway keeps the value a client sends back and gives a new one otherwise [P]. */
function affinity(request: WireRequest, random: Random): [string, string][] {
  const sent = /ApplicationGatewayAffinity(?:CORS)?=([0-9a-f]{32})/.exec(
    request.headers.cookie ?? '',
  )
  const value = sent?.[1] ?? random.text(32, HEX)
  return [
    ['Set-Cookie', `ApplicationGatewayAffinityCORS=${value}; Path=/; SameSite=None; Secure`],
    ['Set-Cookie', `ApplicationGatewayAffinity=${value}; Path=/`],
  ]
}
