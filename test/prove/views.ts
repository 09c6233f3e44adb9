// `prove views`: every field of every unified object is traced back to the record it has to come from,
// over published samples, records made for this, and a generated practice; the literal endpoints answer
// alike; reads take less than a second. The judge reads what was put in; nothing of the views judges.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ApiBody, everything, socketRig } from '../rig.ts'
import { type Item, isItem, type Value } from './judge/compare.ts'
import { chartOf, JUDGED_OBJECTS, judgeViews, type ViewsJudged } from './judge/views.ts'
import { check, floor, none, type Proof, type ProofOptions, type ProofResult } from './proof.ts'
import { answerLies, wireLies } from './view-mutants.ts'
import { OWN_FILES } from './view-samples.ts'

const SAMPLES = join(import.meta.dirname, '..', '..', '..', 'shared', 'data', 'fhir')
const TIME_ZONE = 'America/New_York'
/** Vendor time runs this much faster than the wall, so that its budget does not take minutes. */
const TIME_SCALE = 60
const WALL_MS_MAX = 150_000
const PAGE = 200
const PAGES_MAX = 500
/** R52, wall ms, of a page as long as it is by default; so many askings of each. */
const READ_MS_MAX = 1_000
const TIMED = ['patients', 'appointments']
const TIMES = 10
/** Members that change while the practice is asked on. */
const AGES = ['ageSeconds', 'asOf']
const LITERAL = ['patients', 'appointments', 'encounters']
/** Floors: values compared, kinds of objects, and fields of objects that had a value at least once. */
const FLOORS = {
  quick: { values: 5_000, objects: 24, fields: 230 },
  full: { values: 40_000, objects: 24, fields: 240 },
}

export const proof: Proof = {
  name: 'views',
  shows: 'Every field of every unified object comes from its record: none is wrong, none made up.',
  mutants: [...Object.keys(wireLies), ...Object.keys(answerLies)],
  run,
}

interface Set {
  readonly practice: string
  readonly code: string
  readonly files: readonly { readonly name: string; readonly text: string }[] | undefined
}

async function run(options: ProofOptions): Promise<ProofResult> {
  const sets = setsOf(options.quick)
  const between = wireLies[options.mutant ?? '']
  await using rig = await socketRig({
    seed: options.seed,
    timeScale: TIME_SCALE,
    preset: 'calm',
    practices: sets.map(({ practice, code, files }) => ({
      practice,
      code,
      sandbox:
        files === undefined
          ? {
              kind: 'living',
              patients: options.quick ? 12 : 60,
              facilities: 2,
              providers: 3,
              lives: false,
            }
          : { kind: 'loaded', files },
    })),
    ...(between === undefined ? {} : { between }),
  })
  const lie = answerLies[options.mutant ?? '']
  const get = async (path: string) => {
    const body = await rig.get(path)
    return lie === undefined ? body : lie(path, body)
  }
  const judged: ViewsJudged[] = []
  const literal: string[] = []
  const links: string[] = []
  const took: number[] = []
  const reads: number[] = []
  for (const { practice, code, files } of sets) {
    options.say(`${practice}: mirroring`)
    await rig.firstSync(practice, WALL_MS_MAX)
    const mirrored = new Set((await everything(rig, practice)).map(nameOfRaw))
    const input = files === undefined ? generated(rig, code) : itemsIn(files)
    const chart = chartOf(
      input.filter((one) => mirrored.has(`${one.resourceType}/${one.id}`)),
      TIME_ZONE,
    )
    options.say(`${practice}: ${mirrored.size} records, reading objects`)
    const served: Record<string, readonly Item[]> = {}
    for (const object of JUDGED_OBJECTS)
      served[object] = await all(get, `/v1/${object}?practice=${practice}`, took)
    judged.push(judgeViews(practice, chart, served))
    for (const object of LITERAL)
      literal.push(...(await unlike(get, { object, practice, versioned: served[object] ?? [] })))
    links.push(...(await deadLinks(get, served)))
    reads.push(...(await timed(get, practice)))
  }
  return verdictOf(judged, { literal, links, took, reads, quick: options.quick, sets })
}

function setsOf(quick: boolean): readonly Set[] {
  const samples = existsSync(SAMPLES)
    ? [
        { practice: 'us-core', code: 'AABCDE', files: filesOf('us-core-6.1.0') },
        ...(quick ? [] : [{ practice: 'synthea', code: 'AAABCD', files: filesOf('synthea') }]),
      ]
    : []
  return [
    { practice: 'own', code: 'ABCDEF', files: OWN_FILES },
    { practice: 'world', code: 'AACDEF', files: undefined },
    ...samples,
  ]
}

type Get = (path: string) => Promise<ApiBody>

/** Every item of a list; `took` hears how long each page took, wall ms. */
async function all(get: Get, path: string, took: number[]): Promise<Item[]> {
  const items: Item[] = []
  let cursor = ''
  for (let page = 0; page < PAGES_MAX; page++) {
    const from = performance.now()
    const body = await get(`${path}&limit=${PAGE}${cursor}`)
    took.push(performance.now() - from)
    if (Array.isArray(body.items)) items.push(...body.items.filter(isItem))
    if (typeof body.next !== 'string') return items
    cursor = `&cursor=${encodeURIComponent(body.next)}`
  }
  throw new Error(`${path} has more than ${PAGES_MAX} pages`)
}

