// Trip requests: appointment, patient and coverage become a trip at a dispatcher; an appointment that is
// cancelled, or gone, cancels its trip. Run it every minute: it goes on where the last run ended.

import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { type Address, type Appointment, createClient, isApiError } from '@chartway/client'

const { CHARTWAY_URL: url = 'http://127.0.0.1:7400', CHARTWAY_KEY: key } = process.env
const { DISPATCH_URL: dispatch = 'http://127.0.0.1:9002' } = process.env
const { PLACE_FILE: place = 'trips-place.json', CHARTWAY_PRACTICE: practice } = process.env
const DISPATCH_MS_MAX = 10_000
/** Trips are for appointments on this day or later; by default, from today. */
const firstDay = process.argv[2] ?? new Date().toISOString().slice(0, 10)

const client = createClient({ url, key })

async function send(method: 'PUT' | 'GET', id: string, body?: object) {
  const response = await fetch(`${dispatch}/trips/${encodeURIComponent(id)}`, {
    method,
    headers: { 'content-type': 'application/json' },
    signal: AbortSignal.timeout(DISPATCH_MS_MAX),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  if (response.status === 404) return undefined
  if (!response.ok) throw new Error(`The dispatcher answered ${response.status}`)
  const trip: unknown = await response.json()
  return typeof trip === 'object' && trip !== null ? trip : undefined
}

const inWords = (address: Address | null | undefined) =>
  address === null || address === undefined
    ? null
    : (address.text ??
      [...address.lines, address.city, address.state, address.postalCode]
        .filter((part) => part !== null)
        .join(', '))

/** The coverage to bill: the active one of the lowest order. */
async function payerOf(patient: string) {
  const active = []
  for await (const coverage of client.all('coverages.list', { practice, patient }))
    if (coverage.status === 'active') active.push(coverage)
  const [first] = active.sort((one, other) => (one.order ?? 99) - (other.order ?? 99))
  if (first === undefined) return null
  const { subscriberId, payers, plan } = first
  return { coverage: first.id, name: payers?.[0]?.name ?? plan?.name ?? null, subscriberId }
}

/** What is not known is null and named in `missing`, for a dispatcher to ask; nothing is guessed. */
async function tripOf({ id, start, patient, provider, facility }: Appointment, patientId: string) {
  const who = await client.call('patients.read', { practice, id: patientId })
  const where =
    facility.id === null
      ? undefined
      : await client.call('facilities.read', { practice, id: facility.id })
  const trip = {
    id,
    status: 'requested',
    arriveBy: start?.given ?? null,
    passenger: who.name?.display ?? patient?.name ?? null,
    phone: who.contacts?.find(({ system }) => system === 'phone')?.value ?? null,
    pickup: inWords(who.addresses?.find(({ use }) => use !== 'old')),
    destination: inWords(where?.address) ?? facility.name,
    provider: provider?.name ?? provider?.id ?? null,
    payer: await payerOf(patientId),
  }
  const missing = Object.entries(trip).flatMap(([name, value]) => (value === null ? [name] : []))
  return { ...trip, missing }
}

async function cancel(id: string): Promise<string> {
  const trip = await send('GET', id)
  if (trip === undefined || ('status' in trip && trip.status === 'cancelled')) return 'none'
  await send('PUT', id, { ...trip, status: 'cancelled' })
  return 'cancelled'
}

async function appointment(id: string): Promise<Appointment | undefined> {
  try {
    return await client.call('appointments.read', { practice, id })
  } catch (error) {
    if (isApiError(error, 'NOT_FOUND') || isApiError(error, 'RESOURCE_DELETED')) return undefined
    throw error
  }
}

/** PUT under the appointment's own id: doing it again changes nothing. */
async function serve(id: string): Promise<string> {
  const found = await appointment(id)
  if (found === undefined || found.status === 'cancelled') return cancel(id)
  const wanted =
    found.status === 'booked' && found.mode !== 'virtual' && (found.day ?? '') >= firstDay
  if (!wanted || found.patient?.id === undefined || found.patient.id === null) return 'none'
  await send('PUT', id, await tripOf(found, found.patient.id))
  return 'requested'
}

const stored = existsSync(place) ? await readFile(place, 'utf8') : undefined
const { last } = await client.call('changes.list', { practice, after: 0, limit: 1 })
const done: Record<string, number> = { requested: 0, cancelled: 0, none: 0 }
const ids = new Set<string>()
if (stored === undefined)
  for await (const { id } of client.all('appointments.list', { practice, from: firstDay }))
    ids.add(id)
else
  for await (const change of client.changes({ practice, after: Number(stored) }))
    if (change.kind !== 'withheld' && change.type === 'Encounter') ids.add(change.id)
for (const id of ids) {
  const what = await serve(id)
  done[what] = (done[what] ?? 0) + 1
}
// Only now: a run that ends before begins there again.
await writeFile(place, String(last))
console.log(JSON.stringify({ appointments: ids.size, ...done, place: last }))
