// The tables of the dialects: whole, free of doubles, within what the vendor declares, and open to a
// connection's deviations.

import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { fillQuery, parameterNames } from './address.ts'
import { planFor } from './capabilities.ts'
import { dialectFor, dialectNames, loadDialect } from './dialect.ts'

const captures = new URL('../../../../../shared/vendor/captures/', import.meta.url)
const statementFile = new URL('capabilitystatement-2026-08-14.json', captures)
const smartFile = new URL('smart-configuration-2026-08-14.json', captures)

interface Declared {
  readonly type: string
  readonly interaction: readonly { readonly code: string }[]
  readonly searchParam?: readonly { readonly name: string }[]
  readonly searchRevInclude?: readonly string[]
}

describe.each(dialectNames)('the dialect %s', (name) => {
  const dialect = loadDialect(name)

  test('names every search once and can fill it in', () => {
    const names = dialect.searches.map((row) => row.name)
    expect(new Set(names).size).toBe(names.length)
    for (const row of dialect.searches) {
      const ask = { subject: 'x', from: '2026-01-01', until: '2026-01-02' }
      expect(fillQuery(row.query, ask)).not.toMatch(/[{}]/)
      expect(parameterNames(row.query)).not.toContain('_count')
    }
  })

  test('knows a scope, or that there is none, for each type it asks', () => {
    for (const row of dialect.searches)
      expect(Object.keys(dialect.scopes.byType)).toContain(row.type)
  })

  test('never lets a question that leaves things out stand for deletions', () => {
    for (const row of dialect.searches)
      if (row.per === 'id' || row.per === 'practitioner') expect(row.covers).toEqual([])
  })
})

describe('the vendor’s dialect', () => {
  const { searches, scopes } = loadDialect('eclinicalworks')

  test.runIf(existsSync(statementFile))('asks only what the vendor declares', () => {
    const statement = JSON.parse(readFileSync(statementFile, 'utf8'))
    const declared = new Map<string, Declared>()
    for (const one of statement.rest[0].resource) declared.set(one.type, one)
    for (const row of searches) {
      const type = declared.get(row.type)
      const interaction = row.per === 'id' && row.query === '' ? 'read' : 'search-type'
      expect(type?.interaction.map(({ code }) => code)).toContain(interaction)
      const known = type?.searchParam?.map((one) => one.name) ?? []
      for (const parameter of parameterNames(row.query).split(',').filter(Boolean))
        expect([row.name, known]).toEqual([row.name, expect.arrayContaining([parameter])])
      if (row.provenance) expect(type?.searchRevInclude).toContain('Provenance:target')
    }
  })

  test.runIf(existsSync(smartFile))('spells each scope as the vendor publishes it', () => {
    const published: string[] = JSON.parse(readFileSync(smartFile, 'utf8')).scopes_supported
    for (const [type, suffix] of Object.entries(scopes.byType)) {
      if (suffix !== null) expect(published).toContain(`system/${type}.${suffix}`)
      else expect(published.filter((one) => RegExp(`^system/${type}\\.r`).test(one))).toEqual([])
    }
  })

  test('fans Observation out by the seven categories that answer', () => {
    const fan = searches.filter((row) => row.type === 'Observation' && row.per === 'patient')
    expect(fan.map((row) => row.name.slice('Observation.'.length)).toSorted()).toEqual([
      ...['exam', 'imaging', 'laboratory', 'sdoh', 'social-history', 'survey', 'vital-signs'],
    ])
  })
})

describe('a connection’s deviations', () => {
  test('leave types out, spell scopes otherwise, and bring optional searches in', () => {
    const plain = dialectFor('eclinicalworks', {})
    expect(plain.scopeByType.has('Group')).toBe(false)
    expect(plain.scopeByType.get('Coverage')).toBe('system/Coverage.r')
    const bent = dialectFor('eclinicalworks', {
      scopes: { Coverage: 'system/Coverage.read', Media: null },
      exclude: ['Observation.sdoh', 'Device'],
      include: ['Group'],
      letters: ['a', 'b'],
    })
    expect(bent.scopeByType.get('Coverage')).toBe('system/Coverage.read')
    expect(bent.scopeByType.get('Group')).toBe('system/Group.read')
    expect(bent.scopeByType.has('Media')).toBe(false)
    expect(bent.searches.some((row) => row.name === 'Observation.sdoh')).toBe(false)
    expect(bent.searches.some((row) => row.type === 'Device')).toBe(false)
    expect(bent.letters).toEqual(['a', 'b'])
  })

  test('give people the letters and places the digits too, or both the connection’s own', () => {
    const subjects = (overrides: Parameters<typeof dialectFor>[1], name: string) =>
      planFor(dialectFor('eclinicalworks', overrides), new Map()).find((row) => row.name === name)
        ?.subjects
    expect(subjects({}, 'Patient')).toHaveLength(26)
    expect(subjects({}, 'Location')).toHaveLength(36)
    expect(subjects({ letters: ['ab', '李'] }, 'Location')).toEqual(['ab', '李'])
    expect(subjects({}, 'Condition')).toBeUndefined()
  })

  test('that are none are refused with their place', () => {
    expect(() => dialectFor('eclinicalworks', { scopes: { Media: 5 } })).toThrow(
      expect.objectContaining({
        code: 'PATHWAY_SETTINGS_INVALID',
        details: { position: 'scopes.Media' },
      }),
    )
    expect(() => dialectFor('mumps', {})).toThrow('PATHWAY_DIALECT_UNKNOWN')
  })
})
