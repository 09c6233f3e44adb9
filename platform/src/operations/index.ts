// Everything a caller may do: the API's table of contents. Faces are projections of this list; what
// is not here cannot be done from outside.

import { VIEWS } from '../views/index.ts'
import { auditList } from './audit-list.ts'
import { budgetRead } from './budget-read.ts'
import { callsList } from './calls-list.ts'
import { changesList } from './changes-list.ts'
import { changesStream } from './changes-stream.ts'
import { clientsCreate } from './clients-create.ts'
import { clientsList } from './clients-list.ts'
import { clientsRevoke } from './clients-revoke.ts'
import { countsRead } from './counts-read.ts'
import { errorsRead } from './errors-read.ts'
import { freshnessList } from './freshness-list.ts'
import { healthLive, healthRead, healthReady } from './health-read.ts'
import { jwksRead } from './jwks-read.ts'
import { keysCreate } from './keys-create.ts'
import { keysList } from './keys-list.ts'
import { keysRevoke } from './keys-revoke.ts'
import { launchesEnd } from './launches-end.ts'
import { launchesList, launchesRead } from './launches-list.ts'
import { launchesResource } from './launches-resource.ts'
import { launchesSetSecret } from './launches-set-secret.ts'
import { launchesStart } from './launches-start.ts'
import type { Operation } from './operation.ts'
import { outboundRelease } from './outbound-release.ts'
import { patientsSearch } from './patients-search.ts'
import { practicesCheck } from './practices-check.ts'
import { practicesConnect } from './practices-connect.ts'
import { practicesList } from './practices-list.ts'
import { practicesPause, practicesResume } from './practices-pause.ts'
import { practicesRetain, practicesRetention } from './practices-retain.ts'
import { resourcesList } from './resources-list.ts'
import { resourcesRead } from './resources-read.ts'
import { sessionsConfirm } from './sessions-confirm.ts'
import { sessionsCreate } from './sessions-create.ts'
import { sessionsDelete } from './sessions-delete.ts'
import { sessionsList } from './sessions-list.ts'
import { sessionsRead } from './sessions-read.ts'
import { sessionsRevoke } from './sessions-revoke.ts'
import { signingKeysRotate } from './signing-keys-rotate.ts'
import { syncProblems } from './sync-problems.ts'
import { syncRead } from './sync-read.ts'
import { usersChangePassword } from './users-change-password.ts'
import { usersCreate } from './users-create.ts'
import { usersDisable, usersEnable } from './users-disable.ts'
import { usersAcceptInvitation, usersOpenInvitation } from './users-invitation.ts'
import { usersList } from './users-list.ts'
import { usersReset } from './users-reset.ts'
import { usersUpdate } from './users-update.ts'
import { viewOperations } from './views/index.ts'

export { inWords as scopeInWords } from '../people/index.ts'
export { COLLECTIONS, type Collection } from './collections.ts'
export { type ConnectionRules, type Context, contexts, type From, type Rooms } from './context.ts'
export {
  FhirAnswer,
  fhirOperations,
  QUERY_LENGTH_MAX,
  type Refusal,
  SearchRefused,
} from './fhir/index.ts'
export { instant } from './fields.ts'
export { type LaunchDeparture, launchPages } from './launches-pages.ts'
export {
  InputProblem,
  mayCall,
  mayDo,
  type Need,
  type Operation,
  SessionAnswer,
  Written,
} from './operation.ts'

/** The unified objects, as their addresses name them. */
export const OBJECTS: readonly string[] = VIEWS.map(({ object }) => object)

export const operations: readonly Operation[] = [
  practicesList,
  practicesConnect,
  practicesCheck,
  practicesPause,
  practicesResume,
  practicesRetention,
  practicesRetain,
  ...viewOperations,
  patientsSearch,
  resourcesList,
  resourcesRead,
  countsRead,
  changesList,
  changesStream,
  freshnessList,
  budgetRead,
  callsList,
  syncRead,
  syncProblems,
  launchesStart,
  launchesList,
  launchesRead,
  launchesResource,
  launchesEnd,
  launchesSetSecret,
  sessionsCreate,
  sessionsRead,
  sessionsDelete,
  sessionsList,
  sessionsRevoke,
  sessionsConfirm,
  usersCreate,
  usersList,
  usersUpdate,
  usersDisable,
  usersEnable,
  usersReset,
  usersOpenInvitation,
  usersAcceptInvitation,
  usersChangePassword,
  auditList,
  clientsCreate,
  clientsList,
  clientsRevoke,
  keysList,
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
