// NDJSON practices: what loads stays as written, what does not is set aside by its number.

import { describe, expect, test } from 'vitest'
import { createWorld } from './index.ts'
import type { LoadedPractice } from './types.ts'

const STARTS_AT = Date.parse('2026-03-03T12:00:00Z')

function load(files: LoadedPractice['files']) {
  return createWorld({
    seed: 1,
    startsAt: STARTS_AT,
    visibilityDelayMs: [5_000, 9_000],
    practices: [
      { kind: 'loaded', code: 'JAFJCD', name: 'Loaded', timeZone: 'America/New_York', files },
    ],
  })
}

const patient = { resourceType: 'Patient', id: 'p1', meta: { versionId: '3' }, active: false }
const lab = {
  resourceType: 'Observation',
  id: 'o1',
  subject: { reference: 'Patient/p1' },
  valueString: '12',
}

describe('loaded practice', () => {
  test('keeps ids and content exactly as in the file, visible at once', () => {
    const lines = [patient, lab].map((resource) => JSON.stringify(resource))
    const { world, problems } = load([{ name: 'a.ndjson', text: `\uFEFF${lines.join('\r\n')}\n` }])
    const view = world.practice('JAFJCD')
    expect(problems).toEqual([])
    expect(view?.get('Patient', 'p1', STARTS_AT)).toEqual(patient)
    expect([...(view?.listOfPatient('Observation', 'p1', STARTS_AT) ?? [])]).toEqual([lab])
    expect([...world.ledger(0)].map(({ cause, visibleAt }) => [cause, visibleAt])).toEqual([
      ['load', STARTS_AT],
      ['load', STARTS_AT],
    ])
  })

  test('sets malformed lines aside with number and code and loads the rest', () => {
    const text = [
      JSON.stringify(patient),
      '{"resourceType":"Patient","id":"p2",}',
      '',
      '[1, 2]',
      '{"resourceType":"Patient"}',
      '{"resourceType":"Patient","id":"has space"}',
      JSON.stringify(lab),
      JSON.stringify({ ...patient, active: true }),
      '{"resourceType":"Patient","id":"cut',
    ].join('\n')
    const { world, problems } = load([{ name: 'a.ndjson', text }])
    const view = world.practice('JAFJCD')
    expect(problems.map(({ line, code }) => [line, code])).toEqual([
      [2, 'NDJSON_NOT_JSON'],
      [4, 'NDJSON_NOT_A_RESOURCE'],
      [5, 'NDJSON_ID_MISSING'],
      [6, 'NDJSON_ID_MISSING'],
      [8, 'NDJSON_ID_TWICE'],
      [9, 'NDJSON_NOT_JSON'],
    ])
    expect(problems[0]).toEqual({ file: 'a.ndjson', line: 2, code: 'NDJSON_NOT_JSON', column: 37 })
    expect([...(view?.list('Patient', STARTS_AT) ?? [])]).toEqual([patient])
    expect(view?.get('Observation', 'o1', STARTS_AT)).toEqual(lab)
  })

  test('an id may stand once per type over all files', () => {
    const text = JSON.stringify(patient)
    const other = JSON.stringify({ ...lab, id: 'p1' })
    const { problems } = load([
      { name: 'a.ndjson', text: `${text}\n${other}` },
      { name: 'b.ndjson', text },
    ])
    expect(problems).toEqual([{ file: 'b.ndjson', line: 1, code: 'NDJSON_ID_TWICE' }])
  })
})
