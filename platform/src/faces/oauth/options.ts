// What the OAuth face is handed.

import type { Principal } from '../../kernel/principal.ts'
import type { Context } from '../../operations/index.ts'

export interface OauthFaceOptions {
  /** Where callers reach this installation, without a slash at the end. */
  readonly publicUrl: string
  readonly people: Pick<Context['people'], 'oauth' | 'signIn' | 'sessionCaller' | 'user'>
  readonly contextOf: (principal: Principal | undefined, requestId: string) => Context
}
