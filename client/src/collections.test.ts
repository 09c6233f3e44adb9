// Every collection is found by its FHIR type, as R4 spells it.

import { expect, test } from 'vitest'
import { collectionOf } from './collections.ts'
import { COLLECTIONS } from './generated.ts'

test.each([
  ['AllergyIntolerance', 'allergy-intolerances'],
  ['Binary', 'binaries'],
  ['FamilyMemberHistory', 'family-member-histories'],
  ['Media', 'media'],
  ['Basic', 'basics'],
])('%s is served as %s', (type, collection) => {
  expect(collectionOf(type)).toBe(collection)
})

test('no two collections have one type, and a type that is not served has none', () => {
  const types = COLLECTIONS.map((collection) => collectionOf(collection))
  expect(types.filter((found) => found !== undefined)).toEqual([])
  expect(collectionOf('Appointment')).toBeUndefined()
})
