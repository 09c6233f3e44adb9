// chartway users: who may sign in, and with which roles. Passwords never pass through here: the person
// who is invited chooses one.

import { type Command, Option } from 'commander'
import type { Operations } from '../generated.ts'
import { table } from './tables.ts'
import { json, line, type Run } from './terminal.ts'

type Role = Operations['users.create']['input']['roles'][number]
type Start = (command: Command, action: (run: Run) => Promise<void>) => Promise<void>

const ROLES: readonly Role[] = [
  ...(['admin', 'integrator', 'clinician', 'biller', 'front-desk', 'auditor'] as const),
]

interface Granted {
  readonly role: Role[]
  readonly at?: string[]
  readonly sensitive?: boolean
}

/** Adds the words of `chartway users` to their command. */
export function addUsers(users: Command, start: Start): void {
  granted(users.command('add').description('make an account; prints its invitation, shown once'))
    .argument('<name>', 'what is typed at sign-in, such as an e-mail address')
    .requiredOption('--display-name <text>', 'what the person is called')
    .action(async (name: string, options: Granted & { displayName: string }, command) =>
      start(command, (run) => addUser(run, name, options)),
    )
  users
    .command('list')
    .description('all accounts and what they were granted')
    .action(async (_options, command) => start(command, listUsers))
  granted(users.command('role').description('give an account other roles than it has'))
    .argument('<name>')
    .action(async (name: string, options: Granted, command) =>
      start(command, (run) => setRoles(run, name, options)),
    )
  for (const [word, says] of ACTS)
    users
      .command(word)
      .description(says)
      .argument('<name>')
      .action(async (name: string, _options, command) =>
        start(command, (run) => act(run, word, name)),
      )
}

const ACTS = [
  ['disable', 'shut an account out, at once'],
  ['enable', 'let an account in again'],
  ['reset', 'take password and codes away and print a new invitation, shown once'],
] as const

function granted(command: Command): Command {
  return command
    .addOption(
      new Option('--role <role...>', 'one or several').choices(ROLES).makeOptionMandatory(true),
    )
    .option('--at <practice...>', 'only at these practices; else at all')
    .option('--sensitive', 'restricted records too; counts for clinicians alone')
}

async function addUser(
  run: Run,
  name: string,
  { displayName, role, at, sensitive = false }: Granted & { readonly displayName: string },
): Promise<void> {
  const made = await run.client.call(
    'users.create',
    { name, displayName, roles: role, practices: at ?? null, sensitive },
    run.terminal,
  )
  if (run.json) return json(run, made)
  sayInvitation(run, made)
}

async function listUsers(run: Run): Promise<void> {
  const answer = await run.client.call('users.list', {}, run.terminal)
  if (run.json) return json(run, answer)
  const rows = answer.items.map((user) => [
    user.name,
    user.displayName,
    user.state,
    user.roles.join(' '),
    user.practices === null ? 'all' : user.practices.join(' '),
  ])
  line(run, table(['name', 'called', 'state', 'roles', 'practices'], rows))
}

async function setRoles(run: Run, name: string, options: Granted): Promise<void> {
  const { role, at, sensitive = false } = options
  const { userId } = await named(run, name)
  const answer = await run.client.call(
    'users.update',
    { user: userId, roles: role, practices: at ?? null, sensitive },
    run.terminal,
  )
  if (run.json) return json(run, answer)
  line(run, `${answer.user.name} is now ${answer.user.roles.join(', ')}, within 5 seconds.`)
}

async function act(run: Run, word: (typeof ACTS)[number][0], name: string): Promise<void> {
  const user = (await named(run, name)).userId
  if (word === 'reset') {
    const made = await run.client.call('users.reset', { user }, run.terminal)
    return run.json ? json(run, made) : sayInvitation(run, made)
  }
  const answer = await run.client.call(`users.${word}`, { user }, run.terminal)
  if (run.json) return json(run, answer)
  line(run, `${answer.user.name} is ${answer.user.state}, everywhere within 5 seconds.`)
}

function sayInvitation(run: Run, made: Operations['users.reset']['output']): void {
  line(run, `${run.url}/#/invitation/${made.invitation.token}`)
  line(run, `This link lets ${made.user.displayName} choose a password. It is shown this once,`)
  line(run, `works once, and expires ${made.invitation.expiresAt}.`)
}

/** The account of a name; the API's own answer to an unknown one when there is none. */
async function named(run: Run, name: string): Promise<{ readonly userId: string }> {
  const { items } = await run.client.call('users.list', {}, run.terminal)
  const wanted = name.toLowerCase()
  return items.find((user) => user.name === wanted) ?? { userId: '0'.repeat(20) }
}
