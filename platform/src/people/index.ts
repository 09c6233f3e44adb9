// The people room's door: who somebody is, and who may see what of the charts.

export {
  type Seen,
  seesPatient,
  seesType,
  TYPES_OF_NOBODY,
  visibleContent,
  visibleRepairs,
} from './access.ts'
export { inviteFirstAdministrator } from './first-administrator.ts'
export { inWords, OWN_SCOPES, type OwnScope, parseScopes } from './oauth/scopes.ts'
export type {
  AuthorizationRequest,
  Client,
  NewClient,
  Oauth,
  OauthError,
  TokenRequest,
} from './oauth/types.ts'
export { createPeople } from './people.ts'
export {
  CHART_TYPES,
  chartsOf,
  describeRole,
  type Grant,
  isByPractice,
  isRole,
  ROLES,
  type Role,
  rightsOf,
} from './roles.ts'
export type {
  Invitation,
  ListedSession,
  NewUser,
  OpenedInvitation,
  People,
  Proof,
  StartedSession,
  User,
} from './types.ts'
