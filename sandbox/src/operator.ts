// The operator's side over HTTP: the oracle and the levers, behind a secret of its own. It is never
// mounted on a vendor surface, and without the secret it gives nothing but the page that asks for it.

import type { Json, Resource } from '@chartway/codecs/fhir'
import { bulkRoutes } from './bulk/index.ts'
import type { Sandbox } from './contract.ts'
import {
  ANSWER_FAULTS,
  BODY_FAULTS,
  PRESETS,
  parseRule,
  STATE_FAULTS,
  WIRE_FAULTS,
} from './faults/index.ts'
import { appRoutes } from './oauth/index.ts'
import { pageFile, pageRoutes } from './page/index.ts'
import { SWITCHES } from './switches.ts'
import { list, oneOf, record, text } from './table.ts'
import type { PracticeView, Version, World } from './world/index.ts'

export interface OperatorRequest {
  readonly method: string
  readonly path: string
  readonly authorization: string
  readonly body: Uint8Array
}

export interface OperatorReply {
  readonly status: number
  readonly contentType: string
  /** More headers. */
  readonly headers?: Readonly<Record<string, string>>
  /** Text, or lines to be written one after the other. */
  readonly body: string | Iterable<string>
}

/** Every fault, by where it strikes. */
const FAULTS = {
  wire: WIRE_FAULTS,
  answer: ANSWER_FAULTS,
  body: BODY_FAULTS,
  state: STATE_FAULTS,
}

/** Lines joined into one write, so that a long listing is not one write per line. */
const LINES_PER_WRITE = 200

interface Asked {
  readonly parts: readonly string[]
  readonly query: URLSearchParams
  readonly body: () => unknown
}

type Route = (asked: Asked) => OperatorReply

/** Answers operator requests; a wrong secret is 401, an unknown route 404, bad input 400. */
export function createOperatorDesk(
  sandbox: Sandbox,
  secret: string,
): (request: OperatorRequest) => OperatorReply {
  const routes = routesOf(sandbox)
  return (request) => {
    const file = request.method === 'GET' ? pageFile(request.path) : undefined
    if (file !== undefined) return file
    if (!isSame(request.authorization, `Bearer ${secret}`)) return problem(401, 'wrong secret')
    try {
      const url = new URL(request.path, 'http://operator')
      const parts = url.pathname
        .split('/')
        .filter((part) => part !== '')
        .map(decodeURIComponent)
      const route = routes.get(`${request.method} ${parts[0] ?? ''}`)
      if (route === undefined) return problem(404, `routes: ${[...routes.keys()].join(', ')}`)
      const body = () => JSON.parse(new TextDecoder().decode(request.body))
      return route({ parts, query: url.searchParams, body })
    } catch (error) {
      if (error instanceof RangeError || error instanceof TypeError) {
        return problem(400, error.message)
      }
      if (error instanceof URIError) return problem(400, 'the path is malformed')
      if (error instanceof SyntaxError) return problem(400, 'the body or expression is malformed')
      throw error
    }
  }
}

/** Compares without stopping at the first difference. */
function isSame(given: string, wanted: string): boolean {
  let difference = given.length ^ wanted.length
  for (let i = 0; i < wanted.length; i++) {
    difference |= given.charCodeAt(i % Math.max(given.length, 1)) ^ wanted.charCodeAt(i)
  }
  return difference === 0
}

function routesOf(sandbox: Sandbox): ReadonlyMap<string, Route> {
  return new Map([
    ...oracle(sandbox),
    ...levers(sandbox),
    ...appRoutes(sandbox.operator).map(([name, run]): [string, Route] => [
      name,
      (asked) => {
        const { status = 200, value } = run(asked)
        return ok(value, status)
      },
    ]),
    ...pageRoutes(sandbox).map(([name, run]): [string, Route] => [name, (asked) => ok(run(asked))]),
    ...worldRoutes(sandbox),
    ...bulkRoutes(sandbox.operator.bulk).map(([name, run]): [string, Route] => [
      name,
      (asked) => ok(run(asked)),
    ]),
  ])
}

function oracle({ operator, now }: Sandbox): [string, Route][] {
  const { world } = operator
  return [
    ['GET clock', () => ok({ now: now() })],
    [
      'GET ledger',
      ({ parts, query }) => {
        world.advanceTo(now())
        if (parts[1] === 'hash') return ok({ hash: world.ledgerHash() })
        return lines(world.ledger(numberIn(query, 'after') ?? 0))
      },
    ],
    ['GET truth', ({ query }) => lines(truth(world, query, now()))],
    [
      'GET versions',
      ({ query }) => {
        world.advanceTo(now())
        return lines(practiceIn(world, query).versions())
      },
    ],
    ['GET minutes', () => ok(operator.minutes())],
    ['GET calls', () => ok(operator.calls())],
    ['GET faults', () => ok(operator.faultsFired())],
    ['GET problems', () => ok(operator.loadProblems)],
    [
      'GET practices',
      () =>
        ok([...world.practices()].map(({ code, name, timeZone }) => ({ code, name, timeZone }))),
    ],
  ]
}

