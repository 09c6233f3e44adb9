// Checks a connection step by step for `doctor`: every finding says what is and, when it is wrong,
// what to do about it. It spends a bounded number of calls and stops at nothing.

import { ChartwayError, type ErrorCode, explain } from '../../kernel/errors.ts'
import type { Finding } from '../contract.ts'
import { hasUsualCode } from './address.ts'
import { servedBy, typesNotServed } from './capabilities.ts'
import type { CallOptions } from './connect.ts'
import { list, type Reader } from './read.ts'

/** Token calls spent on finding the scopes that the vendor refuses; each counts in the minute. */
export const PROBES_MAX = 24
/** A clock that is further off than this makes the vendor refuse assertions that live 300 s. */
const SKEW_MS_MAX = 30_000

/** A finding about an error: what it says and how to cure it, in the table's words. */
export function findingFor(problem: unknown): {
  readonly code: ErrorCode
  readonly says: string
  readonly fix: string
} {
  if (!(problem instanceof ChartwayError)) throw problem
  const { title, cause, cure } = explain(problem.code)
  return { code: problem.code, says: `${title}. ${cause}`, fix: cure }
}

export async function* check(
  reader: Reader,
  { signal }: { readonly signal?: AbortSignal | undefined },
): AsyncIterable<Finding> {
  const options: CallOptions = { lane: 'interactive', signal }
  const address = await attempt(() => reader.connection.discover(options))
  yield addressFinding(reader, address)
  const skewMs = reader.connection.skewMs()
  if (skewMs !== undefined) yield clockFinding(skewMs)
  yield await metadataFinding(reader, options)
  const token = await attempt(() => reader.connection.token({ atOnce: true, signal }))
  yield token.ok
    ? { check: 'token', ok: true, says: 'The vendor gave a token for our signed assertion.' }
    : { check: 'token', ok: false, ...findingFor(token.error) }
  yield await scopesFinding(reader, options, token)
  if (token.ok) yield* readFindings(reader, options)
}

type Attempt<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: unknown }

async function attempt<T>(work: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { ok: true, value: await work() }
  } catch (error) {
    if (!(error instanceof ChartwayError)) throw error
    return { ok: false, error }
  }
}

function addressFinding(reader: Reader, tried: Attempt<unknown>): Finding {
  if (tried.ok) return { check: 'address', ok: true, says: 'The practice answers at the base URL.' }
  const finding = findingFor(tried.error)
  const usual = hasUsualCode(reader.connection.settings.baseUrl)
  const hint = usual ? '' : ' Practice codes are usually six letters from A to J.'
  return { check: 'address', ok: false, ...finding, fix: `${finding.fix}${hint}` }
}

function clockFinding(skewMs: number): Finding {
  const seconds = Math.round(skewMs / 1000)
  const where = seconds < 0 ? 'behind' : 'ahead of'
  const says =
    seconds === 0
      ? "The vendor's clock is with ours."
      : `The vendor's clock is ${Math.abs(seconds)} s ${where} ours.`
  if (Math.abs(skewMs) <= SKEW_MS_MAX) return { check: 'clock', ok: true, says }
  const fix = 'Set this machine’s clock by NTP; signed assertions live for 300 s only.'
  return { check: 'clock', ok: false, code: 'PATHWAY_CLOCK_OFF', says, fix }
}

async function metadataFinding(reader: Reader, options: CallOptions): Promise<Finding> {
  const metadata = await attempt(() => reader.connection.metadata(options))
  if (!metadata.ok) return { check: 'metadata', ok: false, ...findingFor(metadata.error) }
  const served = servedBy(metadata.value)
  const lacking = typesNotServed(reader.dialect, served)
  const rest = lacking.length === 0 ? '' : ` Not served, and left out: ${lacking.join(', ')}.`
  return { check: 'metadata', ok: true, says: `The server declares ${served.size} types.${rest}` }
}

