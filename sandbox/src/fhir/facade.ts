// The FHIR facade of one practice: who may ask, what is served, and in which words the rest is
// refused. Reads and searches answer from the world and change nothing.

import type { Resource } from '@chartway/codecs/fhir'
import type { AppRegistration } from '../contract.ts'
import type { Departures } from '../departures.ts'
import {
  type Apps,
  type Coverage,
  coverageOf,
  smartConfiguration,
  type Token,
} from '../oauth/index.ts'
import type { Random } from '../random.ts'
import { type Draft, FHIR_JSON, outcome } from '../reply.ts'
import type { Switches } from '../switches.ts'
import type { WireRequest } from '../wire.ts'
import type { PracticeView } from '../world/index.ts'
import { servesType } from './build.ts'
import { serialised } from './bundle.ts'
import { metadata } from './metadata.ts'
import { type Admits, admitsOf, isForeignChart } from './reach.ts'
import { search } from './search.ts'
import { TYPES, type TypeRule } from './tables.ts'
import { isObject } from './values.ts'

export interface FacadeContext {
  readonly publicUrl: string
  readonly switches: Switches
  readonly random: Random
  readonly apps: Apps
  readonly departures: Departures
  readonly practice: (code: string) => PracticeView | undefined
  /** The practice's build, for its types. */
  readonly build: (code: string) => string
  readonly now: number
  /** Rows by which a later page is off, by a fault. */
  readonly shift: number
}

/** A request under `/fhir/r4/{code}`: `rest` is the path after the code, split at slashes. */
export interface FhirRequest {
  readonly request: WireRequest
  readonly code: string
  readonly rest: readonly string[]
  readonly rawQuery: string
}

const VENDOR_BASE = 'http://fhir4.eclinicalworks.com/fhir/r4'

/** Answers one request at a practice's FHIR base. */
export function facade(asked: FhirRequest, context: FacadeContext): Draft {
  const draft = open(asked, context) ?? guarded(asked, context)
  return echoMediaType(draft, asked.request)
}

/** What needs no token: an unknown practice's refusal, metadata, discovery. */
function open(asked: FhirRequest, context: FacadeContext): Draft | undefined {
  const { publicUrl, switches, now } = context
  const { code, rest, request } = asked
  if (context.practice(code) === undefined) {
    return outcome(Number(switches.value('unknown-practice')), `Unknown practice code ${code}`)
  }
  if (request.method !== 'GET') return undefined
  if (rest.join('/') === '.well-known/smart-configuration') {
    return smartConfiguration(publicUrl, `${publicUrl}/fhir/r4/${code}`)
  }
  if (rest.join('/') !== 'metadata') return undefined
  return wantsXml(asked) ? noXml() : metadata({ publicUrl, code, now, switches })
}

function guarded(asked: FhirRequest, context: FacadeContext): Draft {
  const { apps, switches, now } = context
  const bearer = bearerOf(asked.request)
  const token = bearer === undefined ? undefined : apps.token(bearer, now)
  if (token === undefined) {
    const words = bearer === undefined ? 'Missing bearer token' : 'Invalid or expired bearer token'
    return outcome(401, words, 'login')
  }
  const app = apps.get(token.clientId)
  if (app?.activatedFor.includes(asked.code) !== true) {
    const status = Number(switches.value('activation-status'))
    return outcome(status, 'FHIR app authentication is not enabled', 'forbidden')
  }
  if (token.bounds !== undefined && token.bounds.practice !== asked.code) {
    return outcome(403, 'The token is for another practice', 'forbidden')
  }
  if (wantsXml(asked)) return noXml()
  return served(asked, context, token, app)
}

