// Nightly export: one NDJSON file of every record that changed since the last night, and a manifest that
// says whether it is whole. It keeps its place in the folder and goes on where it was stopped.

import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { appendFile, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { collectionOf, createClient, isApiError } from '@chartway/client'

/** A part of the practice that was asked longer ago than this makes an export incomplete. */
const AGE_HOURS_MAX = 24
/** The exit code of an export that is not whole. */
const INCOMPLETE = 3

const { CHARTWAY_URL: url = 'http://127.0.0.1:7400', CHARTWAY_KEY: key } = process.env
const practice = process.env.CHARTWAY_PRACTICE
const folder = process.argv[2] ?? 'export'
const client = createClient({ url, key })
const part = join(folder, 'night.ndjson.part')

interface Night {
  /** Sequence numbers of the change feed: after the one, up to the other. */
  readonly from: number
  readonly to: number
}

const isNight = (value: unknown): value is Night =>
  typeof value === 'object' && value !== null && 'from' in value && 'to' in value

const text = async (name: string) => (existsSync(name) ? readFile(name, 'utf8') : undefined)

async function nightIn(name: string): Promise<Night | undefined> {
  const value: unknown = JSON.parse((await text(join(folder, name))) ?? 'null')
  return isNight(value) ? value : undefined
}

/** The night that was begun and not ended, or a new one from where the last one ended. */
async function tonight(): Promise<Night> {
  const begun = await nightIn('night.json')
  if (begun !== undefined) return begun
  const from = (await nightIn('last.json'))?.to ?? 0
  const { last } = await client.call('changes.list', { practice, after: from, limit: 1 })
  await writeFile(join(folder, 'night.json'), JSON.stringify({ from, to: last }))
  return { from, to: last }
}

/** Each record that changed, by `Type/id`, with its last change; and how many this key may not see. */
async function changed({ from, to }: Night) {
  const records = new Map<string, number>()
  let withheld = 0
  for await (const change of client.changes({ practice, after: from })) {
    if (change.sequence > to) break
    if (change.kind === 'withheld') withheld++
    else records.set(`${change.type}/${change.id}`, change.sequence)
  }
  return { records: [...records].sort((one, other) => one[1] - other[1]), withheld }
}

/** The record as it is now; `deleted` when it is gone, `withheld` when it may no longer be seen. */
async function lineOf(record: string, sequence: number): Promise<string> {
  const [type = '', id = ''] = record.split('/')
  const collection = collectionOf(type)
  if (collection === undefined) throw new Error(`${type} is not served`)
  try {
    const { resource } = await client.call('resources.read', { practice, collection, id })
    return `${JSON.stringify({ sequence, type, id, resource })}\n`
  } catch (error) {
    const deleted = isApiError(error, 'RESOURCE_DELETED')
    if (!deleted && !isApiError(error, 'NOT_FOUND')) throw error
    const why = deleted ? { deleted } : { withheld: true }
    return `${JSON.stringify({ sequence, type, id, ...why })}\n`
  }
}

/** The last sequence number that stands whole in the unfinished file; half a line is cut off. */
async function done(): Promise<number> {
  const written = (await text(part)) ?? ''
  const whole = written.slice(0, written.lastIndexOf('\n') + 1)
  if (whole !== written) await writeFile(part, whole)
  const line: unknown = JSON.parse(whole.trimEnd().split('\n').at(-1) || '{"sequence":0}')
  return typeof line === 'object' && line !== null && 'sequence' in line ? Number(line.sequence) : 0
}

/** Why the export is not whole; empty when it is. */
async function gaps(night: Night, withheld: number): Promise<string[]> {
  const { phase } = await client.call('sync.read', { practice })
  const { freshness } = await client.call('changes.list', { practice, after: night.to, limit: 1 })
  const hours = (freshness.ageSeconds ?? Number.POSITIVE_INFINITY) / 3600
  return [
    ...(phase === 'continuing' ? [] : [`the mirror does not follow the practice now: ${phase}`]),
    ...(hours <= AGE_HOURS_MAX ? [] : [`the oldest part was asked ${hours.toFixed(0)} hours ago`]),
    ...(withheld === 0 ? [] : [`this key may not see ${withheld} of the changes`]),
  ]
}

await mkdir(folder, { recursive: true })
const night = await tonight()
const { records, withheld } = await changed(night)
const after = await done()
for (const [record, sequence] of records)
  if (sequence > after) await appendFile(part, await lineOf(record, sequence))
const content = (await text(part)) ?? ''
const unread = content.match(/"withheld":true\}$/gm)?.length ?? 0
const why = await gaps(night, withheld + unread)
const file = `changes-${night.from + 1}-${night.to}.ndjson`
const sha256 = createHash('sha256').update(content).digest('hex')
const count = { records: records.length, complete: why.length === 0, why }
const manifest = { ...night, file, sha256, ...count }
await writeFile(join(folder, file), content)
await writeFile(join(folder, `${file}.manifest.json`), JSON.stringify(manifest, null, 2))
await writeFile(join(folder, 'last.new'), JSON.stringify(night))
await rename(join(folder, 'last.new'), join(folder, 'last.json'))
for (const name of [part, join(folder, 'night.json')]) await rm(name, { force: true })
console.log(JSON.stringify(manifest))
if (why.length > 0) process.exitCode = INCOMPLETE
