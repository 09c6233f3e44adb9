// Holds served unified objects against the records they have to come from: what is wrong, what is made
// up, what was lost, and how much was compared of each field. Shares no code with the views.

import { differingPaths, type Item, isItem, type Value } from './compare.ts'
import { VIEW_TABLE } from './view-table.ts'
import type { Chart } from './view-values.ts'

export interface ViewsJudged {
  /** `object/id/field` of each value that is another than the record's. */
  readonly wrong: readonly string[]
  readonly invented: readonly string[]
  readonly lost: readonly string[]
  /** Objects that should be in a list and are not, and the other way round. */
  readonly missing: readonly string[]
  readonly extra: readonly string[]
  /** Fields that only one side knows. */
  readonly strange: readonly string[]
  /** By object: how many were compared, and by field how many had a value. */
  readonly compared: Readonly<Record<string, Readonly<Record<string, number>>>>
}

const BASE = ['id', 'practice', 'timeZone', 'facility']
const CLOSING = ['provenance', 'freshness', 'withheld', 'problems', 'links']

export const JUDGED_OBJECTS = Object.keys(VIEW_TABLE)

/** What a practice holds, by the records that were put in and are mirrored, in the order of their ids. */
export function chartOf(records: readonly Item[], timeZone: string): Chart {
  const sorted = [...records].sort((a, b) => (String(a.id) < String(b.id) ? -1 : 1))
  const byName = new Map(sorted.map((one) => [`${one.resourceType}/${one.id}`, one]))
  const byType = new Map<string, Item[]>()
  for (const one of sorted) {
    const type = String(one.resourceType)
    byType.set(type, [...(byType.get(type) ?? []), one])
  }
  return {
    timeZone,
    get: (reference) => byName.get(reference),
    all: (type) => byType.get(type) ?? [],
  }
}

export function judgeViews(
  practice: string,
  chart: Chart,
  served: Readonly<Record<string, readonly Item[]>>,
): ViewsJudged {
  const found = {
    ...{ wrong: [] as string[], invented: [] as string[], lost: [] as string[] },
    ...{ missing: [] as string[], extra: [] as string[], strange: [] as string[] },
  }
  const compared: Record<string, Record<string, number>> = {}
  for (const [object, row] of Object.entries(VIEW_TABLE)) {
    const expected = new Map(
      chart
        .all(row.type)
        .filter(row.takes)
        .map((one) => [one.id, one]),
    )
    const items = served[object] ?? []
    const counts: Record<string, number> = { objects: 0 }
    compared[object] = counts
    for (const item of items) {
      const name = `${practice} ${object}/${item.id}`
      const record = expected.get(item.id ?? null)
      expected.delete(item.id ?? null)
      if (record === undefined) {
        found.extra.push(name)
        continue
      }
      counts.objects = (counts.objects ?? 0) + 1
      found.strange.push(...strangeIn(item, object).map((what) => `${name} ${what}`))
      found.wrong.push(
        ...baseFaults(item, { practice, record, chart }).map((at) => `${name} ${at}`),
      )
      for (const [field, expect] of Object.entries({ facility: row.facility, ...row.fields })) {
        const wanted = expect(record, chart)
        const shown = item[field] ?? null
        if (!isEmpty(wanted)) counts[field] = (counts[field] ?? 0) + 1
        if (differingPaths(wanted, shown).length === 0) continue
        const where = `${name}/${field}`
        if (isEmpty(wanted)) found.invented.push(where)
        else if (isEmpty(shown)) found.lost.push(where)
        else found.wrong.push(`${where}${differingPaths(wanted, shown)[0]}`)
      }
    }
    found.missing.push(...[...expected.keys()].map((id) => `${practice} ${object}/${id}`))
  }
  return { ...found, compared }
}

function isEmpty(value: Value): boolean {
  return value === null || (Array.isArray(value) && value.length === 0)
}

function strangeIn(item: Item, object: string): string[] {
  const known = new Set([...BASE, ...CLOSING, ...Object.keys(VIEW_TABLE[object]?.fields ?? {})])
  const shown = Object.keys(item)
  return [
    ...shown.filter((field) => !known.has(field)).map((field) => `has ${field}`),
    ...[...known].filter((field) => !shown.includes(field)).map((field) => `lacks ${field}`),
  ]
}

/** What each object carries beside its fields. */
function baseFaults(
  item: Item,
  { practice, record, chart }: { practice: string; record: Item; chart: Chart },
): string[] {
  const own = `${record.resourceType}/${record.id}`
  const { provenance, links } = item
  const sources = isItem(provenance) && Array.isArray(provenance.sources) ? provenance.sources : []
  const named = sources.map((one) => (isItem(one) ? String(one.reference) : ''))
  return [
    ...(item.practice === practice ? [] : ['practice']),
    ...(item.timeZone === chart.timeZone ? [] : ['timeZone']),
    ...(named[0] === own ? [] : ['provenance/sources/0']),
    ...(named.every((one) => chart.get(one) !== undefined) ? [] : ['provenance/sources']),
    ...(isItem(links) && links.fhir === `/fhir/r4/${practice}/${own}` ? [] : ['links/fhir']),
    ...(Array.isArray(item.withheld) && item.withheld.length === 0 ? [] : ['withheld']),
  ]
}
