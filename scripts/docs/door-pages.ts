// The other doors: what the FHIR facade says of itself, the tools of agents, the commands. Each is asked
// of the code that serves it; nothing is told twice by hand.

import { runCli } from '../../client/src/cli/program.ts'
import { USAGE } from '../../platform/src/commands/index.ts'
import { TOOLS } from '../../platform/src/faces/mcp/tools.ts'
import { type Context, FhirAnswer, fhirOperations } from '../../platform/src/operations/index.ts'
import { block, code, esc, prose, slug, table } from './html.ts'
import { list, type Node, node } from './openapi.ts'
import type { Page } from './page.ts'
import { typeHtml } from './types.ts'

/** Words below words: `chartway keys create`. */
const COMMANDS_DEEP = 3

export async function doorPages(): Promise<Page[]> {
  return [await fhirPage(), mcpPage(), await commandPage(), platformCommandPage()]
}

/** What says nothing of any practice needs no rooms: whatever is asked of them here throws. */
function noRooms(): Context {
  const rooms: unknown = new Proxy(
    {},
    {
      get: (_target, name) => {
        throw new Error(`The documentation has no ${String(name)}`)
      },
    },
  )
  return isContext(rooms) ? rooms : noRooms()
}

function isContext(_value: unknown): _value is Context {
  return true
}

async function fhirPage(): Promise<Page> {
  const base = 'http://chartway.example/fhir/r4/practice'
  const answer = await fhirOperations.capabilities.invoke(noRooms(), {
    ...{ base, issuer: 'http://chartway.example' },
  })
  if (!(answer instanceof FhirAnswer)) throw new Error('The facade says nothing of itself')
  const statement = node(JSON.parse(answer.text))
  const rest = node(list(statement.rest)[0])
  const resources = list(rest.resource).map(node)
  const rows = resources.map((resource) => [
    `<a href="#${slug(String(resource.type))}">${esc(String(resource.type))}</a>`,
    list(resource.interaction)
      .map((one) => esc(String(node(one).code)))
      .join(', '),
    String(list(resource.searchParam).length),
  ])
  const html = [
    `<p>FHIR ${esc(String(statement.fhirVersion))}, below <code>/fhir/r4/{practice}</code>. Printed from the CapabilityStatement that every installation serves at <code>/metadata</code>. How to use it: <a href="/guides/fhir.html">the FHIR facade</a> and <a href="/guides/fhir-clients.html">FHIR clients</a>.</p>`,
    table(['type', 'interactions', 'search parameters'], rows),
    ...resources.map(fhirType),
  ]
  return {
    path: 'fhir/index.html',
    title: 'FHIR capabilities',
    summary: `The ${resources.length} types that the FHIR facade serves, with their profiles and search parameters.`,
    section: 'Other doors',
    html: html.join('\n'),
    words: resources.map(({ type }) => String(type)).join(' '),
    listed: true,
  }
}

function fhirType(resource: Node): string {
  const type = String(resource.type)
  const profiles = list(resource.supportedProfile).map((url) => `<li>${code(String(url))}</li>`)
  const rows = list(resource.searchParam).map((one) => {
    const { name, type: kind, documentation } = node(one)
    return [
      code(String(name)),
      esc(String(kind)),
      typeof documentation === 'string' ? prose(documentation) : '',
    ]
  })
  const includes = [
    ['_include', resource.searchInclude],
    ['_revinclude', resource.searchRevInclude],
  ].flatMap(([name, values]) =>
    list(values).length === 0
      ? []
      : [
          `<p>${code(String(name))}: ${list(values)
            .map((one) => code(String(one)))
            .join(' ')}</p>`,
        ],
  )
  return [
    `<h2 id="${slug(type)}">${esc(type)}</h2>`,
    profiles.length === 0 ? '' : `<ul>${profiles.join('')}</ul>`,
    table(['parameter', 'type', 'notes'], rows),
    ...includes,
  ].join('')
}

function mcpPage(): Page {
  const tools = [...TOOLS.values()]
  const sections = tools.map(({ name, operation, defaults, listed }) => {
    const { description, inputSchema } = node(JSON.parse(listed))
    const schema = node(inputSchema)
    const required = list(schema.required)
    const rows = Object.entries(node(schema.properties ?? {})).map(([field, value]) => {
      const member = node(value)
      const told = typeof member.description === 'string' ? prose(member.description) : ''
      return [
        code(field),
        typeHtml(member),
        `${required.includes(field) ? '<b>required</b> ' : ''}${told}`,
      ]
    })
    const usual =
      defaults.fields === undefined
        ? ''
        : `<p>Fields unless others are named: ${code(defaults.fields)}</p>`
    return `<h2 id="${slug(name)}">${code(name)}</h2><p>${prose(String(description))}. It is <a href="/api/${esc(operation.name)}.html">${code(operation.name)}</a>, with small pages.</p>${usual}${table(['argument', 'type', 'what'], rows)}`
  })
  return {
    path: 'mcp/index.html',
    title: 'Tools for agents',
    summary: `The ${tools.length} tools of the MCP server: all of them read, none writes.`,
    section: 'Other doors',
    html: `<p>How an agent client is connected: <a href="/guides/agents.html">agents</a>.</p>${sections.join('\n')}`,
    words: tools.map(({ name }) => name).join(' '),
    listed: true,
  }
}

/** What `chartway … --help` prints. */
async function helpOf(words: readonly string[]): Promise<string> {
  let text = ''
  const out = (part: string) => {
    text += part
  }
  const never = async () => Promise.reject(new Error('Help asks nothing'))
  await runCli([...words, '--help'], {
    ...{ out, err: out, terminal: false, environment: {}, folder: '.', fetch: never, wait: never },
    input: async function* () {},
    signal: new AbortController().signal,
  })
  return text
}

async function commandsBelow(words: readonly string[]): Promise<string[][]> {
  const help = await helpOf(words)
  const listed = help.split(/^Commands:$/m)[1] ?? ''
  const names = [...listed.matchAll(/^ {2}([a-z][a-z-]*)/gm)].map((match) => match[1] ?? '')
  const found: string[][] = []
  for (const name of names.filter((one) => one !== 'help')) {
    const own = [...words, name]
    found.push(own)
    if (own.length < COMMANDS_DEEP) found.push(...(await commandsBelow(own)))
  }
  return found
}

async function commandPage(): Promise<Page> {
  const commands = await commandsBelow([])
  const sections: string[] = []
  for (const words of commands) {
    const name = `chartway ${words.join(' ')}`
    sections.push(
      `<h2 id="${slug(words.join(' '))}">${code(name)}</h2>${block(await helpOf(words))}`,
    )
  }
  return {
    path: 'cli/index.html',
    title: 'The chartway command',
    summary: `The ${commands.length} commands of chartway, as they print their own help.`,
    section: 'Other doors',
    html: `${block(await helpOf([]))}${sections.join('\n')}`,
    words: commands.map((words) => words.join(' ')).join(' '),
    listed: true,
  }
}

function platformCommandPage(): Page {
  return {
    path: 'cli/platform.html',
    title: 'The chartway-platform command',
    summary: 'What the operator of an installation can do on its machine.',
    section: 'Running it',
    html: `${block(USAGE)}<p>When to use which: <a href="/guides/operations.html">running Chartway</a>.</p>`,
    listed: true,
  }
}
