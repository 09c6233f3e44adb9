// The content of a living practice: the vendor's shapes and dirt, as the stored resources carry them.

import type { JsonObject, Resource } from '@chartway/codecs/fhir'
import { describe, expect, test } from 'vitest'
import { createWorld } from './index.ts'
import { isObject } from './shapes.ts'

const STARTS_AT = Date.parse('2026-03-03T07:00:00-05:00')

const { world } = createWorld({
  seed: 11,
  startsAt: STARTS_AT,
  practices: [
    {
      kind: 'living',
      code: 'JAFJCD',
      name: 'Cedar Family Care',
      timeZone: 'America/Chicago',
      patients: 300,
      facilities: 2,
      providers: 5,
      lives: false,
    },
  ],
  visibilityDelayMs: [0, 0],
})

function list(type: string): Resource[] {
  return [...(world.practice('JAFJCD')?.list(type, STARTS_AT) ?? [])]
}

function everything(): Resource[] {
  return [...new Set([...world.ledger(0)].map(({ type }) => type))].flatMap(list)
}

function objects(value: Resource[string]): JsonObject[] {
  return Array.isArray(value) ? value.filter((item) => isObject(item)) : []
}

function has(resources: readonly Resource[], text: string): boolean {
  return resources.some((resource) => JSON.stringify(resource).includes(text))
}

describe('living content', () => {
  test('ids are opaque, 43 or 64 characters, share a tenant prefix, and some have dots', () => {
    const ids = everything().map(({ id }) => id ?? '')
    const prefix = ids[0]?.slice(0, 11) ?? ''
    for (const { resourceType, id = '' } of everything()) {
      expect(id).toMatch(/^(?:[A-Za-z0-9.-]{43}|[A-Za-z0-9.-]{64})$/)
      expect(id.startsWith(prefix)).toBe(true)
      if (['Patient', 'Practitioner', 'Location', 'Device'].includes(resourceType)) {
        expect(id).toHaveLength(43)
      }
    }
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids.filter((id) => id.includes('.')).length).toBeGreaterThan(ids.length / 20)
  })

  test('every instance has lastUpdated with milliseconds and offset, a profile, and no version', () => {
    for (const { resourceType, meta, text } of everything()) {
      if (!isObject(meta)) throw new Error(`${resourceType} without meta`)
      expect(meta.lastUpdated).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}-0[45]:00$/)
      expect(meta.profile).toHaveLength(1)
      expect(meta).not.toHaveProperty('versionId')
      if (resourceType !== 'Binary') {
        expect(isObject(text) && text.div).toMatch(
          /^<div xmlns="http:\/\/www.w3.org\/1999\/xhtml">/,
        )
      }
    }
  })

  test('patients carry both identifiers of the practice, upper-case names and the known dirt', () => {
    const patients = list('Patient')
    const system = 'urn:oid:2.16.840.1.113883.4.391.329509'
    for (const { id, identifier, name } of patients) {
      const [usual, account] = objects(identifier)
      expect(usual).toEqual({ use: 'usual', system, value: id })
      expect(account).toMatchObject({ use: 'secondary', system })
      const [current] = objects(name)
      expect(current).not.toHaveProperty('use')
      expect(String(current?.text)).toMatch(/^[\p{Lu}'. -]+ /u)
    }
    expect(new Set(patients.map(({ identifier }) => objects(identifier)[1]?.value)).size).toBe(300)
    expect(patients.filter(({ active }) => active === false).length).toBeGreaterThan(2)
    for (const dirt of ['"1899-12-30T00:00:00-05:00"', '"ASKU"', '"use":"old"']) {
      expect(has(patients, dirt)).toBe(true)
    }
  })

  test('households share surname and address, and there are twins', () => {
    const homes = new Map<string, Resource[]>()
    for (const patient of list('Patient')) {
      const [name] = objects(patient.name)
      const [address] = objects(patient.address)
      const home = `${name?.family} ${address?.text}`
      homes.set(home, [...(homes.get(home) ?? []), patient])
    }
    const shared = [...homes.values()].filter((members) => members.length > 1)
    expect(shared.length).toBeGreaterThan(40)
    const twins = shared.filter(
      (members) => new Set(members.map(({ birthDate }) => birthDate)).size < members.length,
    )
    expect(twins.length).toBeGreaterThan(0)
  })

  test('observations of all seven categories, with the malformed system and the double tag', () => {
    const observations = list('Observation')
    for (const code of [
      'vital-signs',
      'laboratory',
      'social-history',
      'survey',
      'sdoh',
      'exam',
      'imaging',
    ]) {
      expect(has(observations, `"code":"${code}"`)).toBe(true)
    }
    for (const { category } of observations) {
      const codings = objects(category).flatMap(({ coding }) => objects(coding))
      const codes = codings.map(({ code }) => code)
      if (codes.includes('sdoh')) expect(codes).toContain('survey')
      for (const { system, code } of codings) {
        if (code !== 'social-history') continue
        expect(system).toBe('http://terminology.hl7.org//CodeSystem-observation-category')
      }
    }
  })

  test('laboratory values are strings without units or ranges', () => {
    const labs = list('Observation').filter((resource) => has([resource], '"code":"laboratory"'))
    expect(labs.length).toBeGreaterThan(100)
    for (const lab of labs.filter(({ status }) => status === 'final')) {
      expect(typeof lab.valueString).toBe('string')
      expect(lab).not.toHaveProperty('valueQuantity')
      expect(lab).not.toHaveProperty('referenceRange')
    }
  })

  test('sentinels, absent values, words without codes and vendor extensions are there', () => {
    expect(has(list('Immunization'), '"expirationDate":"0001-01-02"')).toBe(true)
    expect(has(list('Immunization'), '"not-done"')).toBe(true)
    expect(has(list('Procedure'), '"_performedDateTime"')).toBe(true)
    expect(list('AllergyIntolerance').some(({ code }) => isObject(code) && !code.coding)).toBe(true)
    expect(has(list('Condition'), 'Poorly-controlled')).toBe(true)
    expect(list('Condition').some((condition) => 'onsetDateTime' in condition)).toBe(false)
    expect(has(list('MedicationRequest'), '"status":"unknown"')).toBe(true)
    expect(has(list('ServiceRequest'), 'serviceRequestOrder/receivedDate')).toBe(true)
    expect(has(list('Encounter'), '"code":"VR"')).toBe(true)
    expect(has(list('Device'), '"_deviceIdentifier"')).toBe(true)
    expect(has(list('DocumentReference'), '"url":"Binary/')).toBe(true)
    expect(has(list('DocumentReference'), '"data":"')).toBe(true)
  })

  test('appointments of the coming days are planned encounters', () => {
    const planned = list('Encounter').filter(({ status }) => status === 'planned')
    const starts = planned.map(({ period }) => (isObject(period) ? String(period.start) : ''))
    expect(starts.filter((start) => Date.parse(start) > STARTS_AT).length).toBeGreaterThan(20)
  })
})
