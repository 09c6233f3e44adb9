// The sandbox as a whole in-process: the vendor's minute, the articles' forms, faults and counts. It
// opens no socket.

import { beforeAll, describe, expect, test } from 'vitest'
import type { FaultRule } from './contract.ts'
import { CLIENT_ID, CODE, type Keys, loaded, makeKeys, rig, START } from './rig.ts'
import { createSandbox } from './sandbox.ts'

let keys: Keys
beforeAll(async () => {
  keys = await makeKeys()
})

const METADATA = `/fhir/r4/${CODE}/metadata`
const PATIENT = { resourceType: 'Patient', id: 'p1', name: [{ family: 'Brown' }] }

describe('the vendor minute', () => {
  test('takes 250 calls, refuses the 251st and all others until it ends (R141)', async () => {
    const one = rig({ keys })
    one.clock.set(START + 59_000)
    for (let i = 0; i < 250; i++) expect((await one.get(METADATA)).status).toBe(200)
    const over = await one.get(METADATA)
    expect(over.status).toBe(429)
    const names = over.headers.map(([name]) => name.toLowerCase())
    expect(names.filter((name) => /retry-after|ratelimit/.test(name))).toEqual([])
    one.clock.set(START + 59_999)
    expect((await one.get(METADATA)).status).toBe(429)
    one.clock.set(START + 60_000)
    expect((await one.get(METADATA)).status).toBe(200)
    expect(one.sandbox.operator.minutes()).toEqual([
      { practice: CODE, minute: START, arrived: 252, refused: 2, tokens: 0 },
      { practice: CODE, minute: START + 60_000, arrived: 1, refused: 0, tokens: 0 },
    ])
  })

  test('counts token and authorize calls at the practice they are for', async () => {
    const one = rig({ keys })
    await one.token()
    await one.get(`/oauth/oauth2/authorize?aud=http://vendor.test/fhir/r4/${CODE}`)
    await one.get(`/oauth/oauth2/authorize?practice_code=${CODE}`)
    for (let i = 0; i < 247; i++) await one.get(METADATA)
    await expect(one.token()).rejects.toThrow('token refused')
    expect(one.sandbox.operator.minutes()).toMatchObject([{ arrived: 251, refused: 1, tokens: 2 }])
  })

  test('of one practice leaves another alone; a token counts at every activation', async () => {
    const practices = [loaded([PATIENT]), loaded([PATIENT], 'IFDECD')]
    const one = rig({ keys, more: { practices } })
    const app = one.sandbox.operator.app(CLIENT_ID)
    if (app === undefined) throw new Error('no app')
    one.sandbox.operator.registerApp({ ...app, activatedFor: [CODE, 'IFDECD'] })
    await one.token()
    for (let i = 0; i < 250; i++) await one.get(METADATA)
    expect((await one.get(METADATA)).status).toBe(429)
    expect((await one.get('/fhir/r4/IFDECD/metadata')).status).toBe(200)
    one.sandbox.operator.setSwitch('token-counts-for', 'none')
    await one.token()
    const counts = one.sandbox.operator.minutes().map(({ arrived, tokens }) => [arrived, tokens])
    expect(counts).toEqual([
      [252, 1],
      [2, 1],
    ])
  })

  test('is the vendor minute, not the client minute, when the clocks differ', async () => {
    const one = rig({ keys, more: { clockSkewMs: 30_000 } })
    one.clock.set(START + 29_999)
    await one.get(METADATA)
    one.clock.set(START + 30_000)
    await one.get(METADATA)
    const starts = one.sandbox.operator.minutes().map(({ minute }) => minute - START)
    expect(starts).toEqual([0, 60_000])
  })

  test('has a body by switch', async () => {
    const one = rig({ keys, more: { switches: { 'rate-limit-body': 'operation-outcome' } } })
    for (let i = 0; i < 250; i++) await one.get(METADATA)
    expect((await one.get(METADATA)).value.resourceType).toBe('OperationOutcome')
    one.sandbox.operator.setSwitch('rate-limit-body', 'empty')
    expect((await one.get(METADATA)).text).toBe('')
    one.sandbox.operator.setSwitch('rate-limit', 'counted-only')
    expect((await one.get(METADATA)).status).toBe(200)
  })
})

describe('the forms the articles show', () => {
  const forms: [string, string, RegExp, number][] = [
    ['POST', '/oauth2/default/v1/token', /\/oauth\/oauth2\/token.*RS384/, 404],
    ['GET', '/fhir/r4/Patient?family=Smith', /\/fhir\/r4\/\{practice_code\}\/Patient/, 400],
    ['GET', '/fhir/r4/metadata', /\{practice_code\}\/metadata/, 400],
    ['GET', '/fhir/r4/Patient/$export', /Group\/\{id\}\/\$export/, 400],
    ['GET', `/fhir/r4/${CODE}/Patient/$export`, /Group\/\{id\}\/\$export/, 401],
    ['GET', `/fhir/r4/${CODE}/Appointment?date=2026-01-01`, /Encounter\?practitioner/, 401],
    ['GET', '/api/v1/patients/7/encounters', /Encounter\?patient/, 404],
    ['POST', `/fhir/r4/${CODE}/Encounter?AI_Suggestions=1`, /DocumentReference/, 401],
  ]
  test.each(forms)(
    '%s %s is refused, and the refusal teaches or is the vendor one (R126, R131, R198)',
    async (method, path, lesson, vendorStatus) => {
      const one = rig({ keys })
      const send = () => one.sandbox.handle({ method, path, headers: {}, body: new Uint8Array() })
      const taught = await send()
      expect(taught.status).toBeGreaterThanOrEqual(400)
      expect(new TextDecoder().decode(taught.body)).toMatch(lesson)
      one.sandbox.operator.setPreset('tuesday')
      one.sandbox.operator.setPreset('calm')
      one.sandbox.operator.setSwitch('articles', 'vendor')
      const plain = await send()
      expect(plain.status).toBe(vendorStatus)
      expect(new TextDecoder().decode(plain.body)).not.toMatch(lesson)
    },
  )

  test('are answered as the vendor would on a tuesday', () => {
    const one = rig({ keys, more: { preset: 'tuesday' } })
    expect(one.sandbox.operator.switches().articles).toBe('vendor')
  })
})

