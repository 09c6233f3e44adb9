// The store against the plainest model of it: at any instant, what is shown is a fold of the versions.

import type { Resource } from '@chartway/codecs/fhir'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createStore, patientOf } from './store.ts'
import type { Version } from './types.ts'

const practice = { code: 'JAFJCD', name: 'Test', timeZone: 'America/New_York' }

function condition(id: string, patient: string, word: string): Resource {
  return {
    resourceType: 'Condition',
    id,
    subject: { reference: `Patient/${patient}` },
    code: { text: word },
  }
}

const change = fc.record({
  id: fc.constantFrom('a', 'b', 'c', 'd'),
  patient: fc.constantFrom('p', 'q'),
  word: fc.string({ maxLength: 3 }),
  isDeletion: fc.boolean(),
  pause: fc.nat(20),
  delay: fc.nat(50),
})

/** Turns drawn changes into versions whose `visibleAt` never goes back per resource. */
function versionsOf(changes: readonly (typeof change extends fc.Arbitrary<infer T> ? T : never)[]) {
  const seen = new Map<string, number>()
  let now = 0
  return changes.map(({ id, patient, word, isDeletion, pause, delay }): Version => {
    now += pause
    const visibleAt = Math.max(seen.get(id) ?? 0, now + delay)
    seen.set(id, visibleAt)
    const resource = isDeletion ? undefined : condition(id, patient, word)
    return { type: 'Condition', id, at: now, visibleAt, resource }
  })
}

/** The oracle: for every id in order of its first version, the last version visible at `instant`. */
function folded(versions: readonly Version[], instant: number): Resource[] {
  const created = new Map<string, number>()
  const shown = new Map<string, Resource | undefined>()
  for (const version of versions) {
    if (!created.has(version.id)) created.set(version.id, version.at)
    if (version.visibleAt <= instant) shown.set(version.id, version.resource)
  }
  return [...created]
    .sort(([idA, a], [idB, b]) => a - b || (idA < idB ? -1 : 1))
    .flatMap(([id]) => shown.get(id) ?? [])
}

describe('version store', () => {
  test('at any instant, list, get and the patient index are a fold of the versions', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 40 }), fc.nat(400), (changes, instant) => {
        const versions = versionsOf(changes)
        const { view, add } = createStore(practice)
        for (const version of versions) add(version)
        const expected = folded(versions, instant)
        expect([...view.list('Condition', instant)]).toEqual(expected)
        for (const patient of ['p', 'q']) {
          const own = expected.filter((resource) => patientOf(resource) === patient)
          const shown = [...view.listOfPatient('Condition', patient, instant)]
          expect(shown.sort(byId)).toEqual(own.sort(byId))
        }
        for (const id of ['a', 'b', 'c', 'd']) {
          expect(view.get('Condition', id, instant)).toEqual(expected.find((r) => r.id === id))
        }
        expect([...view.versions()].length).toBe(versions.length)
      }),
    )
  })

  test('a deletion is told apart from what was never there and from what is not yet visible', () => {
    const { view, add } = createStore(practice)
    add({ type: 'Condition', id: 'a', at: 0, visibleAt: 10, resource: condition('a', 'p', 'x') })
    add({ type: 'Condition', id: 'a', at: 20, visibleAt: 30, resource: undefined })
    expect(view.get('Condition', 'a', 9)).toBeUndefined()
    expect(view.wasDeleted('Condition', 'a', 9)).toBe(false)
    expect(view.get('Condition', 'a', 29)).toBeDefined()
    expect(view.wasDeleted('Condition', 'a', 29)).toBe(false)
    expect(view.get('Condition', 'a', 30)).toBeUndefined()
    expect(view.wasDeleted('Condition', 'a', 30)).toBe(true)
    expect(view.wasDeleted('Condition', 'b', 30)).toBe(false)
  })

  test('refuses a version that would be seen before the one it follows', () => {
    const { add } = createStore(practice)
    add({ type: 'Condition', id: 'a', at: 0, visibleAt: 10, resource: condition('a', 'p', 'x') })
    const early = { type: 'Condition', id: 'a', at: 5, visibleAt: 9, resource: undefined }
    expect(() => add(early)).toThrow(RangeError)
  })

  test('readers can change nothing', () => {
    const { view, add } = createStore(practice)
    add({ type: 'Condition', id: 'a', at: 0, visibleAt: 0, resource: condition('a', 'p', 'x') })
    const shown = view.get('Condition', 'a', 0)
    expect(() => Object.assign(shown?.code ?? {}, { text: 'other' })).toThrow(TypeError)
    expect(view.get('Condition', 'a', 0)).toEqual(condition('a', 'p', 'x'))
  })

  test('finds the patient behind relative, absolute and versioned references', () => {
    const of = (reference: string) =>
      patientOf({ resourceType: 'Coverage', beneficiary: { reference } })
    expect(of('Patient/x.1-2')).toBe('x.1-2')
    expect(of('https://example.org/fhir/Patient/x/_history/3')).toBe('x')
    expect(of('Group/x')).toBeUndefined()
    expect(patientOf({ resourceType: 'Patient', id: 'me' })).toBe('me')
    expect(patientOf({ resourceType: 'Organization', id: 'o' })).toBeUndefined()
  })
})

function byId(a: Resource, b: Resource): number {
  return (a.id ?? '') < (b.id ?? '') ? -1 : 1
}
