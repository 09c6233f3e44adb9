// What an export holds and how its files are written: resource by resource, so that the size of a
// practice is no matter. It decides nothing about jobs.

import type { Json, Resource } from '@chartway/codecs/fhir'
import type { Switches } from '../switches.ts'
import type { PracticeView } from '../world/index.ts'
import { patientOf } from '../world/index.ts'
import type { BulkVolume } from './types.ts'
import { volumeOf, volumeResources } from './volume.ts'

/** Bytes gathered into one piece of a file on its way. */
const PIECE_BYTES = 64 * 1024
/** These come whole, whoever is in the group [D]. */
const ADMIN_TYPES: ReadonlySet<string> = new Set(['Practitioner', 'Location', 'Organization'])
/** What comes along with a type although nobody asked for it [D]. */
const PULLED: ReadonlyMap<string, string> = new Map([
  ['DocumentReference', 'Binary'],
  ['CareTeam', 'RelatedPerson'],
])

/** One export: whose records, of what moment. */
export interface Contents {
  readonly view: PracticeView
  readonly members: 'all' | ReadonlySet<string>
  /** Vendor time of the snapshot. */
  readonly at: number
  /** Only what was updated after this. */
  readonly since: number | undefined
  readonly volume: BulkVolume
  readonly switches: Switches
}

/** The types asked for and those they pull in. */
export function withPulled(types: readonly string[]): readonly string[] {
  return [...new Set(types.flatMap((type) => [type, PULLED.get(type) ?? type]))]
}

/** All resources of a type, in a stable order. */
export function* resourcesOf(contents: Contents, type: string): Iterable<Resource> {
  const { view, at, since } = contents
  const isIncluded = inclusion(contents, type)
  for (const resource of view.list(type, at)) {
    if (since !== undefined && !(updatedAt(resource) > since)) continue
    if (isIncluded(resource)) yield resource
  }
}

function inclusion(contents: Contents, type: string): (resource: Resource) => boolean {
  const { members, switches } = contents
  if (members === 'all' || ADMIN_TYPES.has(type)) return () => true
  if (type === 'Binary') {
    const pulled = binariesOf(contents)
    return ({ id }) => pulled.has(id ?? '')
  }
  const takesUnowned = switches.is('bulk-unowned', 'whole')
  return (resource) => {
    const owner = patientOf(resource)
    return owner === undefined ? takesUnowned : members.has(owner)
  }
}

function binariesOf(contents: Contents): ReadonlySet<string> {
  const ids = new Set<string>()
  for (const document of resourcesOf({ ...contents, since: undefined }, 'DocumentReference')) {
    for (const [, id = ''] of JSON.stringify(document.content ?? []).matchAll(
      /Binary\/([A-Za-z0-9.-]{1,64})/g,
    )) {
      ids.add(id)
    }
  }
  return ids
}

function updatedAt(resource: Resource): number {
  const meta: Json | undefined = resource.meta
  const isObject = typeof meta === 'object' && meta !== null && !Array.isArray(meta)
  const stamp = isObject ? meta.lastUpdated : undefined
  const at = typeof stamp === 'string' ? Date.parse(stamp) : Number.NaN
  return Number.isNaN(at) ? Number.POSITIVE_INFINITY : at
}

export function countOf(contents: Contents, type: string): number {
  let count = hasVolume(contents) ? volumeOf(contents.volume, type) : 0
  for (const _ of resourcesOf(contents, type)) count++
  return count
}

/** A stretch of a type's resources: what one file holds. */
export interface Stretch {
  readonly type: string
  readonly from: number
  readonly until: number
}

function* stretch(contents: Contents, { type, from, until }: Stretch): Iterable<Resource> {
  const made = hasVolume(contents) ? volumeOf(contents.volume, type) : 0
  yield* volumeResources(contents.volume, type, Math.min(from, made), Math.min(until, made))
  if (until <= made) return
  let number = made
  for (const resource of resourcesOf(contents, type)) {
    if (number >= until) return
    if (number >= from) yield resource
    number++
  }
}

function hasVolume({ members, since }: Contents): boolean {
  return members === 'all' && since === undefined
}

/** A file's bytes from `skip` on, in pieces, a resource a line. */
export function* bytesOf(contents: Contents, part: Stretch, skip = 0): Iterable<Uint8Array> {
  const encoder = new TextEncoder()
  let left = skip
  for (const text of pieces(contents, part)) {
    const bytes = encoder.encode(text)
    if (left >= bytes.length) left -= bytes.length
    else {
      yield left === 0 ? bytes : bytes.subarray(left)
      left = 0
    }
  }
}

function* pieces(contents: Contents, part: Stretch): Iterable<string> {
  let held: string[] = []
  let length = 0
  for (const resource of stretch(contents, part)) {
    const line = `${JSON.stringify(resource)}\n`
    held.push(line)
    length += line.length
    if (length < PIECE_BYTES) continue
    yield held.join('')
    held = []
    length = 0
  }
  if (held.length > 0) yield held.join('')
}

/** Length of a file in bytes. */
export function lengthOf(contents: Contents, part: Stretch): number {
  let length = 0
  for (const bytes of bytesOf(contents, part)) length += bytes.length
  return length
}

/** The bytes up to `end`, moved on when the file would end there between two lines. */
export function* cutAt(bytes: Iterable<Uint8Array>, end: number): Iterable<Uint8Array> {
  let left = end
  let last = 0x0a
  for (const piece of bytes) {
    if (piece.length <= left) {
      left -= piece.length
      last = piece.at(-1) ?? last
      yield piece
      continue
    }
    const before = left === 0 ? last : piece[left - 1]
    yield piece.subarray(0, before === 0x0a ? left + 1 : left)
    return
  }
}
