// What of a record a caller sees: types, elements, the one patient, security labels.

import { expect, test } from 'vitest'
import type { ChartAccess } from '../kernel/principal.ts'
import { isRestricted } from '../kernel/security-labels.ts'
import { visibleContent, visibleRepairs } from './access.ts'

const ALL: ChartAccess = { types: 'all', sensitive: false, patient: undefined }

function record(extra: object = {}, patientId: string | undefined = 'p1') {
  const content = JSON.stringify({
    resourceType: 'Encounter',
    id: 'e1',
    status: 'finished',
    _status: { id: 's' },
    reasonCode: [{ text: 'cough' }],
    ...extra,
  })
  return { type: 'Encounter', patientId, content }
}

const labelled = (code: string) => record({ meta: { security: [{ code }] } })

test('whoever sees everything gets the very text', () => {
  const { content } = record()
  expect(visibleContent(ALL, record())).toBe(content)
})

test('a type that is not granted is not there', () => {
  const types = new Map([['Patient', 'whole' as const]])
  expect(visibleContent({ ...ALL, types }, record())).toBeUndefined()
})

test('a mask keeps the named elements, their siblings, and what identifies the record', () => {
  const types = new Map([['Encounter', ['status']]])
  const text = visibleContent({ ...ALL, types }, record({ meta: { profile: ['x'] } }))
  expect(JSON.parse(text ?? '')).toEqual({
    resourceType: 'Encounter',
    id: 'e1',
    status: 'finished',
    _status: { id: 's' },
    meta: { profile: ['x'] },
  })
})

test('a mask keeps the repairs of the named elements, and no original of another one', () => {
  const repairs = JSON.stringify([
    { path: '/status', rule: 'a', original: 'finished ' },
    { path: '/valueString', rule: 'b', original: '7.2' },
    { path: '/reasonCode/0/coding/0/system', rule: 'c', original: 'x' },
  ])
  const seen = (types: ChartAccess['types']) =>
    visibleRepairs({ ...ALL, types }, { type: 'Encounter', repairs })
  expect(seen('all')).toBe(repairs)
  expect(seen(new Map([['Encounter', 'whole' as const]]))).toBe(repairs)
  expect(JSON.parse(seen(new Map([['Encounter', ['status']]])) ?? '')).toEqual([
    { path: '/status', rule: 'a', original: 'finished ' },
  ])
  expect(seen(new Map([['Encounter', []]]))).toBe('[]')
})

test('of one patient: the records of that patient, and of nobody those about the practice', () => {
  const one = { ...ALL, patient: 'p1' }
  const ofNobody = (type: string) => ({ ...record(), type, patientId: undefined })
  expect(visibleContent(one, record({}, 'p1'))).toBeDefined()
  expect(visibleContent(one, record({}, 'p2'))).toBeUndefined()
  for (const type of ['Practitioner', 'Organization', 'Location', 'Medication'])
    expect(visibleContent(one, ofNobody(type))).toBeDefined()
  for (const type of ['Encounter', 'Group', 'Provenance', 'Binary', 'Basic'])
    expect(visibleContent(one, ofNobody(type))).toBeUndefined()
})

test.each(['R', 'V', 'PSY', 'ETH', '42CFRPart2', 'HIV'])('label %s withholds a record', (code) => {
  expect(visibleContent(ALL, labelled(code))).toBeUndefined()
  expect(visibleContent({ ...ALL, sensitive: true }, labelled(code))).toBeDefined()
})

test.each(['N', 'L', 'U', 'HTEST'])('label %s does not', (code) => {
  expect(isRestricted(labelled(code).content)).toBe(false)
})

test('a member called security elsewhere is no label', () => {
  expect(isRestricted(record({ extension: [{ security: [{ code: 'R' }] }] }).content)).toBe(false)
})
