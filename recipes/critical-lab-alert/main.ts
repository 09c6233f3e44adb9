// Critical-lab alert: follows the change stream and sends one alert for each laboratory result that a
// rule calls critical. Stopped at any point and started again, it loses none and sends none twice. The
// limits in rules.json are an example; a laboratory's director decides what is critical.

import { readFile, rename, writeFile } from 'node:fs/promises'
import { createClient, isApiError, type LabResult } from '@chartway/client'
import rules from './rules.json' with { type: 'json' }

const { CHARTWAY_URL: url = 'http://127.0.0.1:7400', CHARTWAY_KEY: key } = process.env
const { PAGER_URL: pager = 'http://127.0.0.1:9001', PLACE_FILE: place = 'place.json' } = process.env
const practice = process.env.CHARTWAY_PRACTICE
const PAGER_MS_MAX = 10_000
const PAGER_TRIES_MAX = 5

const client = createClient({ url, key })

/** Where the last run stopped; at the first start, the newest change of now, which is kept at once. */
async function begin(): Promise<number> {
  try {
    return Number(JSON.parse(await readFile(place, 'utf8')))
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
    const { last } = await client.call('changes.list', { practice, limit: 1 })
    await keep(last)
    return last
  }
}

/** Whole or not at all: a place that was half written would be a place lost. */
async function keep(sequence: number): Promise<void> {
  await writeFile(`${place}.new`, String(sequence))
  await rename(`${place}.new`, place)
}

/** Why a result is critical; undefined when no rule says so. */
function critical({ code, value, interpretations }: LabResult): string | undefined {
  const called = interpretations?.flatMap(({ codings }) => codings.map((coding) => coding.code))
  const flag = called?.find((one) => one !== null && rules.interpretations.includes(one))
  if (flag !== undefined) return `the laboratory flags it ${flag}`
  const codes = code?.codings.map((coding) => coding.code ?? '') ?? []
  const limit = rules.limits.find(({ loinc }) => loinc.some((one) => codes.includes(one)))
  const number = value?.number ?? undefined
  if (limit === undefined || number === undefined) return undefined
  // The vendor mostly names no unit. A number in another one is another number: a person has to look.
  if (typeof value?.unit === 'string' && value.unit !== limit.unit)
    return `${limit.test} in a unit that the rule does not know`
  if (number < limit.below) return `${limit.test} is below ${limit.below} ${limit.unit}`
  if (number > limit.above) return `${limit.test} is above ${limit.above} ${limit.unit}`
  return undefined
}

/** The pager keeps one alert per id: a second PUT of the same is answered 412 and pages nobody. */
async function alert(result: LabResult, why: string): Promise<void> {
  const { id, patient, code, value, effective, links } = result
  const body = { id, patient: patient?.id, test: code?.text, value: value?.number, why, links }
  for (let tries = 1; ; tries++) {
    const response = await fetch(`${pager}/alerts/${encodeURIComponent(id)}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json', 'if-none-match': '*' },
      body: JSON.stringify({ ...body, at: effective?.start?.given ?? null }),
      signal: AbortSignal.timeout(PAGER_MS_MAX),
    }).catch(() => undefined)
    if (response?.ok || response?.status === 412) return
    // The place is not moved on: the next start begins with this change again.
    if (tries === PAGER_TRIES_MAX) throw new Error(`The pager does not take alerts: ${id}`)
    await new Promise((resolve) => setTimeout(resolve, 200 * 2 ** tries))
  }
}

/** The laboratory result that changed; undefined when it is none, or is no more. */
async function labResult(id: string): Promise<LabResult | undefined> {
  try {
    return await client.call('lab-results.read', { practice, id })
  } catch (error) {
    if (isApiError(error, 'NOT_FOUND') || isApiError(error, 'RESOURCE_DELETED')) return undefined
    throw error
  }
}

const after = await begin()
console.log(`following after ${after}`)
for await (const change of client.stream({ practice, after }, { retriesMax: 1000 })) {
  if (change.kind !== 'withheld' && change.kind !== 'deleted' && change.type === 'Observation') {
    const result = await labResult(change.id)
    const why = result?.status === 'entered-in-error' ? undefined : result && critical(result)
    if (result !== undefined && why !== undefined) await alert(result, why)
  }
  await keep(change.sequence)
}