function served(
  asked: FhirRequest,
  context: FacadeContext,
  token: Token,
  app: AppRegistration,
): Draft {
  const [type = '', id, ...more] = asked.rest
  const rule = TYPES.get(type)
  if (asked.rest.some((segment) => segment.startsWith('$'))) return operation(asked.rest)
  if (rule === undefined) {
    const known = [...TYPES.keys()].join(', ')
    const words = `Unknown resource type '${type}' - Server knows how to handle: [${known}]`
    return outcome(404, words)
  }
  if (asked.request.method !== 'GET') return write(asked.request.method, rule, app)
  if (more.length > 0) return outcome(400, 'Invalid request: history and versions are not served')
  const interaction = id === undefined ? 'search' : 'read'
  if (!rule.interactions.has(id === undefined ? 'search-type' : 'read')) {
    return outcome(400, `Invalid request: ${type} does not support ${interaction}`, 'not-supported')
  }
  if (!servesType(context.build(asked.code), type)) {
    const status = Number(context.switches.value('build-refusal-status'))
    const words = `The ${interaction} operation for scope system/${type}.read is not supported`
    return outcome(status, words, 'not-supported')
  }
  const coverage = coverageOf(token, type, interaction, context.switches)
  if (coverage === undefined) {
    return outcome(403, `The scope of the token does not cover ${type} ${interaction}`, 'forbidden')
  }
  if (asksForeignChart(asked, coverage) && context.switches.is('other-chart', 'forbidden')) {
    return outcome(403, 'The token does not cover this patient', 'forbidden')
  }
  return id === undefined
    ? find(asked, context, { rule, token, coverage })
    : read(asked, context, { rule, id, coverage })
}

/** Does the request name a patient outside the charts of the token? */
function asksForeignChart({ rest, rawQuery }: FhirRequest, coverage: Coverage): boolean {
  const [type, id] = rest
  const query = new URLSearchParams(rawQuery)
  const asked = [query.get('patient'), query.get('subject')]
  if (type === 'Patient') asked.push(id ?? query.get('_id'))
  return asked.some(
    (each) => each !== null && isForeignChart(coverage, each.slice(each.lastIndexOf('/') + 1)),
  )
}

function find(
  asked: FhirRequest,
  context: FacadeContext,
  { rule, token, coverage }: { rule: TypeRule; token: Token; coverage: Coverage },
): Draft {
  const { switches, now, random, shift } = context
  const view = context.practice(asked.code)
  if (view === undefined) return outcome(500, 'The practice went away')
  const isVendorHost = switches.is('link-host', 'vendor')
  const base = isVendorHost ? VENDOR_BASE : `${context.publicUrl}/fhir/r4`
  return search({
    view,
    rule,
    now,
    switches,
    random,
    base: `${base}/${asked.code}`,
    rawQuery: asked.rawQuery,
    admits: admitsOf(coverage, view, now),
    admitsIncluded: admitsByType(token, view, context),
    remains: (type) => remains(context, asked.code, type),
    shift,
  })
}

/** Whether a resource of any type may stand in the answer; asked of included ones. */
function admitsByType(token: Token, view: PracticeView, { switches, now }: FacadeContext): Admits {
  const byType = new Map<string, Admits>()
  return (resource) => {
    const type = resource.resourceType
    let admits = byType.get(type)
    if (admits === undefined) {
      const coverage = coverageOf(token, type, 'read', switches)
      admits = coverage === undefined ? () => false : admitsOf(coverage, view, now)
      byType.set(type, admits)
    }
    return admits(resource)
  }
}

/** What still shows of this type although it is gone, as the switches say. */
function* remains(
  { departures, switches, now }: FacadeContext,
  code: string,
  type: string,
): Iterable<Resource> {
  if (switches.is('deleted-listing', 'entered-in-error')) {
    yield* departures.remains(code, type, now, 'deleted')
  }
  if (type === 'Patient' && switches.is('merged-patient', 'replaced')) {
    yield* departures.remains(code, type, now, 'merged')
  }
}

