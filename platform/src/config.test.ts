// The environment: defaults, what is refused, and the key file.

import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { openMasterKey, readConfig } from './config.ts'
import { diskFiles } from './kernel/files.ts'
import { seededRandom } from './kernel/random.ts'

const NOW = 1_800_000_000_000

test('without variables everything has a default', () => {
  expect(readConfig({ CHARTWAY_PORT: '', PATH: 'x' }, NOW)).toEqual({
    dataFolder: resolve('.chartway'),
    host: '127.0.0.1',
    port: 8080,
    publicUrl: 'http://127.0.0.1:8080',
    databaseUrl: undefined,
    masterKey: undefined,
    clock: { factor: 1, epochMs: NOW, wallEpochMs: NOW },
    log: { level: 'info', path: join(resolve('.chartway'), 'chartway.log') },
    sweepMinutes: 30,
    tls: undefined,
    backups: undefined,
    requestsAMinute: 6000,
    metrics: undefined,
    paging: { url: undefined, command: undefined, failingMinutes: 15, diskFreeMb: 1024 },
  })
})

test('what is set is read', () => {
  const config = readConfig(
    {
      CHARTWAY_DATA: 'elsewhere',
      CHARTWAY_HOST: '::1',
      CHARTWAY_PORT: '0',
      CHARTWAY_PUBLIC_URL: 'https://chartway.example/',
      DATABASE_URL: 'postgresql://u@h/d?sslmode=verify-full',
      CHARTWAY_MASTER_KEY: Buffer.alloc(32, 7).toString('base64'),
      CHARTWAY_TIME_SCALE: '60',
      CHARTWAY_EPOCH: '2026-03-02T13:30:00Z',
      CHARTWAY_WALL_EPOCH: String(NOW),
      CHARTWAY_LOG: 'debug:-',
    },
    NOW + 5,
  )
  expect(config).toMatchObject({
    dataFolder: resolve('elsewhere'),
    publicUrl: 'https://chartway.example',
    databaseUrl: 'postgresql://u@h/d?sslmode=verify-full',
    clock: { factor: 60, epochMs: Date.parse('2026-03-02T13:30:00Z'), wallEpochMs: NOW },
    log: { level: 'debug', path: '-' },
  })
  expect(config.masterKey).toHaveLength(32)
})

test.each([
  ['CHARTWAY_PORT', '65536'],
  ['CHARTWAY_PORT', 'http'],
  ['CHARTWAY_PUBLIC_URL', 'ftp://x.example'],
  ['DATABASE_URL', 'mysql://secret@h/d'],
  ['DATABASE_URL', 'postgresql://u:secret@db.example/d'],
  ['CHARTWAY_BACKUP_MINUTES', '0'],
  ['CHARTWAY_METRICS_PORT', '70000'],
  ['CHARTWAY_MASTER_KEY', 'c2VjcmV0'],
  ['CHARTWAY_TIME_SCALE', '0'],
  ['CHARTWAY_EPOCH', 'yesterday'],
  ['CHARTWAY_LOG', 'loud'],
])('%s = %s is refused by name, without its value', (variable, value) => {
  const read = () => readConfig({ [variable]: value }, NOW)
  expect(read).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }))
  try {
    read()
  } catch (thrown) {
    expect(thrown).toMatchObject({ details: { variable } })
    if (value.length > 4) expect(JSON.stringify(thrown)).not.toContain(value)
  }
})

test('a certificate without its key is refused', () => {
  expect(() => readConfig({ CHARTWAY_TLS_CERTIFICATE: 'c.pem' }, NOW)).toThrow(
    expect.objectContaining({
      details: expect.objectContaining({ variable: 'CHARTWAY_TLS_KEY' }),
    }),
  )
})

test.each([
  'postgresql://u@localhost/d',
  'postgresql://u@127.0.0.1:5433/d',
  'postgresql://u@localhost/d?host=%2Frun%2Fpg',
  'postgresql://u@db.example/d?sslmode=disable',
])('a database at %s may be spoken to without encryption', (url) => {
  expect(readConfig({ DATABASE_URL: url }, NOW).databaseUrl).toBe(url)
})

test('what an operator sets is read', () => {
  const config = readConfig(
    {
      CHARTWAY_TLS_CERTIFICATE: 'c.pem',
      CHARTWAY_TLS_KEY: 'k.pem',
      CHARTWAY_BACKUP_FOLDER: 'kept',
      CHARTWAY_BACKUP_MINUTES: '5',
      CHARTWAY_METRICS_PORT: '9464',
      CHARTWAY_PAGE_URL: 'https://pager.example/hook',
    },
    NOW,
  )
  expect(config).toMatchObject({
    publicUrl: 'https://127.0.0.1:8080',
    tls: { certificate: resolve('c.pem'), key: resolve('k.pem') },
    backups: { folder: resolve('kept'), everyMinutes: 5, keep: 48 },
    metrics: { host: '127.0.0.1', port: 9464 },
    paging: { url: 'https://pager.example/hook' },
  })
})

test('one epoch without the other is refused', () => {
  expect(() => readConfig({ CHARTWAY_EPOCH: '5' }, NOW)).toThrow(
    expect.objectContaining({
      details: expect.objectContaining({ variable: 'CHARTWAY_WALL_EPOCH' }),
    }),
  )
})

test('the key file is made once, for its owner alone, and a broken one is refused', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'cw-config-'))
  try {
    const config = readConfig({ CHARTWAY_DATA: folder }, NOW)
    const ports = { files: diskFiles, random: seededRandom('key') }
    const made = await openMasterKey(config, ports)
    expect(made).toHaveLength(32)
    expect(Buffer.from(await openMasterKey(config, ports))).toEqual(Buffer.from(made))
    expect((await stat(join(folder, 'master.key'))).mode & 0o777).toBe(0o600)
    await writeFile(join(folder, 'master.key'), 'broken')
    await expect(openMasterKey(config, ports)).rejects.toMatchObject({ code: 'CONFIG_INVALID' })
  } finally {
    await rm(folder, { recursive: true })
  }
})
