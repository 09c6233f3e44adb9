// Who can sign in: the made-up people the operator registers, and two every practice has. It checks a
// password and says which charts a person opens; it keeps no session.

import type { TestUser } from '../contract.ts'
import { list, oneOf, record, text } from '../table.ts'
import type { World } from '../world/index.ts'
import userTable from './data/users.json' with { type: 'json' }

/** People registered at most. */
const USERS_MAX = 1000

/** The two every practice has: the first of a type in its listing. */
const EVERYWHERE = list(userTable.users, 'users').map((cell) => {
  const row = record(cell, 'users')
  return {
    username: text(row.username, 'username'),
    password: text(row.password, 'password'),
    type: oneOf(row.type, ['Practitioner', 'Patient'] as const, 'type'),
  }
})

export interface Users {
  /** Replaces who has the same name at the practice. Throws a RangeError for a bad user. */
  register(user: TestUser): void
  find(practice: string, username: string, now: number): TestUser | undefined
  all(now: number): readonly TestUser[]
}

export function createUsers(world: World): Users {
  const registered = new Map<string, TestUser>()
  const keyOf = (practice: string, username: string) => `${practice} ${username}`
  const everywhere = (practice: string, now: number): TestUser[] =>
    EVERYWHERE.flatMap(({ type, ...user }) => {
      for (const { id } of world.practice(practice)?.list(type, now) ?? []) {
        return [{ ...user, practice, fhirUser: `${type}/${id}` }]
      }
      return []
    })
  return {
    register(user) {
      const { practice, username, fhirUser } = user
      if (!/^(Practitioner|Patient)\/[A-Za-z0-9.-]{1,64}$/.test(fhirUser)) {
        throw new RangeError('fhirUser: Practitioner/{id} or Patient/{id} is needed')
      }
      if (username === '' || user.password === '') throw new RangeError('username, password: empty')
      const key = keyOf(practice, username)
      if (!registered.has(key) && registered.size >= USERS_MAX)
        throw new RangeError('too many users')
      registered.set(key, structuredClone(user))
    },
    find: (practice, username, now) =>
      registered.get(keyOf(practice, username)) ??
      everywhere(practice, now).find((user) => user.username === username),
    all(now) {
      const codes = [...world.practices()].map(({ code }) => code)
      const standing = codes.flatMap((code) => everywhere(code, now))
      const isOwn = (user: TestUser) => !registered.has(keyOf(user.practice, user.username))
      return [...registered.values(), ...standing.filter(isOwn)]
    },
  }
}

export function isStaff({ fhirUser }: TestUser): boolean {
  return fhirUser.startsWith('Practitioner/')
}

/** Ids of the charts a person may open; undefined is every chart. */
export function chartsOf(user: TestUser): readonly string[] | undefined {
  if (isStaff(user)) return undefined
  return user.patients ?? [user.fhirUser.slice('Patient/'.length)]
}
