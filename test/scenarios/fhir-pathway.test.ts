// The FHIR pathway against the sandbox, in one process and without a gate: every question of the plan
// is answered, every refusal becomes its own error, and doctor names what is wrong.

import { createSandbox, type Sandbox } from 'chartway-sandbox'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Clock } from '../../platform/src/kernel/clock.ts'
import { ChartwayError } from '../../platform/src/kernel/errors.ts'
import { systemRandom } from '../../platform/src/kernel/random.ts'
import type { Finding, OpenPathway, SearchRow } from '../../platform/src/pathways/contract.ts'
import { openFhir, wantedScopes } from '../../platform/src/pathways/fhir/index.ts'
import { inProcessNetwork, VENDOR } from '../in-process.ts'
import { MONDAY_MORNING } from '../monday.ts'
import { verifies } from '../requirements.ts'

const CODE = 'JAFJCD'
const CLIENT = 'chartway'
const JWKS = 'http://platform.test/jwks'
const LANE = { lane: 'sweep' } as const
/** Calls are spaced so far that the vendor's budget, which others test, is never in the way. */
const SPACING_MS = 300

let keys: Awaited<ReturnType<typeof generateKeyPair>>
let jwks: string
beforeAll(async () => {
  keys = await generateKeyPair('RS384')
  jwks = JSON.stringify({
    keys: [{ ...(await exportJWK(keys.publicKey)), kid: 'k1', alg: 'RS384' }],
  })
})

interface Rig {
  readonly sandbox: Sandbox
  readonly pathway: OpenPathway
  /** What was sent, as `METHOD path?query`. */
  readonly sent: string[]
}

function rig(
  given: {
    readonly baseUrl?: string
    readonly overrides?: Parameters<typeof openFhir>[0]['overrides']
    readonly switches?: Readonly<Record<string, string>>
    readonly activated?: boolean
    readonly jwksAllowed?: boolean
    readonly clientId?: string
    readonly build?: string
    readonly registered?: readonly string[]
  } = {},
): Rig {
  let now = MONDAY_MORNING
  const clock: Clock = {
    factor: 1,
    now: () => now,
    sleep: async (ms) => {
      now += ms
    },
    during: (work) => work,
  }
  const sandbox = createSandbox({
    clock,
    seed: 7,
    publicUrl: VENDOR,
    practices: [
      {
        code: CODE,
        name: 'Practice',
        timeZone: 'America/New_York',
        kind: 'living',
        patients: 12,
        facilities: 1,
        providers: 2,
        lives: false,
        ...(given.build === undefined ? {} : { build: given.build }),
      },
    ],
    fetchJwks: async () => ({ status: 200, body: jwks }),
    preset: 'calm',
    switches: given.switches ?? {},
  })
  sandbox.operator.registerApp({
    clientId: CLIENT,
    name: 'Chartway',
    jwksUrl: JWKS,
    jwksAllowed: given.jwksAllowed ?? true,
    scopes: given.registered ?? wantedScopes({ dialect: 'eclinicalworks', overrides: {} }),
    activatedFor: given.activated === false ? [] : [CODE],
  })
  const network = inProcessNetwork(clock, () => sandbox)
  const sent: string[] = []
  const pathway = openFhir(
    {
      baseUrl: given.baseUrl ?? `${VENDOR}/fhir/r4/${CODE}`,
      clientId: given.clientId ?? CLIENT,
      dialect: 'eclinicalworks',
      timeZone: 'America/New_York',
      overrides: given.overrides ?? {},
    },
    {
      clock,
      random: systemRandom(),
      call: (request, options) => {
        now += SPACING_MS
        sent.push(`${request.method} ${request.url.slice(VENDOR.length)}`)
        return network.send({ ...request, timeoutMs: 60_000, bodyBytesMax: 1e8 }, options)
      },
      sign: (claims, alg) =>
        new SignJWT({ ...claims })
          .setProtectedHeader({ alg, typ: 'JWT', kid: 'k1' })
          .sign(keys.privateKey),
    },
  )
  return { sandbox, pathway, sent }
}

async function rosterOf(pathway: OpenPathway, type: string): Promise<string[]> {
  const row = (await pathway.plan()).find((one) => one.type === type && one.per === 'letter')
  const ids = new Set<string>()
  for (const letter of row?.subjects ?? []) {
    const listing = await pathway.list({ search: row?.name ?? '', subject: letter }, LANE)
    expect(listing.complete).toBe(true)
    for (const { resource } of listing.sightings)
      if (resource.resourceType === type) ids.add(resource.id)
  }
  return [...ids]
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  return error instanceof ChartwayError ? error.code : `no typed error: ${String(error)}`
}