function levers({ operator }: Sandbox): [string, Route][] {
  return [
    ['GET switches', () => ok({ values: operator.switches(), switches: SWITCHES })],
    [
      'PUT switches',
      ({ parts, body }) => {
        operator.setSwitch(parts[1] ?? '', text(record(body(), 'body').value, 'value'))
        return ok(operator.switches())
      },
    ],
    ['GET preset', () => ok({ preset: operator.preset(), presets: PRESETS })],
    [
      'PUT preset',
      ({ body }) => {
        const cells = record(body(), 'body')
        operator.setPreset(oneOf(cells.preset, PRESETS, 'preset'))
        return ok({})
      },
    ],
    ['GET script', () => ok({ rules: operator.rules(), faults: FAULTS })],
    [
      'PUT script',
      ({ body }) => {
        operator.script(list(body(), 'body').map((rule, i) => parseRule(rule, `body[${i}]`)))
        return ok({})
      },
    ],
  ]
}

function worldRoutes({ operator, now }: Sandbox): [string, Route][] {
  const { world } = operator
  return [
    [
      'PUT practices',
      ({ parts, body }) => {
        const [, code = '', type = '', id = ''] = parts
        const resource = resourceFrom(body(), type, id)
        world.advanceTo(now())
        return ok(world.put(code, resource, 'operator'))
      },
    ],
    [
      'POST practices',
      ({ parts, body }) => {
        const [, code = '', act] = parts
        const cells = record(body(), 'body')
        world.advanceTo(now())
        const name = (member: string) => text(cells[member], member)
        switch (oneOf(act, ['merge', 'unmerge', 'move'] as const, 'act')) {
          case 'merge':
            return ok(world.merge(code, name('from'), name('into')))
          case 'unmerge':
            return ok(world.unmerge(code, name('patient')))
          case 'move':
            return ok(world.move(code, { type: name('type'), id: name('id') }, name('to')))
        }
      },
    ],
    [
      'DELETE practices',
      ({ parts }) => {
        const [, code = '', type = '', id = ''] = parts
        world.advanceTo(now())
        return ok(world.remove(code, type, id, 'operator'))
      },
    ],
  ]
}

function resourceFrom(value: unknown, type: string, id: string): Resource {
  const cells = record(value, 'body')
  if (cells.resourceType !== type || cells.id !== id || id === '') {
    throw new RangeError('resourceType and id of the body must be those of the path')
  }
  return asResource(cells)
}

/** The caller has parsed it from JSON and checked type and id. */
function asResource(cells: Readonly<Record<string, unknown>>): Resource {
  return cells as Record<string, Json> as Resource
}

/**
 * The state of a practice at an instant: as it is (`as=true`, the default) or as the surfaces show it
 * (`as=visible`).
 */
function truth(world: World, query: URLSearchParams, now: number): Iterable<Resource> {
  world.advanceTo(now)
  const instant = numberIn(query, 'at') ?? now
  const key = query.get('as') === 'visible' ? 'visibleAt' : 'at'
  return statesAt(practiceIn(world, query).versions(), (version) => version[key] <= instant)
}

/** The last version that counts of each resource; they come one resource after the other. */
function* statesAt(
  versions: Iterable<Version>,
  counts: (version: Version) => boolean,
): Iterable<Resource> {
  let last: Version | undefined
  for (const version of versions) {
    if (!counts(version)) continue
    const isOther = last !== undefined && (last.id !== version.id || last.type !== version.type)
    if (isOther && last?.resource !== undefined) yield last.resource
    last = version
  }
  if (last?.resource !== undefined) yield last.resource
}

function practiceIn(world: World, query: URLSearchParams): PracticeView {
  const practice = world.practice(query.get('practice') ?? '')
  if (practice === undefined) throw new RangeError('practice: the code of a practice is needed')
  return practice
}

function numberIn(query: URLSearchParams, name: string): number | undefined {
  const value = query.get(name)
  if (value === null) return undefined
  const number = Number(value)
  if (!Number.isFinite(number)) throw new RangeError(`${name}: a number is needed`)
  return number
}

function ok(value: unknown, status = 200): OperatorReply {
  return { status, contentType: 'application/json', body: `${JSON.stringify(value)}\n` }
}

function problem(status: number, detail: string): OperatorReply {
  const body = `${JSON.stringify({ status, detail })}\n`
  return { status, contentType: 'application/problem+json', body }
}

function lines(values: Iterable<unknown>): OperatorReply {
  return { status: 200, contentType: 'application/x-ndjson', body: chunks(values) }
}

function* chunks(values: Iterable<unknown>): Iterable<string> {
  let held: string[] = []
  for (const value of values) {
    held.push(`${JSON.stringify(value)}\n`)
    if (held.length < LINES_PER_WRITE) continue
    yield held.join('')
    held = []
  }
  if (held.length > 0) yield held.join('')
}
