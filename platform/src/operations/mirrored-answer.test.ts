// The one answer whose JSON is written by hand: whatever is stored, it is valid JSON of its schema.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Mirrored } from '../mirror/index.ts'
import { mirroredField, mirroredText } from './mirrored-answer.ts'

const NOW = Date.UTC(2026, 2, 2)
const time = fc.integer({ min: 0, max: 2 * NOW })
const maybeTime = fc.option(time, { nil: undefined })

const stored: fc.Arbitrary<Mirrored> = fc
  .record({
    id: fc.stringMatching(/^[A-Za-z0-9.-]{1,64}$/),
    rest: fc.dictionary(fc.string(), fc.jsonValue()),
    repairs: fc.option(fc.array(fc.record({ path: fc.string(), rule: fc.string() })), {
      nil: undefined,
    }),
    version: fc.integer({ min: 1, max: 1_000_000 }),
    pathway: fc.string(),
    search: fc.string(),
    firstSeenAt: time,
    changedSeenAt: time,
    vendorUpdatedAt: maybeTime,
    asOf: maybeTime,
  })
  .map(({ id, rest, repairs, ...other }) => ({
    ...other,
    type: 'Patient',
    id,
    content: JSON.stringify({ ...rest, resourceType: 'Patient', id }),
    repairs: repairs && JSON.stringify(repairs),
    patientId: undefined,
    deleted: false,
    restricted: false,
  }))

test('what is written is what is stored, in the form that is described', () => {
  fc.assert(
    fc.property(stored, (found) => {
      const answer = JSON.parse(mirroredText('main', found, NOW))
      expect(mirroredField.safeParse(answer).error).toBeUndefined()
      expect(answer.resource).toEqual(JSON.parse(found.content))
      expect(answer.repairs).toEqual(JSON.parse(found.repairs ?? '[]'))
      expect(answer.version).toBe(found.version)
      expect(answer.provenance.search).toBe(found.search)
      expect(answer.provenance.vendorUpdatedAt === null).toBe(found.vendorUpdatedAt === undefined)
      expect(answer.freshness.asOf === null).toBe(found.asOf === undefined)
      expect(answer.freshness.ageSeconds).toBe(
        found.asOf === undefined ? null : Math.max(0, Math.floor((NOW - found.asOf) / 1000)),
      )
    }),
  )
})
