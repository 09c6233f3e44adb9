// Makes unified objects out of mirrored records: reads what stands beside them, a page at a time, and
// hands both to the pure views. Everything is read through the caller's charts.

import type { JsonObject } from '@chartway/codecs/fhir'
import type { PracticeRef } from '../../kernel/ids.ts'
import type { Candidates, Mirrored } from '../../mirror/index.ts'
import { type Beside, Spot, type View } from '../../views/index.ts'
import type { KeyedContext } from '../context.ts'
import type { Made } from './base.ts'

/** Records of one type that are looked at beside a page of objects; with more, objects say so. */
const BESIDE_MAX = 2_000

export interface Asked {
  readonly context: KeyedContext
  readonly ref: PracticeRef
  readonly timeZone: string
  /** As the ledger keeps it. */
  readonly action: string
}

interface Joined {
  readonly one: ReadonlyMap<string, Mirrored>
  readonly all: ReadonlyMap<string, Looked>
}

interface Looked {
  readonly records: readonly Mirrored[]
  readonly whole: boolean
}

const NOTHING_BESIDE: Joined = { one: new Map(), all: new Map() }

/** The objects of these records, in their order; `joined`: with what stands beside them. */
export async function make(
  asked: Asked,
  view: View,
  found: readonly Mirrored[],
  joined: boolean,
): Promise<readonly Made[]> {
  const beside = joined ? await lookBeside(asked, view, found) : NOTHING_BESIDE
  return found.map((record) => makeOne(asked, view, record, beside))
}

/** The object of one record alone: what other records would tell is left out. */
export function makeAlone(asked: Asked, view: View, found: Mirrored): Made {
  return makeOne(asked, view, found, NOTHING_BESIDE)
}

function makeOne(asked: Asked, view: View, found: Mirrored, joined: Joined): Made {
  const record = spotOf(asked, found)
  const used = new Map<string, { readonly spot: Spot; readonly found: Mirrored }>()
  const spots = new Map<string, Spot>()
  const spotAt = (other: Mirrored) => {
    const reference = `${other.type}/${other.id}`
    const known = spots.get(reference) ?? spotOf(asked, other)
    spots.set(reference, known)
    return known
  }
  const use = (other: Mirrored) => {
    const spot = spotAt(other)
    if (spot.reference !== record.reference) used.set(spot.reference, { spot, found: other })
    return spot
  }
  const byReference = new Map<string, Mirrored>()
  const beside: Beside = {
    one: (reference) => {
      const other = joined.one.get(reference)
      return other === undefined ? undefined : use(other)
    },
    all: (type) => {
      const { records, whole } = joined.all.get(type) ?? { records: [], whole: false }
      const of = view.beside?.find((one) => one.type === type)?.of
      const own =
        of === 'patient' ? records.filter((one) => one.patientId === patientOf(found)) : records
      for (const one of own) byReference.set(`${one.type}/${one.id}`, one)
      return { items: own.map(spotAt), whole }
    },
    use: (spot) => {
      const other = byReference.get(spot.reference)
      return other === undefined ? spot : use(other)
    },
  }
  const { facility, ...fields } = view.project(record, beside)
  const others = [...used.values()]
  return {
    found,
    sources: others.map((other) => other.found),
    facility,
    fields,
    notes: [record, ...others.map(({ spot }) => spot)].flatMap(({ notes }) => notes),
    withheld: [record, ...others.map(({ spot }) => spot)].flatMap(({ withheld }) => withheld),
  }
}

async function lookBeside(asked: Asked, view: View, found: readonly Mirrored[]): Promise<Joined> {
  const wanted = new Set(found.flatMap((one) => view.wants?.(resourceOf(one)) ?? []))
  const patients = [...new Set(found.flatMap((one) => patientOf(one) ?? []))]
  const [one, all] = await Promise.all([
    readAll(asked, [...wanted]),
    Promise.all(
      (view.beside ?? []).map(async ({ type, of }) => {
        const candidates =
          of === 'patient' ? ({ kind: 'patients', patients } as const) : ({ kind: 'all' } as const)
        return [type, await lookAt(asked, type, candidates)] as const
      }),
    ),
  ])
  return { one, all: new Map(all) }
}

/** By type, each in one question: how old the oldest of them is holds for all. */
async function readAll(
  asked: Asked,
  references: readonly string[],
): Promise<ReadonlyMap<string, Mirrored>> {
  const idsByType = new Map<string, string[]>()
  for (const reference of references) {
    const [type = '', id = ''] = reference.split('/')
    idsByType.set(type, [...(idsByType.get(type) ?? []), id])
  }
  const looked = await Promise.all(
    [...idsByType].map(([type, ids]) => lookAt(asked, type, { kind: 'ids', ids })),
  )
  const found = looked.flatMap(({ records }) => records)
  return new Map(found.map((one) => [`${one.type}/${one.id}`, one]))
}

async function lookAt(
  { context, ref, action }: Asked,
  type: string,
  candidates: Candidates,
): Promise<Looked> {
  if (candidates.kind === 'patients' && candidates.patients.length === 0)
    return { records: [], whole: true }
  const records: Mirrored[] = []
  const query = { type, candidates, examinedMax: BESIDE_MAX, subject: `${type}?beside` }
  const visitor = {
    take: (one: Mirrored) => {
      records.push(one)
      return true
    },
    shown: () => records,
  }
  const { ended, asOf } = await context.charts.examine(ref, query, visitor, action)
  return { records: records.map((one) => ({ ...one, asOf })), whole: ended === 'all' }
}

function spotOf({ context, timeZone }: Asked, found: Mirrored): Spot {
  const { types } = context.principal.charts
  const extent = types === 'all' ? 'whole' : types.get(found.type)
  return Spot.of({
    resource: resourceOf(found),
    visible: extent === 'whole' || extent === undefined ? undefined : extent,
    originals: originalsOf(found.repairs),
    timeZone,
  })
}

/** The mirror stores nothing else than resources. */
export function resourceOf({ content }: Pick<Mirrored, 'content'>): JsonObject {
  const value: unknown = JSON.parse(content)
  return isObject(value) ? value : {}
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Texts that the mirror holds in another form, by their place. */
function originalsOf(repairs: string | undefined): ReadonlyMap<string, string> {
  if (repairs === undefined) return new Map()
  const notes: unknown = JSON.parse(repairs)
  if (!Array.isArray(notes)) return new Map()
  return new Map(
    notes.flatMap((note: unknown) =>
      isObject(note) && typeof note.path === 'string' && typeof note.original === 'string'
        ? [[note.path, note.original] as const]
        : [],
    ),
  )
}

/** A patient's own record is of that patient. */
function patientOf({ type, id, patientId }: Mirrored): string | undefined {
  return type === 'Patient' ? id : patientId
}
