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
  found.sort((a, b) => (a.name < b.name ? -1 : 1))
  // Other addresses of the same, and streams, which are no calls.
  const own = found.filter(({ name }) => !/^literal\.|\.stream$/.test(name))
  const inputs = own.map(
    ({ name, input, output, errors }) =>
      `  '${name}': {\n input: ${input}\n output: ${output}\n errors: ${choiceOf(errors)} }`,
  )
  const routes = own.map(({ name, route }) => `  '${name}': ${JSON.stringify(route)},`)
  const pages = own.flatMap(({ name, page }) =>
    page === undefined ? [] : [`  '${name}': ${JSON.stringify(page)},`],
  )
  const codes = [...new Set(own.flatMap(({ errors }) => errors))].sort()
  const collections = enumOf(root, 'resources.list', 'collection')
  return [
    HEADER,
    ...interfaces,
    `/** Input and output of every operation, by its name. */\nexport interface Operations {\n${inputs.join('\n')}\n}`,
    `/** Every code that an answer of the API may carry. */\nexport type ErrorCode = ${choiceOf(codes)}`,
    PAGE_TYPE,
    `/** The operations that answer in pages. */\nexport const PAGES = {\n${pages.join('\n')}\n} as const satisfies Readonly<Record<string, Page>>`,
    ROUTE_TYPE,
    ...found.filter(({ name }) => name.endsWith('.stream')).map(streamRoute),
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

const PAGE_TYPE = `/** How a list goes on: which field takes \`next\` of the page before, and how many fit in a page. */
export interface Page {
  readonly by: 'cursor' | 'before' | 'after'
  readonly limit: number
}`

/** Items that are asked for in one page, unless the API allows fewer. */
const PAGE_ITEMS = 200

/** `changes.stream` is `CHANGES_STREAM`, where it stands. */
function streamRoute({ name, route }: Described): string {
  const constant = name.replace(/\W/g, '_').toUpperCase()
  return `/** ${name}: server-sent events. */\nexport const ${constant}: Route = ${JSON.stringify(route)}`
}

interface Described {
  readonly name: string
  readonly errors: readonly string[]
  readonly page: { readonly by: string; readonly limit: number } | undefined
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
  const sent = operation.requestBody === undefined ? {} : contentOf(operation.requestBody)
  const body = members(sent)
  const responses = Object.entries(node(operation.responses))
  const success = responses.find(([status]) => status < '300')
  const shape = { ...node(sent.properties ?? {}), ...Object.fromEntries(parameters.map(named)) }
  return {
    name: String(operation.operationId),
    errors: codesIn(responses),
    page: pageOf(shape, contentOf(success?.[1])),
    route: { method: method.toUpperCase(), path },
    input: inputType([...fields, ...body]),
    output: typeOf(contentOf(success?.[1])),
  }
}

function named(parameter: Node): [string, unknown] {
  return [String(parameter.name), parameter.schema]
}

/** The description of a refusal lists its codes. */
function codesIn(responses: readonly (readonly [string, unknown])[]): readonly string[] {
  const codes = responses
    .filter(([status]) => status >= '400')
    .flatMap(([, response]) => String(node(response).description).split(', '))
  const odd = codes.find((code) => !/^[A-Z][A-Z0-9_]*$/.test(code))
  if (odd !== undefined) throw new Error(`The generator does not know the refusal ${odd}`)
  return [...new Set(codes)].sort()
}

/** Undefined when the answer has no items, or nothing says how to go on. */
function pageOf(input: Node, output: Node): Described['page'] {
  const answer = node(output.properties ?? {})
  const by = ['cursor', 'before', 'after'].find((field) => field in input)
  if (!('items' in answer && 'next' in answer) || by === undefined) return undefined
  const { maximum } = node(input.limit ?? {})
  return { by, limit: Math.min(PAGE_ITEMS, typeof maximum === 'number' ? maximum : PAGE_ITEMS) }
}

function choiceOf(words: readonly string[]): string {
  return words.length === 0 ? 'never' : words.map((word) => JSON.stringify(word)).join(' | ')
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
  const choices = [...list(schema.anyOf), ...list(schema.oneOf)]
  if (choices.length > 0) return choices.map((choice) => typeOf(node(choice))).join(' | ')
  const parts = list(schema.allOf)
  if (parts.length > 0) return parts.map((part) => `(${typeOf(node(part))})`).join(' & ')
  if (Array.isArray(schema.type))
    return schema.type.map((type) => typeOf({ ...schema, type })).join(' | ')
  return simple(schema)
}

/** Words that shape a value; a schema with one and without a type would be printed too wide. */
const STRUCTURAL = ['properties', 'items', 'prefixItems', 'not', 'if', 'patternProperties']

function simple(schema: Node): string {
  switch (schema.type) {
    case undefined:
      if (STRUCTURAL.some((word) => word in schema))
        throw new Error(`The generator does not know ${Object.keys(schema).join(', ')}`)
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
