// Presets and faults through a whole sandbox in-process: each fault class is carried out where it is
// felt and counted once; storms come and go; the upgrade night runs its course.

import { beforeAll, describe, expect, test } from 'vitest'
import type { FaultRule } from '../contract.ts'
import { seededRandom } from '../random.ts'
import { type Answered, CODE, type Keys, makeKeys, type Rig, rig, SCOPES, START } from '../rig.ts'
import { FAULT_KINDS } from './kinds.ts'
import { presetFaults } from './rules.ts'
import { burstRules, nightAt } from './weather.ts'

let keys: Keys
beforeAll(async () => {
  keys = await makeKeys()
})

const MINUTE_MS = 60_000
const METADATA = `/fhir/r4/${CODE}/metadata`
const meta = { lastUpdated: '2026-11-01T00:00:00.000-05:00' }
const PATIENT = {
  resourceType: 'Patient',
  id: 'p1',
  meta,
  active: true,
  name: [{ family: 'Brown' }],
}
const ENCOUNTER = {
  resourceType: 'Encounter',
  id: 'e1',
  status: 'planned',
  reasonCode: [{ text: 'bp check' }],
  subject: { reference: 'Patient/p1' },
}

function scripted(rule: Partial<FaultRule> & Pick<FaultRule, 'fault'>): Rig {
  const one = rig({ keys, resources: [PATIENT, ENCOUNTER] })
  one.sandbox.operator.script([{ rate: 1, times: 1, match: '^GET .*(Patient|Encounter)', ...rule }])
  return one
}

const search = (one: Rig) => one.fhir('Encounter?patient=p1')

