// Holds the printed types to the API's own description, so that neither changes alone.

import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { generate } from '../scripts/generate.ts'

const golden = new URL('../../platform/src/faces/http/openapi.json', import.meta.url)
const printed = new URL('generated.ts', import.meta.url)

function formatted(text: string): string {
  const biome = fileURLToPath(new URL('../../node_modules/.bin/biome', import.meta.url))
  const done = spawnSync(biome, ['format', '--stdin-file-path=client/src/generated.ts'], {
    input: text,
    encoding: 'utf8',
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
  })
  if (done.status !== 0) throw new Error(done.stderr)
  return done.stdout
}

test('the types of the client are those which the API describes', () => {
  const wanted = formatted(generate(JSON.parse(readFileSync(golden, 'utf8'))))
  if (process.env.UPDATE === '1') writeFileSync(printed, wanted)
  expect(readFileSync(printed, 'utf8')).toBe(wanted)
})

test('the generator stops at a kind of schema which it does not know', () => {
  const odd = {
    components: { schemas: { Odd: { type: 'object', properties: { x: { type: 'tuple' } } } } },
    paths: {},
  }
  expect(() => generate(odd)).toThrow('tuple')
})
