// Everywhere an id can be sent: the routes of the API's own description, the FHIR interactions of its own
// statement, and the tools that agents are given. Made from what the installation says of itself, so that
// a new route is there without anybody having to think of it.

import type { World } from './tenants-world.ts'

export interface Place {
  /** Method and template. */
  readonly name: string
  /** Fields that take an id of something that belongs to somebody. */
  readonly fields: readonly string[]
  /** Fields by which nothing is looked up that could be missing: a filter that matches nothing. */
  readonly quiet: readonly string[]
  readonly reads: boolean
  readonly streams: boolean
  /** `asked`: the field that the probe is about; other filters are left out. */
  request(
    values: Readonly<Record<string, string>>,
    asked: string,
  ): {
    readonly method: 'GET' | 'POST' | 'DELETE' | 'PUT' | 'PATCH'
    readonly url: string
    readonly payload?: object
  }
}

/** By name: what takes an id. Whatever else a route takes is no id of anybody's. */
const ID_FIELDS = [
  ...['practice', 'id', 'patient', 'encounter', 'provider', 'facility'],
  ...['user', 'sessionId', 'keyId', 'clientId', 'launch'],
]
/** Filters: what they name is looked for, and found or not, without a word of whether it exists. */
const FILTERS = ['patient', 'encounter', 'provider', 'facility']
/** In these routes `user` and the like narrow a list. */
const FILTERS_OF: Readonly<Record<string, readonly string[]>> = {
  'GET /v1/sessions': ['user'],
  'GET /v1/audit': ['practice', 'user'],
  'GET /v1/launches/{launch}/resources/{type}/{id}': ['id'],
}
/** Asks the vendor, which cannot be reached here, with the launch's own token: nothing is shown. */
const AT_VENDOR = ['GET /v1/launches/{launch}/resources/{type}/{id}']
/** New things get the id that the caller gives them: another's is no question. */
const NAMING = ['POST /v1/practices']
const METHODS = ['GET', 'POST', 'DELETE', 'PUT', 'PATCH'] as const
type Method = (typeof METHODS)[number]

interface Described {
  readonly parameters?: readonly { readonly name: string; readonly in: string }[]
  readonly requestBody?: {
    readonly content: {
      readonly 'application/json'?: { readonly schema: Schema }
    }
  }
}

interface Schema {
  readonly type?: string
  readonly enum?: readonly unknown[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
  readonly minLength?: number
  readonly const?: unknown
}

export async function placesOf(world: World): Promise<readonly Place[]> {
  const paths = await describedPaths(world)
  const routes = Object.entries(paths).flatMap(([path, methods]) =>
    METHODS.flatMap((method) => {
      const described = methods[method.toLowerCase()]
      return described === undefined ? notServed(method, path) : route(method, path, described)
    }),
  )
  return [...routes, ...(await interactions(world)), ...(await tools(world))]
}

/** Routes that take an id-like field nobody has listed above: a proof that asks less than it seems to. */
export async function withoutProbe(
  world: World,
  places: readonly Place[],
): Promise<readonly string[]> {
  const paths = await describedPaths(world)
  const probed = new Set(places.map(({ name }) => name))
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).flatMap((method) => {
      const name = `${method.toUpperCase()} ${path}`
      const unknown = [...path.matchAll(/\{(\w+)\}/g)]
        .map(([, field]) => field ?? '')
        .filter((field) => !ID_FIELDS.includes(field) && !NO_ID.includes(field))
      const missing = idsIn(path).length > 0 && !probed.has(name) && !NAMING.includes(name)
      return [...unknown.map((field) => `${name}: ${field}`), ...(missing ? [name] : [])]
    }),
  )
}

/** Path fields that are names of kinds, or public by design: a key set, an error's explanation. */
const NO_ID = ['collection', 'organization', 'code', 'type']

async function describedPaths(world: World) {
  const reply = await world.platform.face.inject('/openapi.json')
  const { paths } = JSON.parse(reply.body) as {
    paths: Record<string, Record<string, Described | undefined>>
  }
  return paths
}

function idsIn(path: string): readonly string[] {
  return [...path.matchAll(/\{(\w+)\}/g)]
    .map(([, field]) => field ?? '')
    .filter((field) => ID_FIELDS.includes(field))
}

function route(method: Method, path: string, described: Described): readonly Place[] {
  const name = `${method} ${path}`
  if (NAMING.includes(name)) return []
  const { parameters = [], requestBody } = described
  const query = parameters.filter((one) => one.in === 'query').map((one) => one.name)
  const schema = requestBody?.content['application/json']?.schema
  const inBody = Object.keys(schema?.properties ?? {})
  const fields = [...new Set([...idsIn(path), ...query, ...inBody])].filter((field) =>
    ID_FIELDS.includes(field),
  )
  if (fields.length === 0) return []
  const inPath = idsIn(path)
  const quiet = [...FILTERS.filter((field) => !inPath.includes(field)), ...(FILTERS_OF[name] ?? [])]
  const reads = method === 'GET' && !AT_VENDOR.includes(name)
  return [
    {
      ...{ name, fields, quiet, reads, streams: path.endsWith('/stream') },
      request: (values, asked) => {
        const sent = fields.filter(
          (field) => query.includes(field) && (field === 'practice' || field === asked),
        )
        const search = new URLSearchParams(
          Object.fromEntries(sent.map((field) => [field, values[field] ?? ''])),
        )
        const payload = schema === undefined ? undefined : bodyOf(schema, values)
        return {
          method,
          url: `${filled(path, values)}?${search}`,
          ...(payload === undefined ? {} : { payload }),
        }
      },
    },
  ]
}

