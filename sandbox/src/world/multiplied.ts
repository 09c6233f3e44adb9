// A big practice out of a small one: every chart is there many times, made when it is read and never
// kept. What somebody changes by hand is kept beside it; the original's records stay as they are.

import type { Json, Resource } from '@chartway/codecs/fhir'
import type { Practice } from './practice.ts'
import { isObject } from './shapes.ts'
import type { PracticeStore } from './store.ts'
import type { PracticeView, Version } from './types.ts'

/** Types that belong to the whole practice: there once, however often the charts are. */
const SHARED: ReadonlySet<string> = new Set([
  ...['Endpoint', 'Group', 'HealthcareService', 'Location', 'Medication', 'OperationDefinition'],
  ...['Organization', 'Practitioner', 'PractitionerRole', 'Questionnaire', 'Schedule', 'Slot'],
])
/** Ids of this length and more carry the copy's number inside, so that they do not get longer. */
const OPAQUE_LENGTH_MIN = 43
const MARK_AT = 11
const MARK_LENGTH = 5
export const COPIES_MAX = 1_000_000

/**
 * The practice with each chart `copies` times. `overlay` is an empty practice of the same code that
 * takes what is written from now on. Throws a RangeError when ids of copies could not be told apart.
 */
export function multiplied(
  base: PracticeView,
  overlay: Practice,
  { copies, startsAt }: { readonly copies: number; readonly startsAt: number },
): Practice {
  if (!(Number.isSafeInteger(copies) && copies >= 1 && copies <= COPIES_MAX)) {
    throw new RangeError(`multiply must be a whole number from 1 to ${COPIES_MAX}`)
  }
  const names = createNames(base, copies)
  const templates = new WeakMap<Resource, Template>()
  const copyOf = (original: Resource, copy: number): Resource => {
    if (original.resourceType === 'Group') return withMembers(original, names, copies)
    if (copy === 0) return original
    let template = templates.get(original)
    if (template === undefined) {
      template = templateOf(original, names)
      templates.set(original, template)
    }
    return filled(template, copy, names)
  }
  const isKept = (type: string, id: string) => overlay.store.latest(type, id) !== undefined
  const derived = (type: string, id: string, instant: number) => {
    const name = names.read(type, id)
    const original = name === undefined ? undefined : base.get(type, name.id, instant)
    return original === undefined || name === undefined ? undefined : copyOf(original, name.copy)
  }
  const ownCopies = (type: string) => (SHARED.has(type) ? 1 : copies)

  const view: PracticeView = {
    code: base.code,
    name: base.name,
    timeZone: base.timeZone,
    get: (type, id, instant) =>
      isKept(type, id) ? overlay.view.get(type, id, instant) : derived(type, id, instant),
    wasDeleted: (type, id, instant) => overlay.view.wasDeleted(type, id, instant),
    *list(type, instant) {
      for (let copy = 0; copy < ownCopies(type); copy++) {
        for (const original of base.list(type, instant)) {
          if (!isKept(type, names.write(original.id ?? '', copy))) yield copyOf(original, copy)
        }
      }
      yield* overlay.view.list(type, instant)
    },
    *listOfPatient(type, patientId, instant) {
      const name = names.read('Patient', patientId)
      for (const original of base.listOfPatient(type, name?.id ?? patientId, instant)) {
        const copy = name?.copy ?? 0
        if (!isKept(type, names.write(original.id ?? '', copy))) yield copyOf(original, copy)
      }
      yield* overlay.view.listOfPatient(type, patientId, instant)
    },
    *versions() {
      for (const versions of byResource(base.versions())) {
        const [{ type, id }] = versions
        for (let copy = 0; copy < ownCopies(type); copy++) {
          const own = names.write(id, copy)
          if (isKept(type, own)) continue
          for (const version of versions) {
            const { resource } = version
            yield { ...version, id: own, resource: resource && copyOf(resource, copy) }
          }
        }
      }
      yield* overlay.view.versions()
    },
  }

  /** Takes a copy into what is kept, as it has been from the start, before it changes. */
  const keep = (type: string, id: string) => {
    if (isKept(type, id)) return
    const resource = derived(type, id, startsAt)
    if (resource === undefined) return
    overlay.store.add({ type, id, at: startsAt, visibleAt: startsAt, resource })
  }
  const everything = Number.POSITIVE_INFINITY
  const latest = (type: string, id: string): Version | undefined => {
    const kept = overlay.store.latest(type, id)
    const resource = kept === undefined ? derived(type, id, everything) : undefined
    return resource === undefined ? kept : { type, id, at: startsAt, visibleAt: startsAt, resource }
  }
  const store: PracticeStore = {
    view,
    add: (version) => overlay.store.add(version),
    latest,
    lastContent: (type, id) => overlay.store.lastContent(type, id) ?? latest(type, id)?.resource,
    *chart(patientId) {
      for (const type of names.types) yield* view.listOfPatient(type, patientId, everything)
    },
  }
  const keeping = (type: string, id: string | undefined) => keep(type, id ?? '')
  return {
    view,
    store,
    write(at, resource, cause) {
      keeping(resource.resourceType, resource.id)
      return overlay.write(at, resource, cause)
    },
    remove(at, type, id, cause) {
      keep(type, id)
      return overlay.remove(at, type, id, cause)
    },
    merge(at, type, id, into) {
      keep(type, id)
      return overlay.merge(at, type, id, into)
    },
    unmerge: (at, resource, outOf) => overlay.unmerge(at, resource, outOf),
    survivorOf: (patient) => overlay.survivorOf(patient),
  }
}

