// The gate of the requirements: rows are sound, what is marked built is cited, what is cited
// exists. It prints the counts; it does not judge whether a citing test is a good one.
import { describe, expect, test } from 'vitest'
import {
  citedIn,
  coverageFaults,
  legend,
  REQUIREMENTS_MAX,
  requirements,
  rowProblems,
  verifies,
} from './requirements.ts'
import { projectFiles } from './tree.ts'

const OWN = 'test/requirements.test.ts' // its samples are not citations
const citations = new Map(
  projectFiles(/\.test\.tsx?$|^test\/(prove|scenarios)\/.*\.ts$/)
    .filter((file) => file.path !== OWN)
    .map((file) => [file.path, citedIn(file.text)] as const),
)

describe('the requirements', () => {
  test('are numbered from R1 to R216 without a gap', () => {
    const expected = Array.from({ length: REQUIREMENTS_MAX }, (_, index) => `R${index + 1}`)
    expect(requirements.map((row) => row.id)).toEqual(expected)
  })

  test('each say something of their own', () => {
    expect(new Set(requirements.map((row) => row.behaviour)).size).toBe(REQUIREMENTS_MAX)
    expect(new Set(Object.values(legend)).size).toBe(5)
  })

  test('are cited by a test where they are built, and nothing unknown is cited', () => {
    const built = requirements.filter((row) => row.state === 'built').length
    const cited = new Set([...citations.values()].flat()).size
    console.log(
      `requirements: ${built} built, ${requirements.length - built} planned, ${cited} cited`,
    )
    expect(coverageFaults(requirements, citations)).toEqual([])
  })
})

describe('the gate', () => {
  const built = [{ id: 'R1', state: 'built' }] as const

  test('catches a built row which no test cites', () => {
    expect(coverageFaults(built, new Map())).toEqual(['R1 is marked built and no test cites it'])
    expect(coverageFaults(built, new Map([['a.test.ts', ['R1']]]))).toEqual([])
  })

  test('catches a citation of an unknown row', () => {
    const faults = coverageFaults(built, new Map([['a.test.ts', ['R1', 'R999']]]))
    expect(faults).toEqual(['a.test.ts cites R999, which does not exist'])
    expect(() => verifies('R999')).toThrow('no requirement is called R999')
    expect(() => verifies('R1', 'R216')).not.toThrow()
  })

  test.each([
    ["  verifies('R141')", ['R141']],
    ["  verifies(\n    'R1',\n    'R2',\n  )", ['R1', 'R2']],
    ["test('no minute holds more than 250 calls (R141)', () => {", ['R141']],
    ['test(`both forms (R126, R131) are refused`, () => {', ['R126', 'R131']],
    ["// verifies('R141')", []],
    [" * as in 'x (R141)'", []],
    ["test.skip('later (R141)', () => {", []],
    ["test.todo('later (R141)')", []],
    ['const region = area(R141)', []],
  ])('reads the citations of %j', (source, expected) => {
    expect(citedIn(source)).toEqual(expected)
  })

  const sound = { id: 'R1', source: 'SG', kind: 'promise', behaviour: 'Does it.', state: 'planned' }
  test.each([
    [{ ...sound, behaviour: 'A sentence of some length.' }, 0],
    [sound, 1],
    [{ ...sound, behaviour: 'A sentence of some length.', state: 'done' }, 1],
    [{ ...sound, behaviour: 'A sentence of some length.', source: 'XX' }, 1],
    [{ ...sound, behaviour: 'A sentence of some length.', id: 'R0' }, 1],
    [{ ...sound, behaviour: 'A sentence of some length.', note: 'extra' }, 1],
    ['R1', 1],
  ])('judges the row %j', (row, problems) => {
    expect(rowProblems(row)).toHaveLength(problems)
  })
})
