// Every version of every resource of one practice, read as of an instant. It keeps what it is given
// and decides nothing: not when something happens, not when it becomes visible.

import type { Json, JsonObject, Resource } from '@chartway/codecs/fhir'
import type { PracticeView, Version } from './types.ts'

interface History {
  readonly type: string
  readonly id: string
  readonly createdAt: number
  readonly versions: Version[]
}

/** The write side beside the view. */
export interface PracticeStore {
  readonly view: PracticeView
  /** Adds a version; its `visibleAt` must not lie before that of the resource's last version. */
  add(version: Version): void
  /** The last version, visible or not. */
  latest(type: string, id: string): Version | undefined
  /** The last content, also of what is gone since. */
  lastContent(type: string, id: string): Resource | undefined
  /** The last state of every resource of this patient, visible or not, that is not deleted. */
  chart(patientId: string): Iterable<Resource>
}

/** Builds an empty store for the practice named by `code`; `timeZone` is an IANA zone. */
export function createStore(
  practice: Pick<PracticeView, 'code' | 'name' | 'timeZone'>,
): PracticeStore {
  const byKey = new Map<string, History>()
  const byType = new Map<string, History[]>()
  const byPatient = new Map<string, Map<string, History[]>>()

  const latest = (type: string, id: string) => byKey.get(`${type}/${id}`)?.versions.at(-1)

  const index = (record: History, version: Version) => {
    if (version.resource === undefined) return
    const patientId = patientOf(version.resource)
    if (patientId === undefined) return
    const types = upsert(byPatient, patientId, () => new Map<string, History[]>())
    const records = upsert(types, record.type, () => [])
    if (!records.includes(record)) insert(records, record)
  }

  const add = (version: Version) => {
    const { type, id, at: createdAt } = version
    let record = byKey.get(`${type}/${id}`)
    if (record === undefined) {
      record = { type, id, createdAt, versions: [] }
      byKey.set(`${type}/${id}`, record)
      insert(
        upsert(byType, type, () => []),
        record,
      )
    }
    const last = record.versions.at(-1)
    if (last !== undefined && version.visibleAt < last.visibleAt) {
      throw new RangeError(`version of ${type} visible before its predecessor`)
    }
    freeze(version.resource)
    record.versions.push(version)
    index(record, version)
  }

  const view: PracticeView = {
    ...practice,
    get: (type, id, instant) => visible(byKey.get(`${type}/${id}`), instant)?.resource,
    wasDeleted: (type, id, instant) => {
      const version = visible(byKey.get(`${type}/${id}`), instant)
      return version !== undefined && version.resource === undefined
    },
    list: (type, instant) => states(byType.get(type) ?? [], instant),
    *listOfPatient(type, patientId, instant) {
      for (const resource of states(byPatient.get(patientId)?.get(type) ?? [], instant)) {
        if (patientOf(resource) === patientId) yield resource
      }
    },
    *versions() {
      for (const records of byType.values()) for (const record of records) yield* record.versions
    },
  }
  const everything = Number.POSITIVE_INFINITY
  return {
    view,
    add,
    latest,
    lastContent: (type, id) =>
      byKey.get(`${type}/${id}`)?.versions.findLast(({ resource }) => resource !== undefined)
        ?.resource,
    *chart(patientId) {
      for (const type of byPatient.get(patientId)?.keys() ?? []) {
        yield* view.listOfPatient(type, patientId, everything)
      }
    },
  }
}

/** The logical id of the patient a resource belongs to: subject, patient or beneficiary. */
export function patientOf(resource: Resource): string | undefined {
  if (resource.resourceType === 'Patient') return resource.id
  return (
    patientReferred(resource.subject) ??
    patientReferred(resource.patient) ??
    patientReferred(resource.beneficiary)
  )
}

function patientReferred(value: Json | undefined): string | undefined {
  if (!isObject(value)) return undefined
  const reference = value.reference
  if (typeof reference !== 'string') return undefined
  return /(?:^|\/)Patient\/([A-Za-z0-9.-]+)(?:\/_history\/.*)?$/.exec(reference)?.[1]
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function visible(record: History | undefined, instant: number): Version | undefined {
  return record?.versions.findLast((version) => version.visibleAt <= instant)
}

function* states(records: readonly History[], instant: number): Iterable<Resource> {
  for (const record of records) {
    const resource = visible(record, instant)?.resource
    if (resource !== undefined) yield resource
  }
}

/** What is stored is true for ever: a reader who tries to change it gets a TypeError. */
function freeze(value: Json | undefined): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return
  Object.freeze(value)
  for (const member of Object.values(value)) freeze(member)
}

/** Keeps the order of creation, then id; new records nearly always belong at the end. */
function insert(records: History[], record: History): void {
  let low = 0
  let high = records.length
  if (!isBefore(record, records[high - 1])) low = high
  while (low < high) {
    const middle = (low + high) >> 1
    if (isBefore(record, records[middle])) high = middle
    else low = middle + 1
  }
  records.splice(low, 0, record)
}

function isBefore(a: History, b: History | undefined): boolean {
  if (b === undefined) return false
  return a.createdAt < b.createdAt || (a.createdAt === b.createdAt && a.id < b.id)
}

function upsert<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key)
  if (value === undefined) {
    value = make()
    map.set(key, value)
  }
  return value
}
