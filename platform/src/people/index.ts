// The people room's door: who somebody is, and who may see what of the charts.

export { type Seen, seesType, visibleContent } from './access.ts'
export { inviteFirstAdministrator } from './first-administrator.ts'
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
