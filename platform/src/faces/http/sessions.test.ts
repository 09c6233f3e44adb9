// Sessions as a browser has them: begun by password and code, kept in a cookie, over in time, ended
// within seconds, and of no use to another page.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { codeAt, cookieIn, PASSWORD, type Person, signedIn } from '../../../../test/signed-in.ts'
import { type Tenants, tenants } from '../../../../test/tenants.ts'
import { wallClock } from '../../kernel/clock.ts'
import type { Role } from '../../people/index.ts'

const MINUTE = 60_000
const PUBLIC = 'https://chartway.test'

let world: Tenants
let now = Date.UTC(2026, 0, 5, 14)
let names = 0
const clock = { ...wallClock(), now: () => now }

beforeAll(async () => {
  world = await tenants({ clock })
})
afterAll(() => world.close())
beforeEach(() => {
  // Another step for every test, so that no code is used twice by accident.
  now += 10 * MINUTE
})

function person(roles: readonly Role[], rest: Partial<Parameters<typeof signedIn>[2]> = {}) {
  const around = { platform: world.platform, publicUrl: PUBLIC, at: now }
  return signedIn(around, world.north.organization, { name: `p${names++}@north`, roles, ...rest })
}

type Headers = Readonly<Record<string, string>>

async function ask(
  method: 'GET' | 'POST' | 'DELETE',
  url: string,
  headers: Headers,
  body?: object,
) {
  const reply = await world.platform.face.inject({
    ...{ method, url, headers },
    ...(body !== undefined && { payload: body }),
  })
  return {
    status: reply.statusCode,
    body: JSON.parse(reply.body),
    text: reply.body,
    cookie: String(reply.headers['set-cookie'] ?? ''),
    retryAfter: reply.headers['retry-after'],
  }
}

/** From the person's own place in the network, so that failures of one test slow no other. */
function signIn(who: Person, wrong: object = {}, remoteAddress = `10.0.0.${names}`) {
  return world.platform.face.inject({
    method: 'POST',
    url: '/v1/sessions',
    remoteAddress,
    payload: {
      ...{ organization: 'north', name: who.name, password: who.password },
      ...{ code: codeAt(who.secret, now), ...wrong },
    },
  })
}

