// Both ports over real sockets: what a client sees of headers, delays and faults, and what the operator
// may do. The meaning of the answers is tested elsewhere.

import { request as httpRequest, type IncomingMessage } from 'node:http'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { scaledClock } from './clock.ts'
import type { FaultRule, Sandbox } from './contract.ts'
import { type Listeners, startListeners } from './listener.ts'
import { CODE, type Keys, loaded, makeKeys, PUBLIC_URL, rig, START } from './rig.ts'
import { createSandbox } from './sandbox.ts'

let keys: Keys
beforeAll(async () => {
  keys = await makeKeys()
})
const SECRET = 'operator-secret'
const PATIENT = { resourceType: 'Patient', id: 'p1', name: [{ family: 'Brown' }] }
const METADATA = `/fhir/r4/${CODE}/metadata`
let open: Listeners | undefined
afterEach(async () => {
  await open?.close()
  open = undefined
})

async function listening(sandbox: Sandbox, factor = 1): Promise<Listeners> {
  const clock = scaledClock({ epochMs: START, wallEpochMs: Date.now(), factor })
  const ports = { port: 0, operatorPort: 0 }
  const where = { host: '127.0.0.1', operatorSecret: SECRET, ...ports }
  open = await startListeners({ sandbox, clock, ...where })
  return open
}

interface Heard {
  readonly response: IncomingMessage
  readonly body: string
}

/** Plain node:http, so that cut bodies and resets show as they are. */
function fetched(port: number, path: string, timeoutMs = 5000): Promise<Heard> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ port, path, agent: false, timeout: timeoutMs }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => resolve({ response, body: Buffer.concat(chunks).toString() }))
      response.on('error', reject)
    })
    request.on('timeout', () => request.destroy(new Error('timed out')))
    request.on('error', reject)
    request.end()
  })
}

function oracle(port: number, path: string, init: RequestInit = {}) {
  const headers = { authorization: `Bearer ${SECRET}` }
  return fetch(`http://127.0.0.1:${port}${path}`, { headers, ...init })
}

async function parsed(reply: Response) {
  return JSON.parse(await reply.text())
}

describe('the vendor port', () => {
  test('carries status without a reason, an empty Server, vendor time and both cookies', async () => {
    const { sandbox } = rig({ keys })
    const { port } = await listening(sandbox)
    const { response, body } = await fetched(port, METADATA)
    expect([response.statusCode, response.statusMessage]).toEqual([200, ''])
    expect(response.headers.server).toBe('')
    expect(response.headers.date).toBe(new Date(START).toUTCString())
    expect(response.headers['set-cookie']).toHaveLength(2)
    expect(JSON.parse(body).resourceType).toBe('CapabilityStatement')
  })

  const broken: [FaultRule['fault'], RegExp][] = [
    ['reset', /ECONNRESET|socket hang up/],
    ['truncate', /aborted|ECONNRESET/],
    ['timeout', /timed out/],
  ]
  test.each(broken)('shows %s on a real socket and lives on', async (fault, words) => {
    const { sandbox } = rig({ keys })
    const { port } = await listening(sandbox)
    sandbox.operator.script([{ fault, rate: 1, times: 1 }])
    await expect(fetched(port, METADATA, 300)).rejects.toThrow(words)
    expect((await fetched(port, METADATA)).response.statusCode).toBe(200)
  })

  test('waits in vendor time for a late answer', async () => {
    const { sandbox } = rig({ keys })
    const { port } = await listening(sandbox, 1000)
    sandbox.operator.script([{ fault: 'late', rate: 1, delayMs: 60_000 }])
    const before = performance.now()
    expect((await fetched(port, METADATA)).response.statusCode).toBe(200)
    const took = performance.now() - before
    expect(took).toBeGreaterThan(50)
    expect(took).toBeLessThan(3000)
  })

  test('knows nothing of the operator', async () => {
    const { sandbox } = rig({ keys })
    const { port } = await listening(sandbox)
    for (const path of ['/ledger', '/truth', '/versions', '/minutes', '/apps', '/switches']) {
      const reply = await oracle(port, path)
      expect([reply.status, await reply.text()]).toEqual([404, 'Not Found'])
    }
  })

  test('closes at once although a request hangs', async () => {
    const { sandbox } = rig({ keys })
    const { port, close } = await listening(sandbox)
    sandbox.operator.script([{ fault: 'timeout', rate: 1 }])
    const hanging = fetched(port, METADATA, 60_000)
    const failed = expect(hanging).rejects.toThrow()
    await new Promise((resolve) => setTimeout(resolve, 50))
    await close()
    await failed
  })

  test('a busy port is the system error, and the other port is let go', async () => {
    const { sandbox } = rig({ keys })
    const { port } = await listening(sandbox)
    const clock = scaledClock({ epochMs: 0, wallEpochMs: 0, factor: 1 })
    const where = { host: '127.0.0.1', operatorSecret: SECRET, port: 0, operatorPort: port }
    await expect(startListeners({ sandbox, clock, ...where })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    })
  })
})

