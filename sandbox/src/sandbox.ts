// One sandbox: the world, the vendor's surfaces over it, the faults, and the operator's levers. It
// knows no socket; whoever carries its answers applies their delay and trouble.

import type { Operator, Sandbox, SandboxOptions } from './contract.ts'
import { createDepartures } from './departures.ts'
import { createFaults, type Drawn, presetFaults } from './faults/index.ts'
import { DEFAULT_BUILD, facade } from './fhir/index.ts'
import { createMinutes } from './minutes.ts'
import {
  authorize,
  createApps,
  createChecker,
  createKeyFinder,
  formOf,
  jwks,
  practicesOf,
  token,
} from './oauth/index.ts'
import { seededRandom } from './random.ts'
import { type Draft, finish, outcome, plain } from './reply.ts'
import { createSwitches } from './switches.ts'
import { refusalOf, taughtForm } from './teaching.ts'
import type { WireReply, WireRequest } from './wire.ts'
import { createWorld } from './world/index.ts'

/** Kinds of calls told apart in the operator's counts; the rest is counted together. */
const CALL_KINDS_MAX = 2000

/** A request taken apart once, before anything is decided. */
interface Parsed {
  readonly request: WireRequest
  readonly segments: readonly string[]
  readonly rawQuery: string
  readonly surface: 'fhir' | 'token' | 'authorize' | 'jwks' | 'other'
}

/**
 * Makes a sandbox. Throws a RangeError for an unknown switch or value and for two practices with the
 * same code.
 */
export function createSandbox(options: SandboxOptions): Sandbox {
  const { clock, publicUrl, preset = 'calm' } = options
  const now = () => clock.now() + (options.clockSkewMs ?? 0)
  const random = seededRandom(options.seed).stream('surfaces')
  const switches = createSwitches(preset, options.switches)
  const { world, problems } = createWorld({
    seed: options.seed,
    startsAt: options.startsAt ?? now(),
    practices: options.practices,
    visibilityDelayMs: presetFaults(preset).visibilityDelayMs,
  })
  const builds = new Map(options.practices.map(({ code, build }) => [code, build]))
  const apps = createApps(random.stream('tokens'))
  const replies = random.stream('replies')
  const faults = createFaults(random.stream('faults'), preset)
  const minutes = createMinutes(() => switches.is('rate-limit', 'enforced'))
  const departures = createDepartures(world)
  const calls = new Map<string, number>()
  const check = createChecker({
    app: (clientId) => apps.get(clientId),
    keys: createKeyFinder(options),
    audience: `${publicUrl}/oauth/oauth2/token`,
    leewayS: () => Number(switches.value('assertion-leeway')),
  })

  const counted = ({ surface, segments, request, rawQuery }: Parsed): readonly string[] => {
    if (surface === 'token') return practicesOf(formOf(request), apps, switches)
    const code = surface === 'authorize' ? practiceAsked(rawQuery) : segments[2]
    const isPractice = surface === 'authorize' || surface === 'fhir'
    return isPractice && world.practice(code ?? '') !== undefined ? [code ?? ''] : []
  }

  const answer = async (parsed: Parsed, drawn: Drawn, at: number): Promise<Draft> => {
    const { request, segments, rawQuery, surface } = parsed
    const form = taughtForm(request, segments, publicUrl)
    const taught = form === undefined ? undefined : refusalOf(form, switches)
    if (taught !== undefined) return taught
    if (surface === 'token') {
      return await token(request, formOf(request), { apps, check, switches, now: at })
    }
    if (surface === 'authorize') return authorize()
    if (surface === 'jwks') return jwks()
    if (segments[0] === '.well-known') return outcome(400, 'Invalid request')
    if (surface !== 'fhir') return plain(404, 'Not Found')
    const [, , code = '', ...rest] = segments
    const context = { publicUrl, switches, random: replies, apps, departures, now: at }
    return facade(
      { request, code, rest, rawQuery },
      {
        ...context,
        practice: (each) => world.practice(each),
        build: (each) => builds.get(each) ?? DEFAULT_BUILD,
        shift: drawn.shift,
      },
    )
  }

  const tooMany = (): Draft => {
    if (switches.is('rate-limit-body', 'operation-outcome')) {
      return outcome(429, 'Too many requests', 'throttled')
    }
    return plain(429, switches.is('rate-limit-body', 'text') ? 'Too Many Requests' : '')
  }

  const decide = async (parsed: Parsed, drawn: Drawn, isOver: boolean, at: number) => {
    if (isOver || drawn.fault === 'status-429') return tooMany()
    if (drawn.fault === 'status-500') return outcome(500, 'Internal server error', 'exception')
    if (drawn.fault === 'expired-token') {
      apps.revoke(parsed.request.headers.authorization?.slice('Bearer '.length) ?? '')
    }
    return await answer(parsed, drawn, at)
  }

  const count = (parsed: Parsed, status: number) => {
    const key = `${callKind(parsed)} ${status}`
    const known = calls.has(key) || calls.size < CALL_KINDS_MAX ? key : `other ${status}`
    calls.set(known, (calls.get(known) ?? 0) + 1)
  }

  const handle = async (request: WireRequest): Promise<WireReply> => {
    const at = now()
    world.advanceTo(at)
    const parsed = parse(request)
    const kind = parsed.surface === 'token' ? 'token' : 'other'
    const isOver = minutes.arrive(counted(parsed), at, kind)
    const drawn = isOver ? NOTHING : faults.draw(factsOf(parsed), at)
    const draft = await decide(parsed, drawn, isOver, at)
    count(parsed, draft.status)
    const reply = finish(draft, request, { now: at, random: replies, switches })
    return withTrouble(reply, drawn)
  }

  const operator: Operator = {
    world,
    loadProblems: problems,
    registerApp: (app) => apps.register(app),
    app: (clientId) => apps.get(clientId),
    revokeTokens: (clientId) => apps.revokeAll(clientId),
    minutes: () => minutes.all(),
    faultsFired: () => faults.fired(),
    calls: () => Object.fromEntries(calls),
    setPreset: (next) => {
      switches.follow(next)
      faults.follow(next)
    },
    setSwitch: (name, value) => switches.set(name, value),
    switches: () => switches.all(),
    script: (rules) => faults.script(rules),
  }
  return { handle, operator, now }
}

