// Media types out of what is asked for, and how unknown parameters are to be taken.

import { expect, test } from 'vitest'
import { handlingOf, mediaTypeOf } from './media.ts'

const FHIR = 'application/fhir+json'
test.each([
  [undefined, undefined, FHIR],
  ['', '', FHIR],
  ['*/*', undefined, FHIR],
  ['application/*;q=0.5', undefined, FHIR],
  ['application/json', undefined, 'application/json'],
  ['application/json, application/fhir+json', undefined, FHIR],
  ['APPLICATION/FHIR+JSON; fhirVersion=4.0', undefined, FHIR],
  ['application/fhir+xml', undefined, undefined],
  ['text/html', undefined, undefined],
  ['application/fhir+json;q=0', undefined, undefined],
  ['application/fhir+xml', 'json', FHIR],
  ['*/*', 'application/fhir+xml', undefined],
  ['*/*', 'application/fhir json', FHIR],
  ['*/*', 'html/xml', undefined],
])('Accept %j and _format %j: %j', (accept, format, expected) => {
  expect(mediaTypeOf({ accept, format })).toBe(expected)
})

test.each([
  [undefined, 'lenient'],
  ['handling=lenient', 'lenient'],
  ['handling=strict', 'strict'],
  ['return=minimal; handling=strict', 'strict'],
  ['respond-async, handling="strict"', 'strict'],
  ['nothandling=strictly', 'lenient'],
] as const)('Prefer %j: %s', (prefer, expected) => {
  expect(handlingOf(prefer)).toBe(expected)
})