function read(
  asked: FhirRequest,
  context: FacadeContext,
  { rule, id, coverage }: { rule: TypeRule; id: string; coverage: Coverage },
): Draft {
  const { switches, now } = context
  const { type } = rule
  if (type === 'Practitioner' && id.includes('.')) {
    if (!switches.is('dotted-practitioner-read', 'works')) {
      const status = switches.is('dotted-practitioner-read', 'error-500') ? 500 : 400
      return outcome(status, 'String index out of range: -1')
    }
  }
  const view = context.practice(asked.code)
  if (view === undefined) return outcome(500, 'The practice went away')
  const resource = view.get(type, id, now) ?? lastOfMerged(context, asked.code, type, id)
  if (resource === undefined || !admitsOf(coverage, view, now)(resource)) {
    const wasThere = view.wasDeleted(type, id, now)
    return wasThere && switches.is('deleted-read', '410')
      ? outcome(410, `Resource ${type}/${id} was deleted`, 'deleted')
      : outcome(404, `Resource ${type}/${id} is not known`)
  }
  const updated = isObject(resource.meta) ? resource.meta.lastUpdated : undefined
  const headers: [string, string][] = [
    ['Content-Type', FHIR_JSON],
    ['Content-Location', `/r4/*/${asked.code}/${type}/${id}`],
  ]
  if (typeof updated === 'string' && !Number.isNaN(Date.parse(updated))) {
    headers.push(['Last-Modified', new Date(updated).toUTCString()])
  }
  return { status: 200, headers, body: serialised(resource) }
}

function lastOfMerged(
  context: FacadeContext,
  code: string,
  type: string,
  id: string,
): Resource | undefined {
  const { departures, now, switches } = context
  if (type !== 'Patient' || switches.is('merged-patient', 'gone')) return undefined
  if (switches.is('merged-patient', 'survivor')) return departures.survivorOf(code, id, now)
  return [...departures.remains(code, type, now, 'merged')].find((each) => each.id === id)
}

/** Declared by the vendor, not simulated here: said plainly, with the status for that. */
function operation(rest: readonly string[]): Draft {
  const name = rest.find((segment) => segment.startsWith('$')) ?? ''
  return outcome(501, `This sandbox does not simulate ${name} yet`, 'not-supported')
}

/**
 * Every write is refused: creates and updates exist only under contract, and the one create the
 * vendor declares (QuestionnaireResponse) has no published scope that could cover it.
 */
function write(method: string, { type, interactions }: TypeRule, app: AppRegistration): Draft {
  if (method === 'POST' && interactions.has('create')) {
    return outcome(403, `The scope of the token does not cover ${type} create`, 'forbidden')
  }
  const words = `${method} ${type}: writing needs a contract with the vendor; ${app.name} has none`
  return outcome(403, words, 'not-supported')
}

function bearerOf(request: WireRequest): string | undefined {
  return /^Bearer +([A-Za-z0-9._~+/-]+=*)$/i.exec(request.headers.authorization ?? '')?.[1]
}

/** The vendor declares XML; this sandbox speaks JSON only and says so. */
function wantsXml({ request, rawQuery }: FhirRequest): boolean {
  const format = new URLSearchParams(rawQuery).get('_format')
  if (format !== null) return format.includes('xml')
  const accept = request.headers.accept ?? ''
  return accept.includes('xml') && !/json|\*\/\*/.test(accept)
}

function noXml(): Draft {
  return outcome(406, 'This sandbox answers in JSON only', 'not-supported')
}

/** `application/json+fhir` asked is `application/json+fhir` answered [P]; refusals of 401 keep theirs. */
function echoMediaType(draft: Draft, request: WireRequest): Draft {
  if (draft.status === 401 || !(request.headers.accept ?? '').includes('application/json+fhir')) {
    return draft
  }
  const headers = draft.headers.map(([name, value]) =>
    value === FHIR_JSON
      ? ([name, 'application/json+fhir;charset=UTF-8'] as const)
      : ([name, value] as const),
  )
  return { ...draft, headers }
}