describe('a fault in place of the answer', () => {
  test.each<[FaultRule['fault'], number, RegExp]>([
    ['status-401', 401, /OperationOutcome/],
    ['status-403', 403, /not enabled/],
    ['status-500', 500, /OperationOutcome/],
    ['status-502', 502, /<html>/],
    ['status-503', 503, /Unavailable/],
    ['status-504', 504, /<html>/],
    ['maintenance-page', 503, /maintenance/],
    ['login-page', 200, /<form>/],
    ['redirect', 302, /^$/],
    ['redirect-loop', 307, /^$/],
    ['no-content', 204, /^$/],
    ['error-envelope', 200, /OperationOutcome/],
  ])('%s comes once with status %i and is counted', async (fault, status, body) => {
    const one = scripted({ fault })
    const reply = await search(one)
    expect(reply.status).toBe(status)
    expect(reply.text).toMatch(body)
    expect(await search(one)).toMatchObject({ status: 200 })
    expect(one.sandbox.operator.faultsFired()).toEqual({ [fault]: 1 })
  })

  test('redirects lead to another host, or round in a circle', async () => {
    const away = await search(scripted({ fault: 'redirect' }))
    expect(away.header('location')).toMatch(/^https:\/\/[^/]*collector\.example\//)
    const loop = await search(scripted({ fault: 'redirect-loop' }))
    expect(loop.header('location')).toBe(`/fhir/r4/${CODE}/Encounter?patient=p1`)
  })

  test('a huge body has the size that was asked for, a deep one its depth', async () => {
    const huge = await search(scripted({ fault: 'huge-body', bytes: 3_000_000 }))
    expect(huge.body.length).toBeGreaterThan(3_000_000)
    const deep = await scripted({ fault: 'deep-json' }).sandbox.handle({
      ...{ method: 'GET', path: `/fhir/r4/${CODE}/Patient/p1`, headers: {} },
      body: new Uint8Array(),
    })
    expect(new TextDecoder().decode(deep.body)).toContain('['.repeat(100_000))
  })

  test.each<[NonNullable<FaultRule['retryAfter']>, string | undefined]>([
    ['none', undefined],
    ['seconds', '30'],
    ['zero', '0'],
    ['negative', '-60'],
    ['huge', '1000000000'],
    ['date', new Date(START + 90_000).toUTCString()],
    ['past-date', new Date(START - 86_400_000).toUTCString()],
    ['words', 'soon'],
  ])('a refusal may say of when to come back: %s', async (retryAfter, expected) => {
    const reply = await search(scripted({ fault: 'status-429', retryAfter }))
    expect(reply.status).toBe(429)
    expect(reply.header('retry-after')).toBe(expected)
  })
})

describe('a fault in the answer', () => {
  const raw = async (one: Rig, path: string) => {
    const headers = { authorization: `Bearer ${await one.token()}` }
    const request = { method: 'GET', path: `/fhir/r4/${CODE}/${path}`, headers }
    const reply = await one.sandbox.handle({ ...request, body: new Uint8Array() })
    return { reply, text: new TextDecoder('utf-8', { ignoreBOM: true }).decode(reply.body) }
  }
  const SEARCH = 'Encounter?patient=p1'
  const nextOf = ({ value }: Answered): string | undefined =>
    value.link.find((each: { relation: string }) => each.relation === 'next')?.url
  const selfOf = ({ value }: Answered): string => value.link[0].url

  test('wears the wrong type, or says the wrong character set', async () => {
    const type = await search(scripted({ fault: 'content-type' }))
    expect(type.header('content-type')).toBe('text/html;charset=UTF-8')
    expect(type.value.resourceType).toBe('Bundle')
    const charset = await search(scripted({ fault: 'charset' }))
    expect(charset.header('content-type')).toMatch(/ISO-8859-1/)
  })

  test('has a byte order mark, a giant header, or ends too early with a fitting length', async () => {
    const marked = await raw(scripted({ fault: 'byte-order-mark' }), SEARCH)
    expect(marked.text.charCodeAt(0)).toBe(0xfeff)
    const giant = await raw(scripted({ fault: 'giant-header' }), SEARCH)
    expect(Math.max(...giant.reply.headers.map(([, value]) => value.length))).toBeGreaterThan(
      90_000,
    )
    const half = await raw(scripted({ fault: 'half-body' }), SEARCH)
    expect(half.reply.trouble).toBeUndefined()
    expect(() => JSON.parse(half.text)).toThrow(SyntaxError)
  })

  test('has a key twice with two values', async () => {
    const { text } = await raw(scripted({ fault: 'duplicate-keys' }), SEARCH)
    expect(text.match(/"resourceType":"(?:Bundle|Basic)"/g)).toHaveLength(2)
    expect(JSON.parse(text).resourceType).toBe('Basic')
  })

  test('has a next link that leads back to itself, or to another host', async () => {
    const loop = await search(scripted({ fault: 'next-loop' }))
    expect(nextOf(loop)).toBe(selfOf(loop))
    const away = await search(scripted({ fault: 'next-elsewhere' }))
    expect(nextOf(away)).toMatch(/collector\.example\/.*Encounter/)
  })

  test('has contained records in a circle, or a patient of another practice', async () => {
    const circle = await scripted({ fault: 'contained-loop' }).fhir('Encounter/e1')
    expect(JSON.stringify(circle.value.contained)).toContain('"#a"')
    const foreign = await search(scripted({ fault: 'foreign-reference' }))
    expect(foreign.value.entry[0].resource.subject.reference).toMatch(/collector\.example/)
  })

  test('that has nothing to spoil is not counted, and the rule is not used up', async () => {
    const one = scripted({ fault: 'next-loop' })
    expect((await one.fhir('Patient/p1')).value.id).toBe('p1')
    expect(one.sandbox.operator.faultsFired()).toEqual({})
    expect(nextOf(await search(one))).toBeDefined()
    expect(one.sandbox.operator.faultsFired()).toEqual({ 'next-loop': 1 })
  })
})

describe('presets', () => {
  test('hostile has every class of answer and body fault, and hostile words in the world', async () => {
    const { rules, injectedTextShare } = presetFaults('hostile')
    const named = new Set(rules.map(({ fault }) => fault))
    const elsewhere = new Set(['timeout', 'reset', 'late', 'hang', 'expired-token', 'status-429'])
    const missing = FAULT_KINDS.filter((kind) => !named.has(kind) && !elsewhere.has(kind))
    expect(missing.filter((kind) => !/^(?:status-50|maintenance)/.test(kind))).toEqual([])
    expect(injectedTextShare).toBeGreaterThan(0)
    const practice = {
      kind: 'living',
      ...{ code: CODE, name: 'Cedar', timeZone: 'America/New_York' },
      ...{ patients: 20, facilities: 1, providers: 2, lives: true },
    } as const
    const one = rig({ keys, more: { preset: 'hostile', practices: [practice] } })
    expect(one.sandbox.operator.faultsFired()['injected-text']).toBeGreaterThan(10)
  })

  test('a storm brings bursts of 1 to 30 minutes with quiet between them, the same for a seed', () => {
    const { bursts } = presetFaults('storm')
    const minutes = Array.from({ length: 24 * 60 }, (_, i) => START + i * MINUTE_MS)
    const weather = (seed: number) =>
      minutes.map((at) =>
        burstRules(seededRandom(seed), bursts, at)
          .map(({ fault }) => fault)
          .join(),
      )
    const one = weather(1)
    expect(weather(1)).toEqual(one)
    expect(weather(2)).not.toEqual(one)
    const lengths = one
      .map((rules) => (rules === '' ? ' ' : 'x'))
      .join('')
      .match(/x+/g)
    expect(lengths?.length).toBeGreaterThan(15)
    expect(one.filter((rules) => rules === '').length).toBeGreaterThan(24 * 60 * 0.3)
    const kinds = new Set(one.flatMap((rules) => rules.split(',')))
    for (const kind of ['status-429', 'status-500', 'status-503', 'reset']) {
      expect(kinds).toContain(kind)
    }
  })

  test('a storm is felt: whole minutes of refusals that name wild times to come back', async () => {
    const one = rig({ keys, resources: [PATIENT], more: { preset: 'storm' } })
    const told = new Set<string | undefined>()
    let worst = 0
    let row = 0
    for (let i = 0; i < 2000; i++) {
      one.clock.add(10_000)
      const reply = await one.get(METADATA)
      if (reply.status === 429) told.add(reply.header('retry-after'))
      row = reply.status >= 429 ? row + 1 : 0
      worst = Math.max(worst, row)
    }
    expect(worst).toBeGreaterThan(5)
    expect(told.size).toBeGreaterThan(5)
    expect(one.sandbox.operator.faultsFired()['status-429']).toBeGreaterThan(20)
  })

  test('a preset set at run time changes how late changes are seen from then on', () => {
    const practice = {
      kind: 'living',
      ...{ code: CODE, name: 'Cedar', timeZone: 'America/New_York' },
      ...{ patients: 250, facilities: 1, providers: 4, lives: true },
    } as const
    const one = rig({ keys, more: { practices: [practice] } })
    const { operator } = one.sandbox
    const lateness = (after: number) =>
      [...operator.world.ledger(after)].map(({ at, visibleAt }) => visibleAt - at)
    const history = [...operator.world.ledger(0)].length
    one.clock.add(3 * 60 * MINUTE_MS)
    operator.setPreset('tuesday')
    const morning = lateness(history)
    expect(morning.length).toBeGreaterThan(3)
    expect(new Set(morning)).toEqual(new Set([0]))
    one.clock.add(3 * 60 * MINUTE_MS)
    operator.world.advanceTo(one.sandbox.now())
    const afternoon = lateness(history + morning.length)
    expect(afternoon.length).toBeGreaterThan(3)
    for (const ms of afternoon) expect(ms).toBeGreaterThanOrEqual(300_000)
  })
})

describe('the night of the upgrade', () => {
  const night = () =>
    rig({ keys, resources: [PATIENT, ENCOUNTER], more: { preset: 'vendor-upgrade-night' } })
  /** Faults that come by chance on top are asked again. */
  const asked = async (one: Rig, path: string): Promise<Answered> => {
    for (let i = 0; i < 20; i++) {
      const reply = await one.fhir(path).catch(() => undefined)
      if (reply?.status === 200 && reply.trouble === undefined) return reply
    }
    throw new Error(`${path} was never answered`)
  }

  const tokenOf = async (one: Rig): Promise<string> => {
    for (let i = 0; i < 20; i++) {
      const token = await one.token().catch(() => undefined)
      if (token !== undefined) return token
    }
    throw new Error('never a token')
  }

  test('has a maintenance page, then another shape, other switches, another build, ended tokens', async () => {
    const one = night()
    expect((await asked(one, 'Encounter/e1')).value.reasonCode).toBeDefined()
    const old = await tokenOf(one)
    one.clock.set(START + 20 * MINUTE_MS)
    expect(await one.get(METADATA)).toMatchObject({ status: 503 })
    one.clock.set(START + 41 * MINUTE_MS)
    const refused = await one.get(`/fhir/r4/${CODE}/Patient/p1`, { authorization: `Bearer ${old}` })
    expect([401, 500]).toContain(refused.status)
    const encounter = (await asked(one, 'Encounter/e1')).value
    expect(encounter.reasonCode).toBeUndefined()
    expect(encounter.status).toBe('pre-arrived')
    expect((await asked(one, 'Patient/p1')).value.active).toBe('true')
    expect(one.sandbox.operator.switches()).toMatchObject({
      'count-parameter': 'accept-2024',
      'page-size': '20',
    })
    const fired = one.sandbox.operator.faultsFired()
    for (const name of ['drift-removed', 'drift-enum', 'drift-retyped', 'tokens-ended']) {
      expect(fired[name], name).toBeGreaterThan(0)
    }
    expect(fired['build-changed']).toBe(1)
    const truth = one.sandbox.operator.world.practice(CODE)?.get('Encounter', 'e1', START)
    expect(truth?.status).toBe('planned')
  })

  test('takes a scope away for a while, and everything ends with another preset', async () => {
    const one = night()
    one.clock.set(START + 70 * MINUTE_MS)
    await expect(one.token(SCOPES)).rejects.toThrow('invalid_grant')
    const others = SCOPES.filter((scope) => !scope.startsWith('system/Goal.'))
    await expect(one.token(others)).resolves.toBeTypeOf('string')
    expect(one.sandbox.operator.faultsFired()['scope-withdrawn']).toBe(1)
    one.sandbox.operator.setPreset('calm')
    await expect(one.token(SCOPES)).resolves.toBeTypeOf('string')
    expect(one.sandbox.operator.switches()['page-size']).toBe('50')
    expect((await one.fhir('Encounter/e1')).value.status).toBe('planned')
  })

  test('begins when the preset does', () => {
    const one = rig({ keys, resources: [PATIENT] })
    one.clock.add(60 * MINUTE_MS)
    one.sandbox.operator.setPreset('vendor-upgrade-night')
    expect(nightAt(0).drift).toEqual([])
    expect(nightAt(41 * MINUTE_MS).drift.length).toBeGreaterThan(5)
    expect(nightAt(60 * MINUTE_MS).build).toBe('12.0.2.04000300')
    expect(nightAt(200 * MINUTE_MS)).toMatchObject({ build: '12.0.3.04010101', tokenEnds: 2 })
    expect(one.sandbox.operator.switches()['page-size']).toBe('50')
  })
})
