// Printed from the API's OpenAPI document by client/scripts/generate.ts. Do not edit: run the client's
// tests with UPDATE=1 after the API has changed.

export interface Freshness {
  /** When the practice last said so; null when it never completely did */
  readonly asOf: string | null
  /** Seconds from then until this answer */
  readonly ageSeconds: number | null
}

export interface Change {
  readonly sequence: number
  readonly kind: 'created' | 'updated' | 'deleted' | 'restored'
  readonly type: string
  readonly id: string
  readonly version: number
  readonly patient: string | null
  readonly differences: readonly {
    readonly op: 'add' | 'remove' | 'replace'
    /** JSON Pointer, RFC 6901 */
    readonly path: string
    readonly before?: unknown | undefined
    readonly after?: unknown | undefined
  }[]
  readonly pathway: string
  /** The question whose answer showed the change */
  readonly search: string
  /** The last time the older state was seen; it changed after */
  readonly unchangedAt: string | null
  /** When the question was asked; it changed before */
  readonly askedAt: string
  /** RFC 3339, UTC */
  readonly learntAt: string
  readonly vendorUpdatedAt: string | null
}

export interface WithheldChange {
  readonly sequence: number
  /** The caller may not see what changed here */
  readonly kind: 'withheld'
}

export interface FreshnessRow {
  readonly type: string
  /** What the question is about: mostly a patient */
  readonly subject: string
  readonly search: string
  /** Start of the last complete asking; null when there was none */
  readonly asOf: string | null
  readonly ageSeconds: number | null
  /** Start of the last asking; null when it is still to come */
  readonly askedAt: string | null
}

export interface Practice {
  readonly practice: string
  readonly name: string
  readonly timeZone: string
  readonly dialect: string
  readonly baseUrl: string
  readonly clientId: string
  /** A paused practice is not asked for anything */
  readonly state: 'connected' | 'paused'
  /** RFC 3339, UTC */
  readonly createdAt: string
}

export interface Mirrored {
  readonly resource: {
    readonly resourceType: string
    readonly id: string
    readonly [member: string]: unknown
  }
  /** Counts the states of this resource that we have seen */
  readonly version: number
  readonly practice: string
  readonly provenance: {
    /** The way it came in */ readonly pathway: string
    /** The question whose answer showed this state */
    readonly search: string
    /** RFC 3339, UTC */
    readonly firstSeenAt: string
    /** When this state was first seen */
    readonly changedSeenAt: string
    /** What the practice says of its last change */
    readonly vendorUpdatedAt: string | null
  }
  readonly freshness: Freshness
  /** Where the content differs from the wire, with the originals */
  readonly repairs: readonly {
    readonly path: string
    readonly rule: string
    readonly [member: string]: unknown
  }[]
}

export interface User {
  readonly userId: string
  readonly name: string
  readonly displayName: string
  readonly state: 'invited' | 'active' | 'disabled'
  readonly roles: readonly (
    | 'admin'
    | 'integrator'
    | 'clinician'
    | 'biller'
    | 'front-desk'
    | 'auditor'
  )[]
  readonly practices: readonly string[] | null
  readonly sensitive: boolean
  /** RFC 3339, UTC */
  readonly createdAt: string
}

export interface Invitation {
  /** Shown once; the page that takes it is /#/invitation/<token> */ readonly token: string
  /** RFC 3339, UTC */
  readonly expiresAt: string
}

export interface Session {
  readonly sessionId: string
  readonly userId: string
  /** The network address it was begun from */
  readonly source: string
  /** RFC 3339, UTC */
  readonly createdAt: string
  /** RFC 3339, UTC */
  readonly lastActiveAt: string
  /** When it is over unless it is used before */
  readonly expiresAt: string
  /** Whether it is the one that asks */
  readonly current: boolean
}

export interface Who {
  readonly organization: string
  /** As the ledger names the caller */
  readonly actor: string
  /** Null for programs */
  readonly user: User | null
  readonly sessionId: string | null
  readonly roles: readonly (
    | 'admin'
    | 'integrator'
    | 'clinician'
    | 'biller'
    | 'front-desk'
    | 'auditor'
  )[]
  readonly rights: readonly ('charts' | 'monitor' | 'audit' | 'settings' | 'people')[]
  /** Null: all of the organization */
  readonly practices: readonly string[] | null
  readonly charts: {
    /** By FHIR type: the whole resource, or these elements of it */
    readonly types: 'all' | Readonly<Record<string, 'whole' | readonly string[]>>
    readonly sensitive: boolean
    readonly patient: string | null
  }
  /** Whether the proof is fresh enough for what needs a fresh one */
  readonly fresh: boolean
}

