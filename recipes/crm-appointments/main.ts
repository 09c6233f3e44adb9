// Appointment list to a CRM: today's and tomorrow's appointments are put there under their own ids, and
// what is no longer on those days is taken away. Running it again changes nothing.

import { type Appointment, createClient } from '@chartway/client'

const { CHARTWAY_URL: url = 'http://127.0.0.1:7400', CHARTWAY_KEY: key } = process.env
const { CRM_URL: crm = 'http://127.0.0.1:9000', CRM_KEY: crmKey = '' } = process.env
const CRM_MS_MAX = 10_000
/** The exit code when the list is not known to be whole: nothing was taken away. */
const INCOMPLETE = 3
/** What the CRM needs to know, and no more. */
const FIELDS = 'id,status,start,day,patient,provider,facility,visitType'

const client = createClient({ url, key })

async function theOnlyPractice() {
  const { items } = await client.call('practices.list', {})
  const wanted = process.env.CHARTWAY_PRACTICE
  const found = items.filter(({ practice }) => wanted === undefined || practice === wanted)
  if (found[0] === undefined || found.length > 1) throw new Error('Set CHARTWAY_PRACTICE to one')
  return found[0]
}

/** YYYY-MM-DD of an instant where the practice is. */
const localDay = (instant: Date, timeZone: string) =>
  new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' }).format(instant)

function dayAfter(day: string): string {
  const next = new Date(`${day}T00:00:00Z`)
  next.setUTCDate(next.getUTCDate() + 1)
  return next.toISOString().slice(0, 10)
}

async function send(method: string, path: string, body?: object): Promise<unknown> {
  const response = await fetch(`${crm}${path}`, {
    method,
    headers: { authorization: `Bearer ${crmKey}`, 'content-type': 'application/json' },
    signal: AbortSignal.timeout(CRM_MS_MAX),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  if (!response.ok) throw new Error(`The CRM answered ${method} with ${response.status}`)
  return response.status === 204 ? undefined : response.json()
}

const entryOf = ({ id, status, start, day, ...of }: Appointment) => ({
  id,
  status,
  day,
  start: start?.given ?? null,
  patient: of.patient?.id ?? null,
  patientName: of.patient?.name ?? null,
  provider: of.provider?.name ?? of.provider?.id ?? null,
  facility: of.facility.name ?? of.facility.id,
  visitType: of.visitType?.text ?? null,
})

/** What the CRM holds of these days, by id, as text to compare. */
async function known(from: string, to: string): Promise<ReadonlyMap<string, string>> {
  const entries = await send('GET', `/appointments?from=${from}&to=${to}`)
  if (!Array.isArray(entries)) throw new Error('The CRM gave no list')
  return new Map(entries.map((entry) => [String(entry.id), JSON.stringify(entry)]))
}

const { practice, timeZone } = await theOnlyPractice()
const today = process.argv[2] ?? localDay(new Date(), timeZone)
const days = { from: today, to: dayAfter(today) }
const { freshness } = await client.call('appointments.list', { practice, ...days, limit: 1 })
const before = await known(days.from, days.to)
const now = new Set<string>()
let written = 0
for await (const found of client.all('appointments.list', { practice, ...days, fields: FIELDS })) {
  const entry = entryOf(found)
  now.add(entry.id)
  if (before.get(entry.id) === JSON.stringify(entry)) continue
  await send('PUT', `/appointments/${encodeURIComponent(entry.id)}`, entry)
  written++
}
// An appointment is missing for sure only where the list is known to be whole.
const whole = freshness.asOf !== null
const gone = whole ? [...before.keys()].filter((id) => !now.has(id)) : []
for (const id of gone) await send('DELETE', `/appointments/${encodeURIComponent(id)}`)
const counts = { appointments: now.size, written, takenAway: gone.length }
console.log(JSON.stringify({ ...days, ...counts, whole, asOf: freshness.asOf }))
if (!whole) process.exitCode = INCOMPLETE