function* byResource(versions: Iterable<Version>): Iterable<[Version, ...Version[]]> {
  let held: [Version, ...Version[]] | undefined
  for (const version of versions) {
    if (held?.[0].id === version.id && held[0].type === version.type) {
      held.push(version)
      continue
    }
    if (held !== undefined) yield held
    held = [version]
  }
  if (held !== undefined) yield held
}

/** How ids of copies are written and read; number 0 is the original. */
interface Names {
  readonly types: readonly string[]
  write(id: string, copy: number): string
  /** The original's id and the copy's number, or undefined when nothing has this id. */
  read(type: string, id: string): { readonly id: string; readonly copy: number } | undefined
  isOwn(type: string, id: string): boolean
}

function createNames(base: PracticeView, copies: number): Names {
  const own = new Set<string>()
  const plain = new Set<string>()
  const masked = new Map<string, string>()
  const types = new Set<string>()
  for (const { type, id } of base.versions()) {
    plain.add(`${type}/${id}`)
    if (SHARED.has(type) || own.has(`${type}/${id}`)) continue
    types.add(type)
    own.add(`${type}/${id}`)
    const key = `${type}/${maskOf(id)}`
    if (masked.has(key)) throw new RangeError('two ids are too alike to be multiplied')
    masked.set(key, id)
  }
  const write = (id: string, copy: number) => (copy === 0 ? id : marked(id, copy))
  return {
    types: [...types],
    write,
    isOwn: (type, id) => own.has(`${type}/${id}`),
    read(type, id) {
      if (plain.has(`${type}/${id}`)) return { id, copy: 0 }
      const original = masked.get(`${type}/${maskOf(id)}`)
      const copy = original === undefined ? undefined : copyIn(id)
      if (original === undefined || copy === undefined || copy >= copies) return undefined
      return marked(original, copy) === id ? { id: original, copy } : undefined
    },
  }
}

/** Zero-padded base 36, in letters and digits only. */
function marked(id: string, copy: number): string {
  const mark = copy.toString(36).padStart(MARK_LENGTH, '0')
  if (id.length < OPAQUE_LENGTH_MIN) return `${id}-x${mark}`
  return `${id.slice(0, MARK_AT)}${mark}${id.slice(MARK_AT + MARK_LENGTH)}`
}

function maskOf(id: string): string {
  if (id.length < OPAQUE_LENGTH_MIN) return id.replace(/-x[0-9a-z]{5}$/, '')
  return `${id.slice(0, MARK_AT)}*${id.slice(MARK_AT + MARK_LENGTH)}`
}

function copyIn(id: string): number | undefined {
  const mark =
    id.length < OPAQUE_LENGTH_MIN
      ? /-x([0-9a-z]{5})$/.exec(id)?.[1]
      : id.slice(MARK_AT, MARK_AT + MARK_LENGTH)
  return mark === undefined || !/^[0-9a-z]{5}$/.test(mark) ? undefined : Number.parseInt(mark, 36)
}

/** A resource's JSON cut where a copied id stands; the pieces between are the same in every copy. */
interface Template {
  readonly pieces: readonly string[]
  readonly ids: readonly string[]
  readonly account: boolean
}

/** Ids stand as values of their own, behind a type in references, or in an id's identifier. */
function templateOf(resource: Resource, names: Names): Template {
  const pieces: string[] = []
  const ids: string[] = []
  const text = JSON.stringify(resource)
  let from = 0
  const own = resource.id ?? ''
  for (const match of text.matchAll(/"(?:([A-Z][A-Za-z]+)\/)?([A-Za-z0-9.-]{1,64})"/g)) {
    const [, type, id = ''] = match
    if (type === undefined ? id !== own : !names.isOwn(type, id)) continue
    const at = match.index + 1 + (type === undefined ? 0 : type.length + 1)
    pieces.push(text.slice(from, at))
    ids.push(id)
    from = at + id.length
  }
  pieces.push(text.slice(from))
  return { pieces, ids, account: resource.resourceType === 'Patient' }
}

function filled(template: Template, copy: number, names: Names): Resource {
  let text = template.pieces[0] ?? ''
  for (const [i, id] of template.ids.entries()) {
    text += names.write(id, copy) + (template.pieces[i + 1] ?? '')
  }
  const resource: Resource = JSON.parse(text)
  return template.account ? withAccount(resource, copy) : resource
}

/** The account number a person would read out is the copy's own. */
function withAccount(patient: Resource, copy: number): Resource {
  if (!Array.isArray(patient.identifier)) return patient
  const identifier = patient.identifier.map((each): Json => {
    if (!isObject(each) || each.use !== 'secondary') return each
    return { ...each, value: `${String(each.value)}-${copy}` }
  })
  return { ...patient, identifier }
}

/** The group with the members of every copy. */
function withMembers(group: Resource, names: Names, copies: number): Resource {
  if (!Array.isArray(group.member)) return group
  const listed = group.member.filter(isObject)
  const member = Array.from({ length: copies }, (_, copy) =>
    listed.map((each): Json => {
      const reference = isObject(each.entity) ? each.entity.reference : undefined
      const [, id] = /^Patient\/(.+)$/.exec(typeof reference === 'string' ? reference : '') ?? []
      if (id === undefined || !names.isOwn('Patient', id)) return each
      return { ...each, entity: { reference: `Patient/${names.write(id, copy)}` } }
    }),
  ).flat()
  return { ...group, quantity: member.length, member }
}