export interface Problem {
  /** Where the code is explained, relative to this installation */ readonly type: string
  readonly title: string
  readonly status: number
  /** The usual cause */
  readonly detail: string
  readonly code: string
  /** What it is about: /path/…, /query/… or /body/… */
  readonly position?: string | undefined
  /** What to do about it */
  readonly cure: string
  readonly details?: Readonly<Record<string, string | number | boolean>> | undefined
  readonly requestId: string
}

/** Input and output of every operation, by its name. */
export interface Operations {
  'audit.list': {
    input: {
      /** Only what was done at this practice */ readonly practice?: string | undefined
      /** `next` of the page before */
      readonly before?: number | undefined
      /** Rows in one answer, at most 500; fewer when they are long */
      readonly limit?: number | undefined
    }
    output: {
      readonly items: readonly {
        readonly position: number
        /** RFC 3339, UTC */
        readonly at: string
        readonly actor: string
        readonly action: string
        readonly practice: string | null
        readonly subject: string | null
        readonly outcome: 'success' | 'refused' | 'failed'
        readonly details: Readonly<Record<string, string | number | boolean>>
      }[]
      readonly next: number | null
    }
  }
  'budget.read': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
    }
    output: {
      /** Calls the vendor allows in one wall-clock minute */ readonly limit: number
      /** Start of the vendor's current minute, by the vendor's clock */
      readonly minute: string
      readonly taken: number
      readonly left: number
      /** True: the vendor has refused, nothing is sent in this minute */
      readonly refused: boolean
      readonly nextMinuteInSeconds: number
      readonly waiting: { readonly interactive: number; readonly sweep: number }
      /** The vendor's clock minus ours lies between these; null before the first answer */
      readonly vendorClock: { readonly lowMs: number; readonly highMs: number } | null
    }
  }
  'changes.list': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
      /** `next` of the answer before */
      readonly after?: number | undefined
      /** Rows in one answer, at most 500; fewer when they are long */
      readonly limit?: number | undefined
    }
    output: {
      readonly items: readonly (Change | WithheldChange)[]
      /** Pass as `after` to go on */
      readonly next: number
      /** The newest sequence number of the practice */
      readonly last: number
      readonly freshness: Freshness
    }
  }
  'counts.read': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
    }
    output: { readonly counts: Readonly<Record<string, number>> }
  }
  'errors.read': {
    input: { readonly code: string }
    output: {
      readonly code: string
      readonly title: string
      readonly cause: string
      readonly cure: string
    }
  }
  'freshness.list': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
      /** Only what was asked about this patient */
      readonly patient?: string | undefined
      /** Rows in one answer, at most 500; fewer when they are long */
      readonly limit?: number | undefined
    }
    output: { readonly items: readonly FreshnessRow[] }
  }
  'health.live': {
    input: Readonly<Record<string, never>>
    output: { readonly status: 'ok' }
  }
  'health.read': {
    input: Readonly<Record<string, never>>
    output: {
      readonly status: 'ok'
      /** This installation's clock, which may run faster than the wall's */
      readonly now: string
      readonly clockFactor: number
      /** held: it was restored, and asks no practice until that is confirmed */
      readonly outbound: 'open' | 'held'
      readonly heldSince: string | null
    }
  }
  'health.ready': {
    input: Readonly<Record<string, never>>
    output: { readonly status: 'ok' }
  }
  'jwks.read': {
    input: { readonly organization: string }
    output: { readonly keys: readonly Readonly<Record<string, unknown>>[] }
  }
  'keys.create': {
    input: { readonly name: string; readonly scopes: readonly ('read' | 'sensitive' | 'admin')[] }
    output: { readonly keyId: string; readonly text: string; readonly scopes: readonly string[] }
  }
  'keys.list': {
    input: Readonly<Record<string, never>>
    output: {
      readonly items: readonly {
        readonly keyId: string
        readonly name: string
        readonly scopes: readonly string[]
        /** RFC 3339, UTC */
        readonly createdAt: string
        readonly revokedAt: string | null
      }[]
    }
  }
  'keys.revoke': {
    input: { readonly keyId: string }
    output: { readonly keyId: string; readonly revoked: true }
  }
  'outbound.release': {
    input: {
      /** Exactly this sentence; it has to be true */
      readonly confirm: 'the old installation is off'
    }
    output: {
      /** False when nothing was held */ readonly released: boolean
      readonly heldSince: string | null
      /** When what was restored was the present */
      readonly restoredAsOf: string | null
    }
  }
  'practices.check': {
    input: { readonly practice: string }
    output: {
      readonly ok: boolean
      readonly findings: readonly {
        readonly check:
          | 'address'
          | 'clock'
          | 'metadata'
          | 'token'
          | 'scopes'
          | 'activation'
          | 'read'
        readonly ok: boolean
        readonly code: string | null
        readonly says: string
        readonly fix: string | null
      }[]
    }
  }
  'practices.connect': {
    input: {
      /** An id of your choice: lower-case letters, digits and dashes */ readonly practice: string
      readonly name: string
      /** IANA name, such as America/New_York */
      readonly timeZone: string
      readonly dialect?: string | undefined
      /** FHIR base URL with the practice code, no slash at the end */
      readonly baseUrl: string
      readonly clientId: string
      /** Deviations from the dialect */
      readonly overrides?: Readonly<Record<string, unknown>> | undefined
    }
    output: {
      readonly practice: Practice
      /** What is only unusual: for a person to look at */
      readonly notes: readonly string[]
    }
  }
  'practices.list': {
    input: Readonly<Record<string, never>>
    output: { readonly items: readonly Practice[] }
  }
  'practices.pause': {
    input: { readonly practice: string }
    output: { readonly practice: Practice }
  }
  'practices.resume': {
    input: { readonly practice: string }
    output: { readonly practice: Practice }
  }
  'problems.list': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
      /** Rows in one answer, at most 500; fewer when they are long */
      readonly limit?: number | undefined
    }
    output: {
      readonly items: readonly {
        readonly search: string
        readonly subject: string
        readonly position: string
        readonly code: string
        /** RFC 3339, UTC */
        readonly at: string
      }[]
    }
  }
  'resources.list': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
      /** Only what belongs to this patient */
      readonly patient?: string | undefined
      /** Rows in one answer, at most 500; fewer when they are long */
      readonly limit?: number | undefined
      /** `next` of the answer before */
      readonly cursor?: string | undefined
      /** A mirrored type: plural, with dashes */
      readonly collection:
        | 'allergy-intolerances'
        | 'basics'
        | 'binaries'
        | 'care-plans'
        | 'care-teams'
        | 'charge-items'
        | 'claims'
        | 'conditions'
        | 'coverages'
        | 'devices'
        | 'diagnostic-reports'
        | 'document-references'
        | 'encounters'
        | 'family-member-histories'
        | 'goals'
        | 'groups'
        | 'immunizations'
        | 'locations'
        | 'media'
        | 'medications'
        | 'medication-administrations'
        | 'medication-dispenses'
        | 'medication-requests'
        | 'observations'
        | 'organizations'
        | 'patients'
        | 'practitioners'
        | 'practitioner-roles'
        | 'procedures'
        | 'provenances'
        | 'questionnaires'
        | 'questionnaire-responses'
        | 'related-persons'
        | 'service-requests'
        | 'specimens'
    }
    output: {
      readonly items: readonly Mirrored[]
      /** Pass as `cursor` to go on; null on the last page */
      readonly next: string | null
      readonly freshness: Freshness
    }
  }
  'resources.read': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
      /** A mirrored type: plural, with dashes */
      readonly collection:
        | 'allergy-intolerances'
        | 'basics'
        | 'binaries'
        | 'care-plans'
        | 'care-teams'
        | 'charge-items'
        | 'claims'
        | 'conditions'
        | 'coverages'
        | 'devices'
        | 'diagnostic-reports'
        | 'document-references'
        | 'encounters'
        | 'family-member-histories'
        | 'goals'
        | 'groups'
        | 'immunizations'
        | 'locations'
        | 'media'
        | 'medications'
        | 'medication-administrations'
        | 'medication-dispenses'
        | 'medication-requests'
        | 'observations'
        | 'organizations'
        | 'patients'
        | 'practitioners'
        | 'practitioner-roles'
        | 'procedures'
        | 'provenances'
        | 'questionnaires'
        | 'questionnaire-responses'
        | 'related-persons'
        | 'service-requests'
        | 'specimens'
      readonly id: string
    }
    output: Mirrored
  }
  'sessions.confirm': {
    input: {
      readonly password: string
      /** Of the authenticator application, or a recovery code */
      readonly code: string
    }
    output: Session
  }
  'sessions.create': {
    input: {
      /** Id of the organization; may be left out when the installation has one */
      readonly organization?: string | undefined
      /** What is typed at sign-in, such as an e-mail address; in lower case */
      readonly name: string
      readonly password: string
      /** Of the authenticator application, or a recovery code */
      readonly code: string
    }
    output: Who
  }
  'sessions.delete': {
    input: Readonly<Record<string, never>>
    output: { readonly signedOut: true }
  }
  'sessions.list': {
    input: {
      /** Only of this account; all for those who tend people */ readonly user?: string | undefined
    }
    output: { readonly items: readonly Session[] }
  }
  'sessions.read': {
    input: Readonly<Record<string, never>>
    output: Who
  }
  'sessions.revoke': {
    input: { readonly sessionId: string }
    output: { readonly sessionId: string; readonly revoked: true }
  }
  'signing-keys.rotate': {
    input: Readonly<Record<string, never>>
    output: { readonly kid: string }
  }
  'sync.read': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
    }
    output: {
      readonly phase: 'waiting' | 'first-sync' | 'continuing' | 'paused' | 'held'
      /** Questions answered at least once */
      readonly asked: number
      /** Questions known so far; grows while the roster is learnt */
      readonly toAsk: number
      readonly records: number
      readonly callsThisMinute: number
      readonly callsPerMinuteMax: number
      readonly secondsLeft: number | null
      readonly startedAt: string | null
      readonly firstRecordAt: string | null
      readonly completeAt: string | null
      /** Things on the wire that could not be used */
      readonly problems: number
      /** Code of the last asking when it failed */
      readonly lastCode: string | null
    }
  }
  'users.accept-invitation': {
    input: {
      /** From the link of the invitation */ readonly token: string
      readonly password: string
      /** Of the authenticator application, or a recovery code */
      readonly code: string
    }
    output: { readonly who: Who; readonly recoveryCodes: readonly string[] }
  }
  'users.change-password': {
    input: {
      readonly password: string
      /** Of the authenticator application, or a recovery code */
      readonly code: string
      readonly next: string
    }
    output: { readonly changed: true }
  }
  'users.create': {
    input: {
      /** What is typed at sign-in, such as an e-mail address; in lower case */
      readonly name: string
      readonly displayName: string
      readonly roles: readonly (
        | 'admin'
        | 'integrator'
        | 'clinician'
        | 'biller'
        | 'front-desk'
        | 'auditor'
      )[]
      /** The only practices where the roles hold; null: all of the organization */
      readonly practices?: readonly string[] | null | undefined
      /** Records with a restricting security label too; counts for clinicians alone */
      readonly sensitive?: boolean | undefined
    }
    output: { readonly user: User; readonly invitation: Invitation }
  }
  'users.disable': {
    input: {
      /** Id of the account */ readonly user: string
    }
    output: { readonly user: User }
  }
  'users.enable': {
    input: {
      /** Id of the account */ readonly user: string
    }
    output: { readonly user: User }
  }
  'users.list': {
    input: Readonly<Record<string, never>>
    output: {
      readonly items: readonly User[]
      readonly roles: readonly {
        readonly role: 'admin' | 'integrator' | 'clinician' | 'biller' | 'front-desk' | 'auditor'
        readonly says: string
        /** Whether it can be held at some practices only */
        readonly byPractice: boolean
      }[]
    }
  }
  'users.open-invitation': {
    input: {
      /** From the link of the invitation */ readonly token: string
    }
    output: {
      readonly organization: string
      readonly name: string
      readonly displayName: string
      readonly totp: {
        /** Base32; each opening gives another and voids the one before */ readonly secret: string
        /** otpauth://, for a QR code */
        readonly uri: string
      }
    }
  }
  'users.reset': {
    input: {
      /** Id of the account */ readonly user: string
    }
    output: { readonly user: User; readonly invitation: Invitation }
  }
  'users.update': {
    input: {
      /** Id of the account */ readonly user: string
      readonly displayName?: string | undefined
      readonly roles?:
        | readonly ('admin' | 'integrator' | 'clinician' | 'biller' | 'front-desk' | 'auditor')[]
        | undefined
      /** The only practices where the roles hold; null: all of the organization */
      readonly practices?: readonly string[] | null | undefined
      /** Records with a restricting security label too; counts for clinicians alone */
      readonly sensitive?: boolean | undefined
    }
    output: { readonly user: User }
  }
}

