// The requirements as data: what Chartway is asked to be, row by row, and whether a row is built.
// The rows are in requirements.json; this file checks their shape, lets tests cite them, and finds
// citations in test sources. It does not decide what is built: a person marks a row, the gate in
// requirements.test.ts then asks for a test which cites it.
import { readFileSync } from 'node:fs'

const SOURCES = ['SG', 'CV', 'VC', 'CO', 'IN'] as const
const KINDS = ['promise', 'constraint', 'number', 'workflow', 'context'] as const
const STATES = ['planned', 'built'] as const
/** Every row has an id from R1 to this number, in order and without a gap. */
export const REQUIREMENTS_MAX = 216

export type Source = (typeof SOURCES)[number]

/** One thing asked of Chartway. */
export type Requirement = Readonly<{
  /** R1 to R216. */
  id: string
  /** The article which asks for it; spelled out in `legend`. */
  source: Source
  kind: (typeof KINDS)[number]
  /** What has to be true, in our words. */
  behaviour: string
  /** `built` means: a test cites it and would fail if the behaviour broke. */
  state: (typeof STATES)[number]
  /** Where the article and the vendor's published surface disagree: what we do about it. */
  conflict?: string
}>

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const oneOf = <T extends string>(list: readonly T[], value: unknown): value is T =>
  list.some((item) => item === value)
const isText = (value: unknown): value is string => typeof value === 'string' && value.length >= 12

function isRequirement(row: unknown): row is Requirement {
  return rowProblems(row).length === 0
}

/** What is wrong with one row, as sentences; none when the row is sound. */
export function rowProblems(row: unknown): string[] {
  if (!isRecord(row)) return ['a row is an object']
  const problems: string[] = []
  const known = ['id', 'source', 'kind', 'behaviour', 'state', 'conflict']
  for (const key of Object.keys(row))
    if (!known.includes(key)) problems.push(`unknown field ${key}`)
  if (typeof row.id !== 'string' || !/^R[1-9]\d{0,2}$/.test(row.id))
    problems.push('id is R1 to R216')
  if (!oneOf(SOURCES, row.source)) problems.push(`source is one of ${SOURCES.join(', ')}`)
  if (!oneOf(KINDS, row.kind)) problems.push(`kind is one of ${KINDS.join(', ')}`)
  if (!oneOf(STATES, row.state)) problems.push(`state is one of ${STATES.join(', ')}`)
  if (!isText(row.behaviour)) problems.push('behaviour is a sentence')
  if (row.conflict !== undefined && !isText(row.conflict)) problems.push('conflict is a sentence')
  return problems
}

function load(): { legend: Record<Source, string>; rows: readonly Requirement[] } {
  const text = readFileSync(new URL('requirements.json', import.meta.url), 'utf8')
  const data: unknown = JSON.parse(text)
  if (!isRecord(data) || !isRecord(data.legend) || !Array.isArray(data.requirements))
    throw new Error('requirements.json: wants { legend, requirements }')
  const { legend } = data
  const spelled = (source: Source): string => {
    const name = legend[source]
    if (!isText(name)) throw new Error(`requirements.json: the legend does not spell out ${source}`)
    return name
  }
  const rows = data.requirements.map((row: unknown, index) => {
    if (isRequirement(row)) return row
    throw new Error(`requirements.json, row ${index + 1}: ${rowProblems(row).join('; ')}`)
  })
  return {
    legend: {
      SG: spelled('SG'),
      CV: spelled('CV'),
      VC: spelled('VC'),
      CO: spelled('CO'),
      IN: spelled('IN'),
    },
    rows,
  }
}

const data = load()

/** The articles behind the source letters. */
export const legend: Readonly<Record<Source, string>> = data.legend
/** All rows in order. */
export const requirements: readonly Requirement[] = data.rows

const ids = new Set(requirements.map((row) => row.id))

/** Called by a test for each requirement it shows. Throws on an id which does not exist. */
export function verifies(...cited: readonly [string, ...string[]]): void {
  for (const id of cited) if (!ids.has(id)) throw new Error(`no requirement is called ${id}`)
}

const ID_LIST = String.raw`R\d+(?:\s*,\s*R\d+)*`
const IN_TITLE = new RegExp(String.raw`(['"\x60])[^\n]*?\((${ID_LIST})\)[^\n]*?\1`, 'g')
const IN_CALL = /\bverifies\(([^)]*)\)/g

/**
 * The ids a test source cites: by a call of `verifies`, or in brackets in a title. Comments and
 * tests that are switched off by name (`.skip(`, `.todo(`) cite nothing.
 */
export function citedIn(source: string): string[] {
  const live = source
    .split('\n')
    .filter((line) => !/^\s*(\/\/|\*|\/\*)/.test(line) && !/\.(skip|todo)\(/.test(line))
    .join('\n')
  const found = new Set<string>()
  const collect = (text: string | undefined) => {
    for (const id of text?.match(/\bR\d+\b/g) ?? []) found.add(id)
  }
  for (const match of live.matchAll(IN_CALL)) collect(match[1])
  for (const match of live.matchAll(IN_TITLE)) collect(match[2])
  return [...found]
}

/**
 * What is wrong between rows and citations: a built row without a citation, a citation without a
 * row. `citations` maps a file to the ids it cites.
 */
export function coverageFaults(
  rows: readonly Pick<Requirement, 'id' | 'state'>[],
  citations: ReadonlyMap<string, readonly string[]>,
): string[] {
  const known = new Set(rows.map((row) => row.id))
  const cited = new Set([...citations.values()].flat())
  const unproved = rows
    .filter((row) => row.state === 'built' && !cited.has(row.id))
    .map((row) => `${row.id} is marked built and no test cites it`)
  const unknown = [...citations].flatMap(([file, list]) =>
    list.filter((id) => !known.has(id)).map((id) => `${file} cites ${id}, which does not exist`),
  )
  return [...unproved, ...unknown]
}
