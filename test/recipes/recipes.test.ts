// The recipes as programs against a real installation and the sandbox's practice. What each should have
// done is computed from the sandbox's ground truth, never from what the platform says.

import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Resource } from '@chartway/codecs/fhir'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cook, type Kitchen, openKitchen, PRACTICE, pretendSystem, until } from './kitchen.ts'

const TEST_MS_MAX = 120_000
const TIME_ZONE = 'America/New_York'
const TODAY = '2026-03-02'
const TOMORROW = '2026-03-03'
/** What a chart is mostly made of: each is asked for chart by chart, and must be exported whole. */
const TYPES = [
  'Patient',
  'Encounter',
  'Condition',
  'Observation',
  'MedicationRequest',
  'AllergyIntolerance',
  'DiagnosticReport',
  'Coverage',
]

let kitchen: Kitchen
let folder: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'chartway-recipes-'))
  kitchen = await openKitchen()
}, 180_000)
afterAll(async () => {
  await kitchen.close()
  rmSync(folder, { recursive: true, force: true })
})

const keysOf = (types: readonly string[]) =>
  types.flatMap((type) => kitchen.records(type).map(({ id }) => `${type}/${id}`)).sort()

function some(type: string): Resource {
  const found = kitchen.records(type)[0]
  if (found === undefined) throw new Error(`The practice has no ${type}`)
  return found
}

const dayOf = (instant: unknown) =>
  new Intl.DateTimeFormat('en-CA', { timeZone: TIME_ZONE, dateStyle: 'short' }).format(
    new Date(String(instant)),
  )
const startOf = ({ period }: Resource): unknown =>
  typeof period === 'object' && period !== null && 'start' in period ? period.start : undefined

let made = 0
/** An encounter as the practice has them, at another time. */
function booked(status: string, start: string, end: string): Resource {
  made += 1
  return {
    ...some('Encounter'),
    id: `made-${made}`,
    identifier: [],
    status,
    period: { start, end },
  }
}

/** Until the installation has heard of these records; what it made of them is judged elsewhere. */
async function heardOf(...ids: string[]): Promise<void> {
  await until(`the mirror knows ${ids.join(', ')}`, async () => {
    const changes = await everyChange()
    return ids.every((id) => changes.some((change) => change.id === id))
  })
}

async function everyChange() {
  const changes = await Array.fromAsync(kitchen.client.changes({ practice: PRACTICE }))
  return changes.filter((change) => change.kind !== 'withheld')
}

