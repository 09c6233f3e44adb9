// The examples of the documents as programs: each block of TypeScript or JavaScript that imports
// something is run against a real installation, as a reader would who pastes it.

import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Kitchen, openKitchen, PRACTICE } from './kitchen.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const EXAMPLE_MS_MAX = 20_000
const DOCUMENTS = ['client/README.md', ...markdownIn('docs')]

function markdownIn(folder: string): string[] {
  const names = readdirSync(join(ROOT, folder)).filter((name) => name.endsWith('.md'))
  return names.map((name) => `${folder}/${name}`)
}

const examples = DOCUMENTS.flatMap((document) => {
  const text = readFileSync(join(ROOT, document), 'utf8')
  const blocks = [...text.matchAll(/^```(?:ts|js)\n([\s\S]*?)^```$/gm)].map(([, code = '']) => code)
  return blocks
    .filter((code) => /^import /m.test(code))
    .map((code, index) => ({ name: `${document}, example ${index + 1}`, code }))
})

describe('examples in documents', () => {
  let kitchen: Kitchen
  beforeAll(async () => {
    kitchen = await openKitchen()
  }, 180_000)
  afterAll(() => kitchen.close())

  async function run(code: string) {
    const words = ['--conditions=source', '--input-type=module-typescript', '-e', code]
    const child = spawn(process.execPath, words, {
      cwd: join(ROOT, 'test'),
      env: { PATH: process.env.PATH ?? '', ...kitchen.environment, CHARTWAY_PRACTICE: PRACTICE },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: EXAMPLE_MS_MAX,
    })
    let out = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (part: Buffer) => {
        out += part.toString()
      })
    const exit = await new Promise<number | null>((resolve) => child.once('close', resolve))
    return { exit, out }
  }

  test('there are some, in the client’s README and in guides', () => {
    expect(examples.length).toBeGreaterThanOrEqual(6)
    expect(examples.some(({ name }) => name.startsWith('docs/'))).toBe(true)
  })

  test.each(examples)('$name runs as it stands', async ({ code }) => {
    const { exit, out } = await run(code)
    expect([exit, out]).toEqual([0, expect.not.stringMatching(/Error|undefined/)])
  })

  test('an example that does not work would be seen', async () => {
    const { exit } = await run("import { gone } from '@chartway/client'\nconsole.log(gone)")
    expect(exit).not.toBe(0)
  })
})
