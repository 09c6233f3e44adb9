// Agents as they come: an off-the-shelf client of the protocol reads a chart, and the protocol's public
// conformance suite runs where it applies. Over real sockets.

import { spawn } from 'node:child_process'
import { createServer, request, type Server } from 'node:http'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freePort } from '../free-port.ts'
import { type Tenants, tenants } from '../tenants.ts'

let world: Tenants
let url: string
let door: Server

beforeAll(async () => {
  const [port, doorPort] = [await freePort(), await freePort()]
  url = `http://127.0.0.1:${port}`
  world = await tenants({ publicUrl: url })
  await world.platform.face.listen({ host: '127.0.0.1', port })
  door = await doorWithKey(port, doorPort, world.north.readKey)
})
afterAll(async () => {
  door.close()
  await world.close()
})

/** The suite cannot send a key: this door adds one, and passes everything else as it came. */
function doorWithKey(port: number, doorPort: number, key: string): Promise<Server> {
  const server = createServer((incoming, outgoing) => {
    const { method, url: path, headers } = incoming
    const passed = request({
      ...{ host: '127.0.0.1', port, method, path },
      headers: { ...headers, authorization: `Bearer ${key}` },
    })
    passed.on('response', (reply) => {
      outgoing.writeHead(reply.statusCode ?? 502, reply.headers)
      reply.pipe(outgoing)
    })
    passed.on('error', () => outgoing.destroy())
    incoming.pipe(passed)
  })
  return new Promise((resolve) => {
    server.listen(doorPort, '127.0.0.1', () => resolve(server))
  })
}

/** A program without our settings: exit code and what it printed. */
async function program(path: string, ...words: string[]) {
  const child = spawn(process.execPath, [path, ...words], { stdio: ['ignore', 'pipe', 'pipe'] })
  let text = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (part) => {
      text += part
    })
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  return { code, text }
}

const agent = (key: string) =>
  program(fileURLToPath(new URL('../off-the-shelf-agent.ts', import.meta.url)), `${url}/mcp`, key)

/** The second block of an answer: the practice's data. */
function dataOf(result: { readonly content: readonly { readonly text: string }[] }) {
  return JSON.parse(result.content[1]?.text ?? 'null')
}

test('an off-the-shelf client finds the tools and reads a chart (R29)', async () => {
  const { code, text } = await agent(world.north.readKey)
  expect([code, text]).toEqual([0, expect.stringContaining('practices_list')])
  const read = JSON.parse(text)
  expect(dataOf(read.practices).items).toMatchObject([{ practice: 'north-clinic' }])
  expect(dataOf(read.counts).counts.Patient).toBe(5)
})

test('an off-the-shelf client with a wrong key reads nothing', async () => {
  const { code, text } = await agent('nonsense')
  expect(code).not.toBe(0)
  expect(text).not.toContain('north')
})

/** Scenarios of the suite that need no tool, prompt or resource made for it. */
const APPLY = ['server-initialize', 'ping', 'tools-list', 'dns-rebinding-protection']

test.each(APPLY)('the public conformance suite passes: %s', async (scenario) => {
  const address = door.address()
  if (typeof address !== 'object' || address === null) throw new Error('the door is not open')
  const { code, text } = await suite(`http://127.0.0.1:${address.port}/mcp`, scenario)
  expect([code, text]).toEqual([0, expect.stringMatching(/Passed: [1-9]\d*\/\d+, 0 failed/)])
})

function suite(at: string, scenario: string) {
  const bin = fileURLToPath(
    new URL('../node_modules/@modelcontextprotocol/conformance/dist/index.js', import.meta.url),
  )
  return program(bin, 'server', '--url', at, '--scenario', scenario)
}
