// What the surface shows of a patient who was merged away, in each of its forms, and after the merge was
// undone.

import { beforeAll, expect, test } from 'vitest'
import { createOperatorDesk } from './operator.ts'
import { CODE, type Keys, makeKeys, rig } from './rig.ts'

let keys: Keys
beforeAll(async () => {
  keys = await makeKeys()
})

const patient = (id: string, family: string) => ({
  resourceType: 'Patient',
  id,
  active: true,
  name: [{ family }],
})
const RESOURCES = [
  patient('p1', 'Brown'),
  patient('p2', 'Browne'),
  { resourceType: 'Condition', id: 'c1', subject: { reference: 'Patient/p1' } },
]

function merged(form: string) {
  const one = rig({ keys, resources: RESOURCES, more: { switches: { 'merged-patient': form } } })
  one.clock.add(1000)
  one.sandbox.operator.world.advanceTo(one.clock.now())
  one.sandbox.operator.world.merge(CODE, 'p1', 'p2')
  return one
}

test.each<[string, number, string | undefined, number]>([
  ['gone', 404, undefined, 1],
  ['replaced', 200, 'p1', 2],
  ['replaced-unlisted', 200, 'p1', 1],
  ['survivor', 200, 'p2', 1],
])('merged-patient=%s: a read is %i with the record of %s, a search finds %i', async (...row) => {
  const [form, status, id, found] = row
  const one = merged(form)
  const read = await one.fhir('Patient/p1')
  expect(read.status).toBe(status)
  expect(read.value?.id).toBe(id)
  if (id === 'p1') {
    expect(read.value).toMatchObject({
      active: false,
      link: [{ type: 'replaced-by', other: { reference: 'Patient/p2' } }],
    })
  }
  expect((await one.fhir('Patient?family=Brown')).value.total).toBe(found)
  expect((await one.fhir('Condition?patient=p2')).value.total).toBe(1)
  expect((await one.fhir('Condition?patient=p1')).value.total).toBe(0)
  one.sandbox.operator.world.unmerge(CODE, 'p1')
  expect((await one.fhir('Patient/p1')).value).toMatchObject({ id: 'p1', active: true })
  expect((await one.fhir('Patient?family=Brown')).value.total).toBe(2)
  expect((await one.fhir('Condition?patient=p1')).value.total).toBe(1)
})

test('the operator merges, undoes and moves over the desk, and bad words are refused', () => {
  const one = rig({ keys, resources: RESOURCES })
  const desk = createOperatorDesk(one.sandbox, 'secret')
  const send = (act: string, value: unknown) => {
    const { status, body } = desk({
      ...{ method: 'POST', path: `/practices/${CODE}/${act}`, authorization: 'Bearer secret' },
      body: new TextEncoder().encode(JSON.stringify(value)),
    })
    return { status, value: JSON.parse(String(body)) }
  }
  const move = { type: 'Condition', id: 'c1', to: 'p2' }
  expect(send('move', move).value).toMatchObject({ patient: { from: 'p1', to: 'p2' } })
  expect(send('merge', { from: 'p1', into: 'p2' }).value).toMatchObject({ kind: 'merged' })
  expect(send('unmerge', { patient: 'p1' }).value).toMatchObject({ kind: 'unmerged', outOf: 'p2' })
  expect(send('merge', { from: 'p1' }).status).toBe(400)
  expect(send('merge', { from: 'p1', into: 'p9' }).status).toBe(400)
  expect(send('split', { patient: 'p1' }).status).toBe(400)
})