/** Where an operation stands in HTTP; `{field}` in the path is filled from the input. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly path: string
}

export const ROUTES: { readonly [Name in keyof Operations]: Route } = {
  'audit.list': { method: 'GET', path: '/v1/audit' },
  'budget.read': { method: 'GET', path: '/v1/budget' },
  'changes.list': { method: 'GET', path: '/v1/changes' },
  'counts.read': { method: 'GET', path: '/v1/counts' },
  'errors.read': { method: 'GET', path: '/errors/{code}' },
  'freshness.list': { method: 'GET', path: '/v1/freshness' },
  'health.live': { method: 'GET', path: '/health/live' },
  'health.read': { method: 'GET', path: '/health' },
  'health.ready': { method: 'GET', path: '/health/ready' },
  'jwks.read': { method: 'GET', path: '/jwks/{organization}.json' },
  'keys.create': { method: 'POST', path: '/v1/keys' },
  'keys.list': { method: 'GET', path: '/v1/keys' },
  'keys.revoke': { method: 'DELETE', path: '/v1/keys/{keyId}' },
  'outbound.release': { method: 'POST', path: '/v1/outbound/release' },
  'practices.check': { method: 'POST', path: '/v1/practices/{practice}/check' },
  'practices.connect': { method: 'POST', path: '/v1/practices' },
  'practices.list': { method: 'GET', path: '/v1/practices' },
  'practices.pause': { method: 'POST', path: '/v1/practices/{practice}/pause' },
  'practices.resume': { method: 'POST', path: '/v1/practices/{practice}/resume' },
  'problems.list': { method: 'GET', path: '/v1/problems' },
  'resources.list': { method: 'GET', path: '/v1/resources/{collection}' },
  'resources.read': { method: 'GET', path: '/v1/resources/{collection}/{id}' },
  'sessions.confirm': { method: 'POST', path: '/v1/session/confirm' },
  'sessions.create': { method: 'POST', path: '/v1/sessions' },
  'sessions.delete': { method: 'DELETE', path: '/v1/session' },
  'sessions.list': { method: 'GET', path: '/v1/sessions' },
  'sessions.read': { method: 'GET', path: '/v1/session' },
  'sessions.revoke': { method: 'DELETE', path: '/v1/sessions/{sessionId}' },
  'signing-keys.rotate': { method: 'POST', path: '/v1/signing-keys/rotate' },
  'sync.read': { method: 'GET', path: '/v1/sync' },
  'users.accept-invitation': { method: 'POST', path: '/v1/invitations/accept' },
  'users.change-password': { method: 'POST', path: '/v1/session/password' },
  'users.create': { method: 'POST', path: '/v1/users' },
  'users.disable': { method: 'POST', path: '/v1/users/{user}/disable' },
  'users.enable': { method: 'POST', path: '/v1/users/{user}/enable' },
  'users.list': { method: 'GET', path: '/v1/users' },
  'users.open-invitation': { method: 'POST', path: '/v1/invitations/open' },
  'users.reset': { method: 'POST', path: '/v1/users/{user}/reset' },
  'users.update': { method: 'POST', path: '/v1/users/{user}' },
}

/** The types that are served, as addresses name them. */
export const COLLECTIONS = [
  'allergy-intolerances',
  'basics',
  'binaries',
  'care-plans',
  'care-teams',
  'charge-items',
  'claims',
  'conditions',
  'coverages',
  'devices',
  'diagnostic-reports',
  'document-references',
  'encounters',
  'family-member-histories',
  'goals',
  'groups',
  'immunizations',
  'locations',
  'media',
  'medications',
  'medication-administrations',
  'medication-dispenses',
  'medication-requests',
  'observations',
  'organizations',
  'patients',
  'practitioners',
  'practitioner-roles',
  'procedures',
  'provenances',
  'questionnaires',
  'questionnaire-responses',
  'related-persons',
  'service-requests',
  'specimens',
] as const