async function findingsOf(pathway: OpenPathway): Promise<Finding[]> {
  const findings: Finding[] = []
  for await (const finding of pathway.check({})) findings.push(finding)
  return findings
}

const subjectOf = (row: SearchRow, patient: string, practitioner: string) => ({
  search: row.name,
  subject: row.per === 'letter' ? 'a' : row.per === 'practitioner' ? practitioner : patient,
  ...(row.per === 'practitioner' ? { from: '2020-01-01', until: '2027-01-01' } : {}),
})

describe('the plan', () => {
  test('every question is answered and complete, with one token for all of them', async () => {
    verifies('R128')
    const { pathway, sent } = rig()
    const [patient] = await rosterOf(pathway, 'Patient')
    const [practitioner] = await rosterOf(pathway, 'Practitioner')
    if (patient === undefined || practitioner === undefined) throw new Error('an empty practice')
    const plan = await pathway.plan()
    for (const row of plan.filter((one) => one.per !== 'id')) {
      const listing = await pathway.list(subjectOf(row, patient, practitioner), LANE)
      expect([row.name, listing.complete, listing.problems]).toEqual([row.name, true, []])
    }
    expect(new Set(plan.map((row) => row.type)).size).toBeGreaterThan(30)
    expect(sent.filter((one) => one.includes('/token')).length).toBeLessThanOrEqual(2)
  }, 60_000)

  test('the roster by letters finds every patient of the practice', async () => {
    const { pathway, sandbox } = rig()
    const there = sandbox.operator.world.practice(CODE)
    const ids = await rosterOf(pathway, 'Patient')
    expect(ids).toHaveLength(12)
    expect(there).toBeDefined()
  })

  test('what is referenced can be read by id, dots and all', async () => {
    const { pathway } = rig()
    const byId = new Set(
      (await pathway.plan()).flatMap((row) => (row.per === 'id' ? [row.type] : [])),
    )
    const [patient] = await rosterOf(pathway, 'Patient')
    const references = new Set<string>()
    for (const search of ['Patient.byId', 'Encounter', 'MedicationRequest', 'DocumentReference'])
      for (const reference of (await pathway.list({ search, subject: patient ?? '' }, LANE))
        .references)
        references.add(reference)
    const answers = new Map<string, string>()
    for (const reference of references) {
      const [type = '', id = ''] = reference.split('/')
      expect(byId).toContain(type)
      answers.set(reference, (await pathway.read(type, id, LANE)).kind)
    }
    expect(answers.size).toBeGreaterThan(2)
    expect(new Set(answers.values())).toEqual(new Set(['found']))
  })

  test('an id that nobody has is absent, and that is proof', async () => {
    const { pathway } = rig()
    for (const type of ['Patient', 'Practitioner', 'Observation', 'Medication'])
      expect((await pathway.read(type, 'no.such-id', LANE)).kind).toBe('absent')
  })

  test('a listing over many pages is whole, though its links name another host', async () => {
    const { pathway, sandbox, sent } = rig({ switches: { 'page-size': '10' } })
    const few = rig({ switches: { 'page-size': '200' } })
    for (const patient of await rosterOf(pathway, 'Patient')) {
      const ask = { search: 'Observation.vital-signs', subject: patient }
      const listing = await pathway.list(ask, LANE)
      const whole = await few.pathway.list(ask, LANE)
      expect(listing.complete).toBe(true)
      expect(listing.sightings.length).toBe(whole.sightings.length)
    }
    expect(sent.some((one) => /[?&]page=/.test(one))).toBe(true)
    expect(sent.some((one) => one.includes('_count'))).toBe(false)
    expect(sandbox.operator.calls()).toBeDefined()
  }, 60_000)
})

