// What somebody gets who installs the package: which files, of what size, and whether the library runs
// where there is no Node. It publishes nothing.

import { execFile, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { beforeAll, expect, test } from 'vitest'
import * as door from './index.ts'

const PACKAGE = join(import.meta.dirname, '..')
const ROOT = join(PACKAGE, '..')
const run = promisify(execFile)
const BUILD_MS_MAX = 120_000

beforeAll(async () => {
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc')
  await run(process.execPath, [tsc, '-b', PACKAGE], { timeout: BUILD_MS_MAX })
}, BUILD_MS_MAX)

/** The emitted files that the package's door loads, each with its text. */
function library(): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  const open = ['index.js']
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (found.has(file)) continue
    const text = readFileSync(join(PACKAGE, 'dist', file), 'utf8')
    found.set(file, text)
    for (const [, from = ''] of text.matchAll(/(?:from|import) ['"]([^'"]+)['"]/g))
      open.push(from.startsWith('./') ? from.slice(2) : `outside: ${from}`)
  }
  return found
}

const withoutComments = (text: string) => text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')

test('the library imports nothing but itself, and names nothing of Node', () => {
  const files = library()
  const bytes = [...files.values()].join('')
  console.log(
    `the library: ${files.size} files, ${bytes.length} bytes, ${gzipSync(bytes).length} gzipped`,
  )
  expect([...files.keys()]).toContain('stream.js')
  for (const [file, text] of files)
    expect([file, withoutComments(text).match(/\b(process|Buffer|require|__dirname)\b/g)]).toEqual([
      file,
      null,
    ])
})

test('it is small: less than 12 kB gzipped', () => {
  expect(gzipSync([...library().values()].join('')).length).toBeLessThan(12_000)
})

test('the package holds its types, its command and its sources, and no test', async () => {
  const { stdout } = await run('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: PACKAGE,
    timeout: BUILD_MS_MAX,
  })
  const packed: readonly { readonly files: readonly { readonly path: string }[] }[] =
    JSON.parse(stdout)
  const paths = packed[0]?.files.map(({ path }) => path) ?? []
  const { exports, bin } = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8'))
  const promised = [...Object.values(exports['.']), ...Object.values(bin)].map((path) =>
    String(path).replace('./', ''),
  )
  expect(paths).toEqual(
    expect.arrayContaining([...promised, 'README.md', 'package.json', 'dist/generated.d.ts']),
  )
  expect(paths.filter((path) => /test|tsbuildinfo|node_modules|scripts/.test(path))).toEqual([])
}, 60_000)

/** Types for a consumer without Node's: the web's alone. */
const CONSUMER = `import { ApiError, createClient, isApiError, type Patient } from '@chartway/client'
const client = createClient({ url: 'http://127.0.0.1:9', key: 'k', retriesMax: 0 })
export async function first(): Promise<Patient | undefined> {
  for await (const patient of client.all('patients.list', { name: 'a' })) return patient
  return undefined
}
try {
  await first()
} catch (error) {
  if (!isApiError(error, 'API_UNREACHABLE') || !(error instanceof ApiError)) throw error
  console.log(error.code, error.cure.length > 0)
}
`

test(
  'installed from its archive, it has types and runs without this repository',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'chartway-packed-'))
    try {
      const words = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder]
      const { stdout } = await run('npm', words, { cwd: PACKAGE, timeout: BUILD_MS_MAX })
      const [{ filename }]: readonly [{ readonly filename: string }] = JSON.parse(stdout)
      const installed = join(folder, 'node_modules', '@chartway', 'client')
      mkdirSync(installed, { recursive: true })
      await run('tar', ['-xzf', join(folder, filename), '-C', installed, '--strip-components=1'])
      writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
      writeFileSync(join(folder, 'consumer.ts'), CONSUMER)
      const lib = ['es2022', 'dom', 'dom.iterable']
      const compilerOptions = { strict: true, module: 'nodenext', target: 'es2022', types: [], lib }
      const settings = { compilerOptions, files: ['consumer.ts'] }
      writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(settings))
      const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc')
      const compiled = await run(process.execPath, [tsc, '-p', folder], { timeout: BUILD_MS_MAX })
      expect(compiled.stdout).toBe('')
      const ran = await run(process.execPath, ['consumer.js'], { cwd: folder, timeout: 30_000 })
      expect(ran.stdout).toBe('API_UNREACHABLE true\n')
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
  BUILD_MS_MAX,
)

const OLD_NODES = ['/usr/bin/node', '/usr/local/bin/node']
const old = OLD_NODES.map((path) => ({
  path,
  version: spawnSync(path, ['--version'], { encoding: 'utf8' }).stdout ?? '',
})).find(({ version }) => version.startsWith('v20.'))

/** A server that answers once, and the emitted client that asks it, in one process of another Node. */
const ASKING = `
import { createServer } from 'node:http'
const { createClient } = await import(process.argv[1])
const server = createServer((request, response) => {
  const streamed = request.url.startsWith('/v1/changes/stream')
  response.setHeader('content-type', streamed ? 'text/event-stream' : 'application/json')
  response.write(streamed ? 'event: change\\ndata: {"sequence":5}\\n\\n' : '{"counts":{"Patient":3}}')
  if (!streamed) response.end()
})
server.listen(0, '127.0.0.1', async () => {
  const client = createClient({ url: 'http://127.0.0.1:' + server.address().port })
  const { counts } = await client.call('counts.read', {})
  for await (const { sequence } of client.stream({ after: 4 })) {
    console.log(JSON.stringify([counts.Patient, sequence]))
    break
  }
  server.closeAllConnections()
  server.close()
})`

test.skipIf(old === undefined)('the emitted library calls and streams on Node 20', async () => {
  const index = join(PACKAGE, 'dist', 'index.js')
  const { stdout } = await run(
    old?.path ?? '',
    ['--input-type=module', '-e', ASKING, `file://${index}`],
    { timeout: 30_000 },
  )
  expect(JSON.parse(stdout)).toEqual([3, 5])
})

test('the door says what the library has', () => {
  expect(Object.keys(door).sort()).toEqual([
    'ApiError',
    'CLIENT_CODES',
    'COLLECTIONS',
    'collectionOf',
    'createClient',
    'isApiError',
    'systemFetch',
  ])
})