describe('faults', () => {
  test.each<[FaultRule['fault'], object]>([
    ['timeout', { trouble: { kind: 'hang' } }],
    ['reset', { trouble: { kind: 'reset' } }],
    ['late', { delayMs: 45_000, status: 200 }],
    ['status-429', { status: 429 }],
    ['status-500', { status: 500 }],
    ['truncate', { status: 200, trouble: { kind: 'truncate' } }],
  ])('%s is carried out and counted once', async (fault, expected) => {
    const one = rig({ keys })
    one.sandbox.operator.script([{ fault, rate: 1, times: 1 }])
    expect(await one.get(METADATA)).toMatchObject(expected)
    expect(await one.get(METADATA)).toMatchObject({ status: 200, delayMs: 0 })
    expect(one.sandbox.operator.faultsFired()).toEqual({ [fault]: 1 })
  })

  test('expired-token ends the token for good', async () => {
    const one = rig({ keys, resources: [PATIENT] })
    const headers = { authorization: `Bearer ${await one.token()}` }
    one.sandbox.operator.script([{ fault: 'expired-token', rate: 1, times: 1 }])
    expect((await one.get(`/fhir/r4/${CODE}/Patient/p1`, headers)).status).toBe(401)
    expect((await one.get(`/fhir/r4/${CODE}/Patient/p1`, headers)).status).toBe(401)
  })

  test('hang meets the DocumentReference search and nothing else by itself', async () => {
    const one = rig({ keys, resources: [PATIENT] })
    one.sandbox.operator.script([{ fault: 'hang', rate: 1 }])
    expect((await one.fhir('Patient?name=b')).trouble).toBeUndefined()
    expect((await one.fhir('DocumentReference?patient=p1')).trouble).toEqual({ kind: 'hang' })
  })

  test('obey match, time window and rate', async () => {
    const one = rig({ keys, resources: [PATIENT] })
    one.sandbox.operator.script([
      {
        fault: 'reset',
        rate: 1,
        match: '^GET .*metadata',
        fromMs: START + 1000,
        untilMs: START + 2000,
      },
    ])
    expect((await one.get(METADATA)).trouble).toBeUndefined()
    one.clock.set(START + 1000)
    expect((await one.fhir('Patient/p1')).trouble).toBeUndefined()
    expect((await one.get(METADATA)).trouble).toEqual({ kind: 'reset' })
    one.clock.set(START + 2000)
    expect((await one.get(METADATA)).trouble).toBeUndefined()
  })

  test('are the same for the same seed, and tuesday has every class', async () => {
    const run = async (seed: number) => {
      const one = rig({ keys, resources: [PATIENT], more: { preset: 'tuesday', seed } })
      const line: string[] = []
      for (let i = 0; i < 400; i++) {
        one.clock.add(1000)
        const reply = await one.get(METADATA)
        line.push(`${reply.status} ${reply.delayMs} ${reply.trouble?.kind}`)
      }
      return line.join('\n')
    }
    const first = await run(5)
    expect(await run(5)).toBe(first)
    expect(await run(6)).not.toBe(first)
  })
})

test('cross-origin headers come only when switched on, with a preflight', async () => {
  const one = rig({ keys })
  const preflight = () =>
    one.sandbox.handle({ method: 'OPTIONS', path: METADATA, headers: {}, body: new Uint8Array() })
  expect((await one.get(METADATA)).header('access-control-allow-origin')).toBeUndefined()
  expect((await preflight()).status).toBe(401)
  one.sandbox.operator.setSwitch('cors', 'on')
  expect((await one.get(METADATA)).header('access-control-allow-origin')).toBe('*')
  expect((await preflight()).status).toBe(204)
})

test('calls are counted by kind without any value of theirs', async () => {
  const one = rig({ keys, resources: [PATIENT] })
  await one.fhir('Patient?name=brown&birthdate=1980-01-01')
  await one.fhir('Patient/p1')
  expect(one.sandbox.operator.calls()).toEqual({
    'POST token 200': 1,
    'GET Patient?birthdate,name 200': 1,
    'GET Patient/id 200': 1,
  })
})

test('a switch nobody has, or a value it has not, is refused with the valid ones', () => {
  const make = (switches: Record<string, string>) => () =>
    createSandbox({
      clock: rig({ keys }).clock,
      seed: 1,
      publicUrl: 'http://vendor.test',
      practices: [],
      fetchJwks: async () => ({ status: 0, body: '' }),
      switches,
    })
  expect(make({ nonsense: 'on' })).toThrow(/No switch "nonsense".*link-host/)
  expect(make({ cors: 'maybe' })).toThrow('Switch "cors" has no value "maybe": off, on')
})
