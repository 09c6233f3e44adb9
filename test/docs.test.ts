// Documents that cannot lie about what a machine can check: files that ARCHITECTURE names, the table
// of dependencies, the scripts that commands in the text call. It does not judge the prose.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { exists, projectFiles, projectPaths, ROOT } from './tree.ts'

const ARCHITECTURE_LINES_MAX = 200
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null
const stringsOf = (value: unknown): [string, string][] =>
  isRecord(value) ? Object.entries(value).map(([key, text]) => [key, String(text)]) : []

function packageFile(path: string): Record<string, unknown> {
  const value: unknown = JSON.parse(read(path))
  if (!isRecord(value)) throw new Error(`${path} is not an object`)
  return value
}

const root = packageFile('package.json')
const workspaces = Array.isArray(root.workspaces) ? root.workspaces.map(String) : []
const manifests = [
  ['root', root] as const,
  ...workspaces.map((name) => [name, packageFile(`${name}/package.json`)] as const),
]

/** Paths in backticks: anything with a slash or a known ending that is not a command or an address. */
function namedPaths(text: string): string[] {
  const spans = [...text.matchAll(/`([^`\n]+)`/g)].map((match) => match[1] ?? '')
  return spans.filter(
    (span) =>
      /^\.?[\w.-]+(\/[\w.-]+)*\/?$/.test(span) &&
      (/\//.test(span) || /\w\.(ts|md|json|sql|cjs)$/.test(span)),
  )
}

/** Rows `| package | version | workspaces | …` as `package version workspace, workspace`. */
function dependencyRows(text: string): string[] {
  return [...text.matchAll(/^\| `([^`]+)` \| (\S+) \| ([^|]+) \|(.*)$/gm)].map((match) => {
    const cells = (match[4] ?? '').split('|').map((cell) => cell.trim())
    expect(
      cells.slice(0, 3).every((cell) => cell !== ''),
      `${match[1]} has empty cells`,
    ).toBe(true)
    return rowOf(match[1] ?? '', match[2] ?? '', (match[3] ?? '').split(','))
  })
}

const rowOf = (name: string, version: string, where: readonly string[]) =>
  `${name} ${version} ${where
    .map((place) => place.trim())
    .sort()
    .join(', ')}`

function declaredDependencies(): string[] {
  const own = new Set(manifests.map(([, manifest]) => String(manifest.name)))
  const places = new Map<string, string[]>()
  for (const [place, manifest] of manifests)
    for (const kind of [
      'dependencies',
      'devDependencies',
      'optionalDependencies',
      'peerDependencies',
    ])
      for (const [name, version] of stringsOf(manifest[kind]))
        if (!own.has(name)) {
          const key = `${name} ${version}`
          places.set(key, [...(places.get(key) ?? []), place])
        }
  return [...places].map(([key, where]) => rowOf(...splitKey(key), where))
}

function splitKey(key: string): [string, string] {
  const space = key.lastIndexOf(' ')
  return [key.slice(0, space), key.slice(space + 1)]
}

describe('ARCHITECTURE', () => {
  const text = read('ARCHITECTURE.md')

  test('is short enough to be read', () => {
    expect(text.split('\n').length).toBeLessThanOrEqual(ARCHITECTURE_LINES_MAX)
  })

  test('would be caught naming a file that is gone', () => {
    expect(
      namedPaths('see `codecs/src/gone.ts`, `npm test`, `/v1/resources/patients`, `limit`'),
    ).toEqual(['codecs/src/gone.ts'])
  })
})

test('documents name only files that exist', () => {
  const names = new Set(projectPaths().map((path) => path.slice(path.lastIndexOf('/') + 1)))
  // What a start makes in its data folder is in no checkout.
  const isThere = (path: string, folder: string) =>
    path.startsWith('.chartway/') ||
    (path.includes('/') ? exists(path) || exists(folder + path) : names.has(path))
  const documents = projectFiles(/^([a-z]+\/)?[A-Z]+\.md$|^docs\/.*\.md$/)
  const faults = documents.flatMap((file) => {
    const folder = file.path.slice(0, file.path.lastIndexOf('/') + 1)
    return namedPaths(file.text)
      .filter((path) => !isThere(path, folder))
      .map((path) => `${file.path}: ${path}`)
  })
  expect(documents.length).toBeGreaterThan(10)
  expect(faults).toEqual([])
})

describe('the table of dependencies', () => {
  test('has exactly the packages, versions and workspaces that are declared', () => {
    const rows = dependencyRows(read('docs/dependencies.md'))
    expect(rows.sort()).toEqual(declaredDependencies().sort())
  })

  test('is about exact versions', () => {
    const loose = declaredDependencies().filter((row) => !/ \d+\.\d+\.\d+[\w.-]* /.test(row))
    expect(loose).toEqual([])
  })
})

test('every npm script named in a document exists', () => {
  const scripts = new Set(stringsOf(root.scripts).map(([name]) => name))
  const faults = projectFiles(/\.md$/).flatMap((file) =>
    [...file.text.matchAll(/\bnpm run (?:--silent |-s )?([\w:-]+)/g)]
      .map((match) => match[1] ?? '')
      .filter((name) => !scripts.has(name))
      .map((name) => `${file.path}: npm run ${name}`),
  )
  expect(faults).toEqual([])
})