describe('signing in', () => {
  test('gives a cookie that no script and no other site sees, and says who it is', async () => {
    const who = await person(['clinician'], { displayName: 'Dr. Grey' })
    now += MINUTE
    const reply = await signIn(who)
    expect(reply.statusCode).toBe(201)
    expect(reply.headers['set-cookie']).toMatch(
      /^__Host-chartway=cws_north_[\w-]+; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
    )
    expect(reply.body).not.toContain('cws_')
    const { body } = await ask('GET', '/v1/session', {
      cookie: cookieIn(reply.headers['set-cookie']),
    })
    expect(body).toMatchObject({
      actor: `user:${who.userId}`,
      user: { name: who.name, displayName: 'Dr. Grey', roles: ['clinician'] },
      rights: ['monitor', 'charts'],
      charts: { types: 'all', sensitive: false, patient: null },
      fresh: true,
    })
  })

  test('refuses all that is wrong in the same words', async () => {
    const who = await person(['clinician'])
    const invited = await world.platform.people.createUser(
      world.north.organization,
      {
        ...{ name: `i${names++}@north`, displayName: 'I', roles: ['biller'] as const },
        ...{ practices: undefined, sensitive: false },
      },
      'test',
    )
    now += MINUTE
    const right = codeAt(who.secret, now)
    const wrong = [
      { password: 'not the one it should be' },
      { code: right === '000000' ? '000001' : '000000' },
      { code: codeAt(who.secret, now - 5 * MINUTE) },
      { code: '2222-2222-2222-2222' },
      { name: 'nobody@north' },
      { name: invited.user.name },
      { organization: 'south' },
      { organization: 'nowhere' },
    ]
    const answers = new Set<string>()
    for (const [index, fields] of wrong.entries()) {
      const reply = await signIn(who, fields, `10.1.0.${index}`)
      answers.add(`${reply.statusCode} ${reply.body.replace(/"requestId":"[^"]*"/, '')}`)
      expect(reply.headers['set-cookie']).toBeUndefined()
    }
    expect(answers.size).toBe(1)
    expect([...answers][0]).toMatch(/^401 .*SIGN_IN_REFUSED/)
  })

  test('takes a code once, a recovery code once, and a code of one step beside', async () => {
    const who = await person(['clinician'])
    now += MINUTE
    expect((await signIn(who, { code: codeAt(who.secret, now - 30_000) })).statusCode).toBe(201)
    expect((await signIn(who, { code: codeAt(who.secret, now - 30_000) })).statusCode).toBe(401)
    expect((await signIn(who, { code: codeAt(who.secret, now + 30_000) })).statusCode).toBe(201)
    // The step between was passed over: a code seen over a shoulder is of no use later.
    expect((await signIn(who)).statusCode).toBe(401)
    const [code = ''] = who.recoveryCodes
    expect((await signIn(who, { code: code.toUpperCase() })).statusCode).toBe(201)
    expect((await signIn(who, { code })).statusCode).toBe(401)
  })

  test('slows whoever fails, for longer each time, and nobody for ever or elsewhere', async () => {
    const who = await person(['clinician'])
    now += MINUTE
    const attack = () => signIn(who, { password: 'guess guess guess' }, '203.0.113.9')
    for (let failures = 0; failures < 5; failures++) expect((await attack()).statusCode).toBe(401)
    const slowed = await attack()
    expect(slowed.statusCode).toBe(429)
    expect(slowed.headers['retry-after']).toBe('1')
    expect((await signIn(who, {}, '203.0.113.9')).statusCode).toBe(429)
    expect((await signIn(who, {}, '198.51.100.1')).statusCode).toBe(201)
    now += 10 * MINUTE
    for (let more = 0; more < 12; more++) {
      await attack()
      now += 20 * MINUTE
    }
    expect((await signIn(who, {}, '203.0.113.9')).statusCode).toBe(201)
  })

  test('counts attempts that come all at once', async () => {
    const who = await person(['clinician'])
    now += MINUTE
    const many = await Promise.all(
      Array.from({ length: 12 }, () =>
        signIn(who, { password: 'guess guess guess' }, '203.0.113.7'),
      ),
    )
    const refused = many.filter(({ statusCode }) => statusCode === 401)
    expect(refused.length).toBeLessThanOrEqual(5)
  })

  test('is refused to another page, and to a disabled account', async () => {
    const who = await person(['clinician'])
    now += MINUTE
    const foreign = await world.platform.face.inject({
      method: 'POST',
      url: '/v1/sessions',
      headers: { origin: 'https://elsewhere.test' },
      payload: { name: who.name, password: PASSWORD, code: codeAt(who.secret, now) },
    })
    expect([foreign.statusCode, JSON.parse(foreign.body).code]).toEqual([403, 'REQUEST_FORGED'])
    await world.platform.people.setDisabled(world.north.organization, who.userId, true, 'test')
    expect((await signIn(who)).statusCode).toBe(401)
  })

  test('leaves the sign-in and its refusal in the ledger', async () => {
    const who = await person(['clinician'])
    now += MINUTE
    await signIn(who)
    await signIn(who, { password: 'not the one it should be' })
    const actor = `user:${who.userId}`
    const [refused, begun] = await world.accesses(world.north.organization)
    expect(refused).toMatchObject({ actor, action: 'sessions.create', outcome: 'refused' })
    expect(begun).toMatchObject({ actor, action: 'sessions.create', outcome: 'success' })
  })
})

