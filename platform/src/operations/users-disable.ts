// Shuts an account out and lets it in again. What it is granted stays; its sessions and tokens end.

import { z } from 'zod'
import { ChartwayError } from '../kernel/errors.ts'
import { actorOf } from './context.ts'
import { type Operation, operation } from './operation.ts'
import { showUser, userField, userShown } from './people-fields.ts'

export const usersDisable = setDisabled(true, {
  name: 'users.disable',
  summary: 'Shut an account out; its sessions end everywhere within 5 seconds',
  errors: ['LAST_ADMINISTRATOR'],
})

export const usersEnable = setDisabled(false, {
  name: 'users.enable',
  summary: 'Let an account in again',
  errors: [],
})

function setDisabled(
  disabled: boolean,
  named: Pick<Operation, 'name' | 'summary' | 'errors'>,
): Operation {
  return operation({
    ...named,
    need: 'people',
    fresh: true,
    input: z.strictObject({ user: userField }),
    output: z.object({ user: userShown }),
    run: async (context, { user: userId }) => {
      const { organization } = context.principal
      const actor = actorOf(context)
      const user = await context.people.setDisabled(organization, userId, disabled, actor)
      if (user === undefined) throw new ChartwayError('NOT_FOUND')
      return { user: showUser(user) }
    },
  })
}