async function scopesFinding(
  reader: Reader,
  options: CallOptions,
  token: Attempt<{ readonly scope: string | undefined }>,
): Promise<Finding> {
  const wanted = [...new Set(reader.dialect.scopeByType.values())]
  if (token.ok) return grantedFinding(wanted, token.value.scope)
  const refused = token.error instanceof ChartwayError && token.error.code
  if (refused !== 'PATHWAY_GRANT_REFUSED') {
    const says = 'The scopes could not be checked without a token.'
    return { check: 'scopes', ok: false, says, fix: 'First mend what stands at the token.' }
  }
  const probe = await findRefused(reader, wanted, options)
  return probeFinding(probe)
}

function grantedFinding(wanted: readonly string[], scope: string | undefined): Finding {
  if (scope === undefined)
    return { check: 'scopes', ok: true, says: `${wanted.length} scopes asked, none refused.` }
  const granted = new Set(scope.split(' '))
  const lacking = wanted.filter((one) => !granted.has(one))
  if (lacking.length === 0)
    return { check: 'scopes', ok: true, says: `All ${wanted.length} scopes were granted.` }
  return {
    check: 'scopes',
    ok: false,
    code: 'PATHWAY_SCOPE_MISSING',
    says: `Not granted: ${lacking.join(', ')}.`,
    fix: 'Add them to the app at the vendor, or leave these types out for this connection.',
  }
}

interface Probe {
  readonly refused: readonly string[]
  readonly works: boolean
  /** False when the bound was reached first. */
  readonly finished: boolean
}

function probeFinding({ refused, works, finished }: Probe): Finding {
  const base = { check: 'scopes', ok: false, code: 'PATHWAY_GRANT_REFUSED' } as const
  if (!works)
    return {
      ...base,
      says: 'No scope is granted even alone, so the scopes are not the reason.',
      fix: 'Check the clock, the client id and the audience; then the app’s approval at the vendor.',
    }
  const rest = finished ? '' : ' There may be more: the check stopped at its limit of calls.'
  return {
    ...base,
    says: `Refused: ${refused.join(', ')}. One such scope refuses the whole token.${rest}`,
    fix: 'Ask the vendor how these are spelt for this app, and set or leave out their scopes for this connection.',
  }
}

/** Halves the list until each refused scope stands alone; a group that passes is done with. */
async function findRefused(
  reader: Reader,
  wanted: readonly string[],
  options: CallOptions,
): Promise<Probe> {
  const refused: string[] = []
  let works = false
  let calls = 0
  const queue: (readonly string[])[] = halves(wanted)
  for (let group = queue.shift(); group !== undefined; group = queue.shift()) {
    if (calls >= PROBES_MAX) return { refused, works, finished: false }
    calls++
    const minted = await attempt(() => reader.connection.mint(group ?? [], options))
    if (minted.ok) works = true
    else if (group.length === 1) refused.push(...group)
    else queue.push(...halves(group))
  }
  return { refused, works, finished: true }
}

function halves(group: readonly string[]): (readonly string[])[] {
  const middle = Math.ceil(group.length / 2)
  return [group.slice(0, middle), group.slice(middle)].filter((half) => half.length > 0)
}

async function* readFindings(reader: Reader, options: CallOptions): AsyncIterable<Finding> {
  const row = reader.dialect.searches.find((one) => one.per === 'letter')
  if (row === undefined) return
  // A letter that few names begin with: one page will do.
  const question = { search: row.name, subject: 'x' }
  const answer = await attempt(() => list(reader, question, options))
  const code = answer.ok ? undefined : findingFor(answer.error).code
  if (!answer.ok && code === 'PATHWAY_NOT_ACTIVATED') {
    yield { check: 'activation', ok: false, ...findingFor(answer.error) }
    return
  }
  yield { check: 'activation', ok: true, says: 'The practice lets this app in.' }
  yield answer.ok
    ? { check: 'read', ok: true, says: `A search for ${row.type} was answered.` }
    : { check: 'read', ok: false, ...findingFor(answer.error) }
}