describe('a session', () => {
  test('is over after 15 idle minutes, and not before while it is used', async () => {
    const { cookie } = await person(['clinician'])
    for (let used = 0; used < 4; used++) {
      now += 14 * MINUTE
      expect((await ask('GET', '/v1/session', { cookie })).status).toBe(200)
    }
    now += 15 * MINUTE + 1
    const { status, body } = await ask('GET', '/v1/session', { cookie })
    expect([status, body.code]).toEqual([401, 'SESSION_INVALID'])
  })

  test('is not kept awake by what a page does by itself', async () => {
    const { cookie } = await person(['clinician'])
    const byItself = { cookie, 'x-chartway-background': '1' }
    now += 10 * MINUTE
    expect((await ask('GET', '/v1/session', byItself)).status).toBe(200)
    now += 6 * MINUTE
    expect((await ask('GET', '/v1/session', byItself)).status).toBe(401)
  })

  test('is not kept awake by a stream of changes that a page leaves open', async () => {
    const { cookie } = await person(['clinician'])
    now += 10 * MINUTE
    const reply = await world.platform.face.inject({
      ...{ method: 'GET', url: '/v1/changes/stream?practice=north-clinic', headers: { cookie } },
      payloadAsStream: true,
    })
    expect(reply.statusCode).toBe(200)
    reply.stream().destroy()
    now += 6 * MINUTE
    expect((await ask('GET', '/v1/session', { cookie })).status).toBe(401)
  })

  test('is over after 12 hours however it is used', async () => {
    const { cookie } = await person(['clinician'])
    for (let used = 0; used < 71; used++) {
      now += 10 * MINUTE
      expect((await ask('GET', '/v1/session', { cookie })).status).toBe(200)
    }
    now += 10 * MINUTE
    expect((await ask('GET', '/v1/session', { cookie })).status).toBe(401)
  })

  test('changes nothing for another page: without the header, of another origin, of none', async () => {
    const { cookie, headers } = await person(['admin'])
    const { origin = '', 'x-chartway-csrf': own = '' } = headers
    const forged: Headers[] = [
      { cookie, origin },
      { cookie, 'x-chartway-csrf': own },
      { cookie, 'x-chartway-csrf': own, origin: 'https://evil.test' },
      { cookie, 'x-chartway-csrf': own, origin: 'null' },
      { cookie, 'x-chartway-csrf': own, origin: 'https://chartway.test.evil.test' },
    ]
    for (const each of forged) {
      const { status, body } = await ask('POST', '/v1/practices/north-clinic/pause', each)
      expect([status, body.code]).toEqual([403, 'REQUEST_FORGED'])
    }
    expect((await ask('POST', '/v1/practices/north-clinic/resume', headers)).status).toBe(200)
  })

  test('beside a key is refused', async () => {
    const { cookie } = await person(['clinician'])
    const authorization = `Bearer ${world.north.readKey}`
    const { status, body } = await ask('GET', '/v1/session', { cookie, authorization })
    expect([status, body.code]).toEqual([400, 'CREDENTIALS_TWO'])
  })

  test('ends when its person signs out, and the cookie goes', async () => {
    const { cookie, headers } = await person(['clinician'])
    const out = await ask('DELETE', '/v1/session', headers)
    expect(out).toMatchObject({ status: 200, body: { signedOut: true } })
    expect(out.cookie).toMatch(/^__Host-chartway=; .*Expires=Thu, 01 Jan 1970/)
    expect((await ask('GET', '/v1/session', { cookie })).status).toBe(401)
  })

  test('of others is seen and ended only by who tends people', async () => {
    const [nurse, other, admin] = [
      await person(['clinician']),
      await person(['clinician']),
      await person(['admin']),
    ]
    const listed = (await ask('GET', '/v1/sessions', nurse.headers)).body.items
    expect(listed.map(({ userId }: { userId: string }) => userId)).toEqual([nurse.userId])
    const theirs = await ask('GET', `/v1/sessions?user=${other.userId}`, nurse.headers)
    expect(theirs.status).toBe(404)
    const at = `/v1/sessions/${other.sessionId}`
    expect((await ask('DELETE', at, nurse.headers)).status).toBe(404)
    expect((await ask('DELETE', at, admin.headers)).status).toBe(200)
    expect((await ask('GET', '/v1/session', { cookie: other.cookie })).status).toBe(401)
    const [newest] = await world.accesses(world.north.organization)
    expect(newest).toMatchObject({
      actor: `user:${admin.userId}`,
      action: 'sessions.revoke',
      subject: `Session/${other.sessionId}`,
    })
  })

  test.each(['disabled', 'reset', 'given another role'])(
    'of an account that is %s by another process follows within 5 s',
    async (how) => {
      const { platform, north } = world
      const who = await person(['clinician'])
      const patients = () => ask('GET', '/v1/resources/patients', { cookie: who.cookie })
      expect((await patients()).status).toBe(200)
      const { people } = platform
      if (how === 'disabled') await people.setDisabled(north.organization, who.userId, true, 't')
      else if (how === 'reset') await people.resetUser(north.organization, who.userId, 't')
      else await people.updateUser(north.organization, who.userId, { roles: ['auditor'] }, 't')
      now += 5_000
      expect((await patients()).status).toBe(how === 'given another role' ? 403 : 401)
    },
  )
})

describe('a fresh proof', () => {
  test('is needed 15 minutes later for what lets others in, and is given by password and code', async () => {
    const admin = await person(['admin'])
    const make = () => ask('POST', '/v1/keys', admin.headers, { name: 'k', scopes: ['read'] })
    expect((await make()).status).toBe(201)
    now += 10 * MINUTE
    await ask('GET', '/v1/session', admin.headers)
    now += 6 * MINUTE
    expect(await make()).toMatchObject({ status: 403, body: { code: 'AUTHENTICATION_STALE' } })
    const confirm = (code: string) =>
      ask('POST', '/v1/session/confirm', admin.headers, { password: admin.password, code })
    expect((await confirm('000000')).status).toBe(401)
    expect((await confirm(codeAt(admin.secret, now))).status).toBe(200)
    expect((await make()).status).toBe(201)
  })

  test('is not asked of keys, which prove themselves each time', async () => {
    const authorization = `Bearer ${world.north.adminKey}`
    const made = await ask('POST', '/v1/keys', { authorization }, { name: 'k', scopes: ['read'] })
    expect(made.status).toBe(201)
  })
})

