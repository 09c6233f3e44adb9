// Everything a caller may do: the API's table of contents. Faces are projections of this list; what
// is not here cannot be done from outside.

import { budgetRead } from './budget-read.ts'
import { changesList } from './changes-list.ts'
import { countsRead } from './counts-read.ts'
import { errorsRead } from './errors-read.ts'
import { freshnessList } from './freshness-list.ts'
import { healthLive, healthRead, healthReady } from './health-read.ts'
import { jwksRead } from './jwks-read.ts'
import { keysCreate } from './keys-create.ts'
import { keysRevoke } from './keys-revoke.ts'
import type { Operation } from './operation.ts'
import { outboundRelease } from './outbound-release.ts'
import { practicesCheck } from './practices-check.ts'
import { practicesConnect } from './practices-connect.ts'
import { practicesList } from './practices-list.ts'
import { practicesPause, practicesResume } from './practices-pause.ts'
import { problemsList } from './problems-list.ts'
import { resourcesList } from './resources-list.ts'
import { resourcesRead } from './resources-read.ts'
import { signingKeysRotate } from './signing-keys-rotate.ts'
import { syncRead } from './sync-read.ts'

export { COLLECTIONS, type Collection } from './collections.ts'
export { type ConnectionRules, type Context, contexts, type Rooms } from './context.ts'
export { instant } from './fields.ts'
export { InputProblem, type Need, type Operation, Written } from './operation.ts'

export const operations: readonly Operation[] = [
  practicesList,
  practicesConnect,
  practicesCheck,
  practicesPause,
  practicesResume,
  resourcesList,
  resourcesRead,
  countsRead,
  changesList,
  freshnessList,
  budgetRead,
  syncRead,
  problemsList,
  keysCreate,
  keysRevoke,
  signingKeysRotate,
  jwksRead,
  errorsRead,
  outboundRelease,
  healthRead,
  healthLive,
  healthReady,
]
