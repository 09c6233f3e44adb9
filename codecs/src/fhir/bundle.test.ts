// Search bundles and outcomes: what is usable comes through, what is not is named by its place.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readSearchBundle } from './bundle.ts'
import { makeOutcome, readOutcome } from './outcome.ts'
import { isId, isResource } from './structure.ts'

const one = { resourceType: 'Patient', id: 'a.b-1' }

function page(members: Record<string, unknown>) {
  return readSearchBundle({ resourceType: 'Bundle', type: 'searchset', ...members })
}

describe('readSearchBundle', () => {
  it('gives entries, the next link and the total of a sound page', () => {
    const next = 'http://example.org/fhir?page=2'
    expect(
      page({
        total: 2,
        link: [
          { relation: 'self', url: 'http://example.org/fhir' },
          { relation: 'next', url: next },
        ],
        entry: [
          { fullUrl: 'http://example.org/fhir/Patient/a.b-1', resource: one },
          { resource: { resourceType: 'Organization', id: 'o' }, search: { mode: 'include' } },
        ],
      }),
    ).toEqual({
      entries: [
        {
          resource: one,
          mode: 'match',
          fullUrl: 'http://example.org/fhir/Patient/a.b-1',
          position: '/entry/0',
        },
        {
          resource: { resourceType: 'Organization', id: 'o' },
          mode: 'include',
          fullUrl: undefined,
          position: '/entry/1',
        },
      ],
      outcomes: [],
      next,
      total: 2,
      problems: [],
    })
  })

  it('sets outcomes apart, whatever mode they came with', () => {
    const outcome = makeOutcome({ severity: 'warning', code: 'processing', diagnostics: 'slow' })
    const answer = page({
      entry: [{ resource: outcome, search: { mode: 'outcome' } }, { resource: outcome }],
    })
    expect(answer.outcomes).toEqual([outcome, outcome])
    expect(answer.entries).toEqual([])
    expect(answer.problems).toEqual([])
  })

  it.each([
    ['no object', null],
    ['a list', []],
    ['an outcome', makeOutcome({ severity: 'error', code: 'security' })],
  ])('says that %s is not a bundle', (_what, value) => {
    expect(readSearchBundle(value).problems).toEqual([
      { code: 'BUNDLE_NOT_A_BUNDLE', position: '' },
    ])
  })

  it('does not take another kind of bundle for an answer', () => {
    expect(
      readSearchBundle({ resourceType: 'Bundle', type: 'collection', entry: [] }),
    ).toMatchObject({
      entries: [],
      problems: [{ code: 'BUNDLE_NOT_A_SEARCHSET', position: '/type' }],
    })
  })

  it.each([
    [{ total: -1 }, 'BUNDLE_TOTAL_INVALID', '/total'],
    [{ total: 1.5 }, 'BUNDLE_TOTAL_INVALID', '/total'],
    [{ total: '3' }, 'BUNDLE_TOTAL_INVALID', '/total'],
    [{ link: {} }, 'BUNDLE_LINK_INVALID', '/link'],
    [{ link: [{ relation: 'next' }] }, 'BUNDLE_LINK_INVALID', '/link/0'],
    [{ entry: {} }, 'BUNDLE_ENTRY_INVALID', '/entry'],
    [{ entry: [3] }, 'BUNDLE_ENTRY_INVALID', '/entry/0'],
    [{ entry: [{}] }, 'BUNDLE_RESOURCE_INVALID', '/entry/0/resource'],
    [{ entry: [{ resource: { id: 'x' } }] }, 'BUNDLE_RESOURCE_INVALID', '/entry/0/resource'],
    [
      { entry: [{ resource: { resourceType: 'Patient' } }] },
      'BUNDLE_RESOURCE_INVALID',
      '/entry/0/resource',
    ],
    [
      { entry: [{ resource: { ...one, id: 'a b' } }] },
      'BUNDLE_RESOURCE_INVALID',
      '/entry/0/resource',
    ],
    [
      { entry: [{ resource: { ...one, id: 'a'.repeat(65) } }] },
      'BUNDLE_RESOURCE_INVALID',
      '/entry/0/resource',
    ],
    [
      { entry: [{ resource: one, search: { mode: 'guess' } }] },
      'BUNDLE_ENTRY_MODE_INVALID',
      '/entry/0/search',
    ],
    [
      { entry: [{ resource: { ...one, n: JSON.parse('1e999') } }] },
      'BUNDLE_RESOURCE_NUMBER_RANGE',
      '/entry/0/resource',
    ],
    [
      { entry: [{ resource: { ...one, deep: JSON.parse('['.repeat(70) + ']'.repeat(70)) } }] },
      'BUNDLE_RESOURCE_TOO_DEEP',
      '/entry/0/resource',
    ],
  ])('reports %j as %s and uses the rest', (members, code, position) => {
    const answer = page(members)
    expect(answer.problems).toEqual([{ code, position }])
    expect(answer.entries).toEqual([])
  })

  it('does not guess between two next pages', () => {
    const answer = page({
      link: [
        { relation: 'next', url: 'http://example.org/1' },
        { relation: 'next', url: 'http://example.org/2' },
      ],
    })
    expect(answer.problems).toEqual([{ code: 'BUNDLE_NEXT_TWICE', position: '/link/1' }])
  })

  it('never throws and never gives a resource without type and id', () => {
    fc.assert(
      fc.property(fc.object(), (value) => {
        const answer = page({ ...value, entry: [value, { resource: value }] })
        for (const { resource } of answer.entries)
          expect(isResource(resource) && isId(resource.id)).toBe(true)
        expect(
          answer.entries.length + answer.outcomes.length + answer.problems.length,
        ).toBeGreaterThan(0)
      }),
    )
  })
})

describe('outcomes', () => {
  it('are read as they were made', () => {
    const outcome = makeOutcome(
      { severity: 'error', code: 'invalid', diagnostics: 'no', expression: ['Patient.name'] },
      { severity: 'information', code: 'informational', details: { text: 'try this' } },
    )
    expect(readOutcome(JSON.parse(JSON.stringify(outcome)))).toEqual(outcome)
  })

  it('keep what a server in trouble did say', () => {
    expect(
      readOutcome({
        resourceType: 'OperationOutcome',
        issue: [
          { severity: 'dire', code: 'x' },
          7,
          { severity: 'error', code: 'x', diagnostics: 3 },
        ],
      }),
    ).toEqual({ resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'x' }] })
    expect(readOutcome({ resourceType: 'OperationOutcome' })?.issue).toEqual([])
    expect(readOutcome({ resourceType: 'Patient' })).toBeUndefined()
  })
})