describe('an account', () => {
  test('is completed once, by who has the link, with a password that is worth it', async () => {
    const { people } = world.platform
    const grant = { roles: ['biller'] as const, practices: undefined, sensitive: false }
    const name = `late${names++}@north`
    const { invitation } = await people.createUser(
      world.north.organization,
      { name, displayName: 'Late', ...grant },
      'test',
    )
    const { token } = invitation
    const open = async () => (await ask('POST', '/v1/invitations/open', {}, { token })).body
    const accept = async (password: string, code: string) => {
      const { status, body } = await ask(
        'POST',
        '/v1/invitations/accept',
        {},
        { token, password, code },
      )
      return [status, body.code ?? body.who?.user.name]
    }
    expect(await accept(PASSWORD, '000000')).toEqual([400, 'INVITATION_INVALID'])
    const first = await open()
    const { totp } = await open()
    expect(totp.uri).toMatch(/^otpauth:\/\/totp\/Chartway:.*secret=[A-Z2-7]{32}&/)
    expect(totp.secret).not.toBe(first.totp.secret)
    expect(await accept(PASSWORD, codeAt(first.totp.secret, now))).toEqual([400, 'CODE_WRONG'])
    const code = codeAt(totp.secret, now)
    for (const weak of ['short', 'password123456', `${name} ${name}`, 'aaaaaaaaaaaaaaaa'])
      expect(await accept(weak, code)).toEqual([400, 'PASSWORD_UNFIT'])
    expect(await accept(PASSWORD, code)).toEqual([201, name])
    expect(await accept(PASSWORD, code)).toEqual([400, 'INVITATION_INVALID'])
  })

  test('that was invited too long ago has to be invited again', async () => {
    const grant = { roles: ['biller'] as const, practices: undefined, sensitive: false }
    const { invitation } = await world.platform.people.createUser(
      world.north.organization,
      { name: `never${names++}@north`, displayName: 'Never', ...grant },
      'test',
    )
    now += 7 * 24 * 60 * MINUTE
    const { token } = invitation
    const { body } = await ask('POST', '/v1/invitations/open', {}, { token })
    expect(body.code).toBe('INVITATION_INVALID')
  })

  test('changes its password, which ends its other sessions', async () => {
    const who = await person(['clinician'])
    now += MINUTE
    const other = cookieIn((await signIn(who)).headers['set-cookie'])
    now += MINUTE
    const next = 'entirely other words'
    const changed = await ask('POST', '/v1/session/password', who.headers, {
      ...{ password: who.password, code: codeAt(who.secret, now), next },
    })
    expect(changed.status).toBe(200)
    now += 5_000
    expect((await ask('GET', '/v1/session', { cookie: other })).status).toBe(401)
    expect((await ask('GET', '/v1/session', { cookie: who.cookie })).status).toBe(200)
    now += MINUTE
    expect((await signIn(who)).statusCode).toBe(401)
    now += MINUTE
    expect((await signIn(who, { password: next })).statusCode).toBe(201)
  })

  test('is tended by administrators alone, and the last of them stays', async () => {
    const [admin, nurse] = [await person(['admin']), await person(['clinician'])]
    const grant = { displayName: 'X', roles: ['biller'] }
    const make = (headers: Headers) =>
      ask('POST', '/v1/users', headers, { name: `x${names++}@north`, ...grant })
    expect((await make(nurse.headers)).status).toBe(403)
    expect((await make(admin.headers)).status).toBe(201)
    const { people } = world.platform
    const { organization } = world.north
    for (const user of await people.users(organization))
      if (user.roles.includes('admin') && user.userId !== admin.userId && user.state === 'active')
        await people.setDisabled(organization, user.userId, true, 'test')
    for (const url of ['disable', 'reset'])
      expect((await ask('POST', `/v1/users/${admin.userId}/${url}`, admin.headers)).body.code).toBe(
        'LAST_ADMINISTRATOR',
      )
    const roles = { roles: ['biller'] }
    const { body } = await ask('POST', `/v1/users/${admin.userId}`, admin.headers, roles)
    expect(body.code).toBe('LAST_ADMINISTRATOR')
  })

  test('takes roles at some practices only where the role is about practices', async () => {
    const admin = await person(['admin'])
    const make = async (fields: object) => {
      const name = `y${names++}@north`
      const wanted = { name, displayName: 'Y', ...fields }
      return (await ask('POST', '/v1/users', admin.headers, wanted)).body
    }
    const practices = ['north-clinic']
    expect(await make({ roles: ['biller'], practices })).toMatchObject({
      user: { practices, roles: ['biller'] },
    })
    expect((await make({ roles: ['biller', 'admin'], practices })).code).toBe(
      'ROLE_NOT_BY_PRACTICE',
    )
    expect((await make({ roles: ['biller'], practices: ['south-clinic'] })).code).toBe('NOT_FOUND')
  })

  test('limited to other practices does not see this one', async () => {
    const who = await person(['clinician'], { practices: [] })
    const { status } = await ask('GET', '/v1/counts?practice=north-clinic', { cookie: who.cookie })
    expect(status).toBe(404)
  })
})
