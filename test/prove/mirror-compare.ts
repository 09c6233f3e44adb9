// Reads what a platform's API shows of a practice and puts it beside the sandbox's truth.

import { type ApiBody, collectionsOf, type Rig } from '../rig.ts'
import type { Item, RepairNote } from './judge/compare.ts'
import {
  type Comparison,
  compare,
  type FeedEntry,
  type History,
  historyOf,
  percentile,
  type Shown,
  type TrueVersion,
} from './judge/history.ts'
import { directReason } from './judge/reach.ts'

type Seen = Pick<Rig, 'sandbox' | 'clock' | 'get' | 'all'>

/** What the API shows now against what was visible between its stated freshness and now. */
export async function compareNow(rig: Seen, practice: string, code: string): Promise<Comparison> {
  // What is stated is read before what is shown, since the mirror may grow fresher in between.
  const stated = await statedFreshness(rig, practice)
  const shown: Shown[] = []
  for (const collection of await collectionsOf(rig))
    shown.push(...(await rig.all(`/v1/resources/${collection}?practice=${practice}`)).map(shownAs))
  const until = rig.clock.now()
  const history = truthOf(rig, code)
  const patients = new Set(
    [...history.keys()].flatMap((name) => name.match(/^Patient\/(.*)/)?.[1] ?? []),
  )
  return compare({
    history,
    shown,
    until,
    reachable: ({ resource }) =>
      resource !== undefined && directReason(resource, patients) === undefined,
    statedFor: ({ type, resource }) => stated(type, resource),
  })
}

export function truthOf(rig: Seen, code: string): History {
  const { world } = rig.sandbox.operator
  world.advanceTo(rig.sandbox.now())
  const versions: TrueVersion[] = []
  for (const version of world.practice(code)?.versions() ?? []) versions.push(plain(version))
  return historyOf(versions)
}

const plainCopies = new WeakMap<object, Item>()

/** The world's frozen resources as plain values of the judge's own. */
function plain(version: {
  type: string
  id: string
  at: number
  visibleAt: number
  resource: object | undefined
}): TrueVersion {
  const { resource } = version
  if (resource === undefined) return { ...version, resource: undefined }
  let copy = plainCopies.get(resource)
  if (copy === undefined) {
    copy = JSON.parse(JSON.stringify(resource)) as Item
    plainCopies.set(resource, copy)
  }
  return { ...version, resource: copy }
}

/** The freshness that the API states per type for a patient, or for the practice's directories. */
async function statedFreshness(rig: Seen, practice: string) {
  const byPatient = new Map<string, Map<string, number | undefined>>()
  const patients = (await rig.all(`/v1/resources/patients?practice=${practice}`)).map(shownAs)
  for (const { resource } of patients) {
    const id = String(resource.id)
    const { items } = await rig.get(`/v1/freshness?practice=${practice}&patient=${id}&limit=200`)
    const rows = new Map<string, number | undefined>()
    if (Array.isArray(items))
      for (const row of items as { type: string; asOf: string | null }[])
        rows.set(row.type, least(rows.has(row.type), rows.get(row.type), instant(row.asOf)))
    byPatient.set(id, rows)
  }
  const roster = patients.reduce<number | undefined>(
    (oldest, { asOf }) => least(true, oldest, asOf),
    Number.POSITIVE_INFINITY,
  )
  return (type: string, resource: Item | undefined): number | undefined => {
    const patient = resource === undefined ? undefined : patientOf(resource)
    if (patient !== undefined) return byPatient.get(patient)?.get(type)
    return type === 'Patient' && patients.length > 0 ? roster : undefined
  }
}

function least(known: boolean, one: number | undefined, other: number | undefined) {
  if (!known) return other
  return one === undefined || other === undefined ? undefined : Math.min(one, other)
}

function patientOf(resource: Item): string | undefined {
  for (const name of ['subject', 'patient', 'beneficiary']) {
    const value = resource[name]
    if (typeof value !== 'object' || value === null || Array.isArray(value)) continue
    const match = /^Patient\/(.+)$/.exec(String(value.reference))
    if (match?.[1] !== undefined) return match[1]
  }
  return undefined
}

function shownAs(item: ApiBody): Shown {
  const { resource, repairs, freshness } = item as unknown as {
    resource: Item
    repairs: RepairNote[]
    freshness: { asOf: string | null }
  }
  const name = `${resource.resourceType}/${resource.id}`
  return { name, resource, repairs, asOf: instant(freshness.asOf) }
}

export async function feedOf(rig: Seen, practice: string): Promise<FeedEntry[]> {
  const feed: FeedEntry[] = []
  for (let after = 0; ; ) {
    const { items, next } = await rig.get(
      `/v1/changes?practice=${practice}&after=${after}&limit=500`,
    )
    if (!Array.isArray(items) || items.length === 0) return feed
    for (const item of items as (Omit<FeedEntry, 'unchangedAt' | 'askedAt' | 'learntAt'> & {
      unchangedAt: string | null
      askedAt: string
      learntAt: string
    })[])
      feed.push({
        ...item,
        unchangedAt: instant(item.unchangedAt),
        askedAt: Date.parse(item.askedAt),
        learntAt: Date.parse(item.learntAt),
      })
    after = Number(next)
  }
}

function instant(text: string | null): number | undefined {
  return text === null ? undefined : Date.parse(text)
}

export function spread(values: readonly number[]) {
  return {
    median: minutesOf(percentile(values, 0.5)),
    p95: minutesOf(percentile(values, 0.95)),
    most: minutesOf(percentile(values, 1)),
  }
}

export function minutesOf(ms: number): number {
  return Math.round(ms / 6000) / 10
}
