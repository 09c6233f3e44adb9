// What the console's face answers: the page with its policy, its files, and nothing beside them.

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Fastify, { type FastifyInstance } from 'fastify'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ChartwayError } from '../../kernel/errors.ts'
import { diskFiles } from '../../kernel/files.ts'
import { seededRandom } from '../../kernel/random.ts'
import { registerConsole } from './serve.ts'

let folder: string
let app: FastifyInstance

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chartway-console-'))
  await mkdir(join(folder, 'dist', 'assets'), { recursive: true })
  await writeFile(join(folder, 'secret.txt'), 'not for anybody')
  await writeFile(join(folder, 'dist', 'index.html'), '<meta content="__CSP_NONCE__">')
  await writeFile(join(folder, 'dist', 'mark.svg'), '<svg/>')
  await writeFile(join(folder, 'dist', 'assets', 'index-abc.js'), 'run()')
  app = served(join(folder, 'dist'))
})

afterEach(async () => {
  await app.close()
  await rm(folder, { recursive: true })
})

function served(dist: string): FastifyInstance {
  const made = Fastify()
  made.setErrorHandler((error, _request, reply) =>
    reply.code(404).send(error instanceof ChartwayError ? error.code : 'other'),
  )
  registerConsole(made, { folder: dist, files: diskFiles, random: seededRandom('console') })
  return made
}

test('each answer of the page has a nonce of its own, in the page and in its policy', async () => {
  const [first, second] = [await app.inject('/console/'), await app.inject('/console/p/a/patients')]
  const nonces = [first, second].map(({ body }) => /content="([^"]+)"/.exec(body)?.[1] ?? '')
  expect(new Set(nonces).size).toBe(2)
  for (const [index, { headers }] of [first, second].entries()) {
    const policy = String(headers['content-security-policy'])
    expect(policy).toContain(`'nonce-${nonces[index]}'`)
    expect(policy).toContain("script-src 'self';")
    expect(policy).toContain("default-src 'none'")
    expect(headers['x-frame-options']).toBe('DENY')
  }
})

test('files with a hash in their name are kept for ever, and only those that are there', async () => {
  const found = await app.inject('/console/assets/index-abc.js')
  expect(found.body).toBe('run()')
  expect(found.headers['cache-control']).toBe('public, max-age=31536000, immutable')
  const lost = await app.inject('/console/assets/index-old.js')
  expect(lost.statusCode).toBe(404)
  expect(lost.headers['cache-control'] ?? '').not.toContain('immutable')
})

test.each([
  '/console/assets/../../secret.txt',
  '/console/assets/%2e%2e/%2e%2e/secret.txt',
  '/console/assets/..%2f..%2fsecret.txt',
  '/console/../secret.txt',
])('%s leads to nothing beside the build', async (url) => {
  expect((await app.inject(url)).body).not.toContain('not for anybody')
})

test('the root leads to the console', async () => {
  for (const url of ['/', '/console']) {
    const answer = await app.inject(url)
    expect([answer.statusCode, answer.headers.location]).toEqual([302, '/console/'])
  }
})

test('a console that is not built says so, and is there once it is', async () => {
  const dist = join(folder, 'later')
  const later = served(dist)
  expect((await later.inject('/console/')).body).toBe('CONSOLE_NOT_BUILT')
  await mkdir(dist)
  await writeFile(join(dist, 'index.html'), 'here')
  expect((await later.inject('/console/')).body).toBe('here')
  await later.close()
})
