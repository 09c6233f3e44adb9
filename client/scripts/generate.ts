// Prints the client's types and its table of routes from the API's OpenAPI document. It knows only
// the parts of JSON Schema that the API uses, and stops at anything else.

type Node = Readonly<Record<string, unknown>>

const HEADER = `// Printed from the API's OpenAPI document by client/scripts/generate.ts. Do not edit: run the client's
// tests with UPDATE=1 after the API has changed.
`

/** The text of generated.ts for a parsed OpenAPI 3.1 document. */
export function generate(document: unknown): string {
  const root = node(document)
  const schemas = Object.entries(node(node(root.components).schemas))
  const interfaces = schemas
    .filter(([, schema]) => Object.keys(node(schema)).length > 0 && node(schema).type === 'object')
    .map(([name, schema]) => `export interface ${name} ${typeOf(node(schema))}`)
  const found = Object.entries(node(root.paths)).flatMap(([path, item]) =>
    Object.entries(node(item)).map(([method, operation]) =>
      described(path, method, node(operation)),
    ),
  )
  // Other addresses of the same, and streams, which are no calls.
  const own = found.filter(({ name }) => !/^literal\.|\.stream$/.test(name))
  own.sort((a, b) => (a.name < b.name ? -1 : 1))
  const inputs = own.map(
    ({ name, input, output }) => `  '${name}': {\n input: ${input}\n output: ${output} }`,
  )
  const routes = own.map(({ name, route }) => `  '${name}': ${JSON.stringify(route)},`)
  const collections = enumOf(root, 'resources.list', 'collection')
  return [
    HEADER,
    ...interfaces,
    `/** Input and output of every operation, by its name. */\nexport interface Operations {\n${inputs.join('\n')}\n}`,
    ROUTE_TYPE,
    `export const ROUTES: { readonly [Name in keyof Operations]: Route } = {\n${routes.join('\n')}\n}`,
    `/** The types that are served, as addresses name them. */\nexport const COLLECTIONS = ${JSON.stringify(collections)} as const`,
    '',
  ].join('\n\n')
}

/** The values that a parameter of an operation may have. */
function enumOf(root: Node, operationId: string, parameter: string): readonly unknown[] {
  const operations = Object.values(node(root.paths)).flatMap((item) => Object.values(node(item)))
  const found = operations.map(node).find((operation) => operation.operationId === operationId)
  const described = list(found?.parameters)
    .map(node)
    .find(({ name }) => name === parameter)
  return list(node(described?.schema ?? {}).enum)
}

const ROUTE_TYPE = `/** Where an operation stands in HTTP; \`{field}\` in the path is filled from the input. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly path: string
}`

interface Described {
  readonly name: string
  readonly route: { readonly method: string; readonly path: string }
  readonly input: string
  readonly output: string
}

function described(path: string, method: string, operation: Node): Described {
  const parameters = list(operation.parameters).map(node)
  const fields = parameters.map((parameter) =>
    field(String(parameter.name), node(parameter.schema), {
      required: parameter.required === true,
      description: parameter.description,
    }),
  )
  const body = operation.requestBody === undefined ? [] : members(contentOf(operation.requestBody))
  const success = Object.entries(node(operation.responses)).find(([status]) => status < '300')
  return {
    name: String(operation.operationId),
    route: { method: method.toUpperCase(), path },
    input: inputType([...fields, ...body]),
    output: typeOf(contentOf(success?.[1])),
  }
}

function inputType(fields: readonly string[]): string {
  return fields.length === 0 ? 'Readonly<Record<string, never>>' : `{ ${fields.join('\n')} }`
}

function contentOf(response: unknown): Node {
  return node(node(node(node(response).content)['application/json']).schema)
}

function members(schema: Node): string[] {
  const required = new Set(list(schema.required))
  return Object.entries(node(schema.properties ?? {})).map(([name, member]) =>
    field(name, node(member), {
      required: required.has(name) && node(member).default === undefined,
      description: node(member).description,
    }),
  )
}

function field(
  name: string,
  schema: Node,
  of: { readonly required: boolean; readonly description: unknown },
): string {
  const quoted = /^[A-Za-z]\w*$/.test(name) ? name : JSON.stringify(name)
  const comment = typeof of.description === 'string' ? `/** ${of.description} */\n` : ''
  return `${comment}readonly ${quoted}${of.required ? '' : '?'}: ${typeOf(schema)}${of.required ? '' : ' | undefined'}`
}

function typeOf(schema: Node): string {
  if (typeof schema.$ref === 'string') return schema.$ref.split('/').at(-1) ?? 'unknown'
  if (Array.isArray(schema.enum))
    return schema.enum.map((value) => JSON.stringify(value)).join(' | ')
  if ('const' in schema) return JSON.stringify(schema.const)
  const choices = list(schema.anyOf)
  if (choices.length > 0) return choices.map((choice) => typeOf(node(choice))).join(' | ')
  if (Array.isArray(schema.type))
    return schema.type.map((type) => typeOf({ ...schema, type })).join(' | ')
  return simple(schema)
}

function simple(schema: Node): string {
  switch (schema.type) {
    case undefined:
      return 'unknown'
    case 'string':
    case 'boolean':
    case 'null':
      return schema.type
    case 'integer':
    case 'number':
      return 'number'
    case 'array':
      return `readonly (${typeOf(node(schema.items))})[]`
    case 'object':
      return objectType(schema)
    default:
      throw new Error(`The generator does not know the type ${String(schema.type)}`)
  }
}

function objectType(schema: Node): string {
  const rest = schema.additionalProperties
  const known = members(schema)
  if (known.length === 0 && typeof rest === 'object')
    return `Readonly<Record<string, ${typeOf(node(rest))}>>`
  const open = typeof rest === 'object' ? ['readonly [member: string]: unknown'] : []
  return `{ ${[...known, ...open].join('\n')} }`
}

function node(value: unknown): Node {
  if (!isNode(value)) throw new Error('The OpenAPI document has not the expected form')
  return value
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
