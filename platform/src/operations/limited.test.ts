// A caller who may see some practices only: every operation that names a practice, asked about another one
// of the same organization. Printed from the table of operations, so that a new one is asked, too.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Tenants, tenants } from '../../../test/tenants.ts'
import { practiceId } from '../kernel/ids.ts'
import { type Principal, RIGHTS } from '../kernel/principal.ts'
import { contexts, fhirOperations, operations } from './index.ts'

const named = [...operations, ...Object.values(fhirOperations)].filter(
  ({ input, need }) => 'practice' in input.shape && need !== 'none',
)
/** These name a practice that they make, or one of several. */
const MAKING = ['practices.connect']
/** What any of them may want beside a practice. */
const FIELDS: Readonly<Record<string, unknown>> = {
  ...{ practice: 'north-clinic', id: 'north-1', type: 'Patient', version: '1' },
  ...{ collection: 'patients', mode: 'full', query: '', base: 'https://chartway.test/fhir' },
  ...{ seconds: 1, limit: 1, name: 'Blake', patient: 'north-1', handling: 'strict' },
  ...{ launch: '0123456789abcdef0123', secret: 'a secret of the vendor' },
}

let world: Tenants
let limited: Principal
beforeAll(async () => {
  world = await tenants()
  const elsewhere = practiceId('another-clinic')
  if (elsewhere === undefined) throw new Error('not an id')
  limited = {
    organization: world.north.organization,
    actor: 'user:0123456789abcdef0123',
    rights: RIGHTS,
    charts: { types: 'all', sensitive: true, patient: undefined },
    practices: [elsewhere],
    authenticatedAt: undefined,
  }
})
afterAll(() => world.close())

describe('another practice is as if it were not there', () => {
  test.each(
    named
      .filter(({ name }) => !MAKING.includes(name))
      .map((operation) => [operation.name, operation] as const),
  )('for %s', async (_name, operation) => {
    const wanted = Object.entries(operation.input.shape).flatMap(([field, schema]) => {
      const optional = schema instanceof Object && 'safeParse' in schema && isOptional(schema)
      return optional && field !== 'practice' ? [] : [[field, FIELDS[field]] as const]
    })
    const context = contexts(world.platform.rooms)(limited, 'r')
    const asked = operation.invoke(context, Object.fromEntries(wanted))
    await expect(asked).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  test('in the list of practices', async () => {
    const list = operations.find(({ name }) => name === 'practices.list')
    const context = contexts(world.platform.rooms)(limited, 'r')
    expect(await list?.invoke(context, {})).toEqual({ items: [] })
  })
})

function isOptional(schema: object): boolean {
  const { safeParse }: { safeParse?: unknown } = Object(schema)
  if (typeof safeParse !== 'function') return false
  const result: { success?: boolean } = safeParse.call(schema, undefined)
  return result.success === true
}

describe('a caller who may see one patient sees nothing of another', () => {
  const reading = [...operations, ...Object.values(fhirOperations)].filter(
    ({ need }) => need === 'charts',
  )

  test.each(reading.map((operation) => [operation.name, operation] as const))(
    'in %s',
    async (_name, operation) => {
      const principal: Principal = {
        ...limited,
        rights: ['charts'],
        charts: { types: 'all', sensitive: true, patient: 'north-1' },
        practices: undefined,
      }
      const context = contexts(world.platform.rooms)(principal, 'r')
      // Everything that is wanted, and of what may be left out nothing, so that nothing narrows it down.
      for (const id of ['north-1', 'north-2']) {
        const wanted = Object.entries(operation.input.shape).flatMap(([field, schema]) => {
          const narrows = schema instanceof Object && isOptional(schema) && field !== 'practice'
          return narrows ? [] : [[field, { ...FIELDS, id, after: 0 }[field]] as const]
        })
        const text = await operation
          .invoke(context, Object.fromEntries(wanted))
          .then(textOf, codeIn)
        expect(text).not.toMatch(/Stone|north-[2-5]/)
        expect(text).not.toBe('INPUT_INVALID')
      }
    },
  )

  test('in the counts', async () => {
    const charts = { types: 'all', sensitive: true, patient: 'north-1' } as const
    const principal = { ...limited, charts, practices: undefined }
    const counts = operations.find(({ name }) => name === 'counts.read')
    const context = contexts(world.platform.rooms)(principal, 'r')
    expect(await counts?.invoke(context, {})).toEqual({ counts: { Patient: 1 } })
  })
})

function textOf(answer: unknown): string {
  const { text }: { text?: unknown } = Object(answer)
  return typeof text === 'string' ? text : JSON.stringify(answer)
}

/** What else goes wrong is no answer. */
function codeIn(error: unknown): string {
  const { code }: { code?: unknown } = Object(error)
  if (typeof code !== 'string' || code === 'INTERNAL') throw error
  return code
}
