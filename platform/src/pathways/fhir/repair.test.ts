// Every rule of repair by example, and the promise that undoing them gives back the wire exactly.

import { canonicalize, DEPTH_MAX, type JsonObject, type Resource } from '@chartway/codecs/fhir'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { dialectFor } from './dialect.ts'
import { fromWire } from './from-wire.ts'
import { undoRepairs } from './index.ts'
import { type RepairTables, repair } from './repair.ts'

const BASE = 'https://fhir4.eclinicalworks.com/fhir/r4/JAFJCD'
const tables: RepairTables = { ...dialectFor('eclinicalworks', {}), baseUrl: BASE }

function repaired(resource: Resource) {
  const copy = structuredClone(resource)
  const repairs = repair(copy, tables)
  return { resource: copy, repairs: repairs ?? [], rules: repairs?.map(({ rule }) => rule) }
}

const laboratory = [{ coding: [{ code: 'laboratory' }] }]

describe('a repair', () => {
  test.each<[string, Resource, JsonObject, string[]]>([
    [
      'removes the date that stands for a living patient',
      { resourceType: 'Patient', deceasedDateTime: '1899-12-30T00:00:00-05:00' },
      { resourceType: 'Patient' },
      ['sentinel-deceased'],
    ],
    [
      'removes the expiration that stands for none',
      { resourceType: 'Immunization', expirationDate: '0001-01-02' },
      { resourceType: 'Immunization' },
      ['sentinel-expiration'],
    ],
    [
      'makes a numeric laboratory string a quantity',
      { resourceType: 'Observation', category: laboratory, valueString: '-12.50' },
      { resourceType: 'Observation', category: laboratory, valueQuantity: { value: -12.5 } },
      ['numeric-string', 'numeric-string'],
    ],
    [
      'mends the malformed category system',
      {
        resourceType: 'Observation',
        category: [
          { coding: [{ system: 'http://terminology.hl7.org//CodeSystem-observation-category' }] },
        ],
      },
      {
        resourceType: 'Observation',
        category: [
          { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category' }] },
        ],
      },
      ['code-system'],
    ],
    [
      'makes references to the vendor relative, by any of its hosts',
      {
        resourceType: 'Condition',
        subject: { reference: 'http://fhir4.healow.com/fhir/r4/JAFJCD/Patient/a.b' },
      },
      { resourceType: 'Condition', subject: { reference: 'Patient/a.b' } },
      ['absolute-reference'],
    ],
    [
      'makes an attachment kept at the vendor relative',
      {
        resourceType: 'DocumentReference',
        content: [{ attachment: { contentType: 'text/plain', url: `${BASE}/Binary/x` } }],
      },
      {
        resourceType: 'DocumentReference',
        content: [{ attachment: { contentType: 'text/plain', url: 'Binary/x' } }],
      },
      ['absolute-attachment'],
    ],
  ])('%s', (_, wire, wanted, rules) => {
    const done = repaired(wire)
    expect(done.resource).toEqual(wanted)
    expect(done.rules).toEqual(rules)
    expect(undoRepairs(done.resource, done.repairs)).toEqual(wire)
  })

  test.each<[string, Resource]>([
    ['a real death', { resourceType: 'Patient', deceasedDateTime: '2024-05-01' }],
    ['a vital sign in words', { resourceType: 'Observation', valueString: '12' }],
    [
      'a number with a unit or a comparator',
      { resourceType: 'Observation', category: laboratory, valueString: '<12' },
    ],
    [
      'a number with a leading zero',
      { resourceType: 'Observation', category: laboratory, valueString: '007' },
    ],
    [
      'more digits than a double holds',
      { resourceType: 'Observation', category: laboratory, valueString: '1234567890123456' },
    ],
    [
      'a reference into another practice',
      {
        resourceType: 'Condition',
        subject: { reference: 'https://fhir4.eclinicalworks.com/fhir/r4/OTHER/Patient/a' },
      },
    ],
    [
      'a reference to a stranger',
      {
        resourceType: 'Condition',
        subject: { reference: 'https://x.test/fhir/r4/JAFJCD/Patient/a' },
      },
    ],
    ['a url that is a name', { resourceType: 'Patient', extension: [{ url: `${BASE}/Binary/x` }] }],
  ])('leaves %s alone', (_, wire) => {
    const done = repaired(wire)
    expect(done.resource).toEqual(wire)
    expect(done.repairs).toEqual([])
  })

  test('refuses exactly what has no canonical form, so that nothing later stumbles over it', () => {
    let deep: JsonObject = {}
    for (let depth = 2; depth < DEPTH_MAX; depth++) deep = { x: deep }
    const deepest: Resource = { resourceType: 'Basic', deep }
    expect(repair(deepest, tables)).toEqual([])
    expect(canonicalize(deepest)).toContain('{"x":{}}')
    const deeper: Resource = { resourceType: 'Basic', deep: { x: deep } }
    expect(repair(deeper, tables)).toBeUndefined()
    expect(() => canonicalize(deeper)).toThrow(RangeError)
    const huge: Resource = { resourceType: 'Basic', list: [1, JSON.parse('1e400')] }
    expect(repair(huge, tables)).toBeUndefined()
    expect(() => canonicalize(huge)).toThrow(TypeError)
  })

  test('says which of the two it was', () => {
    const wire = { resourceType: 'Basic', id: 'b', number: JSON.parse('-1e400') }
    expect(fromWire(wire, tables, {})).toEqual({ code: 'PATHWAY_ENTRY_NUMBER_RANGE' })
    const deep = JSON.parse('['.repeat(DEPTH_MAX) + ']'.repeat(DEPTH_MAX))
    expect(fromWire({ resourceType: 'Basic', id: 'b', deep }, tables, {})).toEqual({
      code: 'PATHWAY_ENTRY_TOO_DEEP',
    })
  })

  test('undone, any resource is what it was on the wire', () => {
    const dirt = fc.constantFrom(
      '1899-12-30T00:00:00-05:00',
      '0001-01-02',
      '12',
      '-3.25',
      'text',
      'http://terminology.hl7.org//CodeSystem-observation-category',
      `${BASE}/Patient/1`,
      `${BASE}/Binary/1?a=1&amp;b=2`,
      'laboratory',
    )
    const name = fc.constantFrom(
      ...['deceasedDateTime', 'expirationDate', 'valueString', 'valueQuantity', 'system', 'code'],
      ...['reference', 'url', 'contentType', 'category', 'coding', 'a/b', 'c~d', '__proto__x'],
    )
    const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof(
        { depthSize: 'small' },
        dirt,
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.dictionary(name, tie('tree'), { maxKeys: 5 }),
      ),
    }))
    const resource = fc
      .tuple(
        fc.constantFrom('Patient', 'Immunization', 'Observation'),
        fc.dictionary(name, fc.oneof(dirt, tree), { maxKeys: 7 }),
        fc.boolean(),
      )
      .map(([resourceType, members, isLaboratory]): Resource => {
        const text = JSON.stringify({
          ...members,
          ...(isLaboratory ? { category: laboratory } : {}),
        })
        return { ...JSON.parse(text), resourceType }
      })
    let changed = 0
    fc.assert(
      fc.property(resource, (wire) => {
        const done = repaired(wire)
        changed += done.repairs.length
        expect(undoRepairs(done.resource, done.repairs)).toEqual(wire)
      }),
      { numRuns: 2000 },
    )
    expect(changed).toBeGreaterThan(100)
  })
})
