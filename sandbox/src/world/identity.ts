// Whose record it is, changed by hand: merges charts, undoes a merge, moves a record. It writes at once
// and decides nothing; what the vendor shows of it is the surface's affair. [G]

import type { Resource } from '@chartway/codecs/fhir'
import { restamped } from './dress.ts'
import type { Practice } from './practice.ts'
import { isObject } from './shapes.ts'
import type { Identified } from './steps.ts'
import { patientOf } from './store.ts'
import type { Cause, LedgerEntry, RecordKey } from './types.ts'

/** The record with every reference to the one patient turned to the other. */
export function readdressed(record: Resource, from: string, to: string): Resource {
  const text = JSON.stringify(record)
  return JSON.parse(text.replaceAll(`"Patient/${from}"`, `"Patient/${to}"`))
}

/** The record in another patient's chart: it no longer hangs on a visit of the old one. */
export function refiled(record: Resource, to: string): Resource {
  const from = patientOf(record)
  if (from === undefined) return record
  const { encounter: _, ...rest } = readdressed(record, from, to)
  if (!isObject(rest.context) || rest.context.encounter === undefined) return asResource(rest)
  const { encounter: __, ...context } = rest.context
  return asResource({ ...rest, context })
}

/** The caller has taken members away, never the type. */
function asResource(value: Omit<Resource, 'resourceType'>): Resource {
  return value as Resource
}

/** Entries of the chart that a merge moves: all but the patient. */
export function entriesOf(practice: Practice, patient: string): Identified[] {
  return [...practice.store.chart(patient)].filter(isEntry)
}

function isEntry(resource: Resource): resource is Identified {
  return resource.id !== undefined && resource.resourceType !== 'Patient'
}

/** Throws a RangeError when one of the patients is not there, or both are one. */
export function mergeNow(
  practice: Practice,
  { from, into }: { readonly from: string; readonly into: string },
  at: number,
): LedgerEntry {
  for (const id of [from, into]) {
    if (practice.store.latest('Patient', id)?.resource === undefined) {
      throw new RangeError('both patients must be there to be merged')
    }
  }
  if (from === into) throw new RangeError('a patient is not merged with itself')
  for (const entry of entriesOf(practice, from)) {
    write(practice, readdressed(entry, from, into), { at, cause: 'merge' })
  }
  leaveGroups(practice, from, into, at)
  return practice.merge(at, 'Patient', from, into)
}

/** Throws a RangeError when the patient was not merged away. */
export function unmergeNow(
  practice: Practice,
  { patient, ledger }: { readonly patient: string; readonly ledger: Iterable<LedgerEntry> },
  at: number,
): LedgerEntry {
  const known = practice.store.latest('Patient', patient)
  const content = practice.store.lastContent('Patient', patient)
  let merged: LedgerEntry | undefined
  let moved: RecordKey[] = []
  for (const entry of ledger) {
    if (entry.practice !== practice.view.code) continue
    if (entry.type === 'Patient' && entry.id === patient) {
      merged = entry.kind === 'merged' ? entry : undefined
      if (entry.kind !== 'merged') moved = []
    }
    if (entry.cause === 'merge' && entry.patient?.from === patient) moved.push(entry)
  }
  const outOf = merged?.into
  if (known?.resource !== undefined || content === undefined || outOf === undefined) {
    throw new RangeError('this patient was not merged away')
  }
  const told = practice.unmerge(at, restamped(content, at), outOf)
  for (const { type, id } of moved) {
    const current = practice.store.latest(type, id)?.resource
    if (current === undefined || patientOf(current) !== outOf) continue
    write(practice, readdressed(current, outOf, patient), { at, cause: 'unmerge' })
  }
  return told
}

/** Throws a RangeError for a record without a patient, or a patient that is not there. */
export function moveNow(
  practice: Practice,
  { type, id, to }: RecordKey & { readonly to: string },
  at: number,
): LedgerEntry {
  const record = practice.store.latest(type, id)?.resource
  const from = record === undefined ? undefined : patientOf(record)
  if (record === undefined || from === undefined || type === 'Patient') {
    throw new RangeError('there is no such record with a patient')
  }
  if (practice.store.latest('Patient', to)?.resource === undefined || from === to) {
    throw new RangeError('the record needs another patient, who must be there')
  }
  return write(practice, refiled(record, to), { at, cause: 'move' })
}

/** The groups that list the merged patient list the survivor once instead. */
function leaveGroups(practice: Practice, from: string, into: string, at: number): void {
  for (const group of practice.store.view.list('Group', Number.POSITIVE_INFINITY)) {
    if (!Array.isArray(group.member)) continue
    const names = (id: string) => (each: (typeof group.member)[number]) =>
      isObject(each) && isObject(each.entity) && each.entity.reference === `Patient/${id}`
    if (!group.member.some(names(from))) continue
    const others = group.member.filter((each) => !names(from)(each))
    const survivor = { entity: { reference: `Patient/${into}` } }
    const member = others.some(names(into)) ? others : [...others, survivor]
    write(practice, { ...group, member, quantity: member.length }, { at, cause: 'merge' })
  }
}

function write(
  practice: Practice,
  resource: Resource,
  { at, cause }: { readonly at: number; readonly cause: Cause },
): LedgerEntry {
  return practice.write(at, restamped(resource, at), cause)
}
