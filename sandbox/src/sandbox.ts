// One sandbox: the world, the vendor's surfaces over it, the faults, and the operator's levers. It
// knows no socket; whoever carries its answers applies their delay and trouble.

import { createBulk } from './bulk/index.ts'
import type { Operator, Preset, Sandbox, SandboxOptions } from './contract.ts'
import { createDepartures } from './departures.ts'
import { createFaults, type Drawn, type Faults } from './faults/index.ts'
import { createMinutes, type Minutes } from './minutes.ts'
import { createMischief } from './mischief.ts'
import { createApps, createChecker, createKeyFinder, createPeople } from './oauth/index.ts'
import { seededRandom } from './random.ts'
import { finish } from './reply.ts'
import { callKind, factsOf, type Parsed, parse } from './request.ts'
import { countedAt, decide, type Ground } from './surfaces.ts'
import { createSwitches } from './switches.ts'
import type { WireReply } from './wire.ts'
import { createWorld, type LoadProblem } from './world/index.ts'

/** Kinds of calls told apart in the operator's counts; the rest is counted together. */
const CALL_KINDS_MAX = 2000

/**
 * Makes a sandbox. Throws a RangeError for an unknown switch or value and for two practices with the
 * same code.
 */
export function createSandbox(options: SandboxOptions): Sandbox {
  const { clock, preset = 'calm' } = options
  const now = () => clock.now() + (options.clockSkewMs ?? 0)
  const random = seededRandom(options.seed).stream('surfaces')
  const faults = createFaults(random.stream('faults'), preset, now())
  const { ground, problems } = groundOf(options, { now, faults })
  const { switches, world } = ground
  const mischief = createMischief(faults, {
    overlay: (values) => switches.overlay(values),
    endTokens: () => {
      for (const { clientId } of ground.apps.all()) ground.people.revokeClient(clientId)
    },
  })
  const minutes = createMinutes(() => switches.is('rate-limit', 'enforced'))
  const calls = createCalls()
  const handle: Sandbox['handle'] = async (request) => {
    const at = now()
    world.advanceTo(at)
    mischief.arrive(at)
    const parsed = parse(request)
    const isFhir = parsed.surface === 'fhir'
    const kind = parsed.surface === 'token' ? 'token' : 'other'
    const isOver = minutes.arrive(countedAt(parsed, ground, at), at, kind)
    const drawn = isOver ? NOTHING : faults.draw(factsOf(parsed), at)
    const refused = isOver ? undefined : mischief.refuse(parsed, at)
    const decided = refused ?? (await decide(parsed, ground, { drawn, isOver, at }))
    const draft = isFhir ? mischief.spoil(decided, drawn, at) : decided
    calls.count(parsed, draft.status)
    const reply = finish(draft, request, { now: at, random: ground.random, switches, isFhir })
    return withTrouble(reply, drawn)
  }
  const operator = operatorOf(ground, {
    ...{ faults, minutes, calls, problems, now },
    preset: { current: preset },
  })
  return { handle, operator, now }
}

/** World, switches, apps and random ids of one sandbox. */
function groundOf(
  options: SandboxOptions,
  { now, faults }: { readonly now: () => number; readonly faults: Faults },
): { readonly ground: Ground; readonly problems: readonly LoadProblem[] } {
  const { seed, preset = 'calm', publicUrl, practices } = options
  const random = seededRandom(seed).stream('surfaces')
  const switches = createSwitches(preset, options.switches)
  const { world, problems } = createWorld({
    seed,
    startsAt: options.startsAt ?? now(),
    practices,
    visibilityDelayMs: () => faults.visibilityDelayMs(),
    injectedTextShare: () => faults.injectedTextShare(),
    securityLabels: () => switches.is('security-labels', 'shown'),
  })
  const apps = createApps(random.stream('tokens'))
  const check = createChecker({
    app: (clientId) => apps.get(clientId),
    keys: createKeyFinder(options),
    audience: `${publicUrl}/oauth/oauth2/token`,
    leewayS: () => Number(switches.value('assertion-leeway')),
  })
  const own = new Map(practices.map(({ code, build }) => [code, build]))
  const builds = { get: (code: string) => faults.conditions(now()).build ?? own.get(code) }
  const departures = createDepartures(world)
  const replies = random.stream('replies')
  for (const app of options.apps ?? []) apps.register(app)
  const standing = { random: random.stream('people'), apps, switches, world, publicUrl }
  const people = createPeople(standing)
  for (const user of options.users ?? []) people.users.register(user)
  const bulk = createBulk({
    publicUrl,
    random: random.stream('bulk'),
    switches,
    apps,
    world,
    groups: new Map(practices.map(({ code, groups = [] }) => [code, groups])),
  })
  const state = { publicUrl, switches, world, apps, check, people, departures, builds, bulk }
  return { ground: { ...state, random: replies }, problems }
}

interface Calls {
  count(parsed: Parsed, status: number): void
  all(): Readonly<Record<string, number>>
}

function createCalls(): Calls {
  const calls = new Map<string, number>()
  return {
    count(parsed, status) {
      const key = `${callKind(parsed)} ${status}`
      const known = calls.has(key) || calls.size < CALL_KINDS_MAX ? key : `other ${status}`
      calls.set(known, (calls.get(known) ?? 0) + 1)
    },
    all: () => Object.fromEntries(calls),
  }
}

interface Gauges {
  readonly faults: Faults
  readonly minutes: Minutes
  readonly calls: Calls
  readonly problems: readonly LoadProblem[]
  readonly now: () => number
  readonly preset: { current: Preset }
}

function operatorOf({ world, apps, people, switches, bulk }: Ground, gauges: Gauges): Operator {
  const { faults, minutes, calls, problems, now } = gauges
  return {
    world,
    loadProblems: problems,
    registerApp: (app) => apps.register(app),
    app: (clientId) => apps.get(clientId),
    apps: () => [...apps.all()],
    revokeTokens: (clientId) => people.revokeClient(clientId),
    registerUser: (user) => people.users.register(user),
    users: () => people.users.all(now()),
    startLaunch: (request) => {
      world.advanceTo(now())
      return people.startLaunch(request, now())
    },
    minutes: () => minutes.all(),
    faultsFired: () => ({
      ...faults.fired(),
      ...bulk.operator.fired(),
      ...(world.injectedTexts() === 0 ? {} : { 'injected-text': world.injectedTexts() }),
    }),
    calls: () => calls.all(),
    bulk: bulk.operator,
    preset: () => gauges.preset.current,
    setPreset: (next) => {
      world.advanceTo(now()) // What happened until now was as late as the old preset has it.
      gauges.preset.current = next
      switches.follow(next)
      faults.follow(next, now())
    },
    setSwitch: (name, value) => switches.set(name, value),
    switches: () => switches.all(),
    script: (rules) => faults.script(rules),
    rules: () => faults.rules(),
  }
}

const NOTHING: Drawn = { fault: undefined, delayMs: 0, cut: 0, shift: 0 }

function withTrouble(reply: WireReply, { fault, delayMs, cut }: Drawn): WireReply {
  const late = { ...reply, delayMs }
  if (fault === 'reset') return { ...late, trouble: { kind: 'reset' } }
  if (fault === 'timeout' || fault === 'hang') return { ...late, trouble: { kind: 'hang' } }
  if (fault !== 'truncate') return late
  const length = reply.stream?.length ?? reply.body.length
  return { ...late, trouble: { kind: 'truncate', bytes: Math.floor(cut * length) } }
}