/** Where a literal endpoint says something else than the versioned one. */
async function unlike(
  get: Get,
  of: { readonly object: string; readonly practice: string; readonly versioned: readonly Item[] },
): Promise<string[]> {
  const { object, practice, versioned } = of
  const literal = await all(get, `/${object}?practice=${practice}`, [])
  const timeless = (items: readonly Item[]) =>
    JSON.stringify(items, (name, value) => (AGES.includes(name) ? undefined : value))
  return timeless(literal) === timeless(versioned) ? [] : [`${practice} /${object}`]
}

/** Wall ms of each asking. */
async function timed(get: Get, practice: string): Promise<number[]> {
  const took: number[] = []
  for (const object of TIMED)
    for (let time = 0; time < TIMES; time++) {
      const from = performance.now()
      await get(`/v1/${object}?practice=${practice}`)
      took.push(performance.now() - from)
    }
  return took
}

/** The value below which so much of them lies. */
function share(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return Math.round(sorted[Math.floor(sorted.length * part)] ?? Number.POSITIVE_INFINITY)
}

/** One of each kind: its links lead to its record and its history. */
async function deadLinks(get: Get, served: Readonly<Record<string, readonly Item[]>>) {
  const dead: string[] = []
  for (const [object, [item]] of Object.entries(served)) {
    if (item === undefined || !isItem(item.links)) continue
    const { fhir, history, self } = item.links
    const [record, states, again] = [
      await get(String(fhir)),
      await get(String(history)),
      await get(String(self)),
    ]
    if (record.id !== item.id) dead.push(`${object} ${fhir}`)
    if (!Array.isArray(states.items) || states.items.length === 0) dead.push(`${object} history`)
    if (again.id !== item.id) dead.push(`${object} self`)
  }
  return dead
}

function verdictOf(
  judged: readonly ViewsJudged[],
  more: {
    readonly literal: readonly string[]
    readonly links: readonly string[]
    readonly took: readonly number[]
    readonly reads: readonly number[]
    readonly quick: boolean
    readonly sets: readonly Set[]
  },
): ProofResult {
  const counts = added(judged)
  const values = Object.values(counts).flatMap((fields) =>
    Object.entries(fields).flatMap(([field, count]) => (field === 'objects' ? [] : [count])),
  )
  const total = values.reduce((sum, count) => sum + count, 0)
  const seen = Object.values(counts).filter(({ objects = 0 }) => objects > 0).length
  const floors = more.quick ? FLOORS.quick : FLOORS.full
  const p95 = share(more.reads, 0.95)
  return {
    checks: [
      none(
        'wrong value',
        judged.flatMap(({ wrong }) => wrong),
      ),
      none(
        'invented value',
        judged.flatMap(({ invented }) => invented),
      ),
      none(
        'lost value',
        judged.flatMap(({ lost }) => lost),
      ),
      none(
        'object missing from its list',
        judged.flatMap(({ missing }) => missing),
      ),
      none(
        'object that has no record',
        judged.flatMap(({ extra }) => extra),
      ),
      none(
        'field that the table does not have, or the object',
        judged.flatMap(({ strange }) => strange),
      ),
      none('literal endpoint that answers otherwise', more.literal),
      none('link that leads nowhere', more.links),
      floor('values compared', total, floors.values),
      floor('kinds of objects compared', seen, floors.objects),
      floor('fields that had a value', values.filter((count) => count > 0).length, floors.fields),
      check(
        `95 % of reads of ${TIMED.join(' and ')} within ${READ_MS_MAX} ms`,
        p95 <= READ_MS_MAX,
        p95,
      ),
    ],
    figures: {
      sets: more.sets.map(({ practice }) => practice),
      samples: existsSync(SAMPLES) ? 'compared' : 'not here: only generated and own records',
      values: total,
      readsP50Ms: share(more.reads, 0.5),
      readsP95Ms: p95,
      pagesOf200P50Ms: share(more.took, 0.5),
      pagesOf200P95Ms: share(more.took, 0.95),
      compared: counts,
    },
  }
}

/** By object and field, over all practices; fields that never had a value are there with 0. */
function added(judged: readonly ViewsJudged[]): Record<string, Record<string, number>> {
  const sums: Record<string, Record<string, number>> = {}
  for (const { compared } of judged)
    for (const [object, fields] of Object.entries(compared)) {
      const sum = sums[object] ?? {}
      sums[object] = sum
      for (const [field, count] of Object.entries(fields)) sum[field] = (sum[field] ?? 0) + count
    }
  return sums
}

function nameOfRaw(item: ApiBody): string {
  const { resource } = item
  if (typeof resource !== 'object' || resource === null) return ''
  return 'resourceType' in resource && 'id' in resource
    ? `${resource.resourceType}/${resource.id}`
    : ''
}

/** What is true in the generated practice now. */
function generated(rig: Awaited<ReturnType<typeof socketRig>>, code: string): Item[] {
  const practice = rig.sandbox.operator.world.practice(code)
  if (practice === undefined) throw new Error('The generated practice is missing')
  const now = rig.clock.now()
  const types = new Set([...practice.versions()].map(({ type }) => type))
  return [...types].flatMap((type) =>
    [...practice.list(type, now)]
      .map((one): Value => JSON.parse(JSON.stringify(one)))
      .filter(isItem),
  )
}

function filesOf(folder: string): { name: string; text: string }[] {
  return readdirSync(join(SAMPLES, folder))
    .filter((name) => name.endsWith('.ndjson'))
    .map((name) => ({ name, text: readFileSync(join(SAMPLES, folder, name), 'utf8') }))
}

function itemsIn(files: readonly { readonly text: string }[]): Item[] {
  return files
    .flatMap(({ text }) => text.split('\n'))
    .filter((line) => line.trim() !== '')
    .map((line): Value => JSON.parse(line))
    .filter(isItem)
}
