// Published samples of others, served as a practice and compared with what was loaded. Skipped where
// the samples are not at hand.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import type { Resource } from '@chartway/codecs/fhir'
import { beforeAll, expect, test } from 'vitest'
import { CODE, type Keys, makeKeys, type Rig, rig } from '../rig.ts'

const samples = new URL('../../../../shared/data/fhir/', import.meta.url)
/** Pages one search is followed for at most. */
const PAGES_MAX = 50

let keys: Keys
beforeAll(async () => {
  keys = await makeKeys()
})

async function everyPage(one: Rig, start: string): Promise<Resource[]> {
  const found: Resource[] = []
  let path: string | undefined = start
  for (let page = 0; path !== undefined && page < PAGES_MAX; page++) {
    const { status, value, text } = await one.fhir(path)
    expect(status, text).toBe(200)
    const entries: { resource: Resource }[] = value.entry ?? []
    found.push(...entries.map(({ resource }) => resource))
    const links: { relation: string; url: string }[] = value.link
    path = links.find(({ relation }) => relation === 'next')?.url.split(`/${CODE}/`)[1]
  }
  return found
}

const BY_PATIENT = [
  ...['Encounter', 'Condition', 'AllergyIntolerance', 'MedicationRequest', 'Immunization'],
  ...['Procedure', 'DiagnosticReport', 'DocumentReference', 'Coverage', 'Goal', 'Device'],
  ...['ServiceRequest', 'Specimen', 'QuestionnaireResponse', 'MedicationDispense'],
]
const CATEGORIES = [
  ...['laboratory', 'vital-signs', 'social-history', 'survey', 'exam', 'imaging', 'sdoh'],
]

test.skipIf(!existsSync(samples)).each([
  ['synthea', 4600, ['CarePlan 53', 'Claim 628', 'ExplanationOfBenefit 511', 'ImagingStudy 10']],
  ['us-core-6.1.0', 160, ['Bundle 4', 'Media 2', 'Medication 2']],
])('%s comes back through searches with its content unchanged', async (set, floor, unserved) => {
  const folder = new URL(`${set}/`, samples)
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.ndjson'))
    .map((name) => ({ name, text: readFileSync(new URL(name, folder), 'utf8') }))
  const expected = new Map(
    files
      .flatMap(({ text }) => text.split('\n'))
      .filter((line) => line !== '')
      .map((line): [string, Resource] => {
        const resource = JSON.parse(line)
        return [`${resource.resourceType}/${resource.id}`, resource]
      }),
  )
  const practice = { kind: 'loaded' as const, code: CODE, name: set, timeZone: 'America/New_York' }
  const one = rig({
    keys,
    more: { practices: [{ ...practice, files }], switches: { 'rate-limit': 'counted-only' } },
  })
  const seen = new Map<string, Resource>()
  const collect = async (path: string) => {
    for (const each of await everyPage(one, path)) seen.set(`${each.resourceType}/${each.id}`, each)
  }
  for (const letter of 'abcdefghijklmnopqrstuvwxyz') {
    for (const type of ['Patient', 'Practitioner', 'Organization', 'Location']) {
      await collect(`${type}?name=${letter}`)
    }
  }
  const patients = [...seen.values()].filter(({ resourceType }) => resourceType === 'Patient')
  for (const { id } of patients) {
    for (const type of BY_PATIENT) await collect(`${type}?patient=${id}`)
    for (const each of CATEGORIES) await collect(`Observation?patient=${id}&category=${each}`)
    await collect(`CarePlan?patient=${id}&category=assess-plan`)
    await collect(`CareTeam?patient=${id}&status=active`)
  }
  const differing = [...seen].filter(
    ([key, resource]) => JSON.stringify(resource) !== JSON.stringify(expected.get(key)),
  )
  expect(differing.map(([key]) => key)).toEqual([])
  expect(seen.size).toBeGreaterThan(floor)
  const left = new Map<string, number>()
  for (const key of expected.keys()) {
    const type = key.split('/')[0] ?? ''
    if (!seen.has(key)) left.set(type, (left.get(type) ?? 0) + 1)
  }
  expect([...left].map(([type, count]) => `${type} ${count}`)).toEqual(
    expect.arrayContaining(unserved),
  )
})
