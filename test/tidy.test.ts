// Style as failing tests: the rules of tidy.ts over every file of the project, and a planted fault
// for each rule, so that a rule which stops catching is noticed.
import { describe, expect, test } from 'vitest'
import { deadNames, doorlessRooms, faultsIn, LINES_MAX, LOOKED_AT } from './tidy.ts'
import { exists, projectFiles, projectPaths } from './tree.ts'

const RULES_THEMSELVES = /^test\/tidy(\.test)?\.ts$/
const files = projectFiles(LOOKED_AT)

describe('the house is tidy', () => {
  test('no file breaks a house rule', () => {
    expect(files.length).toBeGreaterThan(50)
    expect(files.flatMap((file) => faultsIn(file.path, file.text))).toEqual([])
  })

  test('every room has a door', () => {
    expect(doorlessRooms(projectPaths())).toEqual([])
  })

  test('every link and every document named in the text is there', () => {
    const faults = files
      .filter((file) => !RULES_THEMSELVES.test(file.path))
      .flatMap((file) => deadNames(file.path, file.text, exists))
    expect(faults).toEqual([])
  })
})

const OPENING = '// What this is.\n'
const rulesBroken = (path: string, body: string) =>
  faultsIn(path, OPENING + body).map((fault) => fault.split(': ')[1])

describe('a planted fault is caught', () => {
  const room = 'platform/src/mirror/store.ts'
  test.each([
    ['clock', room, 'const now = Date.now()'],
    ['clock', room, 'const now = new Date()'],
    ['clock', 'sandbox/src/world/day.ts', 'const now = new Date'],
    ['clock', 'codecs/src/fhir/diff.ts', 'const now = performance.now()'],
    ['clock', 'console/src/page.tsx', 'const now = Date.now()'],
    ['randomness', room, 'const id = Math.random()'],
    ['randomness', room, 'const id = randomUUID()'],
    ['randomness', 'sandbox/src/oauth/token.ts', 'const id = crypto.randomBytes(8)'],
    ['randomness', 'sandbox/src/oauth/token.ts', 'crypto.getRandomValues(bytes)'],
    ['environment', room, 'const url = process.env.DATABASE_URL'],
    ['timer', room, 'setTimeout(done, 10)'],
    ['timer', room, "import { setTimeout as sleep } from 'node:timers/promises'"],
    ['timer', room, 'setInterval(done, 10)'],
    ['console', room, "console.log('hello')"],
    ['console', room, "console.warn('hello')"],
    ['fetch', room, 'await fetch(url)'],
    ['fetch', room, 'await globalThis.fetch(url)'],
    ['enum', room, 'export enum Colour { red }'],
    ['enum', room, 'const enum Colour { red }'],
    ['any', room, 'const x = y as any'],
    ['only', 'test/x.test.ts', "test.only('x', () => {})"],
    ['only', 'test/x.test.ts', "describe.concurrent.only('x', () => {})"],
    ['silenced', room, '// biome-ignore lint/a/b'],
    ['silenced', room, '// @ts-ignore because'],
    ['silenced', room, '// @ts-expect-error'],
    ['silenced', room, '// eslint-disable-next-line no-x'],
    ['unfinished', room, '// TODO: later'],
    ['unfinished', 'docs/guide.md', 'FIXME'],
    ['machine path', room, "const place = '/home/ann/data'"],
    ['machine path', 'docs/guide.md', 'see /tmp/output.json'],
    ['registry host', 'package-lock.json', '"resolved": "https://example.org/x.tgz"'],
    ['registry host', 'docs/guide.md', 'from registry.example.org'],
    ['registry host', '.npmrc', 'registry=https://example.org'],
    ['workplace', room, '// as issue 2 asks'],
    ['workplace', 'docs/guide.md', 'see ../shared/notes/plan'],
    ['room', 'platform/src/attic/x.ts', ''],
    ['room', 'platform/src/x.ts', ''],
    ['name', 'platform/src/mirror/utils.ts', ''],
    ['name', 'sandbox/src/helpers/x.ts', ''],
    ['length', room, 'x\n'.repeat(LINES_MAX)],
  ])('%s in %s: %j', (rule, path, body) => {
    expect(rulesBroken(path, body)).toEqual([rule])
  })

  test.each([
    ['codecs/src/fhir/diff.ts', 'export const x = 1\n'],
    ['platform/src/db/migrations/0001.sql', 'create table x ();\n'],
    ['.ci/run', '#!/usr/bin/env bash\nset -u\n'],
  ])('a missing opening comment in %s', (path, text) => {
    expect(faultsIn(path, text)).toEqual([expect.stringContaining('opening')])
  })

  test('a room without a door', () => {
    const paths = ['platform/src/kernel/clock.ts', 'platform/src/gate/index.ts']
    expect(doorlessRooms([...paths, 'platform/src/pathways/contract.ts'])).toEqual([])
    expect(doorlessRooms([...paths, 'platform/src/mirror/store.ts'])).toEqual(['mirror'])
    expect(doorlessRooms([...paths, 'platform/src/pathways/fhir/read.ts'])).toEqual([
      'pathways/fhir',
    ])
  })

  test('a dead link and a document that does not exist', () => {
    const has = (path: string) => path === 'docs/a.md' || path === 'README.md'
    expect(deadNames('docs/b.md', '[a](a.md#top) [r](../README.md)', has)).toEqual([])
    expect(deadNames('docs/b.md', '[c](c.md)', has)).toEqual(['docs/b.md: link: c.md is not there'])
    expect(deadNames('docs/b.md', '[web](https://example.org) [up](#top)', has)).toEqual([])
    expect(deadNames('a.ts', '// see PLANS.md', has)).toHaveLength(1)
  })
})

describe('what is allowed is left alone', () => {
  test.each([
    ['platform/src/kernel/clock.ts', 'const now = Date.now()'],
    ['sandbox/src/clock.ts', 'setTimeout(done, 10)'],
    ['sandbox/src/random.ts', 'const id = Math.random()'],
    ['platform/src/config.ts', 'const url = process.env.DATABASE_URL'],
    ['client/src/main.ts', "console.log('hello')"],
    ['platform/src/mirror/store.ts', 'const at = new Date(epochMs)'],
    ['platform/src/mirror/store.ts', 'await port.fetch(url)'],
    ['platform/src/mirror/store.ts', '// never Date.now() here'],
    ['platform/src/mirror/store.ts', 'const x = 1 // the same as any other'],
    ['platform/src/mirror/store.ts', '// biome-ignore lint/a/b: the vendor sends it so'],
    ['docs/guide.md', 'Read ../shared/data when it is there.'],
  ])('%s: %j', (path, body) => {
    expect(rulesBroken(path, body)).toEqual([])
  })
})
