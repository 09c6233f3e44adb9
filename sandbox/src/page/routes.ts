// What the sandbox page asks: the moment, today's schedule, charts and visits to launch with. It reads
// the truth and changes nothing; the levers are the operator desk's.

import type { Json, Resource } from '@chartway/codecs/fhir'
import type { Sandbox } from '../contract.ts'
import { CALLS_PER_MINUTE_MAX } from '../minutes.ts'
import type { LedgerEntry, PracticeView, World } from '../world/index.ts'
import { zoneOf } from '../zone.ts'

/** Entries of the ledger given at once; older ones are left out. */
const EVENTS_MAX = 60
const MINUTES_SHOWN = 60
const CHARTS_MAX = 20
const VISITS_MAX = 20
const DAY_VISITS_MAX = 2000
const MINUTE_MS = 60_000
/** The truth, whatever the surfaces show of it yet. */
const ALWAYS = Number.MAX_SAFE_INTEGER

interface Asked {
  readonly query: URLSearchParams
}

/** `METHOD first-part` and what it gives. They throw a RangeError for bad input. */
export function pageRoutes(
  sandbox: Sandbox,
): readonly (readonly [name: string, run: (asked: Asked) => unknown])[] {
  const { world } = sandbox.operator
  return [
    ['GET now', ({ query }) => moment(sandbox, query)],
    [
      'GET schedule',
      ({ query }) => {
        world.advanceTo(sandbox.now())
        return schedule(practiceIn(world, query), sandbox.now())
      },
    ],
    ['GET charts', ({ query }) => charts(practiceIn(world, query), query.get('name') ?? '')],
    ['GET visits', ({ query }) => visits(practiceIn(world, query), query.get('patient') ?? '')],
  ]
}

function practiceIn(world: World, query: URLSearchParams): PracticeView {
  const asked = query.get('practice')
  const [first] = world.practices()
  const view = asked === null ? first : world.practice(asked)
  if (view === undefined) throw new RangeError('practice: no practice with this code')
  return view
}

function moment({ operator, now }: Sandbox, query: URLSearchParams): unknown {
  const { world } = operator
  const at = now()
  world.advanceTo(at)
  const view = practiceIn(world, query)
  const after = Number(query.get('after') ?? 0)
  if (!Number.isSafeInteger(after) || after < 0) throw new RangeError('after: a whole number')
  const entries = [...world.ledger(after)]
  const own = entries.filter(({ practice }) => practice === view.code)
  const firstMinute = at - MINUTES_SHOWN * MINUTE_MS
  return {
    now: at,
    practice: { code: view.code, name: view.name, timeZone: view.timeZone },
    practices: [...world.practices()].map(({ code, name }) => ({ code, name })),
    preset: operator.preset(),
    last: entries.at(-1)?.sequence ?? after,
    leftOut: Math.max(0, own.length - EVENTS_MAX),
    events: own.slice(-EVENTS_MAX).map((entry) => eventOf(view, entry)),
    limit: CALLS_PER_MINUTE_MAX,
    minutes: operator
      .minutes()
      .filter(({ practice, minute }) => practice === view.code && minute > firstMinute),
    fired: operator.faultsFired(),
  }
}

function eventOf(view: PracticeView, entry: LedgerEntry): unknown {
  const { sequence, at, visibleAt, kind, type, id, cause } = entry
  const resource = view.get(type, id, ALWAYS)
  const chart = type === 'Patient' ? id : resource === undefined ? undefined : patientOf(resource)
  const patient = chart === undefined ? undefined : view.get('Patient', chart, ALWAYS)
  const name = patient === undefined ? undefined : nameOf(patient)
  return { sequence, at, visibleAt, kind, type, id, cause, patient: name }
}

function schedule(view: PracticeView, now: number): unknown {
  const zone = zoneOf(view.timeZone)
  const date = zone.stamp(now).slice(0, 10)
  const [year = 0, month = 1, day = 1] = date.split('-').map(Number)
  const [from, until] = [zone.dayStart(year, month, day), zone.dayStart(year, month, day + 1)]
  const days = new Map<string, { readonly start: number }[]>()
  let left = DAY_VISITS_MAX
  for (const encounter of view.list('Encounter', ALWAYS)) {
    const start = startOf(encounter)
    if (start === undefined || start < from || start >= until || left-- <= 0) continue
    const provider = first(encounter.participant, 'individual', 'reference') ?? 'nobody'
    const visit = { ...visitOf(encounter, start), patient: patientName(view, encounter) }
    const visits = days.get(provider)
    if (visits === undefined) days.set(provider, [visit])
    else visits.push(visit)
  }
  const providers = [...days].map(([reference, visits]) => {
    const provider = view.get('Practitioner', reference.replace('Practitioner/', ''), ALWAYS)
    const name = provider === undefined ? 'No provider' : nameOf(provider)
    return { name, visits: visits.toSorted((a, b) => a.start - b.start) }
  })
  return { date, providers: providers.toSorted((a, b) => a.name.localeCompare(b.name, 'en')) }
}

function visitOf(encounter: Resource, start: number) {
  return {
    id: encounter.id,
    start,
    status: typeof encounter.status === 'string' ? encounter.status : 'unknown',
    reason: first(encounter.reasonCode, 'text') ?? '',
    isTelephone: /telephone/i.test(first(encounter.type, 'text') ?? ''),
  }
}

function charts(view: PracticeView, name: string): unknown {
  const part = name.trim().toLowerCase()
  const found: unknown[] = []
  for (const patient of view.list('Patient', ALWAYS)) {
    if (!nameOf(patient).toLowerCase().includes(part)) continue
    found.push({ id: patient.id, name: nameOf(patient), born: patient.birthDate })
    if (found.length >= CHARTS_MAX) break
  }
  return found
}

function visits(view: PracticeView, patient: string): unknown {
  const all = [...view.listOfPatient('Encounter', patient, ALWAYS)].flatMap((encounter) => {
    const start = startOf(encounter)
    return start === undefined ? [] : [visitOf(encounter, start)]
  })
  return all.toSorted((a, b) => b.start - a.start).slice(0, VISITS_MAX)
}

function startOf({ period }: Resource): number | undefined {
  const start = first(period, 'start')
  const at = start === undefined ? Number.NaN : Date.parse(start)
  return Number.isNaN(at) ? undefined : at
}

function patientOf(resource: Resource): string | undefined {
  const { subject, patient, beneficiary } = resource
  const reference = first(subject ?? patient ?? beneficiary, 'reference')
  return reference?.startsWith('Patient/') ? reference.slice('Patient/'.length) : undefined
}

function patientName(view: PracticeView, resource: Resource): string {
  const id = patientOf(resource)
  const patient = id === undefined ? undefined : view.get('Patient', id, ALWAYS)
  return patient === undefined ? 'Unknown patient' : nameOf(patient)
}

function nameOf(person: Resource): string {
  const given = first(person.name, 'given')
  const words = [given, first(person.name, 'family')].filter((word) => word !== undefined)
  return words.join(' ') || first(person.name, 'text') || `${person.resourceType}/${person.id}`
}

/** The text at the path; of lists always the first. */
function first(value: Json | undefined, ...path: readonly string[]): string | undefined {
  const one = Array.isArray(value) ? value[0] : value
  const [name, ...rest] = path
  if (name === undefined) return typeof one === 'string' ? one : undefined
  const isObject = typeof one === 'object' && one !== null && !Array.isArray(one)
  return isObject ? first(one[name], ...rest) : undefined
}
