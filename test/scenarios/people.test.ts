// `chartway users` against a real platform: an account is made, its link completes it, and what the command
// changes bites.

import { afterAll, beforeAll, expect, test } from 'vitest'
import { runCli } from '../../client/src/cli/program.ts'
import { codeAt, cookieIn, PASSWORD } from '../signed-in.ts'
import { type Tenants, tenants } from '../tenants.ts'

let world: Tenants
beforeAll(async () => {
  world = await tenants()
})
afterAll(() => world.close())

/** The command with its requests carried to the face. */
async function chartway(...words: readonly string[]) {
  let out = ''
  let err = ''
  const code = await runCli(words, {
    out: (text) => {
      out += text
    },
    err: (text) => {
      err += text
    },
    terminal: false,
    environment: { CHARTWAY_URL: 'https://chartway.test', CHARTWAY_KEY: world.north.adminKey },
    folder: 'nowhere',
    fetch: async (url, init) => {
      const { pathname, search } = new URL(url)
      const reply = await world.platform.face.inject({
        method: init.method === 'POST' ? 'POST' : 'GET',
        url: pathname + search,
        headers: { ...init.headers },
        ...(typeof init.body === 'string' && { payload: init.body }),
      })
      return new Response(reply.body, { status: reply.statusCode })
    },
    wait: async () => {},
    input: async function* () {},
    signal: new AbortController().signal,
  })
  return { code, out, err }
}

async function post(url: string, payload: object) {
  const reply = await world.platform.face.inject({ method: 'POST', url, payload })
  return { status: reply.statusCode, body: JSON.parse(reply.body), headers: reply.headers }
}

test('an account is added, completed by its link, given another role, and shut out', async () => {
  const added = await chartway(
    ...['users', 'add', 'Grey@North', '--display-name', 'Dr. Grey', '--role', 'biller'],
    ...['--at', 'north-clinic'],
  )
  expect(added).toMatchObject({ code: 0, err: '' })
  const token = /\/#\/invitation\/(\S+)/.exec(added.out)?.[1] ?? ''
  const opened = await post('/v1/invitations/open', { token })
  const accepted = await post('/v1/invitations/accept', {
    ...{ token, password: PASSWORD, code: codeAt(opened.body.totp.secret, Date.now()) },
  })
  expect(accepted.status).toBe(201)
  const cookie = cookieIn(accepted.headers['set-cookie'])
  const statusOf = async (url: string) =>
    (await world.platform.face.inject({ method: 'GET', url, headers: { cookie } })).statusCode

  expect((await chartway('users', 'list')).out).toMatch(
    /grey@north +Dr\. Grey +active +biller +north-clinic/,
  )
  expect(await statusOf('/v1/resources/patients')).toBe(200)
  expect((await chartway('users', 'role', 'grey@north', '--role', 'auditor')).code).toBe(0)
  await new Promise((resolve) => setTimeout(resolve, 5_000))
  expect(await statusOf('/v1/resources/patients')).toBe(403)
  expect(await statusOf('/v1/audit')).toBe(200)
  expect((await chartway('users', 'disable', 'grey@north')).out).toContain('disabled')
  await new Promise((resolve) => setTimeout(resolve, 5_000))
  expect(await statusOf('/v1/audit')).toBe(401)
  expect((await chartway('users', 'reset', 'grey@north')).out).toContain('/#/invitation/')
}, 30_000)

test('what does not fit is said in words', async () => {
  const both = ['--role', 'admin', '--at', 'north-clinic', '--display-name', 'X']
  const limited = await chartway('users', 'add', 'someone', ...both)
  expect(limited.err).toContain('ROLE_NOT_BY_PRACTICE')
  expect(limited.code).not.toBe(0)
  expect((await chartway('users', 'disable', 'nobody')).err).toContain('NOT_FOUND')
  expect((await chartway('users', 'add', 'someone', '--role', 'king')).code).toBe(2)
})
