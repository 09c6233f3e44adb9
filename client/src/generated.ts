// Printed from the API's OpenAPI document by client/scripts/generate.ts. Do not edit: run the client's
// tests with UPDATE=1 after the API has changed.

export interface Moment {
  /** As the record gives it */ readonly given: string
  readonly precision: 'year' | 'month' | 'day' | 'minute' | 'second' | 'fraction'
  /** YYYY-MM-DD in the practice's time zone; null for less than a day's precision */
  readonly localDay: string | null
}

export interface When {
  readonly start: Moment | null
  readonly end: Moment | null
}

export interface Concept {
  /** Its text, else the display of its first coding with one */ readonly text: string | null
  readonly codings: readonly {
    readonly system: string | null
    readonly code: string | null
    readonly display: string | null
  }[]
}

export interface Ref {
  /** Its FHIR type; null when it is not of this practice */ readonly type: string | null
  readonly id: string | null
  /** As the record that refers to it calls it */
  readonly name: string | null
}

export interface Quantity {
  readonly value: number | null
  readonly comparator: string | null
  readonly unit: string | null
  /** Of UCUM, where the record says so */
  readonly code: string | null
  readonly system: string | null
}

export interface Money {
  readonly cents: number
  readonly currency: string | null
}

export interface Identifier {
  /** By its system and type; `other` when they do not tell */
  readonly kind:
    | 'fhir-id'
    | 'account-number'
    | 'mrn'
    | 'npi'
    | 'ssn'
    | 'drivers-license'
    | 'passport'
    | 'other'
  readonly value: string
  readonly system: string | null
  readonly use: string | null
  readonly type: Concept | null
}

export interface HumanName {
  /** Prefix, given, family, suffix; else the text */ readonly display: string | null
  readonly text: string | null
  readonly use: string | null
  readonly family: string | null
  readonly given: readonly string[]
  readonly prefix: readonly string[]
  readonly suffix: readonly string[]
}

export interface ContactPoint {
  readonly system: string | null
  readonly value: string
  readonly use: string | null
}

export interface Address {
  readonly use: string | null
  readonly text: string | null
  readonly lines: readonly string[]
  readonly city: string | null
  readonly state: string | null
  readonly postalCode: string | null
  readonly country: string | null
}

export interface FacilityOf {
  readonly id: string | null
  readonly name: string | null
  /** Why there is no id; null when there is one */
  readonly reason:
    | 'none-stated'
    | 'encounter-not-here'
    | 'encounter-states-none'
    | 'several'
    | 'withheld'
    | null
}

export interface SignState {
  readonly state: 'signed' | 'unsigned' | 'amended' | 'entered-in-error' | 'unknown'
  /** The element that says so */
  readonly from: 'docStatus' | 'status' | null
  /** What it says */
  readonly given: string | null
}

export interface LockState {
  readonly state: 'unknown'
  readonly reason: 'not-shown-by-vendor'
}

export interface NoteOfEncounter {
  readonly kind: 'document' | 'report'
  readonly id: string
  readonly type: Concept | null
  readonly title: string | null
  readonly date: Moment | null
  readonly authors: readonly Ref[] | null
  readonly status: string | null
  readonly sign: SignState
  readonly lock: LockState
  /** Where the content of a document is read */
  readonly contentHref: string | null
}

export interface DocumentContentEntry {
  readonly contentType: string | null
  readonly title: string | null
  /** Bytes, as the record says */
  readonly size: number | null
  readonly created: Moment | null
  /** In the record, in a Binary of the practice, at another address, or nowhere */
  readonly held: 'inline' | 'linked' | 'elsewhere' | 'none'
  /** Where it is read; null when it is not held here */
  readonly href: string | null
}

export interface DiagnosisOfEncounter {
  /** Id of the Condition */ readonly condition: string | null
  readonly code: Concept | null
  readonly use: Concept | null
  readonly rank: number | null
  /** Which record says so */
  readonly from: 'encounter' | 'condition'
}

export interface Dosage {
  readonly text: string | null
  readonly instructions: readonly Concept[]
  readonly patientInstruction: string | null
  readonly asNeeded: boolean | null
  readonly doses: readonly Quantity[]
  readonly route: Concept | null
  readonly timing: {
    readonly frequency: number | null
    readonly period: number | null
    readonly periodUnit: string | null
  } | null
}

export interface Dispense {
  readonly id: string
  readonly status: string | null
  readonly quantity: Quantity | null
  readonly handedOver: Moment | null
  readonly by: readonly Ref[]
}

export interface MeasuredValue {
  readonly kind: 'number' | 'text' | 'concept' | 'flag' | 'range' | 'ratio' | 'when'
  /** Exact; only for `number` */
  readonly number: number | null
  readonly comparator: string | null
  readonly unit: string | null
  readonly unitCode: string | null
  /** Only for `text` */
  readonly text: string | null
  readonly concept: Concept | null
  readonly flag: boolean | null
  /** Of a range; of a ratio its numerator */
  readonly low: Quantity | null
  /** Of a range; of a ratio its denominator */
  readonly high: Quantity | null
  readonly when: When | null
  /** The text that was on the wire where a number is here */
  readonly original: string | null
}

export interface FacilityAssociation {
  readonly type: 'Location' | 'Organization'
  readonly id: string
  readonly name: string | null
  /** Which evidence connects the patient with it */
  readonly because: readonly (
    | 'encounter'
    | 'managing-organization'
    | 'general-practitioner'
    | 'provider-role'
  )[]
  /** Records that say so, `Type/id`; one for each reason */
  readonly sources: readonly string[]
}

export interface StaffRole {
  /** The PractitionerRole that says so */ readonly source: string
  readonly active: boolean | null
  readonly codes: readonly Concept[] | null
  readonly specialties: readonly Concept[] | null
  readonly organization: Ref | null
  readonly facilities: readonly Ref[] | null
}

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

