// `prove facade`: the sandbox declares what the vendor's published statements declare, as sets, and
// answers every parameter combination as its table and the collected evidence say. Over real sockets.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { COMBINATIONS } from 'chartway-sandbox'
import { MONDAY_MORNING } from '../monday.ts'
import { smartConfigurationSets, statementSets } from './judge/declared.ts'
import evidence from './judge/evidence.json' with { type: 'json' }
import { check, floor, none, type Proof, type ProofOptions, type ProofResult } from './proof.ts'
import { type VendorClient, vendorClient } from './vendor-client.ts'

const CAPTURES = join(import.meta.dirname, '..', '..', '..', 'shared', 'vendor', 'captures')
const STATEMENT = join(CAPTURES, 'capabilitystatement-2026-08-14.json')
const SMART = join(CAPTURES, 'smart-configuration-2026-08-14.json')
const ROWS_MIN = 140
const UNLISTED_MIN = 100
const EVIDENCE_MIN = 25

export const proof: Proof = {
  name: 'facade',
  shows:
    'The sandbox declares and answers what the vendor’s published surface declares and answers.',
  mutants: ['count-parameter', 'link-host', 'rate-limit', 'dotted-practitioner-read'],
  run,
}

async function run(options: ProofOptions): Promise<ProofResult> {
  if (!existsSync(STATEMENT) || !existsSync(SMART))
    return { checks: [], figures: {}, skipped: 'The published captures are not here.' }
  await using vendor = await vendorClient({
    seed: options.seed,
    startsAt: MONDAY_MORNING,
    switches: switchesOf(options.mutant),
  })
  options.say('declarations')
  const declared = await differencesToCaptures(vendor)
  options.say('combinations')
  const rows = await exerciseRows(vendor)
  const unlisted = await exerciseUnlisted(vendor, options.quick ? 150 : Number.POSITIVE_INFINITY)
  options.say('evidence')
  const known = await exerciseEvidence(vendor)
  const wire = await lookAtTheWire(vendor)
  const minute = await fillOneMinute(vendor)
  return {
    checks: [
      none('difference to the published statements', declared.differences),
      floor('members compared', declared.compared, 850),
      none('combination row answered otherwise', rows.wrong),
      floor('combination rows exercised', rows.asked, ROWS_MIN),
      none('unlisted combination served', unlisted.wrong),
      floor('unlisted combinations exercised', unlisted.asked, UNLISTED_MIN),
      none('answer against the evidence', known.wrong),
      floor('pieces of evidence exercised', known.asked, EVIDENCE_MIN),
      none('wire form against the evidence', wire),
      check(
        'the 251st call of a minute is refused, none before',
        minute.firstRefused === 251,
        minute.firstRefused,
      ),
      check(
        'refusals carry no Retry-After and no RateLimit header',
        minute.hints === 0,
        minute.hints,
      ),
    ],
    figures: {
      compared: declared.compared,
      rows: rows.asked,
      unlisted: unlisted.asked,
      evidence: known.asked,
      calls: vendor.calls(),
    },
  }
}

/** Each mutant flips a quirk away from what the evidence says. */
function switchesOf(mutant: string | undefined): Record<string, string> {
  switch (mutant) {
    case 'count-parameter':
      return { 'count-parameter': 'accept-2024' }
    case 'link-host':
      return { 'link-host': 'public' }
    case 'rate-limit':
      return { 'rate-limit': 'counted-only' }
    case 'dotted-practitioner-read':
      return { 'dotted-practitioner-read': 'works' }
    default:
      return {}
  }
}

async function differencesToCaptures(vendor: VendorClient) {
  const pairs = [
    [statementSets(read(STATEMENT)), statementSets((await vendor.get('metadata')).body)],
    [
      smartConfigurationSets(read(SMART)),
      smartConfigurationSets((await vendor.get('.well-known/smart-configuration')).body),
    ],
  ] as const
  const differences: string[] = []
  let compared = 0
  for (const [published, ours] of pairs) {
    compared += published.size
    for (const member of published) if (!ours.has(member)) differences.push(`lacks ${member}`)
    for (const member of ours) if (!published.has(member)) differences.push(`adds ${member}`)
  }
  return { differences, compared }
}