describe('the operator port', () => {
  const SECRETLESS = ['/ledger', '/truth?practice=JAFJCD', '/minutes']
  test('answers nothing without its secret', async () => {
    const { sandbox } = rig({ keys, resources: [PATIENT] })
    const { operatorPort } = await listening(sandbox)
    for (const path of SECRETLESS) {
      for (const authorization of ['', 'Bearer ', 'Bearer wrong', `Bearer ${SECRET}x`]) {
        const reply = await oracle(operatorPort, path, { headers: { authorization } })
        expect(reply.status).toBe(401)
        expect(await reply.text()).not.toContain('p1')
      }
    }
  })

  test('gives ledger, hash, versions and truth at an instant', async () => {
    const { sandbox, clock } = rig({ keys, resources: [PATIENT] })
    const { operatorPort } = await listening(sandbox)
    clock.add(1000)
    const path = `/practices/${CODE}/Patient/p1`
    const changed = { ...PATIENT, gender: 'other' }
    const put = await oracle(operatorPort, path, { method: 'PUT', body: JSON.stringify(changed) })
    expect(await put.json()).toMatchObject({ kind: 'updated', cause: 'operator' })
    const lines = async (from: string) =>
      (await (await oracle(operatorPort, from)).text())
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line))
    expect((await lines('/ledger')).map(({ kind }) => kind)).toEqual(['created', 'updated'])
    expect(await lines('/ledger?after=1')).toHaveLength(1)
    expect(await lines(`/versions?practice=${CODE}`)).toHaveLength(2)
    expect(await lines(`/truth?practice=${CODE}&at=${START}`)).toEqual([PATIENT])
    expect(await lines(`/truth?practice=${CODE}&as=visible`)).toEqual([changed])
    const { hash } = await parsed(await oracle(operatorPort, '/ledger/hash'))
    expect(hash).toBe(sandbox.operator.world.ledgerHash())
    await oracle(operatorPort, path, { method: 'DELETE' })
    expect(await lines(`/truth?practice=${CODE}`)).toEqual([])
  })

  test('registers, activates and revokes apps, and pulls the levers', async () => {
    const { sandbox } = rig({ keys, resources: [PATIENT] })
    const { operatorPort } = await listening(sandbox)
    const send = (method: string, path: string, value: unknown) =>
      oracle(operatorPort, path, { method, body: JSON.stringify(value) })
    const app = { clientId: 'a', jwksUrl: 'http://x.test/jwks', scopes: ['system/Patient.read'] }
    expect((await send('POST', '/apps', app)).status).toBe(201)
    await send('POST', '/apps/a/activate', { practice: CODE })
    expect(sandbox.operator.app('a')?.activatedFor).toEqual([CODE])
    await send('POST', '/apps/a/deactivate', { practice: CODE })
    expect(sandbox.operator.app('a')?.activatedFor).toEqual([])
    expect((await send('POST', '/apps/a/revoke', {})).status).toBe(200)
    await send('PUT', '/switches/cors', { value: 'on' })
    expect(sandbox.operator.switches().cors).toBe('on')
    await send('PUT', '/preset', { preset: 'tuesday' })
    expect(sandbox.operator.switches().articles).toBe('vendor')
    expect((await send('PUT', '/script', [{ fault: 'reset', rate: 0.5 }])).status).toBe(200)
  })

  const wrong: [string, string, unknown, RegExp][] = [
    ['PUT', '/switches/nonsense', { value: 'on' }, /No switch/],
    ['PUT', '/switches/cors', { value: 'maybe' }, /off, on/],
    ['PUT', '/preset', { preset: 'hurricane' }, /calm, tuesday/],
    ['PUT', '/script', [{ fault: 'fire' }], /body\[0\]\.fault/],
    ['PUT', '/script', [{ fault: 'reset', rate: 2 }], /0 to 1/],
    ['PUT', '/script', [{ fault: 'reset', match: '(' }], /malformed/],
    ['POST', '/apps', { clientId: 'a' }, /jwksUrl/],
    ['POST', '/apps/nobody/activate', { practice: CODE }, /no app/],
    ['PUT', '/practices/NOPE/Patient/p1', PATIENT, /practice/],
    ['PUT', `/practices/${CODE}/Patient/p2`, PATIENT, /those of the path/],
    ['GET', '/truth?practice=NOPE', undefined, /practice/],
    ['GET', '/ledger?after=x', undefined, /number/],
    ['GET', '/nothing', undefined, /routes/],
    ['GET', '/apps/%zz', undefined, /malformed/],
  ]
  test.each(wrong)('%s %s with %j says what is wrong', async (method, path, value, words) => {
    const { sandbox } = rig({ keys, resources: [PATIENT] })
    const { operatorPort } = await listening(sandbox)
    const body = value === undefined ? {} : { body: JSON.stringify(value) }
    const reply = await oracle(operatorPort, path, { method, ...body })
    expect([400, 404]).toContain(reply.status)
    expect((await parsed(reply)).detail).toMatch(words)
  })
})

test('a client over sockets gets a token and a patient', async () => {
  const clock = scaledClock({ epochMs: START, wallEpochMs: Date.now(), factor: 1 })
  const sandbox = createSandbox({
    ...{ clock, seed: 1, publicUrl: PUBLIC_URL, practices: [loaded([PATIENT])] },
    fetchJwks: async () => ({ status: 200, body: JSON.stringify({ keys: [keys.jwk] }) }),
  })
  const client = rig({ keys, resources: [PATIENT] })
  const app = client.sandbox.operator.app('client-1')
  if (app === undefined) throw new Error('no app')
  sandbox.operator.registerApp(app)
  const { port } = await listening(sandbox)
  const form = new URLSearchParams({
    ...{ grant_type: 'client_credentials', scope: 'system/Patient.read' },
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: await client.assertion(),
  })
  const at = `http://127.0.0.1:${port}`
  const granted = await fetch(`${at}/oauth/oauth2/token`, { method: 'POST', body: form })
  const { access_token: token } = await parsed(granted)
  const headers = { authorization: `Bearer ${token}`, accept: 'application/fhir+json' }
  const reply = await fetch(`${at}/fhir/r4/${CODE}/Patient?name=br`, { headers })
  expect((await parsed(reply)).entry[0].resource).toEqual(PATIENT)
})
