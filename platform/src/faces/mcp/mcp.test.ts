// What an agent sees: its tools, their answers, and what it is refused. Over the face, without sockets.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { signedIn } from '../../../../test/signed-in.ts'
import { type Tenants, tenants } from '../../../../test/tenants.ts'
import { operations } from '../../operations/index.ts'
import { ROUTES } from '../http/routes.ts'
import { TOOL_TABLE } from './tool-table.ts'
import { inputOf, TOOLS } from './tools.ts'

let world: Tenants
beforeAll(async () => {
  world = await tenants()
  await world.platform.face.ready()
})
afterAll(() => world.close())

const MODERN = '2026-07-28'
const ACCEPT = 'application/json, text/event-stream'

async function post(body: unknown, headers: Record<string, string> = {}) {
  const reply = await world.platform.face.inject({
    method: 'POST',
    url: '/mcp',
    headers: {
      authorization: `Bearer ${world.north.readKey}`,
      'content-type': 'application/json',
      accept: ACCEPT,
      ...headers,
    },
    payload: JSON.stringify(body),
  })
  return { status: reply.statusCode, headers: reply.headers, text: reply.body }
}

function request(method: string, params: object = {}) {
  return { jsonrpc: '2.0', id: 7, method, params }
}

/** A message of the newer revision, with the envelope and the headers that go beside it. */
function modern(method: string, params: { readonly name?: string } = {}) {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': MODERN,
    'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
    'io.modelcontextprotocol/clientCapabilities': {},
  }
  const headers = {
    'mcp-protocol-version': MODERN,
    'mcp-method': method,
    ...(params.name !== undefined && { 'mcp-name': params.name }),
  }
  return post(request(method, { ...params, _meta }), headers)
}

const call = async (name: string, given: object = {}, headers = {}) =>
  JSON.parse((await post(request('tools/call', { name, arguments: given }), headers)).text).result

describe('the tools', () => {
  test('every operation that only reads is offered or kept back with a reason', () => {
    const reading = operations.filter(({ name }) => ROUTES[name]?.method === 'GET')
    expect(reading.map(({ name }) => name).filter((name) => !(name in TOOL_TABLE))).toEqual([])
    const known = new Set(operations.map(({ name }) => name))
    expect(Object.keys(TOOL_TABLE).filter((name) => !known.has(name))).toEqual([])
  })

  test('none of them writes', () => {
    for (const { operation } of TOOLS.values())
      expect([operation.name, ROUTES[operation.name]?.method]).toEqual([operation.name, 'GET'])
  })

  test('have names that agent clients accept, and small pages', () => {
    for (const { name, listed } of TOOLS.values()) {
      expect(name).toMatch(/^[a-z_]{1,64}$/)
      const { inputSchema } = JSON.parse(listed)
      expect(inputSchema.type).toBe('object')
      expect(inputSchema.additionalProperties).toBe(false)
      expect(inputSchema.properties.limit?.maximum ?? 50).toBe(50)
    }
  })

  test('are listed by what the caller may do', async () => {
    const names = async (key: string) =>
      JSON.parse(
        (await post(request('tools/list'), { authorization: `Bearer ${key}` })).text,
      ).result.tools.map(({ name }: { name: string }) => name)
    expect(await names(world.north.readKey)).toContain('changes_list')
    expect(await names(world.north.adminKey)).not.toContain('changes_list')
  })
})

test('a caller who sees some types of charts has the tools of these, and no others', async () => {
  const { name, headers } = await signedIn(
    { platform: world.platform, publicUrl: 'https://chartway.test', at: Date.now() },
    world.north.organization,
    { name: 'desk@north', roles: ['front-desk'] },
  )
  expect(name).toBe('desk@north')
  const asked = async (body: object) => {
    const reply = await world.platform.face.inject({
      ...{ method: 'POST', url: '/mcp', payload: body },
      headers: { 'content-type': 'application/json', accept: ACCEPT, ...headers },
    })
    return JSON.parse(reply.body).result
  }
  const { tools } = await asked(request('tools/list'))
  const names = tools.map((tool: { name: string }) => tool.name)
  expect(names).toContain('appointments_list')
  expect(names).not.toContain('lab_results_list')
  const refused = await asked(request('tools/call', { name: 'lab_results_list', arguments: {} }))
  expect(JSON.parse(refused.content[0].text)).toMatchObject({
    code: 'RIGHT_MISSING',
    details: { right: 'charts', type: 'Observation' },
  })
})

test('all tools together fit into what an agent can read', () => {
  const characters = [...TOOLS.values()].reduce((sum, { listed }) => sum + listed.length, 0)
  expect(characters).toBeLessThan(50_000)
})

