// Which address serves a FHIR type: the client's table of collections, read by the type's name.

import { COLLECTIONS } from './generated.ts'

type Collection = (typeof COLLECTIONS)[number]

/** `family-member-histories` serves FamilyMemberHistory. */
function typeOf(collection: Collection): string {
  const one = collection.replace(/ies$/, 'y').replace(/s$/, '')
  return one.replace(/(^|-)([a-z])/g, (_whole, _dash, letter: string) => letter.toUpperCase())
}

const BY_TYPE: ReadonlyMap<string, Collection> = new Map(
  COLLECTIONS.map((collection) => [typeOf(collection), collection]),
)

/** The collection of a FHIR type, such as `conditions` of Condition; undefined for one not served. */
export function collectionOf(type: string): Collection | undefined {
  return BY_TYPE.get(type)
}