describe('nightly export', { timeout: TEST_MS_MAX }, () => {
  const night = (name: string) => {
    const args = [join(folder, name)]
    return cook('nightly-export', { environment: kitchen.environment, args })
  }
  const linesOf = (name: string, file: string) =>
    readFileSync(join(folder, name, file), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
  const keysIn = (lines: readonly { type: string; id: string }[]) =>
    lines.map(({ type, id }) => `${type}/${id}`)

  test('the first night has every record that the practice has, once, and says it is whole', async () => {
    const { code, out } = await night('whole').done
    expect([code, out]).toEqual([0, expect.stringContaining('"complete":true')])
    const { file, sha256, records } = JSON.parse(out)
    const lines = linesOf('whole', file)
    const keys = keysIn(lines)
    expect(new Set(keys).size).toBe(keys.length)
    expect(records).toBe(keys.length)
    expect(keys.filter((key) => TYPES.includes(key.split('/')[0] ?? '')).sort()).toEqual(
      keysOf(TYPES),
    )
    const text = readFileSync(join(folder, 'whole', file))
    expect(createHash('sha256').update(text).digest('hex')).toBe(sha256)
  })

  test('stopped in the middle, it goes on where it was, and ends with the same records', async () => {
    const part = join(folder, 'cut', 'night.ndjson.part')
    const first = night('cut')
    await until('some lines are written', () => existsSync(part) && lengthOf(part) > 40_000)
    await first.kill()
    const before = lengthOf(part)
    const { code, out } = await night('cut').done
    expect(code).toBe(0)
    const text = readFileSync(join(folder, 'cut', JSON.parse(out).file), 'utf8')
    expect(text.length).toBeGreaterThan(before)
    const keys = keysIn(linesOf('cut', JSON.parse(out).file))
    expect(new Set(keys).size).toBe(keys.length)
    expect(keys.filter((key) => TYPES.includes(key.split('/')[0] ?? '')).sort()).toEqual(
      keysOf(TYPES),
    )
  })

  test('the next night has what the practice changed since, and nothing else', async () => {
    const from = kitchen.ledgerAfter(0).at(-1)?.sequence ?? 0
    const condition = { ...some('Condition'), note: [{ text: 'seen again' }] }
    const gone = some('AllergyIntolerance').id ?? ''
    kitchen.put(condition, 'charting')
    kitchen.remove('AllergyIntolerance', gone)
    await until('both are known', async () => {
      const late = (await everyChange()).slice(-20)
      return ['updated', 'deleted'].every((kind) =>
        late.some((change) => change.kind === kind && [gone, condition.id].includes(change.id)),
      )
    })
    const { code, out } = await night('whole').done
    expect(code).toBe(0)
    const lines = linesOf('whole', JSON.parse(out).file)
    const truth = kitchen.ledgerAfter(from).map(({ type, id }) => `${type}/${id}`)
    expect(keysIn(lines).sort()).toEqual([...new Set(truth)].sort())
    expect(lines.find(({ id }) => id === gone)).toMatchObject({ deleted: true })
    expect(lines.find(({ id }) => id === condition.id).resource).toMatchObject({
      note: [{ text: 'seen again' }],
    })
    expect(readdirSync(join(folder, 'whole')).filter((name) => /part|night/.test(name))).toEqual([])
  })

  test('a key that may not see everything gets less, and is told that it is less', async () => {
    const hidden = { ...some('Condition'), id: 'restricted-1' }
    const security = [
      { system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'R' },
    ]
    kitchen.put({ ...hidden, meta: { security } }, 'charting')
    await heardOf('restricted-1')
    const args = [join(folder, 'less')]
    const { code, out } = await cook('nightly-export', { environment: kitchen.restricted, args })
      .done
    expect([code, out]).toEqual([3, expect.stringContaining('"complete":false')])
    const { file, why } = JSON.parse(out)
    expect(why).toEqual([expect.stringContaining('may not see')])
    expect(readFileSync(join(folder, 'less', file), 'utf8')).not.toContain('restricted-1')
  })

  const lengthOf = (path: string) => readFileSync(path, 'utf8').length
})

describe('appointment list to a CRM', { timeout: TEST_MS_MAX }, () => {
  test('today’s and tomorrow’s appointments stand there once, and follow the practice', async () => {
    const crm = await pretendSystem()
    const [here, moved, later] = [
      booked('planned', `${TODAY}T16:00:00-05:00`, `${TODAY}T16:20:00-05:00`),
      booked('planned', `${TOMORROW}T09:00:00-05:00`, `${TOMORROW}T09:20:00-05:00`),
      // Still tomorrow evening there, the day after in UTC; and one that is too late.
      booked('planned', '2026-03-04T09:00:00-05:00', '2026-03-04T09:20:00-05:00'),
    ]
    const evening = booked('planned', '2026-03-04T00:30:00Z', '2026-03-04T00:50:00Z')
    for (const encounter of [here, moved, later, evening]) kitchen.put(encounter, 'booking')
    await heardOf('made-1', 'made-2', 'made-3', 'made-4')
    const environment = { ...kitchen.environment, CRM_URL: crm.url }
    const run = () => cook('crm-appointments', { environment, args: [TODAY] }).done
    const truth = () =>
      kitchen
        .records('Encounter')
        .filter((encounter) => [TODAY, TOMORROW].includes(dayOf(startOf(encounter))))
        .map(({ id }) => id)
        .sort()
    const first = await run()
    expect([first.code, first.out]).toEqual([0, expect.stringContaining('"whole":true')])
    expect([...crm.entries.keys()].sort()).toEqual(truth())
    expect(truth()).toEqual(expect.arrayContaining(['made-1', 'made-2', 'made-4']))
    const written = crm.writes.length
    await run()
    expect(crm.writes.length).toBe(written)
    // One is cancelled, one is put on another day.
    kitchen.put({ ...here, status: 'cancelled' }, 'cancellation')
    const period = { start: '2026-03-09T09:00:00-05:00', end: '2026-03-09T09:20:00-05:00' }
    kitchen.put({ ...moved, period }, 'booking')
    await until('both are known', async () => {
      const changes = await everyChange()
      return ['made-1', 'made-2'].every((id) => changes.filter((one) => one.id === id).length > 1)
    })
    await run()
    expect([...crm.entries.keys()].sort()).toEqual(truth())
    expect(crm.entries.get('made-1')).toMatchObject({ status: 'cancelled', day: TODAY })
    expect(crm.entries.has('made-2')).toBe(false)
    crm.close()
  })
})

describe('critical-lab alert', { timeout: TEST_MS_MAX }, () => {
  const laboratory = [{ coding: [{ code: 'laboratory' }] }]
  const code = (loinc: string) => ({ coding: [{ system: 'http://loinc.org', code: loinc }] })
  const result = (id: string, loinc: string, valueString: string): Resource => {
    const base = kitchen
      .records('Observation')
      .find((one) => JSON.stringify(one.category).includes('laboratory'))
    if (base === undefined) throw new Error('The practice has no laboratory result')
    const { dataAbsentReason: _, ...rest } = base
    const category = base.category ?? laboratory
    return {
      ...rest,
      resourceType: 'Observation',
      id,
      category,
      status: 'final',
      ...{ code: code(loinc), valueString },
    }
  }

  test('one alert per critical result; killed and started again, none is lost or sent twice', async () => {
    const pager = await pretendSystem()
    const environment = {
      ...kitchen.environment,
      ...{ PAGER_URL: pager.url, PLACE_FILE: join(folder, 'place.json') },
    }
    const first = cook('critical-lab-alert', { environment })
    await until('it follows', () => first.out().includes('following after'))
    kitchen.put(result('lab-high', '2823-3', '6.9'), 'result')
    kitchen.put(result('lab-usual', '2823-3', '4.4'), 'result')
    pager.breakFor(2)
    await until('the first alert', () => pager.entries.has('lab-high'))
    // It dies after the pager took an alert and before it could know.
    pager.setSilent(true)
    kitchen.put(result('lab-cut', '2951-2', '171'), 'result')
    await until('the alert that is cut', () => pager.entries.has('lab-cut'))
    await first.kill()
    pager.setSilent(false)
    // While nobody follows: another critical one, a usual one that is corrected, and the first again.
    kitchen.put(result('lab-low', '2345-7', '31'), 'result')
    kitchen.put(result('lab-usual', '2823-3', '2.1'), 'result')
    kitchen.put({ ...result('lab-high', '2823-3', '7.0'), status: 'corrected' }, 'result')
    await heardOf('lab-low')
    const second = cook('critical-lab-alert', { environment })
    await until('the others', () => pager.entries.size >= 4)
    kitchen.put(result('lab-last', '718-7', '6.1'), 'result')
    await until('the last', () => pager.entries.has('lab-last'))
    await second.kill()
    // Each was taken once; the one that was cut was offered twice.
    expect(pager.accepted.toSorted()).toEqual(
      ['lab-cut', 'lab-high', 'lab-last', 'lab-low', 'lab-usual'].sort(),
    )
    expect(pager.writes.filter((write) => write === 'PUT lab-cut')).toHaveLength(2)
    // By hand, from what is true: everything above 6.2 or below 2.8 of potassium, and so on.
    expect(pager.entries.get('lab-high')).toMatchObject({ value: 6.9 })
    expect(pager.entries.get('lab-usual')).toMatchObject({ value: 2.1 })
    pager.close()
  })
})

describe('patient-logistics trip request', { timeout: TEST_MS_MAX }, () => {
  test('an appointment becomes a trip with passenger, places and payer; cancelled, so is the trip (R110, R139)', async () => {
    const dispatch = await pretendSystem()
    const visit = booked('planned', '2026-03-05T11:00:00-05:00', '2026-03-05T11:20:00-05:00')
    kitchen.put(visit, 'booking')
    await heardOf(visit.id ?? '')
    const environment = {
      ...kitchen.environment,
      ...{ DISPATCH_URL: dispatch.url, PLACE_FILE: join(folder, 'trips.json') },
    }
    const run = () => cook('trip-requests', { environment, args: [TODAY] }).done
    const first = await run()
    expect([first.code, first.out]).toEqual([0, expect.stringContaining('"requested"')])
    const truth = kitchen
      .records('Encounter')
      .filter((one) => one.status === 'planned' && dayOf(startOf(one)) >= TODAY)
      .map(({ id }) => id)
    expect([...dispatch.entries.keys()].sort()).toEqual(truth.sort())
    const trip = JSON.stringify(dispatch.entries.get(visit.id ?? ''))
    const patient = kitchen
      .records('Patient')
      .find(({ id }) => JSON.stringify(visit.subject).includes(`Patient/${id}`))
    for (const known of wordsOf(patient)) expect(trip).toContain(known)
    const covered = kitchen
      .records('Coverage')
      .filter((one) => JSON.stringify(one.beneficiary).includes(`Patient/${patient?.id}"`))
    expect(covered.map(({ id }) => trip.includes(`"coverage":"${id}"`))).toContain(true)
    const writes = dispatch.writes.length
    await run()
    expect(dispatch.writes.length).toBe(writes)
    kitchen.put({ ...visit, status: 'cancelled' }, 'cancellation')
    await until('the cancellation is known', async () => {
      const changes = await everyChange()
      return changes.filter(({ id }) => id === visit.id).length > 1
    })
    await run()
    expect(dispatch.entries.get(visit.id ?? '')).toMatchObject({ status: 'cancelled' })
    dispatch.close()
  })

  /** Family name, street and telephone of a patient, as the practice has them. */
  function wordsOf(patient: Resource | undefined): string[] {
    const text = JSON.stringify(patient)
    const [family] = text.match(/(?<="family":")[^"]+/) ?? []
    const [street] = text.match(/(?<="line":\[")[^"]+/) ?? []
    return [family, street].flatMap((word) => (word === undefined ? [] : [word]))
  }
})

test('a recipe is short, says so in forty lines, and uses nothing but the published client', () => {
  const root = join(import.meta.dirname, '..', '..', 'recipes')
  const names = readdirSync(root).filter((name) => existsSync(join(root, name, 'README.md')))
  expect(names).toHaveLength(5)
  for (const name of names) {
    const files = readdirSync(join(root, name)).filter((file) => /\.(tsx?|md)$/.test(file))
    for (const file of files) {
      const text = readFileSync(join(root, name, file), 'utf8')
      const lines = text.trimEnd().split('\n').length
      expect([name, file, lines < (file.endsWith('.md') ? 41 : 120)]).toEqual([name, file, true])
      const imports = [...text.matchAll(/^(?:import|\} from)[^'\n]*'([^'\n]+)'/gm)].map(
        ([, from]) => from,
      )
      const odd = imports.filter(
        (from) => !/^(node:|\.\/|@chartway\/client$|react|vite$|@vitejs\/)/.test(from ?? ''),
      )
      expect([name, file, odd]).toEqual([name, file, []])
    }
  }
})

test('a recipe whose key is wrong says what to do and ends with an error', async () => {
  const environment = { ...kitchen.environment, CHARTWAY_KEY: 'cw_nonsense' }
  const { code, out } = await cook('trip-requests', { environment, args: [TODAY] }).done
  expect([code, out]).toEqual([1, expect.stringContaining('KEY_INVALID')])
})