export interface Client {
  readonly clientId: string
  readonly name: string
  /** For itself by key; for a person, with a secret or a key; for a person, with neither */
  readonly kind: 'backend' | 'confidential' | 'public'
  readonly redirectUris: readonly string[]
  readonly scopes: readonly string[]
  readonly practices: readonly string[] | null
  readonly sensitive: boolean
  readonly proof: 'jwks' | 'jwksUri' | 'secret' | 'none'
  /** RFC 3339, UTC */
  readonly createdAt: string
  readonly revokedAt: string | null
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

export interface Launch {
  readonly launch: string
  readonly practice: string
  /** Begun in the vendor's own program, or here */
  readonly kind: 'ehr' | 'standalone'
  /** Only with an active one something can be read */
  readonly state: 'begun' | 'active' | 'needs-launch' | 'ended'
  /** Why it needs a new launch, or was never complete */
  readonly code: string | null
  /** The state in words */
  readonly says: string
  /** Null when the vendor's own program did */
  readonly startedBy: string | null
  /** What was granted; what was asked for until then */
  readonly scopes: readonly string[]
  /** Type/id of who signed in at the vendor */
  readonly person: string | null
  readonly patient: string | null
  readonly encounter: string | null
  /** Whether a page has to say whose chart it shows */
  readonly needsBanner: boolean
  /** Whether access is renewed without the person */
  readonly refreshable: boolean
  /** RFC 3339, UTC */
  readonly begunAt: string
  readonly completedAt: string | null
  readonly accessExpiresAt: string | null
  readonly endedAt: string | null
}

export interface DocumentContent {
  readonly id: string
  readonly index: number
  readonly contentType: string | null
  /** base64, as the record has it */
  readonly data: string
  /** The record that holds it, `Type/id` */
  readonly source: string
  readonly version: number
}

export interface StateOf {
  readonly version: number
  readonly kind: 'created' | 'updated' | 'deleted'
  /** When this state was first seen */
  readonly seenAt: string
  readonly vendorUpdatedAt: string | null
  /** From the state before, in fields made of this record alone; null when that is not held */
  readonly differences:
    | readonly {
        readonly op: 'add' | 'remove' | 'replace'
        /** JSON Pointer into the object's fields, RFC 6901 */
        readonly path: string
        readonly before?: unknown | undefined
        readonly after?: unknown | undefined
      }[]
    | null
}

export interface ProvenanceOf {
  /** The way it came in */ readonly pathway: string
  /** The question whose answer showed this state */
  readonly search: string
  /** Counts the states of the record that we have seen */
  readonly version: number
  /** RFC 3339, UTC */
  readonly firstSeenAt: string
  /** RFC 3339, UTC */
  readonly changedSeenAt: string
  readonly vendorUpdatedAt: string | null
  /** Every record it was made from, its own first */
  readonly sources: readonly {
    /** `Type/id` of a record that the object says something of */ readonly reference: string
    readonly version: number
    readonly asOf: string | null
  }[]
}

export interface LinksOf {
  readonly self: string
  readonly fhir: string
  readonly history: string
}

export interface Patient {
  readonly id: string
  readonly practice: string
  /** IANA name; local days are days there */
  readonly timeZone: string
  readonly facility: FacilityOf
  /** The first that is not marked as an old one */
  readonly name: HumanName | null
  readonly otherNames: readonly HumanName[] | null
  readonly identifiers: readonly Identifier[] | null
  readonly gender: string | null
  readonly birthSex: string | null
  readonly birthDate: Moment | null
  /** Null when the record says nothing of a death */
  readonly deceased: { readonly flag: boolean | null; readonly at: Moment | null } | null
  /** The record's own flag; the vendor shows false on patients who come every week */
  readonly active: boolean | null
  readonly contacts: readonly ContactPoint[] | null
  readonly addresses: readonly Address[] | null
  readonly languages:
    | readonly { readonly language: Concept; readonly preferred: boolean | null }[]
    | null
  readonly maritalStatus: Concept | null
  /** As stated; empty when asked but unknown */
  readonly race: readonly Concept[] | null
  readonly ethnicity: readonly Concept[] | null
  readonly generalPractitioners: readonly Ref[] | null
  readonly managingOrganization: Ref | null
  /** Every place the records connect with them */
  readonly facilities: readonly FacilityAssociation[]
  /** False when there are more encounters than are looked at for one patient */
  readonly facilitiesComplete: boolean
  readonly provenance: ProvenanceOf
  /** Of the oldest of its sources */
  readonly freshness: Freshness
  /** Elements, `Type.element`, that this caller may not see; what they make is null */
  readonly withheld: readonly string[]
  /** Values that could not be read: where and why, never what they were */
  readonly problems: readonly {
    readonly source: string
    readonly path: string
    readonly rule:
      | 'not-text'
      | 'not-a-number'
      | 'not-a-flag'
      | 'not-a-date'
      | 'not-a-list'
      | 'not-an-object'
      | 'not-a-reference'
      | 'not-exact-cents'
      | 'not-shown'
      | 'sentinel'
      | 'data-absent'
      | 'null-flavor'
  }[]
  readonly links: LinksOf
}

export interface Provider {
  readonly id: string
  readonly practice: string
  /** IANA name; local days are days there */
  readonly timeZone: string
  readonly facility: FacilityOf
  readonly name: HumanName | null
  readonly identifiers: readonly Identifier[] | null
  /** National Provider Identifier */
  readonly npi: string | null
  readonly active: boolean | null
  readonly gender: string | null
  readonly contacts: readonly ContactPoint[] | null
  readonly addresses: readonly Address[] | null
  readonly qualifications: readonly Concept[] | null
  readonly roles: readonly StaffRole[]
  /** False when the practice has more roles than are looked at */
  readonly rolesComplete: boolean
  readonly provenance: ProvenanceOf
  /** Of the oldest of its sources */
  readonly freshness: Freshness
  /** Elements, `Type.element`, that this caller may not see; what they make is null */
  readonly withheld: readonly string[]
  /** Values that could not be read: where and why, never what they were */
  readonly problems: readonly {
    readonly source: string
    readonly path: string
    readonly rule:
      | 'not-text'
      | 'not-a-number'
      | 'not-a-flag'
      | 'not-a-date'
      | 'not-a-list'
      | 'not-an-object'
      | 'not-a-reference'
      | 'not-exact-cents'
      | 'not-shown'
      | 'sentinel'
      | 'data-absent'
      | 'null-flavor'
  }[]
  readonly links: LinksOf
}

export interface StaffMember {
  readonly id: string
  readonly practice: string
  /** IANA name; local days are days there */
  readonly timeZone: string
  readonly facility: FacilityOf
  readonly name: HumanName | null
  readonly identifiers: readonly Identifier[] | null
  /** National Provider Identifier */
  readonly npi: string | null
  readonly active: boolean | null
  readonly gender: string | null
  readonly contacts: readonly ContactPoint[] | null
  readonly addresses: readonly Address[] | null
  readonly qualifications: readonly Concept[] | null
  readonly roles: readonly StaffRole[]
  /** False when the practice has more roles than are looked at */
  readonly rolesComplete: boolean
  readonly provenance: ProvenanceOf
  /** Of the oldest of its sources */
  readonly freshness: Freshness
  /** Elements, `Type.element`, that this caller may not see; what they make is null */
  readonly withheld: readonly string[]
  /** Values that could not be read: where and why, never what they were */
  readonly problems: readonly {
    readonly source: string
    readonly path: string
    readonly rule:
      | 'not-text'
      | 'not-a-number'
      | 'not-a-flag'
      | 'not-a-date'
      | 'not-a-list'
      | 'not-an-object'
      | 'not-a-reference'
      | 'not-exact-cents'
      | 'not-shown'
      | 'sentinel'
      | 'data-absent'
      | 'null-flavor'
  }[]
  readonly links: LinksOf
}

export interface Facility {
  readonly id: string
  readonly practice: string
  /** IANA name; local days are days there */
  readonly timeZone: string
  readonly facility: FacilityOf
  readonly name: string | null
  readonly description: string | null
  readonly status: string | null
  readonly identifiers: readonly Identifier[] | null
  readonly types: readonly Concept[] | null
  readonly contacts: readonly ContactPoint[] | null
  readonly address: Address | null
  /** Whose place it is */
  readonly organization: Ref | null
  readonly partOf: Ref | null
  readonly provenance: ProvenanceOf
  /** Of the oldest of its sources */
  readonly freshness: Freshness
  /** Elements, `Type.element`, that this caller may not see; what they make is null */
  readonly withheld: readonly string[]
  /** Values that could not be read: where and why, never what they were */
  readonly problems: readonly {
    readonly source: string
    readonly path: string
    readonly rule:
      | 'not-text'
      | 'not-a-number'
      | 'not-a-flag'
      | 'not-a-date'
      | 'not-a-list'
      | 'not-an-object'
      | 'not-a-reference'
      | 'not-exact-cents'
      | 'not-shown'
      | 'sentinel'
      | 'data-absent'
      | 'null-flavor'
  }[]
  readonly links: LinksOf
}

export interface Appointment {
  readonly id: string
  readonly practice: string
  /** IANA name; local days are days there */
  readonly timeZone: string
  readonly facility: FacilityOf
  /** What it was read from */
  readonly source: 'encounter'
  /** `unknown` when the record has none of the known ones */
  readonly status:
    | 'booked'
    | 'arrived'
    | 'triaged'
    | 'in-progress'
    | 'finished'
    | 'cancelled'
    | 'unknown'
  /** As the record says it */
  readonly vendorStatus: string | null
  readonly start: Moment | null
  readonly end: Moment | null
  /** YYYY-MM-DD of the start in the practice's time zone */
  readonly day: string | null
  readonly patient: Ref | null
  /** The primary provider, or the only practitioner */
  readonly provider: Ref | null
  readonly visitType: Concept | null
  readonly mode: 'in-person' | 'virtual' | null
  readonly reasons: readonly Concept[] | null
  readonly provenance: ProvenanceOf
  /** Of the oldest of its sources */
  readonly freshness: Freshness
  /** Elements, `Type.element`, that this caller may not see; what they make is null */
  readonly withheld: readonly string[]
  /** Values that could not be read: where and why, never what they were */
  readonly problems: readonly {
    readonly source: string
    readonly path: string
    readonly rule:
      | 'not-text'
      | 'not-a-number'
      | 'not-a-flag'
      | 'not-a-date'
      | 'not-a-list'
      | 'not-an-object'
      | 'not-a-reference'
      | 'not-exact-cents'
      | 'not-shown'
      | 'sentinel'
      | 'data-absent'
      | 'null-flavor'
  }[]
  readonly links: LinksOf
}

export interface Encounter {
  readonly id: string
  readonly practice: string
  /** IANA name; local days are days there */
  readonly timeZone: string
  readonly facility: FacilityOf
  readonly identifiers: readonly Identifier[] | null
  readonly status: string | null
  readonly class: Concept | null
  readonly mode: 'in-person' | 'virtual' | null
  readonly types: readonly Concept[] | null
  readonly period: When | null
  readonly patient: Ref | null
  /** The primary provider, or the only practitioner */
  readonly provider: Ref | null
  readonly participants:
    | readonly { readonly roles: readonly Concept[]; readonly person: Ref | null }[]
    | null
  readonly reasons: readonly Concept[] | null
  readonly locations: readonly Ref[] | null
  readonly serviceProvider: Ref | null
  readonly dischargeDisposition: Concept | null
  readonly diagnoses: readonly DiagnosisOfEncounter[] | null
  /** Documents and reports that name this encounter */
  readonly notes: readonly NoteOfEncounter[]
  /** False when the patient has more records than are looked at for one encounter */
  readonly notesComplete: boolean
  readonly lock: LockState
  readonly provenance: ProvenanceOf
  /** Of the oldest of its sources */
  readonly freshness: Freshness
  /** Elements, `Type.element`, that this caller may not see; what they make is null */
  readonly withheld: readonly string[]
  /** Values that could not be read: where and why, never what they were */
  readonly problems: readonly {
    readonly source: string
    readonly path: string
    readonly rule:
      | 'not-text'
      | 'not-a-number'
      | 'not-a-flag'
      | 'not-a-date'
      | 'not-a-list'
      | 'not-an-object'
      | 'not-a-reference'
      | 'not-exact-cents'
      | 'not-shown'
      | 'sentinel'
      | 'data-absent'
      | 'null-flavor'
  }[]
  readonly links: LinksOf
}

export interface ChartProblem {
  readonly id: string
  readonly practice: string
  /** IANA name; local days are days there */
  readonly timeZone: string
  readonly facility: FacilityOf
  readonly patient: Ref | null
  readonly code: Concept | null
  /** May have the vendor's words, as in Stable */
  readonly clinicalStatus: Concept | null
  readonly verificationStatus: Concept | null
  readonly categories: readonly Concept[] | null
  readonly severity: Concept | null
  readonly onset: When | null
  readonly abatement: When | null
  readonly recordedDate: Moment | null
  readonly recorder: Ref | null
  readonly encounter: Ref | null
  readonly notes: readonly string[] | null
  readonly provenance: ProvenanceOf
  /** Of the oldest of its sources */
  readonly freshness: Freshness
  /** Elements, `Type.element`, that this caller may not see; what they make is null */
  readonly withheld: readonly string[]
  /** Values that could not be read: where and why, never what they were */
  readonly problems: readonly {
    readonly source: string
    readonly path: string
    readonly rule:
      | 'not-text'
      | 'not-a-number'
      | 'not-a-flag'
      | 'not-a-date'
      | 'not-a-list'
      | 'not-an-object'
      | 'not-a-reference'
      | 'not-exact-cents'
      | 'not-shown'
      | 'sentinel'
      | 'data-absent'
      | 'null-flavor'
  }[]
  readonly links: LinksOf
}

export interface Allergy {
  readonly id: string
  readonly practice: string
  /** IANA name; local days are days there */
  readonly timeZone: string
  readonly facility: FacilityOf
  readonly patient: Ref | null
  readonly code: Concept | null
  /** allergy or intolerance */
  readonly kind: string | null
  readonly categories: readonly string[] | null
  readonly criticality: string | null
  readonly clinicalStatus: Concept | null
  readonly verificationStatus: Concept | null
  readonly onset: When | null
  readonly recordedDate: Moment | null
  readonly recorder: Ref | null
  readonly encounter: Ref | null
  readonly reactions:
    | readonly {
        readonly manifestations: readonly Concept[]
        readonly severity: string | null
        readonly description: string | null
      }[]
    | null
  readonly provenance: ProvenanceOf
  /** Of the oldest of its sources */
  readonly freshness: Freshness
  /** Elements, `Type.element`, that this caller may not see; what they make is null */
  readonly withheld: readonly string[]
  /** Values that could not be read: where and why, never what they were */
  readonly problems: readonly {
    readonly source: string
    readonly path: string
    readonly rule:
      | 'not-text'
      | 'not-a-number'
      | 'not-a-flag'
      | 'not-a-date'
      | 'not-a-list'
      | 'not-an-object'
      | 'not-a-reference'
      | 'not-exact-cents'
      | 'not-shown'
      | 'sentinel'
      | 'data-absent'
      | 'null-flavor'
  }[]
  readonly links: LinksOf
}

export interface MedicationEntry {
  readonly id: string
  readonly practice: string
  /** IANA name; local days are days there */
  readonly timeZone: string
  readonly facility: FacilityOf
  readonly patient: Ref | null
  /** Its name and codes */
  readonly medication: Concept | null
  /** The record that names it, `Type/id` */
  readonly medicationSource: string | null
  /** The vendor shows active or unknown */
  readonly status: string | null
  readonly intent: string | null
  /** Reported rather than ordered here, as the record says */
  readonly reported: boolean | null
  readonly dosages: readonly Dosage[] | null
  readonly reasons: readonly Concept[] | null
  readonly authoredOn: Moment | null
  readonly prescriber: Ref | null
  readonly encounter: Ref | null
  readonly provenance: ProvenanceOf
  /** Of the oldest of its sources */
  readonly freshness: Freshness
  /** Elements, `Type.element`, that this caller may not see; what they make is null */
  readonly withheld: readonly string[]
  /** Values that could not be read: where and why, never what they were */
  readonly problems: readonly {
    readonly source: string
    readonly path: string
    readonly rule:
      | 'not-text'
      | 'not-a-number'
      | 'not-a-flag'
      | 'not-a-date'
      | 'not-a-list'
      | 'not-an-object'
      | 'not-a-reference'
      | 'not-exact-cents'
      | 'not-shown'
      | 'sentinel'
      | 'data-absent'
      | 'null-flavor'
  }[]
  readonly links: LinksOf
}

export interface Prescription {
  readonly id: string
  readonly practice: string
  /** IANA name; local days are days there */
  readonly timeZone: string
  readonly facility: FacilityOf
  readonly patient: Ref | null
  /** Its name and codes */
  readonly medication: Concept | null
  /** The record that names it, `Type/id` */
  readonly medicationSource: string | null
  /** The vendor shows active or unknown */
  readonly status: string | null
  readonly intent: string | null
  /** Reported rather than ordered here, as the record says */
  readonly reported: boolean | null
  readonly dosages: readonly Dosage[] | null
  readonly reasons: readonly Concept[] | null
  readonly authoredOn: Moment | null
  readonly prescriber: Ref | null
  readonly encounter: Ref | null
  readonly quantity: Quantity | null
  /** Repeats allowed beside the first fill */
  readonly refills: number | null
  readonly daysSupply: Quantity | null
  readonly validity: When | null
  readonly pharmacy: Ref | null
  readonly dispenses: readonly Dispense[]
  readonly dispensesComplete: boolean
  readonly provenance: ProvenanceOf
  /** Of the oldest of its sources */
  readonly freshness: Freshness
  /** Elements, `Type.element`, that this caller may not see; what they make is null */
  readonly withheld: readonly string[]
  /** Values that could not be read: where and why, never what they were */
  readonly problems: readonly {
    readonly source: string
    readonly path: string
    readonly rule:
      | 'not-text'
      | 'not-a-number'
      | 'not-a-flag'
      | 'not-a-date'
      | 'not-a-list'
      | 'not-an-object'
      | 'not-a-reference'
      | 'not-exact-cents'
      | 'not-shown'
      | 'sentinel'
      | 'data-absent'
      | 'null-flavor'
  }[]
  readonly links: LinksOf
}

export interface Immunization {
  readonly id: string
  readonly practice: string
  /** IANA name; local days are days there */
  readonly timeZone: string
  readonly facility: FacilityOf
  readonly patient: Ref | null
  readonly vaccine: Concept | null
  /** completed, not-done or entered-in-error */
  readonly status: string | null
  readonly statusReason: Concept | null
  readonly occurrence: When | null
  /** False for what was only reported */
  readonly primarySource: boolean | null
  readonly lotNumber: string | null
  readonly expirationDate: Moment | null
  readonly manufacturer: Ref | null
  readonly site: Concept | null
  readonly route: Concept | null
  readonly dose: Quantity | null
  readonly doseNumbers: readonly string[] | null
  readonly performers: readonly Ref[] | null
  readonly encounter: Ref | null
  readonly provenance: ProvenanceOf
  /** Of the oldest of its sources */
  readonly freshness: Freshness
  /** Elements, `Type.element`, that this caller may not see; what they make is null */
  readonly withheld: readonly string[]
  /** Values that could not be read: where and why, never what they were */
  readonly problems: readonly {
    readonly source: string
    readonly path: string
    readonly rule:
      | 'not-text'
      | 'not-a-number'
      | 'not-a-flag'
      | 'not-a-date'
      | 'not-a-list'
      | 'not-an-object'
      | 'not-a-reference'
      | 'not-exact-cents'
      | 'not-shown'
      | 'sentinel'
      | 'data-absent'
      | 'null-flavor'
  }[]
  readonly links: LinksOf
}

export interface Vital {
  readonly id: string
  readonly practice: string
  /** IANA name; local days are days there */
  readonly timeZone: string
  readonly facility: FacilityOf
  readonly patient: Ref | null
  readonly code: Concept | null
  readonly categories: readonly Concept[] | null
  readonly status: string | null
  readonly value: MeasuredValue | null
  /** Why there is no value, as the record says */
  readonly absent: Concept | null
  /** Such as the two of a blood pressure */
  readonly components:
    | readonly {
        readonly code: Concept | null
        readonly value: MeasuredValue | null
        readonly absent: Concept | null
        readonly interpretations: readonly Concept[]
      }[]
    | null
  readonly interpretations: readonly Concept[] | null
  readonly referenceRanges:
    | readonly {
        readonly low: Quantity | null
        readonly high: Quantity | null
        readonly text: string | null
      }[]
    | null
  readonly effective: When | null
  readonly issued: Moment | null
  readonly performers: readonly Ref[] | null
  readonly encounter: Ref | null
  readonly notes: readonly string[] | null
  readonly provenance: ProvenanceOf
  /** Of the oldest of its sources */
  readonly freshness: Freshness
  /** Elements, `Type.element`, that this caller may not see; what they make is null */
  readonly withheld: readonly string[]
  /** Values that could not be read: where and why, never what they were */
  readonly problems: readonly {
    readonly source: string
    readonly path: string
    readonly rule:
      | 'not-text'
      | 'not-a-number'
      | 'not-a-flag'
      | 'not-a-date'
      | 'not-a-list'
      | 'not-an-object'
      | 'not-a-reference'
      | 'not-exact-cents'
      | 'not-shown'
      | 'sentinel'
      | 'data-absent'
      | 'null-flavor'
  }[]
  readonly links: LinksOf
}

export interface LabOrder {
  readonly id: string
  readonly practice: string
  /** IANA name; local days are days there */
  readonly timeZone: string
  readonly facility: FacilityOf
  readonly patient: Ref | null
  readonly identifiers: readonly Identifier[] | null
  readonly code: Concept | null
  readonly categories: readonly Concept[] | null
  readonly status: string | null
  readonly intent: string | null
  readonly priority: string | null
  readonly occurrence: When | null
  readonly authoredOn: Moment | null
  readonly requester: Ref | null
  readonly performers: readonly Ref[] | null
  readonly reasons: readonly Concept[] | null
  readonly encounter: Ref | null
  readonly notes: readonly string[] | null
  /** The vendor's own word, such as Reviewed */
  readonly orderStatus: string | null
  /** As the vendor writes it */
  readonly collected: string | null
  /** As the vendor writes it */
  readonly received: string | null
  readonly specimens: readonly Ref[] | null
  readonly provenance: ProvenanceOf
  /** Of the oldest of its sources */
  readonly freshness: Freshness
  /** Elements, `Type.element`, that this caller may not see; what they make is null */
  readonly withheld: readonly string[]
  /** Values that could not be read: where and why, never what they were */
  readonly problems: readonly {
    readonly source: string
    readonly path: string
    readonly rule:
      | 'not-text'
      | 'not-a-number'
      | 'not-a-flag'
      | 'not-a-date'
      | 'not-a-list'
      | 'not-an-object'
      | 'not-a-reference'
      | 'not-exact-cents'
      | 'not-shown'
      | 'sentinel'
      | 'data-absent'
      | 'null-flavor'
  }[]
  readonly links: LinksOf
}

export interface LabResult {
  readonly id: string
  readonly practice: string
  /** IANA name; local days are days there */
  readonly timeZone: string
  readonly facility: FacilityOf
  readonly patient: Ref | null
  readonly code: Concept | null
  readonly categories: readonly Concept[] | null
  readonly status: string | null
  readonly value: MeasuredValue | null
  /** Why there is no value, as the record says */
  readonly absent: Concept | null
  /** Such as the two of a blood pressure */
  readonly components:
    | readonly {
        readonly code: Concept | null
        readonly value: MeasuredValue | null
        readonly absent: Concept | null
        readonly interpretations: readonly Concept[]
      }[]
    | null
  readonly interpretations: readonly Concept[] | null
  readonly referenceRanges:
    | readonly {
        readonly low: Quantity | null
        readonly high: Quantity | null
        readonly text: string | null
      }[]
    | null
  readonly effective: When | null
  readonly issued: Moment | null
  readonly performers: readonly Ref[] | null
  readonly encounter: Ref | null
  readonly notes: readonly string[] | null
  /** What it was ordered with */
  readonly orders: readonly Ref[] | null
  readonly specimen: Ref | null
  readonly provenance: ProvenanceOf
  /** Of the oldest of its sources */
  readonly freshness: Freshness
  /** Elements, `Type.element`, that this caller may not see; what they make is null */
  readonly withheld: readonly string[]
  /** Values that could not be read: where and why, never what they were */
  readonly problems: readonly {
    readonly source: string
    readonly path: string
    readonly rule:
      | 'not-text'
      | 'not-a-number'
      | 'not-a-flag'
      | 'not-a-date'
      | 'not-a-list'
      | 'not-an-object'
      | 'not-a-reference'
      | 'not-exact-cents'
      | 'not-shown'
      | 'sentinel'
      | 'data-absent'
      | 'null-flavor'
  }[]
  readonly links: LinksOf
}

export interface DiagnosticReport {
  readonly id: string
  readonly practice: string
  /** IANA name; local days are days there */
  readonly timeZone: string
  readonly facility: FacilityOf
  readonly patient: Ref | null
  readonly identifiers: readonly Identifier[] | null
  readonly code: Concept | null
  readonly categories: readonly Concept[] | null
  readonly status: string | null
  readonly sign: SignState
  readonly effective: When | null
  readonly issued: Moment | null
  readonly performers: readonly Ref[] | null
  readonly results: readonly Ref[] | null
  readonly orders: readonly Ref[] | null
  readonly specimens: readonly Ref[] | null
  readonly conclusion: string | null
  readonly conclusionCodes: readonly Concept[] | null
  readonly encounter: Ref | null
  readonly provenance: ProvenanceOf
  /** Of the oldest of its sources */
  readonly freshness: Freshness
  /** Elements, `Type.element`, that this caller may not see; what they make is null */
  readonly withheld: readonly string[]
  /** Values that could not be read: where and why, never what they were */
  readonly problems: readonly {
    readonly source: string
    readonly path: string
    readonly rule:
      | 'not-text'
      | 'not-a-number'
      | 'not-a-flag'
      | 'not-a-date'
      | 'not-a-list'
      | 'not-an-object'
      | 'not-a-reference'
      | 'not-exact-cents'
      | 'not-shown'
      | 'sentinel'
      | 'data-absent'
      | 'null-flavor'
  }[]
  readonly links: LinksOf
}

export interface Procedure {
  readonly id: string
  readonly practice: string
  /** IANA name; local days are days there */
  readonly timeZone: string
  readonly facility: FacilityOf
  readonly patient: Ref | null
  readonly code: Concept | null
  readonly status: string | null
  readonly statusReason: Concept | null
  readonly category: Concept | null
  readonly performed: When | null
  readonly performers: readonly Ref[] | null
  readonly reasons: readonly Concept[] | null
  readonly reasonRecords: readonly Ref[] | null
  readonly bodySites: readonly Concept[] | null
  readonly orders: readonly Ref[] | null
  readonly encounter: Ref | null
  readonly notes: readonly string[] | null
  readonly provenance: ProvenanceOf
  /** Of the oldest of its sources */
  readonly freshness: Freshness
  /** Elements, `Type.element`, that this caller may not see; what they make is null */
  readonly withheld: readonly string[]
  /** Values that could not be read: where and why, never what they were */
  readonly problems: readonly {
    readonly source: string
    readonly path: string
    readonly rule:
      | 'not-text'
      | 'not-a-number'
      | 'not-a-flag'
      | 'not-a-date'
      | 'not-a-list'
      | 'not-an-object'
      | 'not-a-reference'
      | 'not-exact-cents'
      | 'not-shown'
      | 'sentinel'
      | 'data-absent'
      | 'null-flavor'
  }[]
  readonly links: LinksOf
}

export interface Document {
  readonly id: string
  readonly practice: string
  /** IANA name; local days are days there */
  readonly timeZone: string
  readonly facility: FacilityOf
  readonly patient: Ref | null
  readonly identifiers: readonly Identifier[] | null
  readonly type: Concept | null
  readonly categories: readonly Concept[] | null
  readonly title: string | null
  readonly description: string | null
  readonly date: Moment | null
  /** Of the care that it documents */
  readonly period: When | null
  readonly status: string | null
  readonly sign: SignState
  readonly lock: LockState
  readonly authors: readonly Ref[] | null
  readonly custodian: Ref | null
  readonly encounters: readonly Ref[] | null
  readonly contents: readonly DocumentContentEntry[] | null
  readonly provenance: ProvenanceOf
  /** Of the oldest of its sources */
  readonly freshness: Freshness
  /** Elements, `Type.element`, that this caller may not see; what they make is null */
  readonly withheld: readonly string[]
  /** Values that could not be read: where and why, never what they were */
  readonly problems: readonly {
    readonly source: string
    readonly path: string
    readonly rule:
      | 'not-text'
      | 'not-a-number'
      | 'not-a-flag'
      | 'not-a-date'
      | 'not-a-list'
      | 'not-an-object'
      | 'not-a-reference'
      | 'not-exact-cents'
      | 'not-shown'
      | 'sentinel'
      | 'data-absent'
      | 'null-flavor'
  }[]
  readonly links: LinksOf
}

export interface Coverage {
  readonly id: string
  readonly practice: string
  /** IANA name; local days are days there */
  readonly timeZone: string
  readonly facility: FacilityOf
  readonly patient: Ref | null
  readonly identifiers: readonly Identifier[] | null
  readonly status: string | null
  readonly type: Concept | null
  /** 1 is the primary one */
  readonly order: number | null
  readonly subscriberId: string | null
  readonly subscriber: Ref | null
  readonly relationship: Concept | null
  readonly period: When | null
  readonly payers: readonly Ref[] | null
  readonly group: { readonly value: string | null; readonly name: string | null } | null
  readonly plan: { readonly value: string | null; readonly name: string | null } | null
  /** The vendor's last word, undated */
  readonly eligibilityStatus: string | null
  readonly provenance: ProvenanceOf
  /** Of the oldest of its sources */
  readonly freshness: Freshness
  /** Elements, `Type.element`, that this caller may not see; what they make is null */
  readonly withheld: readonly string[]
  /** Values that could not be read: where and why, never what they were */
  readonly problems: readonly {
    readonly source: string
    readonly path: string
    readonly rule:
      | 'not-text'
      | 'not-a-number'
      | 'not-a-flag'
      | 'not-a-date'
      | 'not-a-list'
      | 'not-an-object'
      | 'not-a-reference'
      | 'not-exact-cents'
      | 'not-shown'
      | 'sentinel'
      | 'data-absent'
      | 'null-flavor'
  }[]
  readonly links: LinksOf
}

export interface Referral {
  readonly id: string
  readonly practice: string
  /** IANA name; local days are days there */
  readonly timeZone: string
  readonly facility: FacilityOf
  readonly patient: Ref | null
  readonly identifiers: readonly Identifier[] | null
  readonly code: Concept | null
  readonly categories: readonly Concept[] | null
  readonly status: string | null
  readonly intent: string | null
  readonly priority: string | null
  readonly occurrence: When | null
  readonly authoredOn: Moment | null
  readonly requester: Ref | null
  readonly performers: readonly Ref[] | null
  readonly reasons: readonly Concept[] | null
  readonly encounter: Ref | null
  readonly notes: readonly string[] | null
  readonly provenance: ProvenanceOf
  /** Of the oldest of its sources */
  readonly freshness: Freshness
  /** Elements, `Type.element`, that this caller may not see; what they make is null */
  readonly withheld: readonly string[]
  /** Values that could not be read: where and why, never what they were */
  readonly problems: readonly {
    readonly source: string
    readonly path: string
    readonly rule:
      | 'not-text'
      | 'not-a-number'
      | 'not-a-flag'
      | 'not-a-date'
      | 'not-a-list'
      | 'not-an-object'
      | 'not-a-reference'
      | 'not-exact-cents'
      | 'not-shown'
      | 'sentinel'
      | 'data-absent'
      | 'null-flavor'
  }[]
  readonly links: LinksOf
}

export interface CarePlan {
  readonly id: string
  readonly practice: string
  /** IANA name; local days are days there */
  readonly timeZone: string
  readonly facility: FacilityOf
  readonly patient: Ref | null
  readonly title: string | null
  readonly description: string | null
  /** From the vendor's extension */
  readonly narrative: string | null
  readonly status: string | null
  readonly intent: string | null
  readonly categories: readonly Concept[] | null
  readonly period: When | null
  readonly created: Moment | null
  readonly author: Ref | null
  /** Problems that it is about */
  readonly addresses: readonly Ref[] | null
  readonly goals: readonly Ref[] | null
  readonly careTeams: readonly Ref[] | null
  readonly activities:
    | readonly { readonly code: Concept | null; readonly status: string | null }[]
    | null
  readonly encounter: Ref | null
  readonly provenance: ProvenanceOf
  /** Of the oldest of its sources */
  readonly freshness: Freshness
  /** Elements, `Type.element`, that this caller may not see; what they make is null */
  readonly withheld: readonly string[]
  /** Values that could not be read: where and why, never what they were */
  readonly problems: readonly {
    readonly source: string
    readonly path: string
    readonly rule:
      | 'not-text'
      | 'not-a-number'
      | 'not-a-flag'
      | 'not-a-date'
      | 'not-a-list'
      | 'not-an-object'
      | 'not-a-reference'
      | 'not-exact-cents'
      | 'not-shown'
      | 'sentinel'
      | 'data-absent'
      | 'null-flavor'
  }[]
  readonly links: LinksOf
}

export interface CareTeam {
  readonly id: string
  readonly practice: string
  /** IANA name; local days are days there */
  readonly timeZone: string
  readonly facility: FacilityOf
  readonly patient: Ref | null
  readonly name: string | null
  readonly status: string | null
  readonly period: When | null
  readonly members:
    | readonly { readonly roles: readonly Concept[]; readonly member: Ref | null }[]
    | null
  readonly organizations: readonly Ref[] | null
  readonly provenance: ProvenanceOf
  /** Of the oldest of its sources */
  readonly freshness: Freshness
  /** Elements, `Type.element`, that this caller may not see; what they make is null */
  readonly withheld: readonly string[]
  /** Values that could not be read: where and why, never what they were */
  readonly problems: readonly {
    readonly source: string
    readonly path: string
    readonly rule:
      | 'not-text'
      | 'not-a-number'
      | 'not-a-flag'
      | 'not-a-date'
      | 'not-a-list'
      | 'not-an-object'
      | 'not-a-reference'
      | 'not-exact-cents'
      | 'not-shown'
      | 'sentinel'
      | 'data-absent'
      | 'null-flavor'
  }[]
  readonly links: LinksOf
}

export interface Goal {
  readonly id: string
  readonly practice: string
  /** IANA name; local days are days there */
  readonly timeZone: string
  readonly facility: FacilityOf
  readonly patient: Ref | null
  readonly description: Concept | null
  readonly status: string | null
  readonly achievement: Concept | null
  readonly start: Moment | null
  readonly targets:
    | readonly {
        readonly measure: Concept | null
        readonly detail: Quantity | null
        readonly due: Moment | null
      }[]
    | null
  readonly addresses: readonly Ref[] | null
  readonly provenance: ProvenanceOf
  /** Of the oldest of its sources */
  readonly freshness: Freshness
  /** Elements, `Type.element`, that this caller may not see; what they make is null */
  readonly withheld: readonly string[]
  /** Values that could not be read: where and why, never what they were */
  readonly problems: readonly {
    readonly source: string
    readonly path: string
    readonly rule:
      | 'not-text'
      | 'not-a-number'
      | 'not-a-flag'
      | 'not-a-date'
      | 'not-a-list'
      | 'not-an-object'
      | 'not-a-reference'
      | 'not-exact-cents'
      | 'not-shown'
      | 'sentinel'
      | 'data-absent'
      | 'null-flavor'
  }[]
  readonly links: LinksOf
}

export interface Device {
  readonly id: string
  readonly practice: string
  /** IANA name; local days are days there */
  readonly timeZone: string
  readonly facility: FacilityOf
  readonly patient: Ref | null
  readonly type: Concept | null
  readonly names: readonly string[] | null
  readonly status: string | null
  readonly udis:
    | readonly {
        readonly deviceIdentifier: string | null
        /** The whole text on the label */
        readonly carrier: string | null
        readonly issuer: string | null
      }[]
    | null
  readonly distinctIdentifier: string | null
  readonly manufacturer: string | null
  readonly modelNumber: string | null
  readonly serialNumber: string | null
  readonly lotNumber: string | null
  readonly manufactureDate: Moment | null
  readonly expirationDate: Moment | null
  readonly provenance: ProvenanceOf
  /** Of the oldest of its sources */
  readonly freshness: Freshness
  /** Elements, `Type.element`, that this caller may not see; what they make is null */
  readonly withheld: readonly string[]
  /** Values that could not be read: where and why, never what they were */
  readonly problems: readonly {
    readonly source: string
    readonly path: string
    readonly rule:
      | 'not-text'
      | 'not-a-number'
      | 'not-a-flag'
      | 'not-a-date'
      | 'not-a-list'
      | 'not-an-object'
      | 'not-a-reference'
      | 'not-exact-cents'
      | 'not-shown'
      | 'sentinel'
      | 'data-absent'
      | 'null-flavor'
  }[]
  readonly links: LinksOf
}

export interface ChargeItem {
  readonly id: string
  readonly practice: string
  /** IANA name; local days are days there */
  readonly timeZone: string
  readonly facility: FacilityOf
  readonly patient: Ref | null
  readonly code: Concept | null
  readonly status: string | null
  readonly occurrence: When | null
  readonly quantity: Quantity | null
  /** Set for this item, where the record has one */
  readonly price: Money | null
  readonly factor: number | null
  readonly performers: readonly Ref[] | null
  readonly organization: Ref | null
  readonly accounts: readonly Ref[] | null
  readonly encounter: Ref | null
  readonly provenance: ProvenanceOf
  /** Of the oldest of its sources */
  readonly freshness: Freshness
  /** Elements, `Type.element`, that this caller may not see; what they make is null */
  readonly withheld: readonly string[]
  /** Values that could not be read: where and why, never what they were */
  readonly problems: readonly {
    readonly source: string
    readonly path: string
    readonly rule:
      | 'not-text'
      | 'not-a-number'
      | 'not-a-flag'
      | 'not-a-date'
      | 'not-a-list'
      | 'not-an-object'
      | 'not-a-reference'
      | 'not-exact-cents'
      | 'not-shown'
      | 'sentinel'
      | 'data-absent'
      | 'null-flavor'
  }[]
  readonly links: LinksOf
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

export interface Retention {
  /** full: everything; window: content that changed within so many days; fingerprint: no content, only ids and hashes */
  readonly mode: 'full' | 'window' | 'fingerprint'
  /** Of a window; null otherwise */
  readonly days: number | null
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
  'allergies.history': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
      /** `next` of the answer before: only older versions than this */
      readonly before?: number | undefined
      readonly limit?: number | undefined
      readonly id: string
    }
    output: {
      readonly items: readonly StateOf[]
      /** Pass as `before` to go on; null at the first state */
      readonly next: number | null
      /** The history of the record itself */
      readonly fhir: string
    }
    errors:
      | 'CONTENT_NOT_KEPT'
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'allergies.list': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
      /** Only what belongs to this patient */
      readonly patient?: string | undefined
      /** Id of a practitioner who did, ordered or recorded it */
      readonly provider?: string | undefined
      /** Only what belongs to this facility */
      readonly facility?: string | undefined
      /** Only what names this encounter */
      readonly encounter?: string | undefined
      /** On this day or later, in the practice's time zone */
      readonly from?: string | undefined
      /** On this day or before, in the practice's time zone */
      readonly to?: string | undefined
      /** Exactly this status */
      readonly status?: string | undefined
      /** A code, or system|code */
      readonly code?: string | undefined
      /** Only what we saw change after this instant, RFC 3339 */
      readonly updatedAfter?: string | undefined
      /** Only these fields, parted by commas; `id` always stands */
      readonly fields?: string | undefined
      /** Objects in one answer, at most 200 */
      readonly limit?: number | undefined
      /** `next` of the answer before */
      readonly cursor?: string | undefined
    }
    output: {
      readonly items: readonly Allergy[]
      /** Pass as `cursor` to go on; null on the last page. Pages may be short or empty */
      readonly next: string | null
      readonly freshness: Freshness
    }
    errors:
      | 'CONTENT_NOT_KEPT'
      | 'CREDENTIALS_TWO'
      | 'CURSOR_INVALID'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'allergies.read': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
      /** Only these fields, parted by commas; `id` always stands */
      readonly fields?: string | undefined
      readonly id: string
    }
    output: Allergy
    errors:
      | 'CONTENT_NOT_KEPT'
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'RESOURCE_DELETED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'appointments.history': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
      /** `next` of the answer before: only older versions than this */
      readonly before?: number | undefined
      readonly limit?: number | undefined
      readonly id: string
    }
    output: {
      readonly items: readonly StateOf[]
      /** Pass as `before` to go on; null at the first state */
      readonly next: number | null
      /** The history of the record itself */
      readonly fhir: string
    }
    errors:
      | 'CONTENT_NOT_KEPT'
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'appointments.list': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
      /** Only what belongs to this patient */
      readonly patient?: string | undefined
      /** Id of a practitioner who takes part */
      readonly provider?: string | undefined
      /** Only what belongs to this facility */
      readonly facility?: string | undefined
      /** On this day or later, in the practice's time zone */
      readonly from?: string | undefined
      /** On this day or before, in the practice's time zone */
      readonly to?: string | undefined
      /** Exactly this status */
      readonly status?: string | undefined
      /** A code, or system|code */
      readonly code?: string | undefined
      /** Only what we saw change after this instant, RFC 3339 */
      readonly updatedAfter?: string | undefined
      /** Only these fields, parted by commas; `id` always stands */
      readonly fields?: string | undefined
      /** Objects in one answer, at most 200 */
      readonly limit?: number | undefined
      /** `next` of the answer before */
      readonly cursor?: string | undefined
    }
    output: {
      readonly items: readonly Appointment[]
      /** Pass as `cursor` to go on; null on the last page. Pages may be short or empty */
      readonly next: string | null
      readonly freshness: Freshness
    }
    errors:
      | 'CONTENT_NOT_KEPT'
      | 'CREDENTIALS_TWO'
      | 'CURSOR_INVALID'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'appointments.read': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
      /** Only these fields, parted by commas; `id` always stands */
      readonly fields?: string | undefined
      readonly id: string
    }
    output: Appointment
    errors:
      | 'CONTENT_NOT_KEPT'
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'RESOURCE_DELETED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
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
    errors:
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
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
    errors:
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'calls.list': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
      readonly minutes?: number | undefined
      /** `failed`: only those refused, failed or without an answer */
      readonly outcome?: 'all' | 'failed' | undefined
      /** Rows in one answer, at most 500; fewer when they are long */
      readonly limit?: number | undefined
    }
    output: {
      /** Calls the vendor allows in one wall-clock minute */ readonly limit: number
      /** By the vendor's clock, the oldest first; the last one is the current minute */
      readonly minutes: readonly {
        /** RFC 3339, UTC */ readonly minute: string
        readonly taken: number
        readonly refused: boolean
      }[]
      /** Of this process, the newest first; forgotten when it ends */
      readonly items: readonly {
        /** Counts the calls of this process at the practice */ readonly number: number
        /** RFC 3339, UTC */
        readonly at: string
        readonly method: string
        /** What it was for, without any value */
        readonly purpose: string
        readonly lane: 'interactive' | 'sweep'
        /** For its permit, by the clock of the installation */
        readonly waitMs: number
        readonly durationMs: number
        /** HTTP status; null when there was no answer */
        readonly status: number | null
        /** Why there was no answer */
        readonly code: string | null
      }[]
    }
    errors:
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'care-plans.history': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
      /** `next` of the answer before: only older versions than this */
      readonly before?: number | undefined
      readonly limit?: number | undefined
      readonly id: string
    }
    output: {
      readonly items: readonly StateOf[]
      /** Pass as `before` to go on; null at the first state */
      readonly next: number | null
      /** The history of the record itself */
      readonly fhir: string
    }
    errors:
      | 'CONTENT_NOT_KEPT'
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'care-plans.list': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
      /** Only what belongs to this patient */
      readonly patient?: string | undefined
      /** Id of a practitioner who did, ordered or recorded it */
      readonly provider?: string | undefined
      /** Only what belongs to this facility */
      readonly facility?: string | undefined
      /** Only what names this encounter */
      readonly encounter?: string | undefined
      /** On this day or later, in the practice's time zone */
      readonly from?: string | undefined
      /** On this day or before, in the practice's time zone */
      readonly to?: string | undefined
      /** Exactly this status */
      readonly status?: string | undefined
      /** A code, or system|code */
      readonly code?: string | undefined
      /** Only what we saw change after this instant, RFC 3339 */
      readonly updatedAfter?: string | undefined
      /** Only these fields, parted by commas; `id` always stands */
      readonly fields?: string | undefined
      /** Objects in one answer, at most 200 */
      readonly limit?: number | undefined
      /** `next` of the answer before */
      readonly cursor?: string | undefined
    }
    output: {
      readonly items: readonly CarePlan[]
      /** Pass as `cursor` to go on; null on the last page. Pages may be short or empty */
      readonly next: string | null
      readonly freshness: Freshness
    }
    errors:
      | 'CONTENT_NOT_KEPT'
      | 'CREDENTIALS_TWO'
      | 'CURSOR_INVALID'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'care-plans.read': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
      /** Only these fields, parted by commas; `id` always stands */
      readonly fields?: string | undefined
      readonly id: string
    }
    output: CarePlan
    errors:
      | 'CONTENT_NOT_KEPT'
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'RESOURCE_DELETED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'care-teams.history': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
      /** `next` of the answer before: only older versions than this */
      readonly before?: number | undefined
      readonly limit?: number | undefined
      readonly id: string
    }
    output: {
      readonly items: readonly StateOf[]
      /** Pass as `before` to go on; null at the first state */
      readonly next: number | null
      /** The history of the record itself */
      readonly fhir: string
    }
    errors:
      | 'CONTENT_NOT_KEPT'
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'care-teams.list': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
      /** Only what belongs to this patient */
      readonly patient?: string | undefined
      /** Exactly this status */
      readonly status?: string | undefined
      /** Id of a practitioner who did, ordered or recorded it */
      readonly provider?: string | undefined
      /** Only what we saw change after this instant, RFC 3339 */
      readonly updatedAfter?: string | undefined
      /** Only these fields, parted by commas; `id` always stands */
      readonly fields?: string | undefined
      /** Objects in one answer, at most 200 */
      readonly limit?: number | undefined
      /** `next` of the answer before */
      readonly cursor?: string | undefined
    }
    output: {
      readonly items: readonly CareTeam[]
      /** Pass as `cursor` to go on; null on the last page. Pages may be short or empty */
      readonly next: string | null
      readonly freshness: Freshness
    }
    errors:
      | 'CONTENT_NOT_KEPT'
      | 'CREDENTIALS_TWO'
      | 'CURSOR_INVALID'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'care-teams.read': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
      /** Only these fields, parted by commas; `id` always stands */
      readonly fields?: string | undefined
      readonly id: string
    }
    output: CareTeam
    errors:
      | 'CONTENT_NOT_KEPT'
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'RESOURCE_DELETED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
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
    errors:
      | 'CONTENT_NOT_KEPT'
      | 'CREDENTIALS_TWO'
      | 'CURSOR_INVALID'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'charge-items.history': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
      /** `next` of the answer before: only older versions than this */
      readonly before?: number | undefined
      readonly limit?: number | undefined
      readonly id: string
    }
    output: {
      readonly items: readonly StateOf[]
      /** Pass as `before` to go on; null at the first state */
      readonly next: number | null
      /** The history of the record itself */
      readonly fhir: string
    }
    errors:
      | 'CONTENT_NOT_KEPT'
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'charge-items.list': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
      /** Only what belongs to this patient */
      readonly patient?: string | undefined
      /** Id of a practitioner who did, ordered or recorded it */
      readonly provider?: string | undefined
      /** Only what belongs to this facility */
      readonly facility?: string | undefined
      /** Only what names this encounter */
      readonly encounter?: string | undefined
      /** On this day or later, in the practice's time zone */
      readonly from?: string | undefined
      /** On this day or before, in the practice's time zone */
      readonly to?: string | undefined
      /** Exactly this status */
      readonly status?: string | undefined
      /** A code, or system|code */
      readonly code?: string | undefined
      /** Only what we saw change after this instant, RFC 3339 */
      readonly updatedAfter?: string | undefined
      /** Only these fields, parted by commas; `id` always stands */
      readonly fields?: string | undefined
      /** Objects in one answer, at most 200 */
      readonly limit?: number | undefined
      /** `next` of the answer before */
      readonly cursor?: string | undefined
    }
    output: {
      readonly items: readonly ChargeItem[]
      /** Pass as `cursor` to go on; null on the last page. Pages may be short or empty */
      readonly next: string | null
      readonly freshness: Freshness
    }
    errors:
      | 'CONTENT_NOT_KEPT'
      | 'CREDENTIALS_TWO'
      | 'CURSOR_INVALID'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'charge-items.read': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
      /** Only these fields, parted by commas; `id` always stands */
      readonly fields?: string | undefined
      readonly id: string
    }
    output: ChargeItem
    errors:
      | 'CONTENT_NOT_KEPT'
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'RESOURCE_DELETED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'clients.create': {
    input: {
      /** As people are shown it when they are asked to agree */ readonly name: string
      /** For itself by key; for a person, with a secret or a key; for a person, with neither */
      readonly kind: 'backend' | 'confidential' | 'public'
      readonly redirectUris?: readonly string[] | undefined
      /** The most it may ask for: SMART v1 or v2 scopes for reading, or ours */
      readonly scopes: readonly string[]
      /** The only practices where the roles hold; null: all of the organization */
      readonly practices?: readonly string[] | null | undefined
      /** Records with a restricting label too; for people only if they may see them */
      readonly sensitive?: boolean | undefined
      /** Public keys, RFC 7517; RSA for RS384, P-384 for ES384 */
      readonly jwks?: Readonly<Record<string, unknown>> | undefined
      /** Where they are published instead, https */
      readonly jwksUri?: string | undefined
    }
    output: { readonly client: Client; readonly secret: string | null }
    errors:
      | 'AUTHENTICATION_STALE'
      | 'CLIENT_UNFIT'
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'REQUEST_FORGED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'clients.list': {
    input: Readonly<Record<string, never>>
    output: { readonly items: readonly Client[] }
    errors:
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'clients.revoke': {
    input: { readonly clientId: string }
    output: { readonly clientId: string; readonly revoked: true }
    errors:
      | 'AUTHENTICATION_STALE'
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'REQUEST_FORGED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'clinical-staff.history': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
      /** `next` of the answer before: only older versions than this */
      readonly before?: number | undefined
      readonly limit?: number | undefined
      readonly id: string
    }
    output: {
      readonly items: readonly StateOf[]
      /** Pass as `before` to go on; null at the first state */
      readonly next: number | null
      /** The history of the record itself */
      readonly fhir: string
    }
    errors:
      | 'CONTENT_NOT_KEPT'
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'clinical-staff.list': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
      /** A part of the name begins with it */
      readonly name?: string | undefined
      /** A family name begins with it */
      readonly family?: string | undefined
      /** A given name begins with it */
      readonly given?: string | undefined
      /** A value, or system|value, exactly */
      readonly identifier?: string | undefined
      /** Only what belongs to this facility */
      readonly facility?: string | undefined
      /** A code, or system|code */
      readonly code?: string | undefined
      /** Only what we saw change after this instant, RFC 3339 */
      readonly updatedAfter?: string | undefined
      /** Only these fields, parted by commas; `id` always stands */
      readonly fields?: string | undefined
      /** Objects in one answer, at most 200 */
      readonly limit?: number | undefined
      /** `next` of the answer before */
      readonly cursor?: string | undefined
    }
    output: {
      readonly items: readonly StaffMember[]
      /** Pass as `cursor` to go on; null on the last page. Pages may be short or empty */
      readonly next: string | null
      readonly freshness: Freshness
    }
    errors:
      | 'CONTENT_NOT_KEPT'
      | 'CREDENTIALS_TWO'
      | 'CURSOR_INVALID'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'clinical-staff.read': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
      /** Only these fields, parted by commas; `id` always stands */
      readonly fields?: string | undefined
      readonly id: string
    }
    output: StaffMember
    errors:
      | 'CONTENT_NOT_KEPT'
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'RESOURCE_DELETED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'counts.read': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
    }
    output: { readonly counts: Readonly<Record<string, number>> }
    errors:
      | 'CONTENT_NOT_KEPT'
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'coverages.history': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
      /** `next` of the answer before: only older versions than this */
      readonly before?: number | undefined
      readonly limit?: number | undefined
      readonly id: string
    }
    output: {
      readonly items: readonly StateOf[]
      /** Pass as `before` to go on; null at the first state */
      readonly next: number | null
      /** The history of the record itself */
      readonly fhir: string
    }
    errors:
      | 'CONTENT_NOT_KEPT'
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'coverages.list': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
      /** Only what belongs to this patient */
      readonly patient?: string | undefined
      /** Exactly this status */
      readonly status?: string | undefined
      /** Only what we saw change after this instant, RFC 3339 */
      readonly updatedAfter?: string | undefined
      /** Only these fields, parted by commas; `id` always stands */
      readonly fields?: string | undefined
      /** Objects in one answer, at most 200 */
      readonly limit?: number | undefined
      /** `next` of the answer before */
      readonly cursor?: string | undefined
    }
    output: {
      readonly items: readonly Coverage[]
      /** Pass as `cursor` to go on; null on the last page. Pages may be short or empty */
      readonly next: string | null
      readonly freshness: Freshness
    }
    errors:
      | 'CONTENT_NOT_KEPT'
      | 'CREDENTIALS_TWO'
      | 'CURSOR_INVALID'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'coverages.read': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
      /** Only these fields, parted by commas; `id` always stands */
      readonly fields?: string | undefined
      readonly id: string
    }
    output: Coverage
    errors:
      | 'CONTENT_NOT_KEPT'
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'RESOURCE_DELETED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'devices.history': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
      /** `next` of the answer before: only older versions than this */
      readonly before?: number | undefined
      readonly limit?: number | undefined
      readonly id: string
    }
    output: {
      readonly items: readonly StateOf[]
      /** Pass as `before` to go on; null at the first state */
      readonly next: number | null
      /** The history of the record itself */
      readonly fhir: string
    }
    errors:
      | 'CONTENT_NOT_KEPT'
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'devices.list': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
      /** Only what belongs to this patient */
      readonly patient?: string | undefined
      /** Exactly this status */
      readonly status?: string | undefined
      /** A code, or system|code */
      readonly code?: string | undefined
      /** Only what we saw change after this instant, RFC 3339 */
      readonly updatedAfter?: string | undefined
      /** Only these fields, parted by commas; `id` always stands */
      readonly fields?: string | undefined
      /** Objects in one answer, at most 200 */
      readonly limit?: number | undefined
      /** `next` of the answer before */
      readonly cursor?: string | undefined
    }
    output: {
      readonly items: readonly Device[]
      /** Pass as `cursor` to go on; null on the last page. Pages may be short or empty */
      readonly next: string | null
      readonly freshness: Freshness
    }
    errors:
      | 'CONTENT_NOT_KEPT'
      | 'CREDENTIALS_TWO'
      | 'CURSOR_INVALID'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'devices.read': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
      /** Only these fields, parted by commas; `id` always stands */
      readonly fields?: string | undefined
      readonly id: string
    }
    output: Device
    errors:
      | 'CONTENT_NOT_KEPT'
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'RESOURCE_DELETED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'diagnostic-reports.history': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
      /** `next` of the answer before: only older versions than this */
      readonly before?: number | undefined
      readonly limit?: number | undefined
      readonly id: string
    }
    output: {
      readonly items: readonly StateOf[]
      /** Pass as `before` to go on; null at the first state */
      readonly next: number | null
      /** The history of the record itself */
      readonly fhir: string
    }
    errors:
      | 'CONTENT_NOT_KEPT'
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'diagnostic-reports.list': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
      /** Only what belongs to this patient */
      readonly patient?: string | undefined
      /** Id of a practitioner who did, ordered or recorded it */
      readonly provider?: string | undefined
      /** Only what belongs to this facility */
      readonly facility?: string | undefined
      /** Only what names this encounter */
      readonly encounter?: string | undefined
      /** On this day or later, in the practice's time zone */
      readonly from?: string | undefined
      /** On this day or before, in the practice's time zone */
      readonly to?: string | undefined
      /** Exactly this status */
      readonly status?: string | undefined
      /** A code, or system|code */
      readonly code?: string | undefined
      /** Only what we saw change after this instant, RFC 3339 */
      readonly updatedAfter?: string | undefined
      /** Only these fields, parted by commas; `id` always stands */
      readonly fields?: string | undefined
      /** Objects in one answer, at most 200 */
      readonly limit?: number | undefined
      /** `next` of the answer before */
      readonly cursor?: string | undefined
    }
    output: {
      readonly items: readonly DiagnosticReport[]
      /** Pass as `cursor` to go on; null on the last page. Pages may be short or empty */
      readonly next: string | null
      readonly freshness: Freshness
    }
    errors:
      | 'CONTENT_NOT_KEPT'
      | 'CREDENTIALS_TWO'
      | 'CURSOR_INVALID'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'diagnostic-reports.read': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
      /** Only these fields, parted by commas; `id` always stands */
      readonly fields?: string | undefined
      readonly id: string
    }
    output: DiagnosticReport
    errors:
      | 'CONTENT_NOT_KEPT'
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'RESOURCE_DELETED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'documents.content': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
      /** Which of its contents, from 0 */
      readonly index?: number | undefined
      readonly id: string
    }
    output: DocumentContent
    errors:
      | 'CONTENT_NOT_HELD'
      | 'CONTENT_NOT_KEPT'
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'RESOURCE_DELETED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'documents.history': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
      /** `next` of the answer before: only older versions than this */
      readonly before?: number | undefined
      readonly limit?: number | undefined
      readonly id: string
    }
    output: {
      readonly items: readonly StateOf[]
      /** Pass as `before` to go on; null at the first state */
      readonly next: number | null
      /** The history of the record itself */
      readonly fhir: string
    }
    errors:
      | 'CONTENT_NOT_KEPT'
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'documents.list': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
      /** Only what belongs to this patient */
      readonly patient?: string | undefined
      /** Id of a practitioner who did, ordered or recorded it */
      readonly provider?: string | undefined
      /** Only what belongs to this facility */
      readonly facility?: string | undefined
      /** Only what names this encounter */
      readonly encounter?: string | undefined
      /** On this day or later, in the practice's time zone */
      readonly from?: string | undefined
      /** On this day or before, in the practice's time zone */
      readonly to?: string | undefined
      /** Exactly this status */
      readonly status?: string | undefined
      /** A code, or system|code */
      readonly code?: string | undefined
      /** A code, or system|code */
      readonly category?: string | undefined
      /** Only what we saw change after this instant, RFC 3339 */
      readonly updatedAfter?: string | undefined
      /** Only these fields, parted by commas; `id` always stands */
      readonly fields?: string | undefined
      /** Objects in one answer, at most 200 */
      readonly limit?: number | undefined
      /** `next` of the answer before */
      readonly cursor?: string | undefined
    }
    output: {
      readonly items: readonly Document[]
      /** Pass as `cursor` to go on; null on the last page. Pages may be short or empty */
      readonly next: string | null
      readonly freshness: Freshness
    }
    errors:
      | 'CONTENT_NOT_KEPT'
      | 'CREDENTIALS_TWO'
      | 'CURSOR_INVALID'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'documents.read': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
      /** Only these fields, parted by commas; `id` always stands */
      readonly fields?: string | undefined
      readonly id: string
    }
    output: Document
    errors:
      | 'CONTENT_NOT_KEPT'
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'RESOURCE_DELETED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'encounters.history': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
      /** `next` of the answer before: only older versions than this */
      readonly before?: number | undefined
      readonly limit?: number | undefined
      readonly id: string
    }
    output: {
      readonly items: readonly StateOf[]
      /** Pass as `before` to go on; null at the first state */
      readonly next: number | null
      /** The history of the record itself */
      readonly fhir: string
    }
    errors:
      | 'CONTENT_NOT_KEPT'
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'encounters.list': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
      /** Only what belongs to this patient */
      readonly patient?: string | undefined
      /** Id of a practitioner who takes part */
      readonly provider?: string | undefined
      /** Only what belongs to this facility */
      readonly facility?: string | undefined
      /** On this day or later, in the practice's time zone */
      readonly from?: string | undefined
      /** On this day or before, in the practice's time zone */
      readonly to?: string | undefined
      /** Exactly this status */
      readonly status?: string | undefined
      /** A code, or system|code */
      readonly code?: string | undefined
      /** Only what we saw change after this instant, RFC 3339 */
      readonly updatedAfter?: string | undefined
      /** Only these fields, parted by commas; `id` always stands */
      readonly fields?: string | undefined
      /** Objects in one answer, at most 200 */
      readonly limit?: number | undefined
      /** `next` of the answer before */
      readonly cursor?: string | undefined
    }
    output: {
      readonly items: readonly Encounter[]
      /** Pass as `cursor` to go on; null on the last page. Pages may be short or empty */
      readonly next: string | null
      readonly freshness: Freshness
    }
    errors:
      | 'CONTENT_NOT_KEPT'
      | 'CREDENTIALS_TWO'
      | 'CURSOR_INVALID'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'encounters.read': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
      /** Only these fields, parted by commas; `id` always stands */
      readonly fields?: string | undefined
      readonly id: string
    }
    output: Encounter
    errors:
      | 'CONTENT_NOT_KEPT'
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'RESOURCE_DELETED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'errors.read': {
    input: { readonly code: string }
    output: {
      readonly code: string
      readonly title: string
      readonly cause: string
      readonly cure: string
    }
    errors: 'INTERNAL' | 'NOT_FOUND' | 'SERVICE_STOPPING'
  }
  'facilities.history': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
      /** `next` of the answer before: only older versions than this */
      readonly before?: number | undefined
      readonly limit?: number | undefined
      readonly id: string
    }
    output: {
      readonly items: readonly StateOf[]
      /** Pass as `before` to go on; null at the first state */
      readonly next: number | null
      /** The history of the record itself */
      readonly fhir: string
    }
    errors:
      | 'CONTENT_NOT_KEPT'
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'facilities.list': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
      /** The name begins with it */
      readonly name?: string | undefined
      /** Exactly this status */
      readonly status?: string | undefined
      /** Only what we saw change after this instant, RFC 3339 */
      readonly updatedAfter?: string | undefined
      /** Only these fields, parted by commas; `id` always stands */
      readonly fields?: string | undefined
      /** Objects in one answer, at most 200 */
      readonly limit?: number | undefined
      /** `next` of the answer before */
      readonly cursor?: string | undefined
    }
    output: {
      readonly items: readonly Facility[]
      /** Pass as `cursor` to go on; null on the last page. Pages may be short or empty */
      readonly next: string | null
      readonly freshness: Freshness
    }
    errors:
      | 'CONTENT_NOT_KEPT'
      | 'CREDENTIALS_TWO'
      | 'CURSOR_INVALID'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'facilities.read': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
      /** Only these fields, parted by commas; `id` always stands */
      readonly fields?: string | undefined
      readonly id: string
    }
    output: Facility
    errors:
      | 'CONTENT_NOT_KEPT'
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'RESOURCE_DELETED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
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
    errors:
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'goals.history': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
      /** `next` of the answer before: only older versions than this */
      readonly before?: number | undefined
      readonly limit?: number | undefined
      readonly id: string
    }
    output: {
      readonly items: readonly StateOf[]
      /** Pass as `before` to go on; null at the first state */
      readonly next: number | null
      /** The history of the record itself */
      readonly fhir: string
    }
    errors:
      | 'CONTENT_NOT_KEPT'
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'goals.list': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
      /** Only what belongs to this patient */
      readonly patient?: string | undefined
      /** Exactly this status */
      readonly status?: string | undefined
      /** On this day or later, in the practice's time zone */
      readonly from?: string | undefined
      /** On this day or before, in the practice's time zone */
      readonly to?: string | undefined
      /** Only what we saw change after this instant, RFC 3339 */
      readonly updatedAfter?: string | undefined
      /** Only these fields, parted by commas; `id` always stands */
      readonly fields?: string | undefined
      /** Objects in one answer, at most 200 */
      readonly limit?: number | undefined
      /** `next` of the answer before */
      readonly cursor?: string | undefined
    }
    output: {
      readonly items: readonly Goal[]
      /** Pass as `cursor` to go on; null on the last page. Pages may be short or empty */
      readonly next: string | null
      readonly freshness: Freshness
    }
    errors:
      | 'CONTENT_NOT_KEPT'
      | 'CREDENTIALS_TWO'
      | 'CURSOR_INVALID'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'goals.read': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
      /** Only these fields, parted by commas; `id` always stands */
      readonly fields?: string | undefined
      readonly id: string
    }
    output: Goal
    errors:
      | 'CONTENT_NOT_KEPT'
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'RESOURCE_DELETED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'health.live': {
    input: Readonly<Record<string, never>>
    output: { readonly status: 'ok' }
    errors: 'INTERNAL' | 'SERVICE_STOPPING'
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
    errors: 'DATABASE_UNREACHABLE' | 'INTERNAL' | 'SERVICE_STOPPING'
  }
  'health.ready': {
    input: Readonly<Record<string, never>>
    output: { readonly status: 'ok' }
    errors: 'DATABASE_UNREACHABLE' | 'INTERNAL' | 'SERVICE_STOPPING'
  }
  'immunizations.history': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
      /** `next` of the answer before: only older versions than this */
      readonly before?: number | undefined
      readonly limit?: number | undefined
      readonly id: string
    }
    output: {
      readonly items: readonly StateOf[]
      /** Pass as `before` to go on; null at the first state */
      readonly next: number | null
      /** The history of the record itself */
      readonly fhir: string
    }
    errors:
      | 'CONTENT_NOT_KEPT'
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'immunizations.list': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
      /** Only what belongs to this patient */
      readonly patient?: string | undefined
      /** Id of a practitioner who did, ordered or recorded it */
      readonly provider?: string | undefined
      /** Only what belongs to this facility */
      readonly facility?: string | undefined
      /** Only what names this encounter */
      readonly encounter?: string | undefined
      /** On this day or later, in the practice's time zone */
      readonly from?: string | undefined
      /** On this day or before, in the practice's time zone */
      readonly to?: string | undefined
      /** Exactly this status */
      readonly status?: string | undefined
      /** A code, or system|code */
      readonly code?: string | undefined
      /** Only what we saw change after this instant, RFC 3339 */
      readonly updatedAfter?: string | undefined
      /** Only these fields, parted by commas; `id` always stands */
      readonly fields?: string | undefined
      /** Objects in one answer, at most 200 */
      readonly limit?: number | undefined
      /** `next` of the answer before */
      readonly cursor?: string | undefined
    }
    output: {
      readonly items: readonly Immunization[]
      /** Pass as `cursor` to go on; null on the last page. Pages may be short or empty */
      readonly next: string | null
      readonly freshness: Freshness
    }
    errors:
      | 'CONTENT_NOT_KEPT'
      | 'CREDENTIALS_TWO'
      | 'CURSOR_INVALID'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'immunizations.read': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
      /** Only these fields, parted by commas; `id` always stands */
      readonly fields?: string | undefined
      readonly id: string
    }
    output: Immunization
    errors:
      | 'CONTENT_NOT_KEPT'
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'RESOURCE_DELETED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'jwks.read': {
    input: { readonly organization: string }
    output: { readonly keys: readonly Readonly<Record<string, unknown>>[] }
    errors: 'INTERNAL' | 'NOT_FOUND' | 'SERVICE_STOPPING'
  }
  'keys.create': {
    input: { readonly name: string; readonly scopes: readonly ('read' | 'sensitive' | 'admin')[] }
    output: { readonly keyId: string; readonly text: string; readonly scopes: readonly string[] }
    errors:
      | 'AUTHENTICATION_STALE'
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'REQUEST_FORGED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
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
    errors:
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'keys.revoke': {
    input: { readonly keyId: string }
    output: { readonly keyId: string; readonly revoked: true }
    errors:
      | 'AUTHENTICATION_STALE'
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'REQUEST_FORGED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'lab-orders.history': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
      /** `next` of the answer before: only older versions than this */
      readonly before?: number | undefined
      readonly limit?: number | undefined
      readonly id: string
    }
    output: {
      readonly items: readonly StateOf[]
      /** Pass as `before` to go on; null at the first state */
      readonly next: number | null
      /** The history of the record itself */
      readonly fhir: string
    }
    errors:
      | 'CONTENT_NOT_KEPT'
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'lab-orders.list': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
      /** Only what belongs to this patient */
      readonly patient?: string | undefined
      /** Id of a practitioner who did, ordered or recorded it */
      readonly provider?: string | undefined
      /** Only what belongs to this facility */
      readonly facility?: string | undefined
      /** Only what names this encounter */
      readonly encounter?: string | undefined
      /** On this day or later, in the practice's time zone */
      readonly from?: string | undefined
      /** On this day or before, in the practice's time zone */
      readonly to?: string | undefined
      /** Exactly this status */
      readonly status?: string | undefined
      /** A code, or system|code */
      readonly code?: string | undefined
      /** Only what we saw change after this instant, RFC 3339 */
      readonly updatedAfter?: string | undefined
      /** Only these fields, parted by commas; `id` always stands */
      readonly fields?: string | undefined
      /** Objects in one answer, at most 200 */
      readonly limit?: number | undefined
      /** `next` of the answer before */
      readonly cursor?: string | undefined
    }
    output: {
      readonly items: readonly LabOrder[]
      /** Pass as `cursor` to go on; null on the last page. Pages may be short or empty */
      readonly next: string | null
      readonly freshness: Freshness
    }
    errors:
      | 'CONTENT_NOT_KEPT'
      | 'CREDENTIALS_TWO'
      | 'CURSOR_INVALID'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'lab-orders.read': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
      /** Only these fields, parted by commas; `id` always stands */
      readonly fields?: string | undefined
      readonly id: string
    }
    output: LabOrder
    errors:
      | 'CONTENT_NOT_KEPT'
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'RESOURCE_DELETED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'lab-results.history': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
      /** `next` of the answer before: only older versions than this */
      readonly before?: number | undefined
      readonly limit?: number | undefined
      readonly id: string
    }
    output: {
      readonly items: readonly StateOf[]
      /** Pass as `before` to go on; null at the first state */
      readonly next: number | null
      /** The history of the record itself */
      readonly fhir: string
    }
    errors:
      | 'CONTENT_NOT_KEPT'
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'lab-results.list': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
      /** Only what belongs to this patient */
      readonly patient?: string | undefined
      /** Id of a practitioner who did, ordered or recorded it */
      readonly provider?: string | undefined
      /** Only what belongs to this facility */
      readonly facility?: string | undefined
      /** Only what names this encounter */
      readonly encounter?: string | undefined
      /** On this day or later, in the practice's time zone */
      readonly from?: string | undefined
      /** On this day or before, in the practice's time zone */
      readonly to?: string | undefined
      /** Exactly this status */
      readonly status?: string | undefined
      /** A code, or system|code */
      readonly code?: string | undefined
      /** Only what we saw change after this instant, RFC 3339 */
      readonly updatedAfter?: string | undefined
      /** Only these fields, parted by commas; `id` always stands */
      readonly fields?: string | undefined
      /** Objects in one answer, at most 200 */
      readonly limit?: number | undefined
      /** `next` of the answer before */
      readonly cursor?: string | undefined
    }
    output: {
      readonly items: readonly LabResult[]
      /** Pass as `cursor` to go on; null on the last page. Pages may be short or empty */
      readonly next: string | null
      readonly freshness: Freshness
    }
    errors:
      | 'CONTENT_NOT_KEPT'
      | 'CREDENTIALS_TWO'
      | 'CURSOR_INVALID'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'lab-results.read': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
      /** Only these fields, parted by commas; `id` always stands */
      readonly fields?: string | undefined
      readonly id: string
    }
    output: LabResult
    errors:
      | 'CONTENT_NOT_KEPT'
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'RESOURCE_DELETED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'launches.end': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
      /** Id of a launch */
      readonly launch: string
    }
    output: Launch
    errors:
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'LAUNCH_NOT_YOURS'
      | 'LAUNCH_OVER'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'REQUEST_FORGED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'launches.list': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
      /** Rows in one answer, at most 500; fewer when they are long */
      readonly limit?: number | undefined
    }
    output: { readonly items: readonly Launch[] }
    errors:
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'launches.read': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
      /** Id of a launch */
      readonly launch: string
    }
    output: Launch
    errors:
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'launches.resource': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
      /** Id of a launch */
      readonly launch: string
      readonly type: string
      readonly id: string
    }
    output: {
      readonly practice: string
      readonly launch: string
      readonly type: string
      readonly id: string
      /** Whose it is; null for what is nobody’s */
      readonly patient: string | null
      /** RFC 3339, UTC */
      readonly askedAt: string
      /** Where the answer was dirty, and by which rule it was cleaned */
      readonly repairs: readonly { readonly path: string; readonly rule: string }[]
      readonly resource: Readonly<Record<string, unknown>>
    }
    errors:
      | 'CONTENT_NOT_KEPT'
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'LAUNCH_CLIENT_REFUSED'
      | 'LAUNCH_NEEDED'
      | 'LAUNCH_NOT_SET_UP'
      | 'LAUNCH_NOT_YOURS'
      | 'LAUNCH_OVER'
      | 'LAUNCH_SECRET_MISSING'
      | 'NOT_FOUND'
      | 'OUTBOUND_HELD'
      | 'PATHWAY_ANSWER_OTHER'
      | 'PATHWAY_NOT_ACTIVATED'
      | 'PATHWAY_NOT_THERE'
      | 'PATHWAY_SCOPE_MISSING'
      | 'PATHWAY_VENDOR_FAILED'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'launches.set-secret': {
    input: {
      readonly practice: string
      /** As the vendor gave it; it is never shown again */
      readonly secret: string
    }
    output: { readonly practice: string }
    errors:
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'REQUEST_FORGED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'launches.start': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
    }
    output: {
      readonly launch: string
      /** Open it once, within ten minutes; it is for who started it alone */
      readonly url: string
      /** RFC 3339, UTC */
      readonly expiresAt: string
    }
    errors:
      | 'CONTENT_NOT_KEPT'
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'LAUNCHES_TOO_MANY'
      | 'LAUNCH_NOT_SET_UP'
      | 'LAUNCH_SECRET_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'REQUEST_FORGED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'medications.history': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
      /** `next` of the answer before: only older versions than this */
      readonly before?: number | undefined
      readonly limit?: number | undefined
      readonly id: string
    }
    output: {
      readonly items: readonly StateOf[]
      /** Pass as `before` to go on; null at the first state */
      readonly next: number | null
      /** The history of the record itself */
      readonly fhir: string
    }
    errors:
      | 'CONTENT_NOT_KEPT'
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'medications.list': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
      /** Only what belongs to this patient */
      readonly patient?: string | undefined
      /** Id of a practitioner who did, ordered or recorded it */
      readonly provider?: string | undefined
      /** Only what belongs to this facility */
      readonly facility?: string | undefined
      /** Only what names this encounter */
      readonly encounter?: string | undefined
      /** On this day or later, in the practice's time zone */
      readonly from?: string | undefined
      /** On this day or before, in the practice's time zone */
      readonly to?: string | undefined
      /** Exactly this status */
      readonly status?: string | undefined
      /** A code, or system|code */
      readonly code?: string | undefined
      /** Only what we saw change after this instant, RFC 3339 */
      readonly updatedAfter?: string | undefined
      /** Only these fields, parted by commas; `id` always stands */
      readonly fields?: string | undefined
      /** Objects in one answer, at most 200 */
      readonly limit?: number | undefined
      /** `next` of the answer before */
      readonly cursor?: string | undefined
    }
    output: {
      readonly items: readonly MedicationEntry[]
      /** Pass as `cursor` to go on; null on the last page. Pages may be short or empty */
      readonly next: string | null
      readonly freshness: Freshness
    }
    errors:
      | 'CONTENT_NOT_KEPT'
      | 'CREDENTIALS_TWO'
      | 'CURSOR_INVALID'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'medications.read': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
      /** Only these fields, parted by commas; `id` always stands */
      readonly fields?: string | undefined
      readonly id: string
    }
    output: MedicationEntry
    errors:
      | 'CONTENT_NOT_KEPT'
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'RESOURCE_DELETED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
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
    errors:
      | 'AUTHENTICATION_STALE'
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'REQUEST_FORGED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'patients.history': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
      /** `next` of the answer before: only older versions than this */
      readonly before?: number | undefined
      readonly limit?: number | undefined
      readonly id: string
    }
    output: {
      readonly items: readonly StateOf[]
      /** Pass as `before` to go on; null at the first state */
      readonly next: number | null
      /** The history of the record itself */
      readonly fhir: string
    }
    errors:
      | 'CONTENT_NOT_KEPT'
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'patients.list': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
      /** A part of the name begins with it */
      readonly name?: string | undefined
      /** A family name begins with it */
      readonly family?: string | undefined
      /** A given name begins with it */
      readonly given?: string | undefined
      /** A value, or system|value, exactly */
      readonly identifier?: string | undefined
      /** Born on this day, exactly */
      readonly birthDate?: string | undefined
      /** Id of a general practitioner */
      readonly provider?: string | undefined
      /** Only what belongs to this facility */
      readonly facility?: string | undefined
      /** Only what we saw change after this instant, RFC 3339 */
      readonly updatedAfter?: string | undefined
      /** Only these fields, parted by commas; `id` always stands */
      readonly fields?: string | undefined
      /** Objects in one answer, at most 200 */
      readonly limit?: number | undefined
      /** `next` of the answer before */
      readonly cursor?: string | undefined
    }
    output: {
      readonly items: readonly Patient[]
      /** Pass as `cursor` to go on; null on the last page. Pages may be short or empty */
      readonly next: string | null
      readonly freshness: Freshness
    }
    errors:
      | 'CONTENT_NOT_KEPT'
      | 'CREDENTIALS_TWO'
      | 'CURSOR_INVALID'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'patients.read': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
      /** Only these fields, parted by commas; `id` always stands */
      readonly fields?: string | undefined
      readonly id: string
    }
    output: Patient
    errors:
      | 'CONTENT_NOT_KEPT'
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'RESOURCE_DELETED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'patients.search': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
      /** A part of the name begins with it */
      readonly name?: string | undefined
      /** A family name begins with it */
      readonly family?: string | undefined
      /** A given name begins with it */
      readonly given?: string | undefined
      /** A value, or system|value, exactly */
      readonly identifier?: string | undefined
      /** Born on this day, exactly */
      readonly birthDate?: string | undefined
      /** Id of a general practitioner */
      readonly provider?: string | undefined
      /** Only what belongs to this facility */
      readonly facility?: string | undefined
      /** Only what we saw change after this instant, RFC 3339 */
      readonly updatedAfter?: string | undefined
      /** Only these fields, parted by commas; `id` always stands */
      readonly fields?: string | undefined
      /** Objects in one answer, at most 200 */
      readonly limit?: number | undefined
      /** `next` of the answer before */
      readonly cursor?: string | undefined
    }
    output: {
      readonly items: readonly Patient[]
      /** Pass as `cursor` to go on; null on the last page. Pages may be short or empty */
      readonly next: string | null
      readonly freshness: Freshness
    }
    errors:
      | 'CONTENT_NOT_KEPT'
      | 'CREDENTIALS_TWO'
      | 'CURSOR_INVALID'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'REQUEST_FORGED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
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
    errors:
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'REQUEST_FORGED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
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
    errors:
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PATHWAY_BASE_URL_INVALID'
      | 'PATHWAY_BASE_URL_NO_PRACTICE'
      | 'PATHWAY_BASE_URL_SLASH'
      | 'PATHWAY_DIALECT_UNKNOWN'
      | 'PATHWAY_SETTINGS_INVALID'
      | 'PRACTICE_HAS_RECORDS'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'REQUEST_FORGED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TIME_ZONE_UNKNOWN'
      | 'TOKEN_INVALID'
  }
  'practices.list': {
    input: Readonly<Record<string, never>>
    output: { readonly items: readonly Practice[] }
    errors:
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'practices.pause': {
    input: { readonly practice: string }
    output: { readonly practice: Practice }
    errors:
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'REQUEST_FORGED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'practices.resume': {
    input: { readonly practice: string }
    output: { readonly practice: Practice }
    errors:
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'REQUEST_FORGED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'practices.retain': {
    input: {
      readonly practice: string
      readonly mode: 'full' | 'window' | 'fingerprint'
      /** Of a window, and only of one */
      readonly days?: number | undefined
    }
    output: Retention
    errors:
      | 'AUTHENTICATION_STALE'
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'REQUEST_FORGED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'practices.retention': {
    input: { readonly practice: string }
    output: Retention
    errors:
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'prescriptions.history': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
      /** `next` of the answer before: only older versions than this */
      readonly before?: number | undefined
      readonly limit?: number | undefined
      readonly id: string
    }
    output: {
      readonly items: readonly StateOf[]
      /** Pass as `before` to go on; null at the first state */
      readonly next: number | null
      /** The history of the record itself */
      readonly fhir: string
    }
    errors:
      | 'CONTENT_NOT_KEPT'
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'prescriptions.list': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
      /** Only what belongs to this patient */
      readonly patient?: string | undefined
      /** Id of a practitioner who did, ordered or recorded it */
      readonly provider?: string | undefined
      /** Only what belongs to this facility */
      readonly facility?: string | undefined
      /** Only what names this encounter */
      readonly encounter?: string | undefined
      /** On this day or later, in the practice's time zone */
      readonly from?: string | undefined
      /** On this day or before, in the practice's time zone */
      readonly to?: string | undefined
      /** Exactly this status */
      readonly status?: string | undefined
      /** A code, or system|code */
      readonly code?: string | undefined
      /** Only what we saw change after this instant, RFC 3339 */
      readonly updatedAfter?: string | undefined
      /** Only these fields, parted by commas; `id` always stands */
      readonly fields?: string | undefined
      /** Objects in one answer, at most 200 */
      readonly limit?: number | undefined
      /** `next` of the answer before */
      readonly cursor?: string | undefined
    }
    output: {
      readonly items: readonly Prescription[]
      /** Pass as `cursor` to go on; null on the last page. Pages may be short or empty */
      readonly next: string | null
      readonly freshness: Freshness
    }
    errors:
      | 'CONTENT_NOT_KEPT'
      | 'CREDENTIALS_TWO'
      | 'CURSOR_INVALID'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'prescriptions.read': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
      /** Only these fields, parted by commas; `id` always stands */
      readonly fields?: string | undefined
      readonly id: string
    }
    output: Prescription
    errors:
      | 'CONTENT_NOT_KEPT'
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'RESOURCE_DELETED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'problems.history': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
      /** `next` of the answer before: only older versions than this */
      readonly before?: number | undefined
      readonly limit?: number | undefined
      readonly id: string
    }
    output: {
      readonly items: readonly StateOf[]
      /** Pass as `before` to go on; null at the first state */
      readonly next: number | null
      /** The history of the record itself */
      readonly fhir: string
    }
    errors:
      | 'CONTENT_NOT_KEPT'
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'problems.list': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
      /** Only what belongs to this patient */
      readonly patient?: string | undefined
      /** Id of a practitioner who did, ordered or recorded it */
      readonly provider?: string | undefined
      /** Only what belongs to this facility */
      readonly facility?: string | undefined
      /** Only what names this encounter */
      readonly encounter?: string | undefined
      /** On this day or later, in the practice's time zone */
      readonly from?: string | undefined
      /** On this day or before, in the practice's time zone */
      readonly to?: string | undefined
      /** Exactly this status */
      readonly status?: string | undefined
      /** A code, or system|code */
      readonly code?: string | undefined
      /** Only what we saw change after this instant, RFC 3339 */
      readonly updatedAfter?: string | undefined
      /** Only these fields, parted by commas; `id` always stands */
      readonly fields?: string | undefined
      /** Objects in one answer, at most 200 */
      readonly limit?: number | undefined
      /** `next` of the answer before */
      readonly cursor?: string | undefined
    }
    output: {
      readonly items: readonly ChartProblem[]
      /** Pass as `cursor` to go on; null on the last page. Pages may be short or empty */
      readonly next: string | null
      readonly freshness: Freshness
    }
    errors:
      | 'CONTENT_NOT_KEPT'
      | 'CREDENTIALS_TWO'
      | 'CURSOR_INVALID'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'problems.read': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
      /** Only these fields, parted by commas; `id` always stands */
      readonly fields?: string | undefined
      readonly id: string
    }
    output: ChartProblem
    errors:
      | 'CONTENT_NOT_KEPT'
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'RESOURCE_DELETED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'procedures.history': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
      /** `next` of the answer before: only older versions than this */
      readonly before?: number | undefined
      readonly limit?: number | undefined
      readonly id: string
    }
    output: {
      readonly items: readonly StateOf[]
      /** Pass as `before` to go on; null at the first state */
      readonly next: number | null
      /** The history of the record itself */
      readonly fhir: string
    }
    errors:
      | 'CONTENT_NOT_KEPT'
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'procedures.list': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
      /** Only what belongs to this patient */
      readonly patient?: string | undefined
      /** Id of a practitioner who did, ordered or recorded it */
      readonly provider?: string | undefined
      /** Only what belongs to this facility */
      readonly facility?: string | undefined
      /** Only what names this encounter */
      readonly encounter?: string | undefined
      /** On this day or later, in the practice's time zone */
      readonly from?: string | undefined
      /** On this day or before, in the practice's time zone */
      readonly to?: string | undefined
      /** Exactly this status */
      readonly status?: string | undefined
      /** A code, or system|code */
      readonly code?: string | undefined
      /** Only what we saw change after this instant, RFC 3339 */
      readonly updatedAfter?: string | undefined
      /** Only these fields, parted by commas; `id` always stands */
      readonly fields?: string | undefined
      /** Objects in one answer, at most 200 */
      readonly limit?: number | undefined
      /** `next` of the answer before */
      readonly cursor?: string | undefined
    }
    output: {
      readonly items: readonly Procedure[]
      /** Pass as `cursor` to go on; null on the last page. Pages may be short or empty */
      readonly next: string | null
      readonly freshness: Freshness
    }
    errors:
      | 'CONTENT_NOT_KEPT'
      | 'CREDENTIALS_TWO'
      | 'CURSOR_INVALID'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'procedures.read': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
      /** Only these fields, parted by commas; `id` always stands */
      readonly fields?: string | undefined
      readonly id: string
    }
    output: Procedure
    errors:
      | 'CONTENT_NOT_KEPT'
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'RESOURCE_DELETED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'providers.history': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
      /** `next` of the answer before: only older versions than this */
      readonly before?: number | undefined
      readonly limit?: number | undefined
      readonly id: string
    }
    output: {
      readonly items: readonly StateOf[]
      /** Pass as `before` to go on; null at the first state */
      readonly next: number | null
      /** The history of the record itself */
      readonly fhir: string
    }
    errors:
      | 'CONTENT_NOT_KEPT'
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'providers.list': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
      /** A part of the name begins with it */
      readonly name?: string | undefined
      /** A family name begins with it */
      readonly family?: string | undefined
      /** A given name begins with it */
      readonly given?: string | undefined
      /** A value, or system|value, exactly */
      readonly identifier?: string | undefined
      /** Only what belongs to this facility */
      readonly facility?: string | undefined
      /** A code, or system|code */
      readonly code?: string | undefined
      /** Only what we saw change after this instant, RFC 3339 */
      readonly updatedAfter?: string | undefined
      /** Only these fields, parted by commas; `id` always stands */
      readonly fields?: string | undefined
      /** Objects in one answer, at most 200 */
      readonly limit?: number | undefined
      /** `next` of the answer before */
      readonly cursor?: string | undefined
    }
    output: {
      readonly items: readonly Provider[]
      /** Pass as `cursor` to go on; null on the last page. Pages may be short or empty */
      readonly next: string | null
      readonly freshness: Freshness
    }
    errors:
      | 'CONTENT_NOT_KEPT'
      | 'CREDENTIALS_TWO'
      | 'CURSOR_INVALID'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'providers.read': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
      /** Only these fields, parted by commas; `id` always stands */
      readonly fields?: string | undefined
      readonly id: string
    }
    output: Provider
    errors:
      | 'CONTENT_NOT_KEPT'
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'RESOURCE_DELETED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'referrals.history': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
      /** `next` of the answer before: only older versions than this */
      readonly before?: number | undefined
      readonly limit?: number | undefined
      readonly id: string
    }
    output: {
      readonly items: readonly StateOf[]
      /** Pass as `before` to go on; null at the first state */
      readonly next: number | null
      /** The history of the record itself */
      readonly fhir: string
    }
    errors:
      | 'CONTENT_NOT_KEPT'
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'referrals.list': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
      /** Only what belongs to this patient */
      readonly patient?: string | undefined
      /** Id of a practitioner who did, ordered or recorded it */
      readonly provider?: string | undefined
      /** Only what belongs to this facility */
      readonly facility?: string | undefined
      /** Only what names this encounter */
      readonly encounter?: string | undefined
      /** On this day or later, in the practice's time zone */
      readonly from?: string | undefined
      /** On this day or before, in the practice's time zone */
      readonly to?: string | undefined
      /** Exactly this status */
      readonly status?: string | undefined
      /** A code, or system|code */
      readonly code?: string | undefined
      /** Only what we saw change after this instant, RFC 3339 */
      readonly updatedAfter?: string | undefined
      /** Only these fields, parted by commas; `id` always stands */
      readonly fields?: string | undefined
      /** Objects in one answer, at most 200 */
      readonly limit?: number | undefined
      /** `next` of the answer before */
      readonly cursor?: string | undefined
    }
    output: {
      readonly items: readonly Referral[]
      /** Pass as `cursor` to go on; null on the last page. Pages may be short or empty */
      readonly next: string | null
      readonly freshness: Freshness
    }
    errors:
      | 'CONTENT_NOT_KEPT'
      | 'CREDENTIALS_TWO'
      | 'CURSOR_INVALID'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'referrals.read': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
      /** Only these fields, parted by commas; `id` always stands */
      readonly fields?: string | undefined
      readonly id: string
    }
    output: Referral
    errors:
      | 'CONTENT_NOT_KEPT'
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'RESOURCE_DELETED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
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
    errors:
      | 'CONTENT_NOT_KEPT'
      | 'CREDENTIALS_TWO'
      | 'CURSOR_INVALID'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
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
    errors:
      | 'CONTENT_NOT_KEPT'
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'RESOURCE_DELETED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'sessions.confirm': {
    input: {
      readonly password: string
      /** Of the authenticator application, or a recovery code */
      readonly code: string
    }
    output: Session
    errors:
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'REQUEST_FORGED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'SESSION_NEEDED'
      | 'SESSION_OVER'
      | 'SIGN_IN_REFUSED'
      | 'SIGN_IN_SLOWED'
      | 'TOKEN_INVALID'
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
    errors:
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'REQUEST_FORGED'
      | 'SERVICE_STOPPING'
      | 'SIGN_IN_REFUSED'
      | 'SIGN_IN_SLOWED'
  }
  'sessions.delete': {
    input: Readonly<Record<string, never>>
    output: { readonly signedOut: true }
    errors:
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'REQUEST_FORGED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'SESSION_NEEDED'
      | 'TOKEN_INVALID'
  }
  'sessions.list': {
    input: {
      /** Only of this account; all for those who tend people */ readonly user?: string | undefined
    }
    output: { readonly items: readonly Session[] }
    errors:
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'sessions.read': {
    input: Readonly<Record<string, never>>
    output: Who
    errors:
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'sessions.revoke': {
    input: { readonly sessionId: string }
    output: { readonly sessionId: string; readonly revoked: true }
    errors:
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'REQUEST_FORGED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'signing-keys.rotate': {
    input: Readonly<Record<string, never>>
    output: { readonly kid: string }
    errors:
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'REQUEST_FORGED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'sync.problems': {
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
    errors:
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
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
    errors:
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'users.accept-invitation': {
    input: {
      /** From the link of the invitation */ readonly token: string
      readonly password: string
      /** Of the authenticator application, or a recovery code */
      readonly code: string
    }
    output: { readonly who: Who; readonly recoveryCodes: readonly string[] }
    errors:
      | 'CODE_WRONG'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'INVITATION_INVALID'
      | 'PASSWORD_UNFIT'
      | 'REQUEST_FORGED'
      | 'SERVICE_STOPPING'
      | 'SIGN_IN_SLOWED'
  }
  'users.change-password': {
    input: {
      readonly password: string
      /** Of the authenticator application, or a recovery code */
      readonly code: string
      readonly next: string
    }
    output: { readonly changed: true }
    errors:
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'PASSWORD_UNFIT'
      | 'REQUEST_FORGED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'SESSION_NEEDED'
      | 'SESSION_OVER'
      | 'SIGN_IN_REFUSED'
      | 'SIGN_IN_SLOWED'
      | 'TOKEN_INVALID'
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
    errors:
      | 'AUTHENTICATION_STALE'
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NAME_TAKEN'
      | 'NOT_FOUND'
      | 'REQUEST_FORGED'
      | 'RIGHT_MISSING'
      | 'ROLE_NOT_BY_PRACTICE'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'users.disable': {
    input: {
      /** Id of the account */ readonly user: string
    }
    output: { readonly user: User }
    errors:
      | 'AUTHENTICATION_STALE'
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'LAST_ADMINISTRATOR'
      | 'NOT_FOUND'
      | 'REQUEST_FORGED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'users.enable': {
    input: {
      /** Id of the account */ readonly user: string
    }
    output: { readonly user: User }
    errors:
      | 'AUTHENTICATION_STALE'
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'REQUEST_FORGED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
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
    errors:
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
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
    errors:
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'INVITATION_INVALID'
      | 'REQUEST_FORGED'
      | 'SERVICE_STOPPING'
  }
  'users.reset': {
    input: {
      /** Id of the account */ readonly user: string
    }
    output: { readonly user: User; readonly invitation: Invitation }
    errors:
      | 'AUTHENTICATION_STALE'
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'LAST_ADMINISTRATOR'
      | 'NOT_FOUND'
      | 'REQUEST_FORGED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
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
    errors:
      | 'AUTHENTICATION_STALE'
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'LAST_ADMINISTRATOR'
      | 'NOT_FOUND'
      | 'REQUEST_FORGED'
      | 'RIGHT_MISSING'
      | 'ROLE_NOT_BY_PRACTICE'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'vitals.history': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
      /** `next` of the answer before: only older versions than this */
      readonly before?: number | undefined
      readonly limit?: number | undefined
      readonly id: string
    }
    output: {
      readonly items: readonly StateOf[]
      /** Pass as `before` to go on; null at the first state */
      readonly next: number | null
      /** The history of the record itself */
      readonly fhir: string
    }
    errors:
      | 'CONTENT_NOT_KEPT'
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'vitals.list': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
      /** Only what belongs to this patient */
      readonly patient?: string | undefined
      /** Id of a practitioner who did, ordered or recorded it */
      readonly provider?: string | undefined
      /** Only what belongs to this facility */
      readonly facility?: string | undefined
      /** Only what names this encounter */
      readonly encounter?: string | undefined
      /** On this day or later, in the practice's time zone */
      readonly from?: string | undefined
      /** On this day or before, in the practice's time zone */
      readonly to?: string | undefined
      /** Exactly this status */
      readonly status?: string | undefined
      /** A code, or system|code */
      readonly code?: string | undefined
      /** Only what we saw change after this instant, RFC 3339 */
      readonly updatedAfter?: string | undefined
      /** Only these fields, parted by commas; `id` always stands */
      readonly fields?: string | undefined
      /** Objects in one answer, at most 200 */
      readonly limit?: number | undefined
      /** `next` of the answer before */
      readonly cursor?: string | undefined
    }
    output: {
      readonly items: readonly Vital[]
      /** Pass as `cursor` to go on; null on the last page. Pages may be short or empty */
      readonly next: string | null
      readonly freshness: Freshness
    }
    errors:
      | 'CONTENT_NOT_KEPT'
      | 'CREDENTIALS_TWO'
      | 'CURSOR_INVALID'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
  'vitals.read': {
    input: {
      /** Id of the practice; may be left out when the organization has exactly one */
      readonly practice?: string | undefined
      /** Only these fields, parted by commas; `id` always stands */
      readonly fields?: string | undefined
      readonly id: string
    }
    output: Vital
    errors:
      | 'CONTENT_NOT_KEPT'
      | 'CREDENTIALS_TWO'
      | 'DATABASE_UNREACHABLE'
      | 'INPUT_INVALID'
      | 'INTERNAL'
      | 'KEY_INVALID'
      | 'KEY_MISSING'
      | 'NOT_FOUND'
      | 'PRACTICE_NONE'
      | 'PRACTICE_UNNAMED'
      | 'RESOURCE_DELETED'
      | 'RIGHT_MISSING'
      | 'SERVICE_STOPPING'
      | 'SESSION_INVALID'
      | 'TOKEN_INVALID'
  }
}

/** Every code that an answer of the API may carry. */
export type ErrorCode =
  | 'AUTHENTICATION_STALE'
  | 'CLIENT_UNFIT'
  | 'CODE_WRONG'
  | 'CONTENT_NOT_HELD'
  | 'CONTENT_NOT_KEPT'
  | 'CREDENTIALS_TWO'
  | 'CURSOR_INVALID'
  | 'DATABASE_UNREACHABLE'
  | 'INPUT_INVALID'
  | 'INTERNAL'
  | 'INVITATION_INVALID'
  | 'KEY_INVALID'
  | 'KEY_MISSING'
  | 'LAST_ADMINISTRATOR'
  | 'LAUNCHES_TOO_MANY'
  | 'LAUNCH_CLIENT_REFUSED'
  | 'LAUNCH_NEEDED'
  | 'LAUNCH_NOT_SET_UP'
  | 'LAUNCH_NOT_YOURS'
  | 'LAUNCH_OVER'
  | 'LAUNCH_SECRET_MISSING'
  | 'NAME_TAKEN'
  | 'NOT_FOUND'
  | 'OUTBOUND_HELD'
  | 'PASSWORD_UNFIT'
  | 'PATHWAY_ANSWER_OTHER'
  | 'PATHWAY_BASE_URL_INVALID'
  | 'PATHWAY_BASE_URL_NO_PRACTICE'
  | 'PATHWAY_BASE_URL_SLASH'
  | 'PATHWAY_DIALECT_UNKNOWN'
  | 'PATHWAY_NOT_ACTIVATED'
  | 'PATHWAY_NOT_THERE'
  | 'PATHWAY_SCOPE_MISSING'
  | 'PATHWAY_SETTINGS_INVALID'
  | 'PATHWAY_VENDOR_FAILED'
  | 'PRACTICE_HAS_RECORDS'
  | 'PRACTICE_NONE'
  | 'PRACTICE_UNNAMED'
  | 'REQUEST_FORGED'
  | 'RESOURCE_DELETED'
  | 'RIGHT_MISSING'
  | 'ROLE_NOT_BY_PRACTICE'
  | 'SERVICE_STOPPING'
  | 'SESSION_INVALID'
  | 'SESSION_NEEDED'
  | 'SESSION_OVER'
  | 'SIGN_IN_REFUSED'
  | 'SIGN_IN_SLOWED'
  | 'TIME_ZONE_UNKNOWN'
  | 'TOKEN_INVALID'

/** How a list goes on: which field takes `next` of the page before, and how many fit in a page. */
export interface Page {
  readonly by: 'cursor' | 'before' | 'after'
  readonly limit: number
}

/** The operations that answer in pages. */
export const PAGES = {
  'allergies.history': { by: 'before', limit: 100 },
  'allergies.list': { by: 'cursor', limit: 200 },
  'appointments.history': { by: 'before', limit: 100 },
  'appointments.list': { by: 'cursor', limit: 200 },
  'audit.list': { by: 'before', limit: 200 },
  'care-plans.history': { by: 'before', limit: 100 },
  'care-plans.list': { by: 'cursor', limit: 200 },
  'care-teams.history': { by: 'before', limit: 100 },
  'care-teams.list': { by: 'cursor', limit: 200 },
  'changes.list': { by: 'after', limit: 200 },
  'charge-items.history': { by: 'before', limit: 100 },
  'charge-items.list': { by: 'cursor', limit: 200 },
  'clinical-staff.history': { by: 'before', limit: 100 },
  'clinical-staff.list': { by: 'cursor', limit: 200 },
  'coverages.history': { by: 'before', limit: 100 },
  'coverages.list': { by: 'cursor', limit: 200 },
  'devices.history': { by: 'before', limit: 100 },
  'devices.list': { by: 'cursor', limit: 200 },
  'diagnostic-reports.history': { by: 'before', limit: 100 },
  'diagnostic-reports.list': { by: 'cursor', limit: 200 },
  'documents.history': { by: 'before', limit: 100 },
  'documents.list': { by: 'cursor', limit: 200 },
  'encounters.history': { by: 'before', limit: 100 },
  'encounters.list': { by: 'cursor', limit: 200 },
  'facilities.history': { by: 'before', limit: 100 },
  'facilities.list': { by: 'cursor', limit: 200 },
  'goals.history': { by: 'before', limit: 100 },
  'goals.list': { by: 'cursor', limit: 200 },
  'immunizations.history': { by: 'before', limit: 100 },
  'immunizations.list': { by: 'cursor', limit: 200 },
  'lab-orders.history': { by: 'before', limit: 100 },
  'lab-orders.list': { by: 'cursor', limit: 200 },
  'lab-results.history': { by: 'before', limit: 100 },
  'lab-results.list': { by: 'cursor', limit: 200 },
  'medications.history': { by: 'before', limit: 100 },
  'medications.list': { by: 'cursor', limit: 200 },
  'patients.history': { by: 'before', limit: 100 },
  'patients.list': { by: 'cursor', limit: 200 },
  'patients.search': { by: 'cursor', limit: 200 },
  'prescriptions.history': { by: 'before', limit: 100 },
  'prescriptions.list': { by: 'cursor', limit: 200 },
  'problems.history': { by: 'before', limit: 100 },
  'problems.list': { by: 'cursor', limit: 200 },
  'procedures.history': { by: 'before', limit: 100 },
  'procedures.list': { by: 'cursor', limit: 200 },
  'providers.history': { by: 'before', limit: 100 },
  'providers.list': { by: 'cursor', limit: 200 },
  'referrals.history': { by: 'before', limit: 100 },
  'referrals.list': { by: 'cursor', limit: 200 },
  'resources.list': { by: 'cursor', limit: 200 },
  'vitals.history': { by: 'before', limit: 100 },
  'vitals.list': { by: 'cursor', limit: 200 },
} as const satisfies Readonly<Record<string, Page>>

/** Where an operation stands in HTTP; `{field}` in the path is filled from the input. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly path: string
}

/** changes.stream: server-sent events. */
export const CHANGES_STREAM: Route = { method: 'GET', path: '/v1/changes/stream' }

export const ROUTES: { readonly [Name in keyof Operations]: Route } = {
  'allergies.history': { method: 'GET', path: '/v1/allergies/{id}/history' },
  'allergies.list': { method: 'GET', path: '/v1/allergies' },
  'allergies.read': { method: 'GET', path: '/v1/allergies/{id}' },
  'appointments.history': { method: 'GET', path: '/v1/appointments/{id}/history' },
  'appointments.list': { method: 'GET', path: '/v1/appointments' },
  'appointments.read': { method: 'GET', path: '/v1/appointments/{id}' },
  'audit.list': { method: 'GET', path: '/v1/audit' },
  'budget.read': { method: 'GET', path: '/v1/budget' },
  'calls.list': { method: 'GET', path: '/v1/calls' },
  'care-plans.history': { method: 'GET', path: '/v1/care-plans/{id}/history' },
  'care-plans.list': { method: 'GET', path: '/v1/care-plans' },
  'care-plans.read': { method: 'GET', path: '/v1/care-plans/{id}' },
  'care-teams.history': { method: 'GET', path: '/v1/care-teams/{id}/history' },
  'care-teams.list': { method: 'GET', path: '/v1/care-teams' },
  'care-teams.read': { method: 'GET', path: '/v1/care-teams/{id}' },
  'changes.list': { method: 'GET', path: '/v1/changes' },
  'charge-items.history': { method: 'GET', path: '/v1/charge-items/{id}/history' },
  'charge-items.list': { method: 'GET', path: '/v1/charge-items' },
  'charge-items.read': { method: 'GET', path: '/v1/charge-items/{id}' },
  'clients.create': { method: 'POST', path: '/v1/clients' },
  'clients.list': { method: 'GET', path: '/v1/clients' },
  'clients.revoke': { method: 'DELETE', path: '/v1/clients/{clientId}' },
  'clinical-staff.history': { method: 'GET', path: '/v1/clinical-staff/{id}/history' },
  'clinical-staff.list': { method: 'GET', path: '/v1/clinical-staff' },
  'clinical-staff.read': { method: 'GET', path: '/v1/clinical-staff/{id}' },
  'counts.read': { method: 'GET', path: '/v1/counts' },
  'coverages.history': { method: 'GET', path: '/v1/coverages/{id}/history' },
  'coverages.list': { method: 'GET', path: '/v1/coverages' },
  'coverages.read': { method: 'GET', path: '/v1/coverages/{id}' },
  'devices.history': { method: 'GET', path: '/v1/devices/{id}/history' },
  'devices.list': { method: 'GET', path: '/v1/devices' },
  'devices.read': { method: 'GET', path: '/v1/devices/{id}' },
  'diagnostic-reports.history': { method: 'GET', path: '/v1/diagnostic-reports/{id}/history' },
  'diagnostic-reports.list': { method: 'GET', path: '/v1/diagnostic-reports' },
  'diagnostic-reports.read': { method: 'GET', path: '/v1/diagnostic-reports/{id}' },
  'documents.content': { method: 'GET', path: '/v1/documents/{id}/content' },
  'documents.history': { method: 'GET', path: '/v1/documents/{id}/history' },
  'documents.list': { method: 'GET', path: '/v1/documents' },
  'documents.read': { method: 'GET', path: '/v1/documents/{id}' },
  'encounters.history': { method: 'GET', path: '/v1/encounters/{id}/history' },
  'encounters.list': { method: 'GET', path: '/v1/encounters' },
  'encounters.read': { method: 'GET', path: '/v1/encounters/{id}' },
  'errors.read': { method: 'GET', path: '/errors/{code}' },
  'facilities.history': { method: 'GET', path: '/v1/facilities/{id}/history' },
  'facilities.list': { method: 'GET', path: '/v1/facilities' },
  'facilities.read': { method: 'GET', path: '/v1/facilities/{id}' },
  'freshness.list': { method: 'GET', path: '/v1/freshness' },
  'goals.history': { method: 'GET', path: '/v1/goals/{id}/history' },
  'goals.list': { method: 'GET', path: '/v1/goals' },
  'goals.read': { method: 'GET', path: '/v1/goals/{id}' },
  'health.live': { method: 'GET', path: '/health/live' },
  'health.read': { method: 'GET', path: '/health' },
  'health.ready': { method: 'GET', path: '/health/ready' },
  'immunizations.history': { method: 'GET', path: '/v1/immunizations/{id}/history' },
  'immunizations.list': { method: 'GET', path: '/v1/immunizations' },
  'immunizations.read': { method: 'GET', path: '/v1/immunizations/{id}' },
  'jwks.read': { method: 'GET', path: '/jwks/{organization}.json' },
  'keys.create': { method: 'POST', path: '/v1/keys' },
  'keys.list': { method: 'GET', path: '/v1/keys' },
  'keys.revoke': { method: 'DELETE', path: '/v1/keys/{keyId}' },
  'lab-orders.history': { method: 'GET', path: '/v1/lab-orders/{id}/history' },
  'lab-orders.list': { method: 'GET', path: '/v1/lab-orders' },
  'lab-orders.read': { method: 'GET', path: '/v1/lab-orders/{id}' },
  'lab-results.history': { method: 'GET', path: '/v1/lab-results/{id}/history' },
  'lab-results.list': { method: 'GET', path: '/v1/lab-results' },
  'lab-results.read': { method: 'GET', path: '/v1/lab-results/{id}' },
  'launches.end': { method: 'DELETE', path: '/v1/launches/{launch}' },
  'launches.list': { method: 'GET', path: '/v1/launches' },
  'launches.read': { method: 'GET', path: '/v1/launches/{launch}' },
  'launches.resource': { method: 'GET', path: '/v1/launches/{launch}/resources/{type}/{id}' },
  'launches.set-secret': { method: 'POST', path: '/v1/practices/{practice}/app-secret' },
  'launches.start': { method: 'POST', path: '/v1/launches' },
  'medications.history': { method: 'GET', path: '/v1/medications/{id}/history' },
  'medications.list': { method: 'GET', path: '/v1/medications' },
  'medications.read': { method: 'GET', path: '/v1/medications/{id}' },
  'outbound.release': { method: 'POST', path: '/v1/outbound/release' },
  'patients.history': { method: 'GET', path: '/v1/patients/{id}/history' },
  'patients.list': { method: 'GET', path: '/v1/patients' },
  'patients.read': { method: 'GET', path: '/v1/patients/{id}' },
  'patients.search': { method: 'POST', path: '/v1/patients/search' },
  'practices.check': { method: 'POST', path: '/v1/practices/{practice}/check' },
  'practices.connect': { method: 'POST', path: '/v1/practices' },
  'practices.list': { method: 'GET', path: '/v1/practices' },
  'practices.pause': { method: 'POST', path: '/v1/practices/{practice}/pause' },
  'practices.resume': { method: 'POST', path: '/v1/practices/{practice}/resume' },
  'practices.retain': { method: 'POST', path: '/v1/practices/{practice}/retention' },
  'practices.retention': { method: 'GET', path: '/v1/practices/{practice}/retention' },
  'prescriptions.history': { method: 'GET', path: '/v1/prescriptions/{id}/history' },
  'prescriptions.list': { method: 'GET', path: '/v1/prescriptions' },
  'prescriptions.read': { method: 'GET', path: '/v1/prescriptions/{id}' },
  'problems.history': { method: 'GET', path: '/v1/problems/{id}/history' },
  'problems.list': { method: 'GET', path: '/v1/problems' },
  'problems.read': { method: 'GET', path: '/v1/problems/{id}' },
  'procedures.history': { method: 'GET', path: '/v1/procedures/{id}/history' },
  'procedures.list': { method: 'GET', path: '/v1/procedures' },
  'procedures.read': { method: 'GET', path: '/v1/procedures/{id}' },
  'providers.history': { method: 'GET', path: '/v1/providers/{id}/history' },
  'providers.list': { method: 'GET', path: '/v1/providers' },
  'providers.read': { method: 'GET', path: '/v1/providers/{id}' },
  'referrals.history': { method: 'GET', path: '/v1/referrals/{id}/history' },
  'referrals.list': { method: 'GET', path: '/v1/referrals' },
  'referrals.read': { method: 'GET', path: '/v1/referrals/{id}' },
  'resources.list': { method: 'GET', path: '/v1/resources/{collection}' },
  'resources.read': { method: 'GET', path: '/v1/resources/{collection}/{id}' },
  'sessions.confirm': { method: 'POST', path: '/v1/session/confirm' },
  'sessions.create': { method: 'POST', path: '/v1/sessions' },
  'sessions.delete': { method: 'DELETE', path: '/v1/session' },
  'sessions.list': { method: 'GET', path: '/v1/sessions' },
  'sessions.read': { method: 'GET', path: '/v1/session' },
  'sessions.revoke': { method: 'DELETE', path: '/v1/sessions/{sessionId}' },
  'signing-keys.rotate': { method: 'POST', path: '/v1/signing-keys/rotate' },
  'sync.problems': { method: 'GET', path: '/v1/sync/problems' },
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
  'vitals.history': { method: 'GET', path: '/v1/vitals/{id}/history' },
  'vitals.list': { method: 'GET', path: '/v1/vitals' },
  'vitals.read': { method: 'GET', path: '/v1/vitals/{id}' },
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