async function exerciseRows(vendor: VendorClient) {
  const wrong: string[] = []
  for (const { type, parameters, answer, answers } of COMBINATIONS) {
    const query = vendor.query(type, parameters, Object.fromEntries(answers ?? []))
    const { status, text } = await vendor.get(`${type}?${query}`)
    const asSaid =
      answer === 'ok'
        ? status === 200
        : status === 400 && text.includes('Does not know how to handle get operation')
    if (!asSaid) wrong.push(`${type}?${parameters.join('&')} is ${answer}, answered ${status}`)
  }
  return { asked: COMBINATIONS.length, wrong }
}

/** Every pair of declared parameters that no row lists must be refused, naming the pair. */
async function exerciseUnlisted(vendor: VendorClient, most: number) {
  const listed = new Set(COMBINATIONS.map((row) => keyOf(row.type, row.parameters)))
  const wrong: string[] = []
  let asked = 0
  for (const { type, parameters } of vendor.declared())
    for (const [i, one] of parameters.entries())
      for (const other of parameters.slice(i + 1)) {
        if (listed.has(keyOf(type, [one, other])) || one === 'page' || other === 'page') continue
        if (asked >= most) return { asked, wrong }
        asked++
        const { status, text } = await vendor.get(`${type}?${vendor.query(type, [one, other], {})}`)
        if (status !== 400 || !text.includes(`[${one},${other}]`))
          wrong.push(`${type}?${one}&${other} answered ${status}`)
      }
  return { asked, wrong }
}

async function exerciseEvidence(vendor: VendorClient) {
  const wrong: string[] = []
  for (const { ask, status, says } of evidence) {
    const answer = await vendor.get(vendor.filled(ask))
    if (!isStatus(answer.status, status) || (says !== undefined && !answer.text.includes(says)))
      wrong.push(`${ask} answered ${answer.status}`)
  }
  const bare = await vendor.get('Patient?name=a', { token: false })
  if (bare.status !== 401 || !bare.text.includes('OperationOutcome'))
    wrong.push('401 without token')
  for (const [what, status] of Object.entries(await vendor.tokenRefusals()))
    if (status < 400) wrong.push(`token with ${what} was granted`)
  return { asked: evidence.length + 1 + 5, wrong }
}

/** An exact status, any client error, or any refusal where the evidence does not tell which. */
function isStatus(status: number, wanted: number | string): boolean {
  if (wanted === '4xx') return status >= 400 && status < 500
  return wanted === 'refused' ? status >= 400 : status === wanted
}

/** What a recorded exchange shows around the resources: link hosts, headers, cookies. */
async function lookAtTheWire(vendor: VendorClient): Promise<string[]> {
  const { text, headers } = await vendor.get(vendor.filled('Condition?patient={patient}'))
  const wrong: string[] = []
  const links: { link?: { url: string }[]; entry?: { fullUrl: string }[]; id?: string } =
    JSON.parse(text)
  const urls = [
    ...(links.link ?? []).map(({ url }) => url),
    ...(links.entry ?? []).map((e) => e.fullUrl),
  ]
  if (urls.length === 0 || !urls.every((url) => url.startsWith('http://fhir4.eclinicalworks.com/')))
    wrong.push('links do not name the vendor’s host over http')
  if (!/^[A-Za-z0-9]{16}$/.test(headers.get('x-request-id') ?? '')) wrong.push('X-Request-Id')
  if (!headers.getSetCookie().some((line) => line.startsWith('ApplicationGatewayAffinity')))
    wrong.push('affinity cookies')
  if (headers.get('etag') !== null) wrong.push('an ETag')
  return wrong
}

async function fillOneMinute(vendor: VendorClient) {
  await vendor.nextMinute()
  let hints = 0
  let firstRefused = 0
  for (let call = 1; call <= 260; call++) {
    const { status, headers } = await vendor.raw('Patient?name=zz')
    if (status !== 429) continue
    firstRefused ||= call
    if (
      headers.get('retry-after') !== null ||
      [...headers.keys()].some((n) => /ratelimit/i.test(n))
    )
      hints++
  }
  return { firstRefused, hints }
}

function keyOf(type: string, parameters: readonly string[]): string {
  return `${type}?${[...parameters].sort().join('&')}`
}

function read(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'))
}
