// What each role may see and do, against a table that was read by people (access-golden.json): it is
// printed from the code alone when someone asks for it, and then the difference is to be read.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { RIGHTS } from '../kernel/principal.ts'
import { chartsOf, ROLES, type Role, rightsOf, visibleContent } from '../people/index.ts'
import { COLLECTIONS } from './collections.ts'
import { mayDo, type Need, operations } from './index.ts'

const GOLDEN = join(import.meta.dirname, 'access-golden.json')
const TYPES = [...Object.values(COLLECTIONS), 'Appointment'].sort()

/** Every element that anything in this file knows, so that what is not granted can be missed. */
const ELEMENTS: readonly string[] = [
  ...ROLES.flatMap((role) => {
    const { types } = chartsOf({ roles: [role], practices: undefined, sensitive: false })
    return types === 'all' ? [] : [...types.values()].flatMap((of) => (of === 'whole' ? [] : of))
  }),
  ...['text', 'note', 'reasonCode', 'valueQuantity', 'result', 'content', 'dosageInstruction'],
  ...['extension', 'photo', 'contained', 'evidence', 'report', 'conclusion', 'stage', 'severity'],
]

/** What the one reader that operations have leaves of a record that has every element. */
function shownOf(role: Role, type: string): string | readonly string[] {
  const access = chartsOf({ roles: [role], practices: undefined, sensitive: false })
  const all = Object.fromEntries(ELEMENTS.map((element) => [element, 'x']))
  const content = JSON.stringify({ resourceType: type, id: '1', meta: {}, ...all })
  const seen = visibleContent(access, { type, patientId: 'p', content })
  if (seen === undefined) return 'nothing'
  if (seen === content) return 'whole'
  return Object.keys(JSON.parse(seen)).filter((name) => !['resourceType', 'id'].includes(name))
}

function printed() {
  const of = (role: Role) => ({
    rights: rightsOf([role]),
    types: Object.fromEntries(TYPES.map((type) => [type, shownOf(role, type)])),
  })
  const withNeed = (wanted: Need) =>
    operations
      .filter(({ need }) => need === wanted)
      .map(({ name, fresh }) => (fresh ? `${name} (fresh proof)` : name))
      .sort()
  const needs: readonly Need[] = [...RIGHTS, 'any', 'none']
  return {
    roles: Object.fromEntries(ROLES.map((role) => [role, of(role)])),
    operations: Object.fromEntries(needs.map((need) => [need, withNeed(need)])),
  }
}

test('each role sees and does what the table says, and nothing else', () => {
  const text = `${JSON.stringify(printed(), null, 2)}\n`
  if (process.env.UPDATE === '1') writeFileSync(GOLDEN, text)
  expect(JSON.parse(text)).toEqual(JSON.parse(readFileSync(GOLDEN, 'utf8')))
})

test('the front desk sees no note, problem, result or medication, the biller no note or result', () => {
  const clinical = ['Observation', 'DiagnosticReport', 'MedicationRequest', 'DocumentReference']
  for (const type of [...clinical, 'Condition', 'Procedure', 'AllergyIntolerance', 'CarePlan'])
    expect(shownOf('front-desk', type)).toBe('nothing')
  for (const type of clinical) expect(shownOf('biller', type)).toBe('nothing')
  for (const role of ['front-desk', 'biller'] as const)
    for (const element of ['text', 'note', 'reasonCode', 'extension', 'photo'])
      for (const type of ['Patient', 'Encounter', 'Condition', 'Procedure'])
        expect(shownOf(role, type)).not.toContain(element)
})

test('a role may do what one of its rights is needed for, and nothing else', () => {
  for (const role of ROLES)
    for (const { need } of operations) {
      const granted = rightsOf([role]).some((right) => right === need)
      expect(mayDo(rightsOf([role]), need)).toBe(granted || need === 'any' || need === 'none')
    }
})

test('auditors and administrators see no chart, integrators nothing that a chart says', () => {
  for (const type of TYPES) {
    expect(shownOf('auditor', type)).toBe('nothing')
    expect(shownOf('admin', type)).toBe('nothing')
    expect(shownOf('integrator', type)).toEqual(['meta'])
  }
})

test('what lets others in needs a fresh proof', () => {
  const grave = operations.filter(
    ({ name, need }) => need === 'people' && !/\.(list|read)$/.test(name),
  )
  expect(grave.length).toBeGreaterThan(5)
  for (const { name, fresh } of grave) expect([name, fresh]).toEqual([name, true])
})

test('roles add up, and restricted records come with the role of a clinician alone', () => {
  const both = chartsOf({
    roles: ['biller', 'front-desk'],
    practices: undefined,
    sensitive: true,
  })
  expect(both.sensitive).toBe(false)
  expect(both.types === 'all' ? [] : both.types.get('Encounter')).toEqual(
    expect.arrayContaining(['diagnosis', 'appointment']),
  )
  const clinician = { roles: ['clinician'] as const, practices: undefined }
  expect(chartsOf({ ...clinician, sensitive: true }).sensitive).toBe(true)
  expect(chartsOf({ ...clinician, sensitive: false }).sensitive).toBe(false)
})
