// The OpenAPI 3.1 description, printed from the operations and their routes. It names no outside
// host; its version is the API's, not the installation's.

import swagger from '@fastify/swagger'
import type { FastifyInstance, FastifySchema } from 'fastify'
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { ErrorCode } from '../../kernel/errors.ts'
import type { Operation } from '../../operations/index.ts'
import { problemField } from './problems.ts'
import { pathFields, type Route } from './routes.ts'
import { STATUSES } from './statuses.ts'

declare module 'fastify' {
  // What the OpenAPI plugin adds; it cannot be seen from its own declarations when packages are linked.
  interface FastifyInstance {
    swagger(): unknown
  }
  interface FastifySchema {
    hide?: boolean
    operationId?: string
    summary?: string
    tags?: readonly string[]
    security?: readonly Readonly<Record<string, readonly string[]>>[]
  }
}

const DESCRIPTION =
  'One door to an eClinicalWorks practice. Chartway is not affiliated with the vendor. ' +
  'Answers come from the mirror and say how old they are; errors are problems of RFC 9457.'

/** Must be registered before the routes. */
export function registerOpenApi(app: FastifyInstance): void {
  app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Chartway', version: '1', description: DESCRIPTION },
      components: {
        securitySchemes: {
          key: { type: 'http', scheme: 'bearer' },
          session: {
            type: 'apiKey',
            in: 'cookie',
            name: '__Host-chartway',
            description:
              'Given by `sessions.create`. What changes something needs the header ' +
              '`X-Chartway-Csrf: 1` from a page of this installation, too.',
          },
        },
      },
    },
    transform: jsonSchemaTransform,
    transformObject: withoutInputs,
  })
}

/** Named schemas are all of answers; their twins for inputs are named by nobody. */
const withoutInputs: typeof jsonSchemaTransformObject = (given) => {
  const document = jsonSchemaTransformObject(given)
  if (!('components' in document)) return document
  const schemas = Object.entries(document.components?.schemas ?? {})
  const kept = Object.fromEntries(schemas.filter(([name]) => !name.endsWith('Input')))
  return Object.assign(document, { components: { ...document.components, schemas: kept } })
}

/** What a route shows of its operation, at the route's own path or at another of its addresses. */
export function schemaOf(operation: Operation, route: Route, path = route.path): FastifySchema {
  const inPath = pathFields(route.path)
  const fields = Object.entries(operation.input.shape)
  const params = z.strictObject(
    Object.fromEntries(fields.filter(([field]) => inPath.includes(field))),
  )
  const rest = z.strictObject(
    Object.fromEntries(fields.filter(([field]) => !inPath.includes(field))),
  )
  const some = fields.length > inPath.length
  return {
    operationId: path === route.path ? operation.name : `literal.${operation.name}`,
    summary: operation.summary,
    tags: [operation.name.split('.')[0] ?? ''],
    security: operation.need === 'none' ? [] : [{ key: [] }, { session: [] }],
    ...(inPath.length > 0 && { params }),
    ...(some && (route.method === 'POST' ? { body: rest } : { querystring: rest })),
    response: {
      [route.status ?? 200]: operation.output,
      ...problemsByStatus(
        codesOf(operation, { hasPath: inPath.length > 0, hasInput: some, method: route.method }),
      ),
    },
  }
}

/** Every code that an operation may end with. */
function codesOf(
  operation: Operation,
  of: { readonly hasPath: boolean; readonly hasInput: boolean; readonly method: Route['method'] },
): ErrorCode[] {
  const { hasPath, hasInput, method } = of
  const codes: ErrorCode[] = [...operation.errors, 'INTERNAL', 'SERVICE_STOPPING']
  if (method !== 'GET') codes.push('REQUEST_FORGED')
  if (hasInput) codes.push('INPUT_INVALID')
  if ('practice' in operation.input.shape) codes.push('PRACTICE_NONE', 'PRACTICE_UNNAMED')
  if (hasPath || 'practice' in operation.input.shape) codes.push('NOT_FOUND')
  if (operation.need === 'charts') codes.push('CONTENT_NOT_KEPT')
  if (operation.need !== 'none')
    codes.push(
      ...(['KEY_MISSING', 'KEY_INVALID', 'TOKEN_INVALID', 'SESSION_INVALID'] as const),
      'CREDENTIALS_TWO',
      ...(['RIGHT_MISSING', 'DATABASE_UNREACHABLE'] as const),
    )
  return [...new Set(codes)].sort()
}

function problemsByStatus(codes: readonly ErrorCode[]): Record<string, unknown> {
  const byStatus = Object.groupBy(codes, (code) => String(STATUSES[code]))
  return Object.fromEntries(
    Object.entries(byStatus).map(([status, grouped]) => [
      status,
      {
        description: (grouped ?? []).join(', '),
        content: { 'application/problem+json': { schema: problemField } },
      },
    ]),
  )
}