describe('a refusal', () => {
  const patientSearch = (pathway: OpenPathway) =>
    pathway.list({ search: 'Patient', subject: 'a' }, LANE)

  test.each([
    [
      'a practice code nobody has',
      { baseUrl: `${VENDOR}/fhir/r4/AAAAAA` },
      'PATHWAY_PRACTICE_UNKNOWN',
    ],
    ['a trailing slash', { baseUrl: `${VENDOR}/fhir/r4/${CODE}/` }, 'PATHWAY_BASE_URL_SLASH'],
    ['no practice at all', { baseUrl: VENDOR }, 'PATHWAY_BASE_URL_NO_PRACTICE'],
    ['an app that is not activated', { activated: false }, 'PATHWAY_NOT_ACTIVATED'],
    [
      'an app that is not activated, told with 401',
      { activated: false, switches: { 'activation-status': '401' } },
      'PATHWAY_NOT_ACTIVATED',
    ],
    ['a client nobody knows', { clientId: 'nobody' }, 'PATHWAY_CLIENT_REFUSED'],
    ['a key set that is not on the list', { jwksAllowed: false }, 'PATHWAY_CLIENT_REFUSED'],
    [
      'a scope that is not published',
      { overrides: { scopes: { Coverage: 'system/Coverage.read' } } },
      'PATHWAY_GRANT_REFUSED',
    ],
    ['a setting that is none', { overrides: { colour: 'blue' } }, 'PATHWAY_SETTINGS_INVALID'],
  ])('%s', async (_, given, code) => {
    expect(await codeOf(patientSearch(rig(given).pathway))).toBe(code)
  })

  test('a dead token is replaced once, a missing scope is another error (R129)', async () => {
    verifies('R127', 'R129')
    const { pathway, sandbox, sent } = rig()
    await patientSearch(pathway)
    sandbox.operator.revokeTokens(CLIENT)
    expect((await patientSearch(pathway)).complete).toBe(true)
    expect(sent.filter((one) => one.includes('/token'))).toHaveLength(2)
    const narrow = rig({ overrides: { scopes: { Patient: 'system/Practitioner.read' } } })
    expect(await codeOf(patientSearch(narrow.pathway))).toBe('PATHWAY_SCOPE_MISSING')
  })

  test.each([
    ['status-500', 'PATHWAY_VENDOR_FAILED'],
    ['timeout', 'NETWORK_TIMEOUT'],
    ['reset', 'NETWORK_RESET'],
    ['truncate', 'NETWORK_BODY_CUT'],
  ] as const)('a fault on the vendor’s side: %s', async (fault, code) => {
    const { pathway, sandbox } = rig()
    await patientSearch(pathway)
    sandbox.operator.script([{ fault, rate: 1, match: 'Patient' }])
    expect(await codeOf(patientSearch(pathway))).toBe(code)
  })

  test('a build that lacks a type refuses it, and the rest goes on', async () => {
    verifies('R166')
    const { pathway } = rig({ build: '11.52.305C' })
    const [patient = ''] = await rosterOf(pathway, 'Patient')
    const answers = new Map<string, string>()
    for (const row of await pathway.plan())
      if (row.per === 'patient') {
        const listing = pathway.list({ search: row.name, subject: patient }, LANE)
        answers.set(row.name, await codeOf(listing))
      }
    expect(answers.get('Coverage')).toBe('PATHWAY_BUILD_LACKS_TYPE')
    expect(answers.get('Condition')).toMatch(/^no typed error/)
    const refused = [...answers.values()].filter((code) => code.startsWith('PATHWAY'))
    expect(new Set(refused)).toEqual(new Set(['PATHWAY_BUILD_LACKS_TYPE']))
    expect(refused.length).toBeLessThan(answers.size / 2)
  })

  test('a page that shifts while it is read makes the listing incomplete, not wrong', async () => {
    const { pathway, sandbox } = rig({ switches: { 'page-size': '10' } })
    const [patient] = await rosterOf(pathway, 'Patient')
    const ask = { search: 'Observation.vital-signs', subject: patient ?? '' }
    const calm = await pathway.list(ask, LANE)
    expect(calm.calls).toBeGreaterThan(1)
    sandbox.operator.script([{ fault: 'page-shift', rate: 1, match: 'page=' }])
    expect((await pathway.list(ask, LANE)).complete).toBe(false)
  })
})

describe('doctor', () => {
  test('finds nothing wrong with a sound connection', async () => {
    const findings = await findingsOf(rig().pathway)
    expect(findings.filter(({ ok }) => !ok)).toEqual([])
    expect(findings.map((one) => one.check)).toEqual([
      ...['address', 'clock', 'metadata', 'token', 'scopes', 'activation', 'read'],
    ])
  })

  test('names the one scope that refuses the whole token', async () => {
    verifies('R122')
    const { pathway } = rig({ overrides: { scopes: { Coverage: 'system/Coverage.read' } } })
    const scopes = (await findingsOf(pathway)).find((one) => one.check === 'scopes')
    expect(scopes).toMatchObject({ ok: false, code: 'PATHWAY_GRANT_REFUSED' })
    expect(scopes?.says).toContain('Refused: system/Coverage.read.')
  })

  test.each([
    ['address', { baseUrl: `${VENDOR}/fhir/r4/AAAAAA` }],
    ['address', { baseUrl: `${VENDOR}/fhir/r4/${CODE}/` }],
    ['token', { jwksAllowed: false }],
    ['activation', { activated: false }],
  ] as const)('says what to do about the %s', async (check, given) => {
    const finding = (await findingsOf(rig(given).pathway)).find((one) => one.check === check)
    expect(finding?.ok).toBe(false)
    expect(finding?.fix).toMatch(/\w+ .*\.$/)
  })
})