describe('an answer', () => {
  test('is marked as data that people wrote', async () => {
    const { content } = await call('changes_list', { limit: 2 })
    expect(content[0]._meta).toEqual({ 'chartway/trust': 'trusted' })
    expect(content[1]._meta).toEqual({ 'chartway/trust': 'untrusted' })
    expect(JSON.parse(content[1].text).items).toHaveLength(2)
  })

  test('has 20 rows unless fewer are asked for, and never more than 50', async () => {
    const tool = TOOLS.get('changes_list')
    if (tool === undefined) throw new Error('there is no such tool')
    expect(inputOf(tool, undefined)).toMatchObject({ limit: 20 })
    expect(inputOf(tool, { limit: 500 })).toMatchObject({ limit: 50 })
    const { content } = await call('changes_list', { limit: 1 })
    expect(JSON.parse(content[1].text).items).toHaveLength(1)
  })

  test('of a field that does not exist names the field and no value', async () => {
    const result = await call('changes_list', { secret: 'Blake' })
    expect(result.isError).toBe(true)
    expect(JSON.parse(result.content[0].text)).toMatchObject({
      code: 'INPUT_INVALID',
      field: 'secret',
    })
    expect(JSON.stringify(result)).not.toContain('Blake')
  })

  test('about another organization is as if it were not there', async () => {
    const theirs = await call('counts_read', { practice: 'south-clinic' })
    const absent = await call('counts_read', { practice: 'nowhere' })
    expect(theirs).toEqual(absent)
    expect(theirs.isError).toBe(true)
  })

  test('leaves the name of the operation in the access ledger', async () => {
    await call('counts_read')
    const events = await world.accesses(world.north.organization)
    expect(events.map(({ action }) => action)).toContain('counts.read')
  })

  test('without the right says which one is missing', async () => {
    const result = await call(
      'changes_list',
      {},
      { authorization: `Bearer ${world.north.adminKey}` },
    )
    expect(JSON.parse(result.content[0].text)).toMatchObject({
      code: 'RIGHT_MISSING',
      details: { right: 'charts' },
    })
  })
})

describe('the protocol', () => {
  test('the quick answers are those of the protocol library', async () => {
    const quick = JSON.parse((await modern('tools/list')).text)
    // A cursor is nothing that is answered quickly, and the library lists the same.
    const whole = await post(request('tools/list', { cursor: 'x' }))
    const byLibrary = JSON.parse(whole.text.replace(/^[\s\S]*?data: /, ''))
    expect(quick.result.tools).toEqual(byLibrary.result.tools)
    expect(quick.result.resultType).toBe('complete')
  })

  test('the newer revision discovers, lists and calls', async () => {
    const found = await modern('server/discover')
    expect(found.status).toBe(200)
    expect(JSON.parse(found.text).result.capabilities).toEqual({ tools: {} })
    const called = JSON.parse((await modern('tools/call', { name: 'counts_read' })).text)
    expect(called.result.resultType).toBe('complete')
    expect(called.result.content[1].text).toContain('counts')
  })

  test('a header that contradicts the body is refused', async () => {
    const _meta = {
      'io.modelcontextprotocol/protocolVersion': MODERN,
      'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
      'io.modelcontextprotocol/clientCapabilities': {},
    }
    const body = request('tools/call', { name: 'counts_read', _meta })
    const headers = { 'mcp-protocol-version': MODERN, 'mcp-method': 'tools/call', 'mcp-name': 'x' }
    expect((await post(body, headers)).status).toBe(400)
  })

  test('an older client shakes hands', async () => {
    const params = {
      protocolVersion: '2025-06-18',
      capabilities: {},
      clientInfo: { name: 't', version: '1' },
    }
    const { status, text } = await post(request('initialize', params))
    expect(status).toBe(200)
    expect(text).toContain('"serverInfo"')
  })

  test('a tool that does not exist is an error of the protocol', async () => {
    const { text } = await post(request('tools/call', { name: 'notes_add', arguments: {} }))
    expect(text).toContain('-32602')
  })

  test.each([
    ['no key', { authorization: '' }, 401],
    ['a wrong key', { authorization: 'Bearer nonsense' }, 401],
    ['a page of another site', { origin: 'https://elsewhere.test' }, 403],
  ])('%s is refused', async (_name, headers, status) => {
    const answer = await post(request('tools/list'), headers)
    expect(answer.status).toBe(status)
    if (status === 401)
      expect(answer.headers['www-authenticate']).toContain(
        '/.well-known/oauth-protected-resource/mcp',
      )
  })

  test('says which authorization server its tokens come from (RFC 9728)', async () => {
    const reply = await world.platform.face.inject('/.well-known/oauth-protected-resource/mcp')
    expect(JSON.parse(reply.body)).toMatchObject({
      resource: 'https://chartway.test/mcp',
      authorization_servers: ['https://chartway.test'],
    })
  })
})