const NOTHING: Drawn = { fault: undefined, delayMs: 0, cut: 0, shift: 0 }

function parse(request: WireRequest): Parsed {
  const mark = request.path.indexOf('?')
  const path = mark < 0 ? request.path : request.path.slice(0, mark)
  const rawQuery = mark < 0 ? '' : request.path.slice(mark + 1)
  const segments = path.replace(/^\//, '').replace(/\/$/, '').split('/').map(unescaped)
  const [first, second, third] = segments
  const isAuth = first === 'oauth' && second === 'oauth2' && segments.length === 3
  const endpoint = (['token', 'authorize', 'jwks'] as const).find((each) => each === third)
  const isFhir = first === 'fhir' && second === 'r4' && third !== undefined
  const surface = isAuth ? (endpoint ?? 'other') : isFhir ? 'fhir' : 'other'
  return { request, segments, rawQuery, surface }
}

function unescaped(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment // A stray percent sign stays as it is and matches nothing.
  }
}

/** The practice an authorize request names: in `aud`, or in `practice_code`. */
function practiceAsked(rawQuery: string): string | undefined {
  const query = new URLSearchParams(rawQuery)
  return query.get('practice_code') ?? /\/fhir\/r4\/([^/]+)\/?$/.exec(query.get('aud') ?? '')?.[1]
}

function factsOf({ request, segments, rawQuery, surface }: Parsed) {
  const isSearch = surface === 'fhir' && segments.length === 4
  const page = /(?:^|&)page=([^&]*)/.exec(rawQuery)?.[1]
  return {
    line: `${request.method} ${request.path}`,
    isDocumentSearch: isSearch && segments[3] === 'DocumentReference',
    isLaterPage: isSearch && page !== undefined && page !== '1',
    hasBearer: surface === 'fhir' && /^Bearer /i.test(request.headers.authorization ?? ''),
  }
}

/** `METHOD Type?param,param` without values; other surfaces by their name. */
function callKind({ request, segments, rawQuery, surface }: Parsed): string {
  if (surface !== 'fhir') return `${request.method} ${surface}`
  const [, , , type = '', id] = segments
  const isKnown = /^[A-Za-z]{1,40}$/.test(type) || type === '.well-known'
  const names = [...new Set(new URLSearchParams(rawQuery).keys())].toSorted()
  const query = names.length === 0 ? '' : `?${names.join(',').slice(0, 200)}`
  return `${request.method} ${isKnown ? type : '?'}${id === undefined ? '' : '/id'}${query}`
}

function withTrouble(reply: WireReply, { fault, delayMs, cut }: Drawn): WireReply {
  const late = { ...reply, delayMs }
  if (fault === 'reset') return { ...late, trouble: { kind: 'reset' } }
  if (fault === 'timeout' || fault === 'hang') return { ...late, trouble: { kind: 'hang' } }
  if (fault !== 'truncate') return late
  return { ...late, trouble: { kind: 'truncate', bytes: Math.floor(cut * reply.body.length) } }
}