function filled(path: string, values: Readonly<Record<string, string>>): string {
  return path.replaceAll(/\{(\w+)\}/g, (_, field: string) =>
    encodeURIComponent(
      values[field] ??
        { collection: 'patients', organization: 'south', code: 'NOT_FOUND', type: 'Patient' }[
          field
        ] ??
        '',
    ),
  )
}

/** The least that fits the schema, so that what is refused is refused for whose it is. */
function bodyOf(schema: Schema, values: Readonly<Record<string, string>>): object {
  const { properties = {}, required = [] } = schema
  const names = Object.keys(properties).filter(
    (name) => required.includes(name) || (ID_FIELDS.includes(name) && name !== 'practices'),
  )
  return Object.fromEntries(
    names.map((name) => [name, values[name] ?? least(properties[name] ?? {})]),
  )
}

function least(schema: Schema): unknown {
  const [first] = schema.anyOf ?? []
  if (first !== undefined) return least(first)
  if (schema.const !== undefined) return schema.const
  if (schema.enum !== undefined) return schema.enum[0]
  if (schema.type === 'array') return [least(schema.items ?? {})]
  if (schema.type === 'integer' || schema.type === 'number') return 1
  if (schema.type === 'boolean') return true
  if (schema.type === 'object') return bodyOf(schema, {})
  return 'x'.repeat(Math.max(1, schema.minLength ?? 1))
}

/** A method that a path does not have: the refusal must not depend on whose id stands in it. */
function notServed(method: Method, path: string): readonly Place[] {
  const fields = idsIn(path)
  if (fields.length === 0) return []
  return [
    {
      ...{ name: `${method} ${path}`, fields, quiet: fields, reads: false, streams: false },
      request: (values) => ({ method, url: filled(path, values) }),
    },
  ]
}

/** What the FHIR facade says that it serves, type by type. */
async function interactions(world: World): Promise<readonly Place[]> {
  const reply = await world.platform.face.inject({
    url: '/fhir/r4/clinic/metadata',
    headers: world.askers[1]?.headers ?? {},
  })
  const { rest } = JSON.parse(reply.body) as {
    rest: { resource: { type: string; searchParam?: { name: string; type: string }[] }[] }[]
  }
  return (rest[0]?.resource ?? []).flatMap(({ type, searchParam = [] }) => {
    const at = (values: Readonly<Record<string, string>>) =>
      `/fhir/r4/${encodeURIComponent(values.practice ?? '')}/${type}`
    const id = (values: Readonly<Record<string, string>>) => encodeURIComponent(values.id ?? '')
    const get = (
      name: string,
      url: (values: Readonly<Record<string, string>>) => string,
      fields: readonly string[],
      quiet: readonly string[] = [],
    ): Place => ({
      ...{ name: `FHIR ${type} ${name}`, fields, quiet, reads: true, streams: false },
      request: (values) => ({ method: 'GET', url: url(values) }),
    })
    const ofPatient = searchParam.some(({ name }) => name === 'patient')
    return [
      get('read', (values) => `${at(values)}/${id(values)}`, ['practice', 'id']),
      get('vread', (values) => `${at(values)}/${id(values)}/_history/1`, ['practice', 'id']),
      get('history', (values) => `${at(values)}/${id(values)}/_history`, ['practice', 'id']),
      get(
        'search by id',
        (values) => `${at(values)}?_id=${id(values)}`,
        ['practice', 'id'],
        ['id'],
      ),
      ...(ofPatient
        ? [
            get(
              'search by patient',
              (values) => `${at(values)}?patient=${encodeURIComponent(values.patient ?? '')}`,
              ['practice', 'patient'],
              ['patient'],
            ),
          ]
        : []),
    ]
  })
}

/** Every tool that anybody is given, with every id it takes. */
async function tools(world: World): Promise<readonly Place[]> {
  const headers = {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
  }
  const listed = await Promise.all(
    world.askers.map(async (asker) => {
      const reply = await world.platform.face.inject({
        ...{ method: 'POST', url: '/mcp', headers: { ...headers, ...asker.headers } },
        payload: { jsonrpc: '2.0', id: 1, method: 'tools/list' },
      })
      return reply.statusCode === 200 ? JSON.parse(reply.body).result.tools : []
    }),
  )
  const byName = new Map<string, Schema>(
    listed
      .flat()
      .map((tool: { name: string; inputSchema: Schema }) => [tool.name, tool.inputSchema]),
  )
  return [...byName].flatMap(([tool, { properties = {} }]) => {
    const fields = Object.keys(properties).filter((field) => ID_FIELDS.includes(field))
    if (fields.length === 0) return []
    return [
      {
        ...{ name: `tool ${tool}`, fields, reads: true, streams: false },
        // A tool's refusal is a result: its status is that of the message.
        quiet: fields,
        request: (values: Readonly<Record<string, string>>, asked: string) => ({
          ...{ method: 'POST' as const, url: '/mcp' },
          payload: {
            ...{ jsonrpc: '2.0', id: 1, method: 'tools/call' },
            params: {
              name: tool,
              arguments: Object.fromEntries(
                fields
                  .filter((field) => ['practice', 'id', asked].includes(field))
                  .map((field) => [field, values[field]]),
              ),
            },
          },
        }),
      },
    ]
  })
}
