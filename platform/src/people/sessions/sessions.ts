// Sessions of people who signed in: begun after a proof, awake while they are used, over when they are
// idle, old or revoked. How a proof is checked is the accounts' business; cookies are the faces'.

import type { Clock } from '../../kernel/clock.ts'
import type { OrganizationId } from '../../kernel/ids.ts'
import type { Principal } from '../../kernel/principal.ts'
import type { Random } from '../../kernel/random.ts'
import type { AccessEvent } from '../../ledger/index.ts'
import { ShortMemory } from '../../practice/index.ts'
import { chartsOf, rightsOf } from '../roles.ts'
import { isSameSecret, makeSecret, parseSecret } from '../secrets.ts'
import type { ListedSession, People, StartedSession, User } from '../types.ts'
import type { SessionRow, SessionStore } from './store.ts'

/** 45 CFR 164.312(a)(2)(iii) asks for a log-off and names no time; these are our defaults. */
export const IDLE_MS = 15 * 60_000
export const ABSOLUTE_MS = 12 * 3_600_000
/** How old a proof may be for what needs a fresh one. */
export const FRESH_MS = 15 * 60_000
/** Use is noted no oftener than this. */
const NOTED_MS = 30_000

interface Ports {
  readonly store: SessionStore
  /** The clock that people live by. */
  readonly wall: Clock
  readonly random: Random
  /** Makes an event of now, in business time. */
  readonly event: (rest: Omit<AccessEvent, 'at'>) => AccessEvent
}

export interface Sessions
  extends Pick<People, 'sessionCaller' | 'isFresh' | 'sessions' | 'endSession'> {
  start(
    organization: OrganizationId,
    user: User,
    how: { readonly source: string; readonly action: string },
  ): Promise<StartedSession>
  /** The session, if it is not over. */
  get(organization: OrganizationId, sessionId: string): Promise<SessionRow | undefined>
  /** A fresh proof was given. */
  renew(organization: OrganizationId, row: SessionRow): Promise<ListedSession | undefined>
}

export function createSessions(ports: Ports): Sessions {
  const { store, wall, random, event } = ports
  const memory = new ShortMemory<SessionRow>(wall, ({ revoked }) => !revoked)
  const nameOf = (organization: string, id: string) => `${organization}/${id}`
  const get: Sessions['get'] = async (organization, sessionId) => {
    const row = await store.session(organization, sessionId)
    return row !== undefined && isOn(row, wall.now()) ? row : undefined
  }
  return {
    get,
    start: async (organization, user, { source, action }) => {
      const { id, secretHash, text } = makeSecret('cws', organization, random)
      const at = wall.now()
      await store.addSession(
        organization,
        { sessionId: id, secretHash, userId: user.userId, source, at },
        event({
          actor: `user:${user.userId}`,
          action,
          subject: `Session/${id}`,
          outcome: 'success',
        }),
      )
      const principal = principalOf(organization, user, at)
      return { text, sessionId: id, user, principal, expiresAt: at + ABSOLUTE_MS }
    },
    sessionCaller: async (text, active) => {
      const parts = parseSecret('cws', text)
      if (parts === undefined) return undefined
      const { organization, id } = parts
      const name = nameOf(organization, id)
      const row = await memory.get(name, () => store.session(organization, id))
      if (row === undefined || !isSameSecret(row.secretHash, parts.secretHash)) return undefined
      const now = wall.now()
      if (!isOn(row, now)) return undefined
      if (active && now - row.lastActiveAt >= NOTED_MS) {
        await store.keepAwake(organization, id, now)
        memory.forget(name)
      }
      return { principal: principalOf(organization, row.user, row.authenticatedAt), sessionId: id }
    },
    isFresh: ({ authenticatedAt }) => {
      if (authenticatedAt === undefined) return true
      const age = wall.now() - authenticatedAt
      return age >= 0 && age < FRESH_MS
    },
    sessions: async (organization, userId) => {
      const now = wall.now()
      const since = { userId, begun: now - ABSOLUTE_MS, active: now - IDLE_MS }
      return (await store.sessions(organization, since)).map(listed)
    },
    renew: async (organization, row) => {
      const at = wall.now()
      const { sessionId, user } = row
      const noted = await store.confirmed(
        organization,
        sessionId,
        at,
        event({
          actor: `user:${user.userId}`,
          action: 'sessions.confirm',
          subject: `Session/${sessionId}`,
          outcome: 'success',
        }),
      )
      memory.forget(nameOf(organization, sessionId))
      return noted ? listed({ ...row, lastActiveAt: at }) : undefined
    },
    endSession: async (organization, sessionId, { actor, action, ofUser }) => {
      const subject = `Session/${sessionId}`
      const ended = await store.endSession(
        organization,
        { sessionId, ofUser },
        wall.now(),
        event({ actor, action, subject, outcome: 'success' }),
      )
      memory.forget(nameOf(organization, sessionId))
      return ended
    },
  }
}

/** What a person with these roles may do and see. */
export function principalOf(
  organization: OrganizationId,
  user: User,
  authenticatedAt: number,
): Principal {
  return {
    organization,
    actor: `user:${user.userId}`,
    rights: rightsOf(user.roles),
    charts: chartsOf(user),
    practices: user.practices,
    authenticatedAt,
  }
}

function isOn(row: SessionRow, now: number): boolean {
  return !row.revoked && row.user.state === 'active' && now < endOf(row)
}

function endOf(row: SessionRow): number {
  return Math.min(row.createdAt + ABSOLUTE_MS, row.lastActiveAt + IDLE_MS)
}

function listed(row: SessionRow): ListedSession {
  const { sessionId, user, source, createdAt, lastActiveAt } = row
  return {
    sessionId,
    userId: user.userId,
    source,
    createdAt,
    lastActiveAt,
    expiresAt: endOf(row),
  }
}
