// What stands beside records and could tell what they hide: originals of repairs, records of nobody,
// documents' contents, pages that go on, ages. Asked as callers with a part of the charts.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Tenants, tenants } from '../../../test/tenants.ts'
import { type PracticeRef, practiceId } from '../kernel/ids.ts'
import type { ChartAccess, Principal, Right } from '../kernel/principal.ts'
import { chartsOf, type Role } from '../people/index.ts'
import { contexts, fhirOperations, operations } from './index.ts'

let world: Tenants
let ref: PracticeRef

beforeAll(async () => {
  world = await tenants()
  const practice = practiceId('north-clinic')
  if (practice === undefined) throw new Error('It is an id')
  ref = { organization: world.north.organization, practice }
})
afterAll(() => world.close())

function caller(charts: Partial<ChartAccess>, rights: readonly Right[] = ['charts']): Principal {
  return {
    ...{ organization: ref.organization, actor: 'client:app', rights, practices: undefined },
    charts: { types: 'all', sensitive: true, patient: undefined, ...charts },
    authenticatedAt: undefined,
  }
}

function withRole(role: Role): Principal {
  return caller(chartsOf({ roles: [role], practices: undefined, sensitive: false }))
}

/** The answer's text, or the code with which it is refused. */
async function ask(principal: Principal, name: string, input: object): Promise<string> {
  const all = [...operations, ...Object.values(fhirOperations)]
  const operation = all.find((one) => one.name === name)
  if (operation === undefined) throw new Error(`There is no ${name}`)
  try {
    const context = contexts(world.platform.rooms)(principal, 'r')
    const answer: unknown = await operation.invoke(context, input)
    const { text }: { text?: unknown } = Object(answer)
    return typeof text === 'string' ? text : JSON.stringify(answer)
  } catch (error) {
    const { code }: { code?: unknown } = Object(error)
    if (typeof code !== 'string' || code === 'INTERNAL') throw error
    return code
  }
}

async function mirrored(resource: { resourceType: string; id: string }, rest: object = {}) {
  await world.platform.mirror.apply(ref, [
    {
      ...{ pathway: 'fhir', search: `${resource.resourceType}.byId`, subject: resource.id },
      ...{ covers: [], askedAt: world.askedAt, complete: true },
      sightings: [{ resource, repairs: [], patientId: undefined, ...rest }],
    },
  ])
}

describe('originals of repairs', () => {
  test('are shown of the elements that a caller sees, through reads and lists', async () => {
    const repairs = [
      { path: '/valueString', rule: 'numeric-string', original: '7.25' },
      { path: '/valueQuantity', rule: 'numeric-string', original: undefined, repaired: 7.25 },
    ]
    const result = { resourceType: 'Observation', id: 'lab', valueQuantity: { value: 7.25 } }
    await mirrored(result, { repairs, patientId: 'north-1' })
    const asked = [
      ['resources.read', { collection: 'observations', id: 'lab' }],
      ['resources.list', { collection: 'observations' }],
    ] as const
    for (const [name, input] of asked) {
      expect(await ask(withRole('clinician'), name, input)).toContain('"original":"7.25"')
      const text = await ask(withRole('integrator'), name, input)
      expect(text).toContain('"id":"lab"')
      expect(text).not.toContain('7.25')
    }
  })
})
