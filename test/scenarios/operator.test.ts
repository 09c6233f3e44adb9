// What an operator does, with real processes: a backup beside the running platform, a support bundle, a
// restore elsewhere that waits, its confirmation over the API, and words that are wrong.

import { cp, mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freePort } from '../free-port.ts'
import { type DataFolder, dataFolder, type Program, program } from '../programs.ts'

let first: DataFolder
let second: DataFolder
let kept: DataFolder
let running: Program
let file: string

beforeAll(async () => {
  ;[first, second, kept] = [await dataFolder(), await dataFolder(), await dataFolder()]
  file = join(kept.path, 'one.backup')
  running = program('platform', { environment: await at(first) })
  await running.printed(/Chartway answers at/)
})
afterAll(async () => {
  await running.stop()
  for (const folder of [first, second, kept]) await folder[Symbol.asyncDispose]()
})

async function at(folder: DataFolder) {
  return { CHARTWAY_DATA: folder.path, CHARTWAY_PORT: String(await freePort()) }
}

async function command(folder: DataFolder, ...args: string[]) {
  const one = program('platform', { args, environment: await at(folder) })
  return { status: await one.ended(), out: one.out(), err: one.err() }
}

test('a backup is taken beside the running platform, and verified', async () => {
  expect(await command(first, 'backup', file)).toMatchObject({ status: 0, err: '' })
  const verified = await command(first, 'backup', 'verify', file)
  expect(verified.out).toContain('Whole:')
  await mkdir(join(kept.path, 'many'))
  await command(first, 'backup', `${join(kept.path, 'many')}/`)
  expect(await readdir(join(kept.path, 'many'))).toEqual([
    expect.stringMatching(/^chartway-\d{8}T\d{6}Z\.backup$/),
  ])
})

test('a support bundle has neither keys nor addresses', async () => {
  const bundle = join(kept.path, 'support.json')
  expect((await command(first, 'support', bundle)).status).toBe(0)
  const text = await readFile(bundle, 'utf8')
  const { key } = JSON.parse(await readFile(join(first.path, 'client.json'), 'utf8'))
  const master = (await readFile(join(first.path, 'master.key'), 'utf8')).trim()
  const password = (
    await readFile(join(first.path, 'database', 'password'), 'utf8').catch(() => '')
  ).trim()
  for (const secret of [key, key.split('_').at(-1), master, password, first.path])
    if (secret !== '') expect(text).not.toContain(secret)
  expect(JSON.parse(text)).toMatchObject({ settings: { database: 'embedded' } })
})

test('restored elsewhere it waits, and goes on when an operator has confirmed over the API', async () => {
  expect((await command(second, 'restore', file)).err).toContain('MASTER_KEY_MISSING')
  await cp(join(first.path, 'master.key'), join(second.path, 'master.key'))
  expect((await command(second, 'restore', file)).status).toBe(0)
  expect((await command(second, 'restore', file)).err).toContain('RESTORE_NOT_EMPTY')
  const environment = await at(second)
  const restored = program('platform', { environment })
  try {
    await restored.printed(/Chartway answers at/)
    const url = `http://127.0.0.1:${environment.CHARTWAY_PORT}`
    const { key } = JSON.parse(await readFile(join(second.path, 'client.json'), 'utf8'))
    const outbound = async () => (await (await fetch(`${url}/health`)).json()) as object
    const release = async (confirm: string) => {
      const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
      const body = JSON.stringify({ confirm })
      const reply = await fetch(`${url}/v1/outbound/release`, { method: 'POST', headers, body })
      return { status: reply.status, body: await reply.json() }
    }
    expect(await outbound()).toMatchObject({ outbound: 'held' })
    expect((await release('yes')).status).toBe(400)
    expect(await outbound()).toMatchObject({ outbound: 'held' })
    expect(await release('the old installation is off')).toMatchObject({
      status: 200,
      body: { released: true },
    })
    expect(await outbound()).toMatchObject({ outbound: 'open', heldSince: null })
  } finally {
    await restored.stop()
  }
})

test('words that are none are answered with the ones there are', async () => {
  for (const words of [['backup'], ['nonsense'], ['restore', 'a', 'b'], ['backup', 'x', '--y']]) {
    const { status, err } = await command(first, ...words)
    expect(status).toBe(2)
    expect(err).toContain('chartway-platform backup FILE')
  }
})
